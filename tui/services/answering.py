"""Runs one answer: its place in the queue, the request, the journal, the ending."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tui.api.retry import is_passing
from tui.domain.completion import (
    CompletionRequest,
    Ended,
    ReasoningArrived,
    TextArrived,
)
from tui.domain.conversation import request_messages
from tui.domain.errors import RequestError, UsageError
from tui.domain.failure import Failure, FailureKind
from tui.domain.message import Message, Role, Status
from tui.domain.phase import Phase
from tui.services.answer_journal import AnswerJournal
from tui.services.answer_message import answer_message
from tui.services.missing_model import told_with_models

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tui.api.client import ChatClient
    from tui.api.exchange import Exchange
    from tui.api.record import ExchangeRecord
    from tui.domain.completion import StreamEvent
    from tui.domain.conversation import Conversation
    from tui.domain.turn import Turn
    from tui.services.connections import Connections
    from tui.services.engine import Disk
    from tui.services.request_queue import RequestQueue
    from tui.storage.library import Library

MOST_RETURNS = 5
"""How often a request goes back into the queue because too many run at once."""

RETURN_PAUSE = 2.0
"""Seconds that such a request waits at least before it queues again; they double."""

LISTING_PATIENCE = 5.0
"""Seconds that an answer for want of its model waits for the list of models."""

NEVER_SENT = (
    "Never sent: it still waited in the queue when the program ended. Ask again to "
    "send it."
)

log = logging.getLogger(__name__)


class Answering:
    """One answer from its place in the queue to its ending.

    Lives on the engine's loop and belongs to the conversation, not to a screen. It
    never raises: whatever goes wrong becomes the ending of the answer.
    """

    def __init__(
        self,
        turn: Turn,
        parent: str,
        conversation: Conversation,
        *,
        connections: Connections,
        disk: Disk,
        library: Library,
        clock: Callable[[], float],
        now: Callable[[], datetime],
        moved: Callable[[Turn], None],
        grew: Callable[[str, str], None],
        recorded: Callable[[ExchangeRecord], None],
        kept: Callable[[str], None],
    ) -> None:
        """Prepare the answer; `run` asks for it.

        Args:
            turn: The turn in its first state.
            parent: The id of the message that is answered.
            conversation: What is sent: its path up to `parent`.
            connections: The clients and queues.
            disk: The thread that writes the journal.
            library: Where the journals lie.
            clock: Monotonic, in seconds.
            now: The time of day, UTC.
            moved: Called with every new state of the turn.
            grew: Called with every delta of text and of reasoning.
            recorded: Called with the record of the exchange once it begins.
            kept: Called with "" when text has reached the disk, and with a sentence
                when it could not.
        """
        self.turn = turn
        self._parent = parent
        self._conversation = replace(conversation, active=parent)
        self._connections = connections
        self._journal = AnswerJournal(
            library, turn.file, disk, head=self._head, kept=kept
        )
        self._clock = clock
        self._now = now
        self._moved = moved
        self._grew = grew
        self._recorded = recorded
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._created: datetime | None = None
        self._exchange: Exchange | None = None
        self._stop_asked = False
        self._leaving = False
        self._queue: RequestQueue | None = None
        self._preparation: asyncio.Task[Any] | None = None
        self._resting = False
        self._returned = False
        self._hurried = False

    @property
    def text(self) -> str:
        """The answer so far."""
        return "".join(self._text)

    @property
    def reasoning(self) -> str:
        """The reasoning so far."""
        return "".join(self._reasoning)

    def leave(self) -> None:
        """Ask for the end because the program ends; see `stop`."""
        self._leaving = not self._stop_asked
        self.stop()

    def stop(self) -> None:
        """Ask for the end; what has arrived is kept. May be called again."""
        if self._stop_asked or self.turn.phase is Phase.ENDED:
            return
        self._stop_asked = True
        self._move(self.turn.stopping())
        if self._exchange is not None:
            self._exchange.stop()
        elif self._preparation is not None:
            self._preparation.cancel()

    def hurry(self) -> None:
        """End the pause that the server asked for, and wait for nobody."""
        if self._resting and self._preparation is not None:
            self._hurried = True
            self._preparation.cancel()

    def show_place(self, place: int) -> None:
        """Tell the turn its place in the queue, counted from 1."""
        if self.turn.phase is Phase.QUEUED and self.turn.place != place:
            self._move(replace(self.turn, place=place))

    async def run(self) -> Message:
        """Ask for the answer and return the message that the file will hold."""
        self._moved(self.turn)
        try:
            ended = await self._ask()
        except (RequestError, UsageError) as error:
            failure = (
                error.failure
                if isinstance(error, RequestError)
                else Failure(FailureKind.REQUEST, error.sentence)
            )
            ended = Ended(self._broken_status(), failure=failure)
        except Exception as error:  # an ending must always arrive
            log.exception("an answer broke off unforeseen")
            failure = Failure(
                FailureKind.UNFORESEEN,
                "Something unforeseen broke this answer off "
                f"({type(error).__name__}); what had arrived is kept.",
            )
            ended = Ended(self._broken_status(), failure=failure)
        finally:
            self._leave_queue()
        self.turn = self.turn.after(ended, self._clock())
        await self._journal.write()
        return self._message(ended)

    async def discard_journal(self) -> None:
        """Remove the journal once the message is in its file."""
        await self._journal.discard()

    def _broken_status(self) -> Status:
        return Status.INCOMPLETE if self._text or self._reasoning else Status.FAILED

    def _move(self, turn: Turn) -> None:
        self.turn = turn
        self._moved(turn)

    def _leave_queue(self) -> None:
        if self._queue is not None:
            self._queue.leave(self.turn.message_id)

    async def _ask(self) -> Ended:
        """Ask; go back into the queue when too many requests run at the server."""
        for returns in range(MOST_RETURNS):
            ended = await self._ask_once()
            failure = ended.failure
            if failure is None or not self._must_queue_again(failure):
                return ended
            self._leave_queue()
            await self._rest(failure, RETURN_PAUSE * 2**returns)
        return await self._ask_once()

    def _must_queue_again(self, failure: Failure) -> bool:
        return (
            failure.kind is FailureKind.CONCURRENCY
            and is_passing(failure)
            and not (self._text or self._reasoning or self._stop_asked)
        )

    async def _rest(self, failure: Failure, least: float) -> None:
        """Wait as long as the server asked, outside the queue's running places."""
        wait = max(least, failure.retry_after or 0.0)
        self._move(
            replace(
                self.turn,
                phase=Phase.QUEUED,
                place=0,
                notice=failure.sentence,
                retry_at=self._clock() + wait,
            )
        )
        self._preparation = asyncio.create_task(asyncio.sleep(wait))
        self._resting = True
        await asyncio.gather(self._preparation, return_exceptions=True)
        self._preparation = None
        self._resting = False
        # It had its turn before the ones that came later.
        self._returned = True
        if not self._stop_asked:
            self._move(replace(self.turn, retry_at=None))

    async def _ask_once(self) -> Ended:
        if self._stop_asked:
            return self._unsent()
        preparation = asyncio.create_task(self._prepare())
        self._preparation = preparation
        try:
            client, request = await preparation
        except asyncio.CancelledError:
            if not self._stop_asked:
                raise
            return self._unsent()
        finally:
            self._preparation = None
        if self._stop_asked:
            return self._unsent()
        ended = await self._read(client.start(request, gives_way=True))
        if ended.failure is not None and ended.failure.kind is FailureKind.MODEL:
            failure = await self._with_models(ended.failure)
            return replace(ended, failure=failure)
        return ended

    def _unsent(self) -> Ended:
        """Return the ending of a request that never left."""
        if not self._leaving:
            return Ended(Status.STOPPED)
        failure = Failure(FailureKind.UNSENT, NEVER_SENT)
        return Ended(Status.STOPPED, failure=failure)

    async def _with_models(self, failure: Failure) -> Failure:
        """Return a failure for want of the model with the models that there are."""
        endpoint = self._conversation.endpoint
        listing = asyncio.create_task(self._connections.models(endpoint))
        self._preparation = listing
        done, _ = await asyncio.wait({listing}, timeout=LISTING_PATIENCE)
        self._preparation = None
        if not done or listing.cancelled() or listing.exception() is not None:
            listing.cancel()
            return failure
        place = self._connections.endpoint(endpoint).name
        return told_with_models(failure, self.turn.model, place, listing.result())

    async def _read(self, exchange: Exchange) -> Ended:
        self._created = self._now()
        self._recorded(exchange.record)
        self._exchange = exchange
        writer = asyncio.create_task(self._journal.keep_writing())
        ended = Ended(self._broken_status())
        try:
            async for event in exchange:
                if isinstance(event, Ended):
                    ended = event
                else:
                    self._take(event)
        finally:
            self._exchange = None
            exchange.stop()
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
        return ended

    async def _prepare(self) -> tuple[ChatClient, CompletionRequest]:
        """Wait for a place in the queue, then find the client and the model."""
        conversation = self._conversation
        self._queue = self._connections.queue(conversation.endpoint)
        await self._queue.enter(
            self.turn.message_id, front=self._returned, now=self._hurried
        )
        self._hurried = False
        started = replace(
            self.turn, phase=Phase.CONNECTING, started_at=self._clock(), notice=""
        )
        self._move(started)
        client = await self._connections.client(conversation.endpoint)
        model = await self._connections.pick_model(
            conversation.endpoint, conversation.model
        )
        endpoint = self._connections.endpoint(conversation.endpoint)
        self._move(replace(self.turn, model=model, patience=endpoint.timeout))
        request = CompletionRequest(
            model=model,
            messages=request_messages(conversation, self._parent),
            stream=endpoint.stream
            if conversation.stream is None
            else conversation.stream,
            parameters=conversation.parameters,
        )
        return client, request

    def _take(self, event: StreamEvent) -> None:
        turn = self.turn.after(event, self._clock())
        self._move(turn.stopping() if self._stop_asked else turn)
        if isinstance(event, TextArrived):
            self._text.append(event.text)
            self._journal.add(event.text, "")
            self._grew(event.text, "")
        elif isinstance(event, ReasoningArrived):
            self._reasoning.append(event.text)
            self._journal.add("", event.text)
            self._grew("", event.text)

    def _message(self, ended: Ended) -> Message:
        return answer_message(
            self.turn,
            ended,
            text=self.text,
            reasoning=self.reasoning,
            sent=request_messages(self._conversation, self._parent),
            created=self._created or self._now(),
            now=self._clock(),
        )

    def _head(self) -> Message:
        """Return what is known of the answer when its first text has come."""
        return Message(
            id=self.turn.message_id,
            role=Role.ASSISTANT,
            content="",
            created=self._created,
            parent=self._parent,
            model=self.turn.model,
            status=Status.INCOMPLETE,
        )
