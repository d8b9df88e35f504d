"""The running answers: begun, watched, ended, inspected. Lives on the engine's loop.

An answer belongs to its conversation, whatever the screen shows.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.message import Status
from tui.domain.turn import Turn
from tui.services.answering import Answering
from tui.services.events import AnswerEnded, AnswerGrew, NoticeGiven, TurnChanged
from tui.services.sessions import new_id

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from tui.api.record import ExchangeRecord
    from tui.domain.inspection import Inspection, Progress
    from tui.domain.message import Message
    from tui.services.catalog import Catalog
    from tui.services.connections import Connections
    from tui.services.engine import Disk
    from tui.services.outbox import Outbox
    from tui.services.saving import Saving
    from tui.services.session import Session
    from tui.services.sessions import Sessions
    from tui.storage.library import Library

KEPT_RECORDS = 30
"""Exchanges of this run that can still be inspected, a quarter megabyte each."""

log = logging.getLogger(__name__)


class Answers:
    """Runs the answers of all conversations."""

    def __init__(
        self,
        library: Library,
        *,
        sessions: Sessions,
        connections: Connections,
        disk: Disk,
        saving: Saving,
        catalog: Catalog,
        outbox: Outbox,
        clock: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        """Make it with nothing running.

        Args:
            library: Where the journals lie.
            sessions: The open conversations.
            connections: The clients and queues.
            disk: The thread that writes journals.
            saving: The writer of conversation files.
            catalog: The marks of the list.
            outbox: Who is told.
            clock: Monotonic, in seconds.
            now: The time of day, UTC.
        """
        self.turns: dict[str, Turn] = {}
        """The newest state of each running turn, by file. Other threads may read."""
        self._library = library
        self._sessions = sessions
        self._connections = connections
        self._disk = disk
        self._saving = saving
        self._catalog = catalog
        self._outbox = outbox
        self._clock = clock
        self._now = now
        self._running: dict[asyncio.Task[None], Answering] = {}
        self._leaving = False
        self._records: OrderedDict[str, ExchangeRecord] = OrderedDict()

    def begin(
        self,
        session: Session,
        parent: str,
        then: Callable[[Session, Status], Awaitable[None]],
    ) -> None:
        """Ask for an answer.

        Args:
            session: The conversation; its path is sent up to `parent`.
            parent: The id of the message that is answered.
            then: Called once the answer has ended and is saved, or is being saved.
        """
        file = session.file
        turn = Turn(
            file=file,
            message_id=new_id(),
            model=session.conversation.model,
            queued_at=self._clock(),
            parent=parent,
        )
        answering = Answering(
            turn,
            parent,
            session.conversation,
            connections=self._connections,
            disk=self._disk,
            library=self._library,
            clock=self._clock,
            now=self._now,
            moved=self._note_turn,
            recorded=lambda record: self._keep_record(turn.message_id, record),
            kept=lambda trouble: self._mark_unsaved(file, trouble),
            grew=lambda text, reasoning: self._outbox.put(
                AnswerGrew(file, turn.message_id, text, reasoning)
            ),
        )
        session.own = parent
        session.answering = answering
        session.task = asyncio.create_task(self._answer(session, answering, then))
        # An answer may still be on its way to the disk when its session is forgotten.
        self._running[session.task] = answering
        session.task.add_done_callback(self._running.pop)
        if self._leaving:
            answering.leave()

    def _mark_unsaved(self, file: str, trouble: str) -> None:
        activity = self._catalog.activity(file)
        self._catalog.mark(file, replace(activity, unsaved=trouble))

    def _note_turn(self, turn: Turn) -> None:
        self.turns[turn.file] = turn
        self._outbox.put(TurnChanged(turn))
        activity = self._catalog.activity(turn.file)
        self._catalog.mark(turn.file, replace(activity, phase=turn.phase))

    async def _answer(
        self,
        session: Session,
        answering: Answering,
        then: Callable[[Session, Status], Awaitable[None]],
    ) -> None:
        try:
            message = await answering.run()
            await self._finish(session, message, answering)
            if session.answering is None and message.status is not None:
                await then(session, message.status)
        except Exception as error:  # a failing worker must not fail in silence
            log.exception("the ending of an answer broke")
            self._outbox.put(
                NoticeGiven(
                    "Something unforeseen broke while an answer was being saved "
                    f"({type(error).__name__}); its text is in the journal.",
                    "error",
                )
            )
        finally:
            self._part(session, answering)

    def _part(self, session: Session, answering: Answering) -> None:
        """Let the conversation go on; the next answer may have begun already."""
        if session.answering is answering:
            session.answering = None
            self.turns.pop(session.file, None)

    async def _finish(
        self, session: Session, message: Message, answering: Answering
    ) -> None:
        file = session.file
        if session.own == message.parent:
            # Nothing else was chosen meanwhile.
            session.own = message.id
        session.conversation = session.conversation.with_message(message)
        self._part(session, answering)
        shown = self._sessions.shown == file
        activity = self._catalog.activity(file)
        self._catalog.mark(
            file,
            replace(
                activity,
                phase=None,
                unread=0 if shown else activity.unread + 1,
                failed=not shown and message.status is Status.FAILED,
            ),
        )
        self._outbox.put(AnswerEnded(answering.turn, message))
        if message.content:
            self._connections.learn_models(session.conversation.endpoint)
        await self._saving.add_answer(session, message, answering.discard_journal)
        if self._sessions.get(file) is session:
            self._catalog.describe(file, session.conversation)

    def inspect(self, message_id: str) -> Inspection | None:
        """Return the facts of an answer's exchange, or None when it is long ago."""
        record = self._records.get(message_id)
        return record.inspect() if record is not None else None

    def progress(self, message_id: str, attempts: int, upto: int) -> Progress | None:
        """Return what is new in an answer's exchange; see `ExchangeRecord.progress`."""
        record = self._records.get(message_id)
        return record.progress(attempts, upto) if record is not None else None

    def _keep_record(self, message_id: str, record: ExchangeRecord) -> None:
        self._records[message_id] = record
        while len(self._records) > KEPT_RECORDS:
            self._records.popitem(last=False)

    def stop(self, file: str) -> bool:
        """Stop the running answer of a conversation; False when none runs."""
        session = self._sessions.get(file)
        if session is None or session.answering is None:
            return False
        session.answering.stop()
        return True

    def show_places(self, waiting: Sequence[str]) -> None:
        """Tell the queued turns their places, the next one first."""
        places = {message_id: place for place, message_id in enumerate(waiting, 1)}
        for session in self._sessions:
            answering = session.answering
            if answering is not None and answering.turn.message_id in places:
                answering.show_place(places[answering.turn.message_id])

    def move_in_queue(self, file: str, place: int) -> None:
        """Put a queued answer at another place of its queue, counted from 1."""
        if (turn := self.turns.get(file)) is not None:
            for queue in self._connections.queues():
                queue.move(turn.message_id, place)

    def send_now(self, file: str) -> None:
        """Let a queued answer run although the places are taken."""
        session = self._sessions.get(file)
        if session is None or session.answering is None:
            return
        session.answering.hurry()
        for queue in self._connections.queues():
            queue.send_now(session.answering.turn.message_id)

    async def stop_all(self) -> None:
        """Stop every answer and wait until each is saved."""
        self._leaving = True
        while self._running:
            for answering in self._running.values():
                answering.leave()
            await asyncio.gather(*self._running, return_exceptions=True)
