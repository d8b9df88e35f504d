"""Plays a script to a client: as server-sent events, or folded into one JSON body."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, assert_never

from tui.demo import responses
from tui.demo.pacing import split_tokens
from tui.demo.script import (
    Cut,
    Delta,
    Done,
    Event,
    Finish,
    Hang,
    Head,
    KeepAlive,
    Raw,
    Reset,
    Respond,
    Say,
    Script,
    Step,
    Think,
    Wait,
    Wire,
)

if TYPE_CHECKING:
    from tui.demo.chat_request import ChatRequest
    from tui.demo.connection import Connection
    from tui.demo.pacing import Pace
    from tui.demo.responses import Envelope
    from tui.demo.script import Headers

KEEP_ALIVE_EVERY = 1.0
BREATH = 32
"""After how many undelayed tokens the event loop gets a turn."""


class _TokenLimitError(Exception):
    """The request's own token limit is reached."""


class _CutError(Exception):
    """The script closes the connection here."""


class _Performer:
    """What both modes share: the pace, the token count, the steps without text."""

    def __init__(
        self,
        connection: Connection,
        request: ChatRequest,
        envelope: Envelope,
        pace: Pace,
    ) -> None:
        self._connection = connection
        self._request = request
        self._envelope = envelope
        self._pace = pace
        self._tokens = 0

    async def perform(self, script: Script) -> None:
        """Play a script to its end.

        Raises:
            HungUpError: The client left.
        """
        try:
            await asyncio.sleep(0)
            for step in script:
                await self._play(step)
            await self._close()
        except _TokenLimitError:
            await self._play(Finish("length"))
            await self._play(Done())
            await self._close()
        except _CutError:
            self._connection.hang_up()

    @property
    def _usage(self) -> dict[str, int]:
        return responses.usage(self._request.prompt_tokens, self._tokens)

    async def _play(self, step: Step) -> None:
        match step:
            case Wait(seconds=seconds):
                await asyncio.sleep(seconds)
            case Hang():
                await asyncio.get_running_loop().create_future()
            case Respond(status=status, headers=headers, body=body):
                await self._connection.respond(status, headers, body)
            case Wire(data=data):
                await self._connection.write_raw(data)
            case Reset():
                self._connection.reset()
            case (
                Cut()
                | Head()
                | Say()
                | Think()
                | Delta()
                | Event()
                | Raw()
                | KeepAlive()
                | Finish()
                | Done()
            ):
                await self._show(step)
            case _:
                assert_never(step)

    async def _speak(self, step: Say | Think) -> None:
        own = step.pace if isinstance(step, Say) else None
        pace = own or self._pace
        if self._tokens == 0 and pace.first:
            await asyncio.sleep(pace.first)
        for token in split_tokens(step.text):
            limit = self._request.max_tokens
            if limit is not None and self._tokens >= limit:
                raise _TokenLimitError
            self._tokens += 1
            await self._say_token(step, token)
            if pace.token:
                await asyncio.sleep(pace.token)
            elif self._tokens % BREATH == 0:
                await asyncio.sleep(0)

    async def _show(self, step: Step) -> None:
        raise NotImplementedError

    async def _say_token(self, step: Say | Think, token: str) -> None:
        raise NotImplementedError

    async def _close(self) -> None:
        raise NotImplementedError


def _delta_of(step: Say | Think, token: str) -> dict[str, Any]:
    if isinstance(step, Say):
        return {"content": token}
    return dict.fromkeys(step.fields, token)


class StreamingPerformer(_Performer):
    """Streaming mode: one event a token, each in a chunk of its own."""

    _begun = False

    async def _begin(self, head: Head) -> None:
        if not self._begun:
            self._begun = True
            await self._connection.begin(head.status, head.headers)

    async def _send(self, data: bytes) -> None:
        await self._begin(
            Head((responses.EVENTS_TYPE, ("Cache-Control", "no-cache")), 200)
        )
        await self._connection.send(data)

    async def _send_event(self, value: dict[str, Any]) -> None:
        await self._send(responses.to_event(value))

    async def _say_token(self, step: Say | Think, token: str) -> None:
        await self._send_event(self._envelope.chunk(_delta_of(step, token)))

    async def _show(self, step: Step) -> None:
        match step:
            case Head():
                await self._begin(step)
            case Say() | Think():
                await self._speak(step)
            case Delta(delta=delta, finish_reason=reason):
                await self._send_event(self._envelope.chunk(delta, reason))
            case Event(value=value):
                await self._send_event(value)
            case Raw(data=data):
                await self._send(data)
            case KeepAlive(seconds=seconds):
                for _ in range(max(1, round(seconds / KEEP_ALIVE_EVERY))):
                    await self._send(b": keep-alive\n\n")
                    await asyncio.sleep(min(seconds, KEEP_ALIVE_EVERY))
            case Finish(reason=reason):
                await self._send_event(self._envelope.chunk({}, reason))
            case Done():
                if self._request.include_usage:
                    await self._send_event(self._envelope.tail(self._usage))
                await self._send(responses.DONE)
            case Cut():
                raise _CutError

    async def _close(self) -> None:
        if self._begun:
            await self._connection.end()


class StandardPerformer(_Performer):
    """Standard mode: the same steps, folded into one JSON body at the end."""

    def __init__(
        self,
        connection: Connection,
        request: ChatRequest,
        envelope: Envelope,
        pace: Pace,
    ) -> None:
        super().__init__(connection, request, envelope, pace)
        self._content: list[str] = []
        self._reasoning: dict[str, list[str]] = {}
        self._more: dict[str, Any] = {}
        self._finish: str | None = None
        self._whole: bytes | None = None
        self._padded = False
        self._told = False
        self._status = 200
        self._headers: Headers = (responses.JSON_TYPE,)

    async def _say_token(self, step: Say | Think, token: str) -> None:
        self._told = True
        if isinstance(step, Say):
            self._content.append(token)
            return
        for name in step.fields:
            self._reasoning.setdefault(name, []).append(token)

    async def _show(self, step: Step) -> None:
        match step:
            case Head(headers=headers, status=status):
                self._status = status
                more = (pair for pair in headers if pair[0] != "Content-Type")
                self._headers = (responses.JSON_TYPE, *more)
            case Say() | Think():
                await self._speak(step)
            case Delta(delta=delta, finish_reason=reason):
                self._told = True
                self._fold(delta or {})
                self._finish = reason or self._finish
            case Event(value=value):
                self._whole = self._whole or responses.to_json(value)
            case Raw(data=data):
                self._whole = (self._whole or b"") + data
            case KeepAlive(seconds=seconds):
                await self._pad(seconds)
            case Finish(reason=reason):
                self._told = True
                self._finish = reason
            case Cut():
                await self._send_half()
                raise _CutError

    def _fold(self, delta: dict[str, Any]) -> None:
        for name, value in delta.items():
            if name == "content" and isinstance(value, str):
                self._content.append(value)
            elif name != "role" and value is not None:
                self._more[name] = value

    def _body(self) -> bytes:
        if self._whole is not None:
            return self._whole
        message = {"content": "".join(self._content)}
        reasoning = {name: "".join(text) for name, text in self._reasoning.items()}
        return responses.to_json(
            self._envelope.completion(
                {**message, **reasoning, **self._more}, self._finish, self._usage
            )
        )

    async def _pad(self, seconds: float) -> None:
        # Blank lines before the JSON keep a slow standard request alive; at least one
        # public API does so.
        if not self._padded:
            self._padded = True
            await self._connection.begin(200, (responses.JSON_TYPE,))
        for _ in range(max(1, round(seconds / KEEP_ALIVE_EVERY))):
            await self._connection.send(b"\n")
            await asyncio.sleep(min(seconds, KEEP_ALIVE_EVERY))

    async def _send_half(self) -> None:
        if not self._content:
            return
        body = self._body()
        length = ("Content-Length", str(len(body)))
        await self._connection.begin(200, (responses.JSON_TYPE, length))
        await self._connection.send(body[: len(body) // 2])

    async def _close(self) -> None:
        if not self._told and self._whole is None:
            return
        if self._padded:
            await self._connection.send(self._body())
            await self._connection.end()
        else:
            await self._connection.respond(self._status, self._headers, self._body())


def performer_for(
    connection: Connection, request: ChatRequest, envelope: Envelope, pace: Pace
) -> StreamingPerformer | StandardPerformer:
    """Return the performer of the mode that the request asks for."""
    kind = StreamingPerformer if request.stream else StandardPerformer
    return kind(connection, request, envelope, pace)
