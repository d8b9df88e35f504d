"""The client of one endpoint: starts exchanges, lists models.

Importing the HTTP library and reading certificates takes a while, so both happen off
the event loop, when the first request needs them (`_open`).
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

from tui import __version__
from tui.api.addresses import (
    check_plain_http,
    is_open,
    parse_base_url,
    same_origin_target,
)
from tui.api.attempt import Call
from tui.api.connection_failures import Break, BrokenError, failure_of_break
from tui.api.content_coding import CodingError, decoder_for
from tui.api.exchange import Exchange
from tui.api.failures import Target, failure_of_response, failure_of_web_page
from tui.api.keys import check_key
from tui.api.models import read_models
from tui.api.optional_fields import OptionalFields
from tui.api.record import ExchangeRecord
from tui.api.redaction import Key, Redactor, is_secret_name
from tui.api.wire import encode_request, request_fields
from tui.domain.errors import RequestError
from tui.domain.failure import Failure, FailureKind

if TYPE_CHECKING:
    from tui.api.addresses import Address
    from tui.api.transport import Response, Transport
    from tui.domain.completion import CompletionRequest, ModelInfo
    from tui.domain.settings import Endpoint

LARGEST_LISTING = 8 * 1024 * 1024
"""Bytes of a list of models."""

LISTING_SILENCE = 20.0
"""Seconds without a byte before a list of models is given up."""

LISTING_TIME = 60.0
"""Seconds that a list of models may take in all."""


class ChatClient:
    """Talks to one endpoint with one key. Lives on one event loop.

    Making one is cheap and never fails: what is wrong with the endpoint or the key
    is told by the first request.
    """

    def __init__(self, endpoint: Endpoint, key: str) -> None:
        """Make a client without connecting to anything.

        Args:
            endpoint: The server.
            key: Its API key, or "".
        """
        self._endpoint = endpoint
        self._refusal: RequestError | None = None
        self._address: Address | None = None
        self._key = Key()
        try:
            self._key = check_key(key, key.source if isinstance(key, Key) else "")
            self._address = parse_base_url(endpoint.base_url)
            check_plain_http(self._address, self._key, endpoint.allow_plain_http)
        except RequestError as error:
            self._refusal = error
        secrets: list[str] = [self._key]
        for values in (endpoint.headers, endpoint.query):
            secrets += [v for name, v in values.items() if is_secret_name(name)]
        self._redact = Redactor(tuple(secrets))
        self._optional = OptionalFields()
        self._transport: Transport | None = None
        self._opening = asyncio.Lock()
        self._running: set[Exchange] = set()
        self._listings: set[asyncio.Task[list[ModelInfo]]] = set()

    def start(self, request: CompletionRequest, *, gives_way: bool = False) -> Exchange:
        """Ask for an answer; needs a running loop. Never raises.

        Args:
            request: What to ask for.
            gives_way: True when a request that is one too many at once ends at once
                instead of being tried again here: the asker has a queue for it.

        Returns:
            The exchange, already running.
        """
        self._running = {exchange for exchange in self._running if exchange.running}
        exchange = Exchange(
            connect=self._connect,
            prepare=lambda: self._prepare(request),
            optional=self._optional,
            target=self._target(request.model),
            record=ExchangeRecord(self._redact, self._endpoint.api_key_env),
            gives_way=gives_way,
        )
        self._running.add(exchange)
        return exchange

    async def models(self) -> list[ModelInfo]:
        """Return the models the server lists, in its order.

        Raises:
            RequestError: The list can't be had.
        """
        # A task of its own, as for exchanges: it must not be cancelled twice.
        task = asyncio.create_task(self._list_models(), name="list of models")
        self._listings.add(task)
        task.add_done_callback(self._forget_listing)
        try:
            await asyncio.wait({task}, timeout=LISTING_TIME)
        except asyncio.CancelledError:
            task.cancel()
            raise
        if not task.done():
            task.cancel()
            broken = BrokenError(Break.SILENCE)
            raise RequestError(
                failure_of_break(self._target(""), broken, token_arrived=False)
            )
        return task.result()

    async def check(self) -> None:
        """Check that the server answers and takes the key.

        Raises:
            RequestError: It does not.
        """
        await self.models()

    @property
    def unconfirmed_host(self) -> str:
        """The public host that would get the key over plain http, or ""."""
        address = self._address
        if address is None or not self._key:
            return ""
        confirmed = self._endpoint.allow_plain_http
        return address.host if is_open(address, confirmed) else ""

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences about settings that had to be ignored, once it has connected."""
        return self._transport.notices if self._transport else ()

    @property
    def connections(self) -> int:
        """How many connections are open, idle ones included."""
        return self._transport.connection_count() if self._transport else 0

    async def aclose(self) -> None:
        """Stop what runs and close all connections."""
        running, self._running = self._running, set()
        for exchange in running:
            exchange.stop()
        for exchange in running:
            await exchange.wait_closed()
        listings = tuple(self._listings)
        for listing in listings:
            listing.cancel()
        if listings:
            await asyncio.wait(listings)
        async with self._opening:
            transport, self._transport = self._transport, None
        if transport is not None:
            await transport.aclose()

    def _forget_listing(self, task: asyncio.Task[list[ModelInfo]]) -> None:
        self._listings.discard(task)
        if not task.cancelled():
            # Whoever asked may be gone; an exception nobody looks at is a warning.
            task.exception()

    async def _list_models(self) -> list[ModelInfo]:
        transport = await self._connect()
        target = self._target("")
        try:
            status, headers, body = await self._get(transport, "/models")
        except BrokenError as broken:
            raise RequestError(
                failure_of_break(target, broken, token_arrived=False)
            ) from None
        if status != 200:
            raise RequestError(failure_of_response(target, status, body, headers))
        if body.lstrip("\ufeff \t\r\n").startswith("<"):
            raise RequestError(failure_of_web_page(target, body))
        models = read_models(body)
        if models is None:
            raise RequestError(self._no_listing(target, body))
        return models

    async def _connect(self) -> Transport:
        """Return the transport, made on first use.

        Raises:
            RequestError: The endpoint or the key can't be used.
        """
        if self._refusal is not None:
            raise self._refusal
        async with self._opening:
            if self._transport is None:
                self._transport = await asyncio.to_thread(self._open)
            return self._transport

    def _open(self) -> Transport:
        from tui.api.transport import open_transport

        return open_transport(self._endpoint, self._usable_address)

    @property
    def _usable_address(self) -> Address:
        if self._address is None:
            raise self._refusal or RequestError(
                Failure(FailureKind.ADDRESS, "The base URL can't be used.")
            )
        return self._address

    def _prepare(self, request: CompletionRequest) -> Call:
        fields = request_fields(request, self._optional.renamed)
        accept = "text/event-stream, application/json"
        return Call(
            url=self._usable_address.url("/chat/completions", self._endpoint.query),
            headers={
                **self._headers(accept if request.stream else "application/json"),
                "Content-Type": "application/json",
            },
            fields=fields,
            body=encode_request(fields),
            silence=self._endpoint.timeout,
        )

    def _headers(self, accept: str) -> dict[str, str]:
        headers = {
            "Accept": accept,
            # A compressed stream without a flush per event comes all at the end.
            "Accept-Encoding": "identity",
            "User-Agent": f"fortytwo-tui/{__version__}",
        }
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        named = {name.lower() for name in self._endpoint.headers}
        kept = {n: value for n, value in headers.items() if n.lower() not in named}
        return {**kept, **self._endpoint.headers}

    async def _get(
        self, transport: Transport, ending: str
    ) -> tuple[int, dict[str, str], str]:
        url = self._usable_address.url(ending, self._endpoint.query)
        silence = self._endpoint.timeout
        silence = LISTING_SILENCE if silence is None else min(silence, LISTING_SILENCE)
        for may_follow in (True, False):
            async with transport.open(
                "GET",
                url,
                self._headers("application/json"),
                None,
                silence=silence,
                sent=lambda: None,
            ) as response:
                if may_follow and response.status in (301, 302, 307, 308):
                    location = response.headers.get("location", "")
                    followed = same_origin_target(url, location)
                    if followed is not None:
                        url = followed
                        continue
                return response.status, response.headers, await _read_body(response)
        raise AssertionError("the second response is never followed")

    def _target(self, model: str) -> Target:
        address = self._address
        place = address.place if address else self._endpoint.name
        return Target(
            place=place,
            base_url=address.base_url if address else self._endpoint.base_url,
            model=model,
            key_source=self._key.source,
            has_key=bool(self._key),
            redact=self._redact,
            names_version=address.names_version if address else True,
            timeout=self._endpoint.timeout,
        )

    def _no_listing(self, target: Target, body: str) -> Failure:
        return Failure(
            FailureKind.NOT_AN_API,
            f"{target.place} answers, but not with a list of models. "
            f"Check base_url ({target.base_url}).",
            wire=self._redact(body[: 64 * 1024]),
        )


async def _read_body(response: Response) -> str:
    body = bytearray()
    try:
        decoder = decoder_for(response.headers.get("content-encoding", ""))
        async with aclosing(response.pieces()) as pieces:
            async for piece in pieces:
                for data in decoder.feed(piece):
                    body += data
                    if len(body) > LARGEST_LISTING:
                        raise BrokenError(Break.TOO_LARGE, "a list of over 8 MB")
    except CodingError as error:
        raise BrokenError(Break.CODING, f"Content-Encoding {error}") from None
    return body.decode("utf-8", "replace")
