"""Prompts and their answers: what is said, asked again, queued and stopped.

Lives on the engine's loop. A prompt is on disk before its request leaves; an answer
belongs to its conversation, whatever the screen shows.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.conversation import Conversation, first_line_title
from tui.domain.errors import FortytwoError, ReadOnlyError, UsageError
from tui.domain.message import Message, Role, Status
from tui.domain.turn import Turn
from tui.services.answering import Answering
from tui.services.events import (
    AnswerEnded,
    AnswerGrew,
    DraftChanged,
    MessageAdded,
    NoticeGiven,
    PromptsQueued,
    TurnChanged,
)
from tui.services.sessions import new_id

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from tui.api.record import ExchangeRecord
    from tui.domain.inspection import Inspection
    from tui.domain.settings import Settings
    from tui.services.catalog import Catalog
    from tui.services.connections import Connections
    from tui.services.drafts import Drafts
    from tui.services.engine import Disk
    from tui.services.outbox import Outbox
    from tui.services.queued_prompts import QueuedPrompts
    from tui.services.saving import Saving
    from tui.services.session import NewConversation, Session
    from tui.services.sessions import Sessions
    from tui.storage.library import Library

CONTINUE_PROMPT = "Continue exactly where you stopped."
"""What asks a model to go on. It is an ordinary prompt: seen, saved and sent."""

GOES_ON = frozenset({Status.COMPLETE, Status.TRUNCATED, Status.FILTERED})
"""The endings after which the next queued prompt of the conversation is sent."""

KEPT_RECORDS = 30
"""Exchanges of this run that can still be inspected, a quarter megabyte each."""

log = logging.getLogger(__name__)


class Sending:
    """Sends prompts and runs their answers."""

    def __init__(
        self,
        settings: Settings,
        *,
        library: Library,
        sessions: Sessions,
        connections: Connections,
        disk: Disk,
        saving: Saving,
        catalog: Catalog,
        drafts: Drafts,
        queued: QueuedPrompts,
        outbox: Outbox,
        clock: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        """Make it with nothing running.

        Args:
            settings: What new conversations begin with.
            library: The files.
            sessions: The open conversations.
            connections: The clients and queues.
            disk: The thread that does all file work.
            saving: The writer of conversation files.
            catalog: The rows and marks of the list.
            drafts: The unsent texts.
            queued: Keeps queued prompts over a crash.
            outbox: Who is told.
            clock: Monotonic, in seconds.
            now: The time of day, UTC.
        """
        self.settings = settings
        self.turns: dict[str, Turn] = {}
        """The newest state of each running turn, by file. Other threads may read."""
        self._library = library
        self._sessions = sessions
        self._connections = connections
        self._disk = disk
        self._saving = saving
        self._catalog = catalog
        self._drafts = drafts
        self._queued = queued
        self._outbox = outbox
        self._clock = clock
        self._now = now
        self._leaving = False
        self._records: OrderedDict[str, ExchangeRecord] = OrderedDict()

    # Prompts

    async def send(self, file: str | None, text: str, new: NewConversation) -> str:
        """Save a prompt and ask for its answer, or queue it behind a running one.

        Args:
            file: The conversation, or None for a new one.
            text: The prompt.
            new: What a new conversation begins with.

        Returns:
            The file's name, once the prompt is on disk.

        Raises:
            UsageError: The prompt is blank.
            StorageError: The prompt can't be saved; nothing was sent.
        """
        if not text.strip():
            raise UsageError("There is nothing to send yet.")
        if file is None:
            session = await self._create(text, new)
            self._drafts.put("", "")
        else:
            session = await self._sessions.load(file)
            if session.loaded.read_only:
                raise ReadOnlyError(session.loaded.read_only)
            if session.answering is not None:
                session.queued.append(text)
                await self._queue_changed(session)
                self._clear_draft(file)
                return file
            await self._say(session, text)
            self._clear_draft(file)
        self._begin_answer(session, session.conversation.messages[-1].id)
        return session.file

    def _clear_draft(self, file: str) -> None:
        self._drafts.put(file, "")
        activity = self._catalog.activity(file)
        self._catalog.mark(file, replace(activity, draft=False))

    async def _create(self, text: str, new: NewConversation) -> Session:
        settings = self.settings
        message = Message(new_id(), Role.USER, text, self._now())
        prompt = new.system_prompt
        conversation = Conversation(
            id=new_id(),
            title=first_line_title(text),
            created=message.created,
            model=new.model or settings.model,
            endpoint=new.endpoint or settings.endpoint,
            system_prompt=settings.system_prompt if prompt is None else prompt,
            parameters=settings.parameters,
            messages=(message,),
        )
        loaded = await self._disk.run(self._library.create, conversation)
        session = self._sessions.add(loaded)
        self._catalog.describe(session.file, session.conversation)
        self._outbox.put(MessageAdded(session.file, message))
        return session

    async def _say(self, session: Session, text: str) -> None:
        path = session.conversation.path
        parent = path[-1].id if path else None
        message = Message(new_id(), Role.USER, text, self._now(), parent)
        await self._saving.add_prompt(session, message)
        self._catalog.describe(session.file, session.conversation)
        self._outbox.put(MessageAdded(session.file, message))

    async def retry(self, file: str, message_id: str) -> None:
        """Ask again for an answer; the old one stays as its sibling.

        Raises:
            UsageError: There is no such answer, or one still runs.
            StorageError: The file can't be written.
        """
        session = await self._sessions.load_idle(file)
        message = session.conversation.find(message_id)
        if message is None:
            raise UsageError("That message is no longer in the conversation.")
        asked = message.id if message.role is Role.USER else message.parent
        if asked is None:
            raise UsageError("There is no prompt above this answer to send again.")
        if session.conversation.active is not None:
            await self._saving.change(session, lambda now: replace(now, active=None))
        self._begin_answer(session, asked)

    async def continue_answer(self, file: str, message_id: str) -> None:
        """Ask the model to go on where an answer broke off.

        Raises:
            UsageError: There is nothing to continue, or an answer still runs.
            StorageError: The file can't be written.
        """
        session = await self._sessions.load_idle(file)
        message = session.conversation.find(message_id)
        if message is None or message.role is not Role.ASSISTANT or not message.content:
            raise UsageError("There is no text here to continue; r asks again.")
        await self._say(session, CONTINUE_PROMPT)
        self._begin_answer(session, session.conversation.messages[-1].id)

    # The prompts that wait behind a running answer

    async def take_back_queued(self, file: str) -> str:
        """Take the queued prompts of a conversation back, to edit or drop them.

        Returns:
            Their texts, separated by blank lines, or "".
        """
        session = self._sessions.get(file)
        if session is None or not session.queued:
            return ""
        text = "\n\n".join(session.queued)
        session.queued.clear()
        await self._queue_changed(session)
        return text

    async def _queue_changed(self, session: Session) -> None:
        prompts = tuple(session.queued)
        await self._queued.keep(session.file, prompts)
        self._outbox.put(PromptsQueued(session.file, prompts))

    async def _go_on(self, session: Session, status: Status) -> None:
        """Send the next queued prompt, or give all of them back as a draft."""
        if not session.queued:
            return
        if status in GOES_ON and not self._leaving:
            text = session.queued[0]
            try:
                await self._say(session, text)
            except FortytwoError as error:
                self._outbox.put(NoticeGiven(error.sentence, "error"))
            else:
                session.queued.pop(0)
                await self._queue_changed(session)
                self._begin_answer(session, session.conversation.messages[-1].id)
                return
        draft = self._drafts.get(session.file)
        texts = [*session.queued, draft] if draft else session.queued
        text = "\n\n".join(texts)
        self._drafts.put(session.file, text)
        self._outbox.put(DraftChanged(session.file, text))
        session.queued.clear()
        await self._queue_changed(session)
        activity = self._catalog.activity(session.file)
        self._catalog.mark(session.file, replace(activity, draft=True))

    # Answers

    def _begin_answer(self, session: Session, parent: str) -> None:
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
            library_root=self._library.root,
            clock=self._clock,
            now=self._now,
            moved=self._note_turn,
            recorded=lambda record: self._keep_record(turn.message_id, record),
            grew=lambda text, reasoning: self._outbox.put(
                AnswerGrew(file, turn.message_id, text, reasoning)
            ),
        )
        session.answering = answering
        session.task = asyncio.create_task(self._answer(session, answering))

    def _note_turn(self, turn: Turn) -> None:
        self.turns[turn.file] = turn
        self._outbox.put(TurnChanged(turn))
        activity = self._catalog.activity(turn.file)
        self._catalog.mark(turn.file, replace(activity, phase=turn.phase))

    async def _answer(self, session: Session, answering: Answering) -> None:
        try:
            message = await answering.run()
            await self._finish(session, message, answering)
            if session.answering is None and message.status is not None:
                await self._go_on(session, message.status)
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
        if await self._saving.add_answer(session, message):
            await answering.discard_journal()
        self._catalog.describe(file, session.conversation)

    def inspect(self, message_id: str) -> Inspection | None:
        """Return the facts of an answer's exchange, or None when it is long ago."""
        record = self._records.get(message_id)
        return record.inspect() if record is not None else None

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
        if (turn := self.turns.get(file)) is not None:
            for queue in self._connections.queues():
                queue.send_now(turn.message_id)

    async def stop_all(self) -> None:
        """Stop every answer and wait until each is saved."""
        self._leaving = True
        tasks = [session.task for session in self._sessions if session.task]
        for session in self._sessions:
            if session.answering is not None:
                session.answering.stop()
        if tasks:
            await asyncio.gather(*tasks, return_exceptions=True)
