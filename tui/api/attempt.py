"""One HTTP request for an answer, read as far as it comes."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tui.api.addresses import same_origin_target
from tui.api.answer import Answer
from tui.api.connection_failures import Break, BrokenError, failure_of_break
from tui.api.content_coding import CodingError, decoder_for
from tui.api.error_bodies import clean
from tui.api.event_stream import BodyKind, EventStreamNormalizer, TooLargeError
from tui.api.failures import failure_of_response, failure_of_web_page
from tui.domain.completion import (
    Ended,
    HeadersReceived,
    ReasoningArrived,
    RequestSent,
    SignOfLife,
    TextArrived,
)
from tui.domain.message import Status

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping

    from tui.api.failures import Target
    from tui.api.record import ExchangeRecord
    from tui.api.transport import Response, Transport
    from tui.domain.completion import StreamEvent

LARGEST_ERROR_BODY = 64 * 1024
"""Bytes of an error body or a web page that are read."""

ERROR_BODY_TIME = 8.0
"""Seconds an error body may take in all."""

TIME_AFTER_FINISH = 2.0
"""Seconds of silence after the finish reason, in which the usage may still come."""

TIME_AFTER_DONE = 0.1
"""Seconds after `[DONE]` in which the body may end, so that it can be reused."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it goes out.

    Attributes:
        url: The whole URL.
        headers: The request headers, the key among them.
        fields: The JSON object, for the record.
        body: The same as bytes.
        silence: The longest silence in seconds, or None.
    """

    url: str
    headers: Mapping[str, str]
    fields: Mapping[str, Any]
    body: bytes
    silence: float | None

    def __repr__(self) -> str:
        return f"Call({len(self.body)} bytes)"


@dataclass(frozen=True, slots=True)
class Reader:
    """How an attempt reports and yields to whoever reads the answer.

    Attributes:
        emit: Takes every event.
        cut_after: Ends the attempt in that many seconds unless called again; None
            takes it back.
        has_room: Waits while the reader is far behind.
    """

    emit: Callable[[StreamEvent], None]
    cut_after: Callable[[float | None], None]
    has_room: Callable[[], Awaitable[None]]


class Attempt:
    """Sends a request once and reads its answer.

    Attributes:
        answer: What has arrived.
    """

    def __init__(
        self, call: Call, target: Target, record: ExchangeRecord, reader: Reader
    ) -> None:
        """Prepare the attempt; nothing is sent yet."""
        self._call = call
        self._target = target
        self._record = record
        self._reader = reader
        self._error_status: int | None = None
        self._error_headers: Mapping[str, str] = {}
        self._error_body = bytearray()
        self._broken: Exception | None = None
        self._page = False
        self.answer = Answer(target)

    async def run(self, transport: Transport) -> Ended:
        """Return how it ended. Connection failures are endings, not exceptions."""
        try:
            await self._exchange(transport)
        except (BrokenError, TooLargeError, CodingError) as error:
            self._broken = error
        return self.conclude()

    def conclude(self) -> Ended:
        """Return the ending by what has arrived, also when it was cut."""
        if self._error_status is not None:
            body = self._error_body.decode("utf-8", "replace")
            failure = failure_of_response(
                self._target, self._error_status, body, self._error_headers
            )
            return Ended(Status.FAILED, failure=failure)
        if self._page and not self.answer.has_token:
            failure = failure_of_web_page(self._target, self._record.raw_head)
            return Ended(Status.FAILED, failure=failure)
        broken = None
        if self._broken is not None:
            broken = failure_of_break(
                self._target,
                _as_break(self._broken),
                token_arrived=self.answer.has_token,
            )
        return self.answer.outcome(broken)

    async def _exchange(self, transport: Transport) -> None:
        url = self._call.url
        for may_follow in (True, False):
            self._record.begin("POST", url, self._call.headers, self._call.fields)
            async with transport.open(
                "POST",
                url,
                self._call.headers,
                self._call.body,
                silence=self._call.silence,
                sent=self._note_sent,
            ) as response:
                self._record.take_head(response.status, response.headers)
                self._reader.emit(HeadersReceived(response.status))
                if may_follow and response.status in (307, 308):
                    location = response.headers.get("location", "")
                    followed = same_origin_target(url, location)
                    if followed is not None:
                        url = followed
                        continue
                await self._read(response)
            return

    def _note_sent(self) -> None:
        self._record.mark("sent")
        self._reader.emit(RequestSent())

    async def _read(self, response: Response) -> None:
        if 200 <= response.status < 300:
            if response.status not in (204, 205):
                await self._read_answer(response)
        else:
            await self._read_error(response)

    async def _read_error(self, response: Response) -> None:
        self._error_status = response.status
        self._error_headers = response.headers
        self._reader.cut_after(ERROR_BODY_TIME)
        try:
            async with aclosing(self._decoded(response)) as pieces:
                async for piece in pieces:
                    room = LARGEST_ERROR_BODY - len(self._error_body)
                    self._error_body += piece[:room]
                    if len(piece) >= room:
                        break
        except (BrokenError, CodingError):
            # The status alone tells enough when the body can't be read.
            pass
        finally:
            self._reader.cut_after(None)

    async def _decoded(self, response: Response) -> AsyncGenerator[bytes, None]:
        decoder = decoder_for(response.headers.get("content-encoding", ""))
        async with aclosing(response.pieces()) as pieces:
            async for piece in pieces:
                self._reader.emit(SignOfLife())
                for data in decoder.feed(piece):
                    self._record.take_bytes(data)
                    yield data

    async def _read_answer(self, response: Response) -> None:
        from tui.api.transport import parse_events

        async for name, data in parse_events(self._normalized(response)):
            self._emit_all(self.answer.take_event(name, data))
            if self.answer.done:
                self._reader.cut_after(TIME_AFTER_DONE)
            elif self.answer.finish_reason:
                self._reader.cut_after(TIME_AFTER_FINISH)
            await self._reader.has_room()
        self._emit_all(self.answer.close())
        self._reader.cut_after(None)

    def _emit_all(self, deltas: list[TextArrived | ReasoningArrived]) -> None:
        for delta in deltas:
            self._record.mark("first token")
            self._reader.emit(delta)

    async def _normalized(self, response: Response) -> AsyncGenerator[bytes, None]:
        """Yield the body as clean event stream bytes; ends without an exception.

        The parser behind it is so always read to its end, and the last event counts
        also when the connection breaks after it.
        """
        normalizer = EventStreamNormalizer()
        try:
            async with aclosing(self._decoded(response)) as pieces:
                async for piece in pieces:
                    lines = normalizer.feed(piece)
                    if lines:
                        yield lines
                    if normalizer.kind is BodyKind.HTML:
                        self._page = True
                        if normalizer.size > LARGEST_ERROR_BODY:
                            break
        except (BrokenError, TooLargeError, CodingError) as error:
            self._broken = error
        yield normalizer.close()
        self._page = normalizer.kind is BodyKind.HTML


def _as_break(error: Exception) -> BrokenError:
    if isinstance(error, BrokenError):
        return error
    if isinstance(error, TooLargeError):
        return BrokenError(Break.TOO_LARGE, error.what)
    coding = error.coding if isinstance(error, CodingError) else ""
    return BrokenError(Break.CODING, f"Content-Encoding: {clean(coding, 30)}")
