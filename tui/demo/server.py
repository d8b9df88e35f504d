"""The embedded server: listens on loopback and speaks the vendor's contract."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import sys
import time
from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import h11

from tui.demo import faults, guide, responses
from tui.demo.chat_request import ChatRequest, RefusedRequestError, parse_chat_request
from tui.demo.connection import (
    BODY_LIMIT,
    Connection,
    HttpRequest,
    HungUpError,
    TooLargeError,
)
from tui.demo.listening import BACKLOG, base_url_of, listen
from tui.demo.pacing import HUMAN, Pace
from tui.demo.performer import performer_for
from tui.demo.responses import Envelope

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from tui.demo.script import Headers

IDLE_LIMIT = 75.0
REMEMBERED_PROMPTS = 256
REMEMBERED_REQUESTS = 50
CHAT_PATH = "/v1/chat/completions"
MODELS_PATH = "/v1/models"
GREETING = (
    "This is the demo server of fortytwo, a chat client for the terminal.\n"
    "It speaks the Chat Completions API under /v1: point a client at this address.\n"
)


@dataclass(frozen=True, slots=True)
class ServedRequest:
    """A request as the server saw it: never its headers, because of the key.

    Attributes:
        method: The HTTP method.
        path: The path without the query.
        chat: The checked chat request, or None for anything else.
    """

    method: str
    path: str
    chat: ChatRequest | None = None


class DemoServer:
    """The embedded server. It runs on whichever event loop starts it.

    Attributes:
        base_url: The URL to give a client, or "" before `start`.
        generating: How many answers are being produced right now.
        accepted: How many connections were ever accepted.
        abandoned: How many answers were given up because the client left.
        requests: The last requests, oldest first.
    """

    def __init__(
        self,
        key: str = "",
        pace: Pace = HUMAN,
        *,
        concurrency: int = 0,
        body_limit: int = BODY_LIMIT,
        context_tokens: int = responses.CONTEXT_TOKENS,
    ) -> None:
        """Make a server that does not listen yet.

        Args:
            key: The only bearer key that is let in, or "" to let everybody in.
            pace: How fast its models speak.
            concurrency: How many answers may run at once, or 0 for any number.
            body_limit: The longest request body, in bytes.
            context_tokens: The longest prompt, in tokens.
        """
        self.base_url = ""
        self.generating = 0
        self.accepted = 0
        self.abandoned = 0
        self.requests: deque[ServedRequest] = deque(maxlen=REMEMBERED_REQUESTS)
        self._key = key
        self._pace = pace
        self._concurrency = concurrency
        self._body_limit = body_limit
        self._context_tokens = context_tokens
        self._created = int(time.time())
        self._listener: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._attempts: OrderedDict[int, int] = OrderedDict()

    @property
    def connections(self) -> int:
        """How many clients are connected right now."""
        return len(self._tasks)

    async def start(
        self, port: int = 0, *, listener: socket.socket | None = None
    ) -> str:
        """Listen on loopback.

        Args:
            port: The TCP port, or 0 for any free one.
            listener: A socket that listens already and is taken over.

        Returns:
            The base URL, `http://127.0.0.1:PORT/v1`.

        Raises:
            OSError: The port can't be listened on.
        """
        taken = listen(port) if listener is None else listener
        self.base_url = base_url_of(taken)
        self._listener = await asyncio.start_server(
            self._accept, sock=taken, backlog=BACKLOG
        )
        return self.base_url

    async def stop(self) -> None:
        """Stop listening, break off every answer and close every connection."""
        if self._listener is None:
            return
        listener, self._listener = self._listener, None
        listener.close()
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await listener.wait_closed()

    def _accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        connection = Connection(reader, writer, self._body_limit)
        if self._listener is None:
            connection.abort()
            return
        self.accepted += 1
        task = asyncio.get_running_loop().create_task(self._serve(connection))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, connection: Connection) -> None:
        try:
            with contextlib.suppress(HungUpError):
                while await self._serve_one(connection):
                    pass
            await connection.close()
        except BaseException:
            connection.abort()
            raise

    async def _serve_one(self, connection: Connection) -> bool:
        """Answer one request; return whether another may follow."""
        refusal: RefusedRequestError
        try:
            request = await connection.next_request(IDLE_LIMIT)
            if request is None:
                return False
        except h11.RemoteProtocolError as error:
            refusal = RefusedRequestError(
                error.error_status_hint, "invalid_request_error", "Malformed HTTP"
            )
        except TooLargeError:
            refusal = RefusedRequestError(
                413, "invalid_request_error", "The request body is too large"
            )
        else:
            try:
                await self._route(connection, request)
            except RefusedRequestError as error:
                await _refuse(connection, error)
            return True
        await _refuse(connection, refusal, (("Connection", "close"),))
        return False

    async def _route(self, connection: Connection, request: HttpRequest) -> None:
        path, _, query = request.target.partition("?")
        if path == CHAT_PATH:
            self._check_method(request, "POST")
            self._check_key(request)
            chat = parse_chat_request(
                request.body, redirected=query == faults.REDIRECTED
            )
            self.requests.append(ServedRequest(request.method, path, chat))
            await self._complete(connection, chat)
            return
        self.requests.append(ServedRequest(request.method, path))
        if path == MODELS_PATH:
            self._check_method(request, "GET")
            self._check_key(request)
            listing = responses.model_list(self._created, self._context_tokens)
            body = responses.to_json(listing)
            await connection.respond(200, (responses.JSON_TYPE,), body)
        elif path == "/":
            self._check_method(request, "GET")
            plain = (("Content-Type", "text/plain; charset=utf-8"),)
            await connection.respond(200, plain, GREETING.encode())
        else:
            raise RefusedRequestError(
                404,
                "not_found",
                f"Nothing is served at this path. Use {CHAT_PATH} or {MODELS_PATH}.",
            )

    def _check_method(self, request: HttpRequest, method: str) -> None:
        if request.method != method:
            raise RefusedRequestError(
                405,
                "invalid_request_error",
                f"Method not allowed. Use {method}.",
                (("Allow", method),),
            )

    def _check_key(self, request: HttpRequest) -> None:
        if not self._key:
            return
        given = request.headers.get("authorization", "")
        expected = f"Bearer {self._key}"
        if not hmac.compare_digest(given.encode(), expected.encode()):
            raise RefusedRequestError(
                401,
                "authentication_error",
                "Invalid authentication credentials",
                (("WWW-Authenticate", "Bearer"),),
            )

    async def _complete(self, connection: Connection, chat: ChatRequest) -> None:
        model = responses.find_model(chat.model)
        if model is None:
            raise RefusedRequestError(404, "model_not_found", "Model not found.")
        if chat.prompt_tokens > self._context_tokens:
            await _refuse(
                connection,
                faults.context_refusal(chat.prompt_tokens, self._context_tokens),
            )
            return
        if self._concurrency and self.generating >= self._concurrency:
            raise faults.too_many_requests(2)
        envelope = Envelope(chat.model)
        performer = performer_for(connection, chat, envelope, model.pace(self._pace))
        self.generating += 1
        try:
            call = faults.find_call(chat.prompt)
            if call is not None and chat.messages[-1].role == "user":
                attempt = self._count_attempt(chat)
                script = call.script(faults.Asked(chat, envelope, attempt))
            else:
                script = guide.answer(chat, thinks=model.thinks)
            await connection.while_listening(performer.perform(script))
        except HungUpError:
            self.abandoned += 1
            raise
        finally:
            self.generating -= 1

    def _count_attempt(self, chat: ChatRequest) -> int:
        # "fail once with 503" must know whether this is the second try of the same
        # request. Only a bounded number of requests is remembered.
        identity = hash((chat.model, chat.messages))
        attempt = self._attempts.pop(identity, 0) + 1
        self._attempts[identity] = attempt
        while len(self._attempts) > REMEMBERED_PROMPTS:
            self._attempts.popitem(last=False)
        return attempt


async def _refuse(
    connection: Connection, refusal: RefusedRequestError, more: Headers = ()
) -> None:
    await connection.respond(
        refusal.status,
        (responses.JSON_TYPE, *refusal.headers, *more),
        responses.error_body(refusal.message, refusal.type),
    )


async def serve(
    listener: socket.socket | None = None,
    key: str = "",
    *,
    pace: Pace = HUMAN,
    announce: Callable[[str], None] | None = None,
) -> None:
    """Run the server alone until cancelled.

    Args:
        listener: A socket that listens already; None takes any free port.
        key: The only bearer key that is let in, or "" to let everybody in.
        pace: How fast its models speak.
        announce: Told the base URL once it listens; by default it is printed on
            standard output as a line of its own.

    Raises:
        OSError: The port can't be listened on.
    """
    server = DemoServer(key, pace)
    base_url = await server.start(listener=listener)
    (announce or _print_line)(base_url)
    try:
        await asyncio.get_running_loop().create_future()
    finally:
        await server.stop()


def _print_line(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
