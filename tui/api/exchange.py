"""One answer being asked for: a task of its own, and a stream of events to its reader.

The HTTP library leaks a live connection when a task is cancelled twice. So each
exchange has exactly one inner task, nobody else holds it, and it is cancelled at most
once: `stop` is a request, and the reader's own cancellation becomes one.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
import traceback
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.api.attempt import Attempt, Reader
from tui.api.retry import MOST_ATTEMPTS, may_retry, wait_before_retry
from tui.domain.completion import (
    AttemptStarted,
    Ended,
    NoticeGiven,
    RetryScheduled,
    SignOfLife,
    StreamEvent,
)
from tui.domain.errors import RequestError
from tui.domain.failure import Failure, FailureKind
from tui.domain.message import Status

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tui.api.attempt import Call
    from tui.api.failures import Target
    from tui.api.optional_fields import OptionalFields
    from tui.api.record import ExchangeRecord
    from tui.api.transport import Transport

MOST_UNREAD = 1000
"""Events that may wait for the reader; then the server has to wait, too."""

LIFE_PERIOD = 0.2
"""Seconds between two signs of life at least."""

log = logging.getLogger(__name__)


class Exchange:
    """Asks for one answer and gives its events; the last one is always `Ended`.

    Iterate it once, on the loop that started it. Nothing is ever raised to the reader
    but its own cancellation, which also stops the exchange.

    Attributes:
        record: What the inspector shows.
    """

    def __init__(
        self,
        *,
        connect: Callable[[], Awaitable[Transport]],
        prepare: Callable[[], Call],
        optional: OptionalFields,
        target: Target,
        record: ExchangeRecord,
        gives_way: bool,
    ) -> None:
        """Start asking; needs a running loop.

        Args:
            connect: Gives the transport.
            prepare: Gives the request as it is to be sent now.
            optional: What the endpoint is known to refuse.
            target: What the request is for, to name it in sentences.
            record: Takes the facts.
            gives_way: True ends it when too many requests run at once.
        """
        self._gives_way = gives_way
        self.record = record
        self._connect = connect
        self._prepare = prepare
        self._optional = optional
        self._target = target
        self._events: deque[StreamEvent] = deque()
        self._arrived = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._attempt: Attempt | None = None
        self._last_life = 0.0
        self._stop_asked = False
        self._interrupted = False
        self._over = False
        self._exhausted = False
        self._cutter: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._task = self._loop.create_task(self._run(), name="exchange")
        self._task.add_done_callback(self._finish)

    def __aiter__(self) -> Exchange:
        return self

    async def __anext__(self) -> StreamEvent:
        while not self._events:
            if self._exhausted:
                raise StopAsyncIteration
            self._arrived.clear()
            try:
                await self._arrived.wait()
            except asyncio.CancelledError:
                self.stop()
                raise
        event = self._events.popleft()
        if len(self._events) < MOST_UNREAD:
            self._room.set()
        if isinstance(event, Ended):
            self._exhausted = True
        return event

    def stop(self) -> None:
        """Ask for the end: the connection is closed, what has arrived is kept.

        Returns at once; the last event tells. May be called again, and at any time.
        """
        self._stop_asked = True
        self._interrupt()

    @property
    def running(self) -> bool:
        """True until the connection is closed or back in the pool."""
        return not self._task.done()

    @property
    def unread(self) -> int:
        """How many events wait for the reader."""
        return len(self._events)

    async def wait_closed(self) -> None:
        """Wait until the connection is closed or back in the pool."""
        await asyncio.wait({self._task})

    def _interrupt(self) -> None:
        if not self._interrupted and not self._task.done():
            self._interrupted = True
            self._task.cancel()

    def _cut_after(self, seconds: float | None) -> None:
        if self._cutter is not None:
            self._cutter.cancel()
            self._cutter = None
        if seconds is not None:
            self._cutter = self._loop.call_later(seconds, self._interrupt)

    def _emit(self, event: StreamEvent) -> None:
        if self._over:
            return
        if isinstance(event, SignOfLife):
            now = time.monotonic()
            if now - self._last_life < LIFE_PERIOD:
                return
            self._last_life = now
        self._events.append(event)
        self._arrived.set()
        if len(self._events) >= MOST_UNREAD:
            self._room.clear()

    async def _has_room(self) -> None:
        if not self._room.is_set():
            await self._room.wait()

    async def _run(self) -> Ended:
        try:
            transport = await self._connect()
        except RequestError as error:
            return Ended(Status.FAILED, failure=error.failure)
        for notice in transport.notices:
            self._emit(NoticeGiven(notice))
        for attempt in range(1, MOST_ATTEMPTS + 1):
            self._emit(AttemptStarted(attempt, MOST_ATTEMPTS))
            ended = await self._send(transport)
            failure = ended.failure
            if failure is None or self._attempt is None:
                return ended
            arrived = self._attempt.answer.has_token
            if not may_retry(
                failure, attempt, token_arrived=arrived, gives_way=self._gives_way
            ):
                return _counted(ended, failure, attempt)
            wait = wait_before_retry(failure, attempt, random.random())
            self._emit(RetryScheduled(failure, wait, attempt, MOST_ATTEMPTS))
            await asyncio.sleep(wait)
        raise AssertionError("the last attempt is never followed by another one")

    async def _send(self, transport: Transport) -> Ended:
        """Send the request, again without an optional field that is refused."""
        reader = Reader(self._emit, self._cut_after, self._has_room)
        while True:
            try:
                call = self._prepare()
            except RequestError as error:
                return Ended(Status.FAILED, failure=error.failure)
            self._attempt = Attempt(call, self._target, self.record, reader)
            ended = await self._attempt.run(transport)
            if ended.failure is None:
                return ended
            notice = self._optional.learn(ended.failure, call.fields)
            if notice is None:
                return ended
            if notice:
                self._emit(NoticeGiven(notice))

    def _finish(self, task: asyncio.Task[Ended]) -> None:
        """Give the ending, whatever became of the task."""
        self._cut_after(None)
        if task.cancelled():
            ended = self._interrupted_ending()
        elif (error := task.exception()) is not None:
            ended = self._unforeseen(error)
        else:
            ended = task.result()
        self.record.end(ended)
        self._emit(ended)
        self._over = True

    def _interrupted_ending(self) -> Ended:
        attempt = self._attempt
        if attempt is None:
            return Ended(Status.STOPPED)
        for delta in attempt.answer.close():
            self._emit(delta)
        if self._stop_asked and not attempt.answer.finished:
            return attempt.answer.stopped()
        if self._interrupted:
            return attempt.conclude()
        # The loop itself is being shut down.
        return attempt.answer.stopped()

    def _unforeseen(self, error: BaseException) -> Ended:
        # Not as `exc_info`: an exception's own text may hold the key.
        trace = "".join(traceback.format_exception(error))
        log.error(
            "an exchange broke off unforeseen:\n%s",
            self._target.redact(trace),
            extra={"unforeseen": error},
        )
        has_token = self._attempt is not None and self._attempt.answer.has_token
        return Ended(
            Status.INCOMPLETE if has_token else Status.FAILED,
            failure=Failure(
                FailureKind.UNFORESEEN,
                "Something unforeseen broke this request off "
                f"({type(error).__name__}). What had arrived is kept; try again.",
            ),
        )


def _counted(ended: Ended, failure: Failure, attempts: int) -> Ended:
    """Return the ending with the number of attempts told, when there were several."""
    if attempts == 1:
        return ended
    sentence = f"{failure.sentence} Tried {attempts} times."
    return replace(ended, failure=replace(failure, sentence=sentence))
