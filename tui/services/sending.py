"""Prompts: what is said, asked again and queued. Lives on the engine's loop.

A prompt is on disk before its request leaves.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.conversation import Conversation, first_line_title
from tui.domain.errors import (
    FortytwoError,
    ReadOnlyError,
    StorageError,
    UsageError,
)
from tui.domain.message import Message, Role, Status
from tui.services.events import (
    DraftChanged,
    MessageAdded,
    NoticeGiven,
    PromptsQueued,
)
from tui.services.sessions import new_id
from tui.storage.room import check_room, warn_of_size

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tui.domain.settings import Settings
    from tui.services.answers import Answers
    from tui.services.catalog import Catalog
    from tui.services.certain_server import CertainServer
    from tui.services.drafts import Drafts
    from tui.services.engine import Disk
    from tui.services.opened import NewConversation
    from tui.services.outbox import Outbox
    from tui.services.queued_prompts import QueuedPrompts
    from tui.services.saving import Saving
    from tui.services.session import Session
    from tui.services.sessions import Sessions
    from tui.storage.library import Library

CONTINUE_PROMPT = "Continue exactly where you stopped."
"""What asks a model to go on. It is an ordinary prompt: seen, saved and sent."""

GOES_ON = frozenset({Status.COMPLETE, Status.TRUNCATED, Status.FILTERED})
"""The endings after which the next queued prompt of the conversation is sent."""

log = logging.getLogger(__name__)


class Sending:
    """Sends prompts."""

    def __init__(
        self,
        settings: Settings,
        *,
        library: Library,
        sessions: Sessions,
        answers: Answers,
        certain: CertainServer,
        disk: Disk,
        saving: Saving,
        catalog: Catalog,
        drafts: Drafts,
        queued: QueuedPrompts,
        outbox: Outbox,
        now: Callable[[], datetime],
    ) -> None:
        """Make it with nothing running.

        Args:
            settings: What new conversations begin with.
            library: The files.
            sessions: The open conversations.
            answers: Runs the answers.
            certain: Lets nothing go to a server that was not meant.
            disk: The thread that does all file work.
            saving: The writer of conversation files.
            catalog: The rows and marks of the list.
            drafts: The unsent texts.
            queued: Keeps queued prompts over a crash.
            outbox: Who is told.
            now: The time of day, UTC.
        """
        self.settings = settings
        self._library = library
        self._sessions = sessions
        self._answers = answers
        self._certain = certain
        self._disk = disk
        self._saving = saving
        self._catalog = catalog
        self._drafts = drafts
        self._queued = queued
        self._outbox = outbox
        self._now = now
        self._leaving = False

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
            UsageError: The prompt is blank, or it is in doubt which server is meant.
            StorageError: The prompt can't be saved; nothing was sent.
        """
        if not text.strip():
            raise UsageError("There is nothing to send yet.")
        if file is None:
            session = await self._create(text, new)
            self._drafts.take_out("", text)
            self._answer_last(session)
            return session.file
        session = await self._sessions.load_end(file)
        async with session.asking:
            session.check_there()
            if session.loaded.read_only:
                raise ReadOnlyError(session.loaded.read_only)
            await self._certain.check(session.conversation.endpoint)
            if session.answering is not None or session.queued:
                await self._queue(session, text)
            else:
                await self._say(session, text)
                # The prompt is safe; what is sent is all that was said before.
                if await self._sessions.complete(session):
                    self._answer_last(session)
        self._drafts.take_out(file, text)
        activity = self._catalog.activity(file)
        left = bool(self._drafts.get(file).strip())
        self._catalog.mark(file, replace(activity, draft=left))
        return file

    async def _create(self, text: str, new: NewConversation) -> Session:
        await self._certain.check(new.endpoint)
        check_room(0, text)
        settings = self.settings
        message = Message(new_id(), Role.USER, text, self._now())
        prompt = new.system_prompt
        endpoint = new.endpoint or settings.endpoint
        usual = endpoint == settings.endpoint
        known = settings.endpoints.get(endpoint)
        if known is not None and known.ad_hoc:
            endpoint = ""
        conversation = Conversation(
            id=new_id(),
            title=first_line_title(text),
            created=message.created,
            model=new.model or (settings.model if usual else ""),
            endpoint=endpoint,
            system_prompt=settings.system_prompt if prompt is None else prompt,
            parameters=settings.parameters,
            stream=new.stream,
            messages=(message,),
        )
        loaded = await self._disk.run(self._library.create, conversation)
        session = self._sessions.add(loaded)
        self._catalog.describe(session.file, session.conversation)
        self._outbox.put(MessageAdded(session.file, message))
        return session

    async def _say(self, session: Session, text: str) -> None:
        session.check_room(text)
        path = session.conversation.path
        parent = path[-1].id if path else None
        message = Message(new_id(), Role.USER, text, self._now(), parent)
        await self._saving.add_prompt(session, message)
        self._catalog.describe(session.file, session.conversation)
        self._outbox.put(MessageAdded(session.file, message))
        if not session.warned and (sentence := warn_of_size(session.loaded.size)):
            session.warned = True
            self._outbox.put(NoticeGiven(sentence, "warning"))

    async def retry(self, file: str, message_id: str) -> None:
        """Ask again for an answer; the old one stays as its sibling.

        Raises:
            UsageError: There is no such answer, one still runs, or it is in doubt
                which server is meant.
            StorageError: The file can't be written.
        """
        async with self._sessions.hold_idle(file) as session:
            message = session.message(message_id)
            asked = message.id if message.role is Role.USER else message.parent
            if asked is None:
                raise UsageError("There is no prompt above this answer to send again.")
            await self._certain.check(session.conversation.endpoint)
            session.check_room()
            if session.whole.conversation.active is not None:
                await self._saving.change(
                    session, lambda now: replace(now, active=None)
                )
            self.answer(session, asked)

    async def continue_answer(self, file: str, message_id: str) -> None:
        """Ask the model to go on where an answer broke off.

        Raises:
            UsageError: There is nothing to continue, an answer still runs, or it is
                in doubt which server is meant.
            StorageError: The file can't be written.
        """
        async with self._sessions.hold_idle(file) as session:
            message = session.conversation.find(message_id)
            if (
                message is None
                or message.role is not Role.ASSISTANT
                or not message.content
            ):
                raise UsageError("There is no text to continue here; ask again.")
            await self._certain.check(session.conversation.endpoint)
            await self._say(session, CONTINUE_PROMPT)
            self._answer_last(session)

    # The prompts that wait behind a running answer

    async def take_back_queued(self, file: str) -> str:
        """Take the queued prompts of a conversation back, to edit or drop them.

        Returns:
            Their texts, separated by blank lines, or "".
        """
        session = self._sessions.get(file)
        if session is None:
            return ""
        async with session.asking:
            return await self._give_back(session) if session.queued else ""

    async def _queue(self, session: Session, text: str) -> None:
        prompts = (*session.queued, text)
        session.check_room("".join(prompts))
        try:
            await self._queued.keep(session.file, prompts)
        except StorageError:
            # The text stays in the composer: it must not be sent from here as well.
            self._queued.note(session.file, session.queued)
            raise
        session.queued.append(text)
        self._outbox.put(PromptsQueued(session.file, prompts))

    async def _leave_queue(self, session: Session, *, safe: bool = True) -> None:
        """Tell that prompts have left the queue.

        Args:
            session: Their conversation.
            safe: Whether they are on disk somewhere else by now.
        """
        prompts = tuple(session.queued)
        self._outbox.put(PromptsQueued(session.file, prompts))
        if not safe:
            return
        try:
            await self._queued.keep(session.file, prompts)
        except StorageError as error:
            # After a crash they would be there twice, which is better than nowhere.
            log.warning("a queue was not saved: %s", error.sentence)

    def answer(self, session: Session, message_id: str) -> None:
        """Ask for an answer to a message; the conversation must be held idle."""
        self._answers.begin(session, message_id, self._go_on)

    def _answer_last(self, session: Session) -> None:
        self.answer(session, session.conversation.messages[-1].id)

    async def _go_on(self, session: Session, status: Status) -> None:
        """Send the next queued prompt, or give all of them back as a draft."""
        async with session.asking:
            if session.queued and session.answering is None:
                await self._send_queued(session, status)

    async def _send_queued(self, session: Session, status: Status) -> None:
        if status in GOES_ON and not self._leaving:
            text = session.queued[0]
            try:
                await self._say(session, text)
            except FortytwoError as error:
                self._outbox.put(NoticeGiven(error.sentence, "error"))
            else:
                session.queued.pop(0)
                self._answer_last(session)
                await self._leave_queue(session)
                return
        await self._give_back(session)

    async def _give_back(self, session: Session) -> str:
        """Make the queued prompts part of the draft, before what was typed since."""
        file = session.file
        queued, draft = "\n\n".join(session.queued), self._drafts.get(file)
        text = f"{queued}\n\n{draft}" if draft else queued
        session.queued.clear()
        self._drafts.put(file, text)
        self._outbox.put(DraftChanged(file, text))
        activity = self._catalog.activity(file)
        self._catalog.mark(file, replace(activity, draft=True))
        # In this order a crash in between leaves them twice rather than nowhere.
        await self._drafts.save()
        await self._leave_queue(session, safe=file not in self._drafts.unsaved())
        return queued

    async def leave(self) -> None:
        """Stop every answer, and send nothing more."""
        self._leaving = True
        await self._answers.stop_all()
