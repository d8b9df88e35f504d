"""Which client speaks for an endpoint: keys read once, lists of models kept."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.api.addresses import is_open, parse_base_url
from tui.api.client import ChatClient
from tui.api.keys import read_key
from tui.domain.errors import RequestError, UsageError
from tui.domain.failure import Failure, FailureKind
from tui.services.request_queue import RequestQueue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tui.domain.completion import ModelInfo
    from tui.domain.settings import Endpoint, Settings


log = logging.getLogger(__name__)


class Connections:
    """The clients and the queues of all endpoints. Lives on the engine's loop."""

    def __init__(
        self,
        settings: Settings,
        environ: Mapping[str, str],
        moved: Callable[[Sequence[str]], None],
        listed: Callable[[], None] = lambda: None,
    ) -> None:
        """Make it without connecting to anything.

        Args:
            settings: Names the endpoints.
            environ: Where keys and proxies may be named.
            moved: Called with the waiting message ids when a queue changed.
            listed: Called when models have become known.
        """
        self._settings = settings
        self._environ = environ
        self._moved = moved
        self._listed = listed
        self._clients: dict[str, ChatClient] = {}
        self._retired: list[ChatClient] = []
        self._queues: dict[tuple[str, ...], RequestQueue] = {}
        self._models: dict[str, tuple[ModelInfo, ...]] = {}
        self._learning: dict[str, asyncio.Task[None]] = {}
        self._forgotten = 0
        """How often an endpoint was forgotten: what was begun before is out of date."""

    def use(self, settings: Settings) -> None:
        """Take other settings for the requests from now on."""
        for name in self._settings.endpoints:
            if settings.endpoints.get(name) != self._settings.endpoints.get(name):
                self.forget(name)
        self._settings = settings

    def forget(self, name: str) -> None:
        """Read the key of an endpoint anew at its next request."""
        self._forgotten += 1
        self._models.pop(name, None)
        if (learning := self._learning.pop(name, None)) is not None:
            learning.cancel()
        client = self._clients.pop(name, None)
        if client is not None:
            self._retired.append(client)

    def endpoint(self, name: str) -> Endpoint:
        """Return the endpoint of that name; "" names the default one.

        Raises:
            UsageError: No endpoint has that name.
        """
        wanted = name or self._settings.endpoint
        endpoint = self._settings.endpoints.get(wanted)
        if endpoint is None:
            known = ", ".join(self._settings.endpoints)
            raise UsageError(
                f"There is no endpoint named “{wanted}” in the configuration; "
                f"it names: {known}. /endpoint chooses one."
            )
        return endpoint

    def queue(self, name: str) -> RequestQueue:
        """Return the queue of an endpoint: one for each server and key.

        Endpoints that differ in name only share it, and its smallest capacity.
        """
        account = _account(self.endpoint(name))
        known = self._settings.endpoints.values()
        capacity = min(one.concurrency for one in known if _account(one) == account)
        queue = self._queues.get(account)
        if queue is None:
            queue = self._queues[account] = RequestQueue(capacity, self._moved)
        queue.resize(capacity)
        return queue

    def queues(self) -> tuple[RequestQueue, ...]:
        """Return all queues that were ever used."""
        return tuple(self._queues.values())

    async def client(self, name: str) -> ChatClient:
        """Return the client of an endpoint, its key read off the loop.

        Raises:
            RequestError: The key is missing or can't be sent.
            UsageError: No endpoint has that name.
        """
        while True:
            endpoint, forgotten = self.endpoint(name), self._forgotten
            if (client := self._clients.get(endpoint.name)) is not None:
                return client
            key = await asyncio.to_thread(read_key, endpoint, self._environ)
            # Meanwhile another one may have made it, or setup stored another key.
            if forgotten == self._forgotten and endpoint.name not in self._clients:
                self._clients[endpoint.name] = ChatClient(endpoint, key)

    def has_key(self, name: str = "") -> bool:
        """Return whether requests to an endpoint can be tried as things stand.

        Runs the key's command when one is configured, so not for a loop.
        """
        try:
            read_key(self.endpoint(name), self._environ)
        except (RequestError, UsageError):
            return False
        return True

    async def unconfirmed_host(self, name: str) -> str:
        """Return the public host that would get the key over plain http, or "".

        The key is only looked at when the address alone makes that possible.
        """
        try:
            endpoint = self.endpoint(name)
            address = parse_base_url(endpoint.base_url)
            if not is_open(address, endpoint.allow_plain_http):
                return ""
            return (await self.client(name)).unconfirmed_host
        except (RequestError, UsageError):
            # The request itself says what is wrong.
            return ""

    def default_model(self, name: str) -> str:
        """Return the model that is asked when none is named, or "" while unknown.

        Other threads may ask.
        """
        endpoint = self._settings.endpoints.get(name or self._settings.endpoint)
        if endpoint is None:
            return ""
        listed = self._models.get(endpoint.name)
        return endpoint.model or (listed[0].id if listed else "")

    async def models(self, name: str) -> tuple[ModelInfo, ...]:
        """Return the models of an endpoint, asked for anew.

        Raises:
            RequestError: The list can't be had.
            UsageError: No endpoint has that name.
        """
        client = await self.client(name)
        models = tuple(await client.models())
        endpoint = self.endpoint(name)
        if self._clients.get(endpoint.name) is client:
            self._models[endpoint.name] = models
            self._listed()
        return models

    def learn_models(self, name: str) -> None:
        """Ask an endpoint for its models once, without waiting and whatever comes."""
        endpoint = self._settings.endpoints.get(name or self._settings.endpoint)
        if endpoint is None or endpoint.name in self._models.keys() | self._learning:
            return
        task = asyncio.create_task(self._learn_models(endpoint.name))
        self._learning[endpoint.name] = task

    async def _learn_models(self, name: str) -> None:
        try:
            await self.models(name)
        except (RequestError, UsageError):
            log.info("an endpoint does not list its models")

    def context_tokens(self, name: str, model: str) -> int | None:
        """Return the size of a model's context as it was last listed.

        Other threads may ask.

        Args:
            name: The endpoint's name, or "" for the default one.
            model: The model's id.
        """
        listed = self._models.get(name or self._settings.endpoint, ())
        return next((one.context_tokens for one in listed if one.id == model), None)

    async def pick_model(self, name: str, wanted: str) -> str:
        """Return the model to ask: the wanted one, or the endpoint's default.

        The default is the configured one, else the first of the server's list.

        Raises:
            RequestError: No model is named and the server lists none.
        """
        endpoint = self.endpoint(name)
        if wanted or endpoint.model:
            return wanted or endpoint.model
        models = self._models.get(endpoint.name)
        if not models:
            try:
                models = await self.models(name)
            except RequestError as error:
                raise RequestError(
                    replace(
                        error.failure,
                        sentence=f"{error.failure.sentence} No model is chosen either: "
                        "/model names one by hand.",
                    )
                    if error.failure.kind is FailureKind.NOT_AN_API
                    else error.failure
                ) from error
        if not models:
            raise RequestError(
                Failure(
                    FailureKind.MODEL,
                    "The server lists no models; /model names one by hand.",
                )
            )
        return models[0].id

    async def close(self) -> None:
        """Close every client."""
        clients = [*self._clients.values(), *self._retired]
        self._clients, self._retired = {}, []
        for task in self._learning.values():
            task.cancel()
        await asyncio.gather(*self._learning.values(), return_exceptions=True)
        await asyncio.gather(*(client.aclose() for client in clients))


def _account(endpoint: Endpoint) -> tuple[str, ...]:
    """Return what a server counts requests by: its address and where the key is."""
    return (
        endpoint.base_url.rstrip("/"),
        endpoint.api_key_env,
        endpoint.api_key_command,
        endpoint.api_key_file,
    )


async def try_endpoint(
    endpoint: Endpoint, key: str, ignored: Callable[[str], None] = lambda sentence: None
) -> tuple[ModelInfo, ...]:
    """Ask an endpoint for its models, whether it is configured or not.

    Args:
        endpoint: The endpoint to try.
        key: The key to try, or "".
        ignored: Called with a sentence for each setting that had to be ignored.

    Raises:
        RequestError: It does not answer, or refuses the key.
    """
    client = ChatClient(endpoint, key)
    try:
        return tuple(await client.models())
    finally:
        for notice in client.notices:
            ignored(notice)
        await client.aclose()
