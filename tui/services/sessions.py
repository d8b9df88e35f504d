"""The open conversations: sending, answering, changing. Lives on the engine's loop.

Every change goes one way: its file through the disk thread, the value in memory, then
an event for the interface.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.conversation import Conversation, first_line_title
from tui.domain.errors import ReadOnlyError, UsageError
from tui.domain.message import Message, Role, Status
from tui.domain.turn import Turn
from tui.services.answering import Answering
from tui.services.events import (
    AnswerEnded,
    AnswerGrew,
    MessageAdded,
    NoticeGiven,
    TurnChanged,
)
from tui.services.session import NewConversation, OpenConversation, Session

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from tui.domain.settings import Settings
    from tui.services.catalog import Catalog
    from tui.services.connections import Connections
    from tui.services.drafts import Drafts
    from tui.services.engine import Disk
    from tui.services.outbox import Outbox
    from tui.services.saving import Saving
    from tui.services.undo import UndoStack
    from tui.storage.library import Library

CONTINUE_PROMPT = "Continue exactly where you stopped."
"""What asks a model to go on. It is an ordinary prompt: seen, saved and sent."""

log = logging.getLogger(__name__)


class Sessions:
    """Opens, answers and changes conversations."""

    def __init__(
        self,
        settings: Settings,
        *,
        library: Library,
        connections: Connections,
        disk: Disk,
        saving: Saving,
        catalog: Catalog,
        drafts: Drafts,
        undo: UndoStack,
        outbox: Outbox,
        clock: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        """Make it with nothing open.

        Args:
            settings: What new conversations begin with.
            library: The files.
            connections: The clients and queues.
            disk: The thread that does all file work.
            saving: The writer of conversation files.
            catalog: The rows and marks of the list.
            drafts: The unsent texts.
            undo: Remembers what can be undone.
            outbox: Who is told.
            clock: Monotonic, in seconds.
            now: The time of day, UTC.
        """
        self.settings = settings
        self.turns: dict[str, Turn] = {}
        """The newest state of each running turn, by file. Other threads may read."""
        self._library = library
        self._connections = connections
        self._disk = disk
        self._saving = saving
        self._catalog = catalog
        self._drafts = drafts
        self._undo = undo
        self._outbox = outbox
        self._clock = clock
        self._now = now
        self._open: dict[str, Session] = {}
        self._shown: str | None = None

    # Opening

    async def list_all(self) -> None:
        """Read the library and tell what is in it."""
        self._catalog.fill(await self._disk.run(self._library.scan))
        for file in self._drafts.files():
            if self._catalog.summary(file) is not None:
                activity = self._catalog.activity(file)
                self._catalog.mark(file, replace(activity, draft=True))

    async def _session(self, file: str) -> Session:
        session = self._open.get(file)
        if session is None:
            loaded = await self._disk.run(self._library.load, file)
            session = Session(file, loaded, loaded.conversation)
            session = self._open.setdefault(file, session)
        return session

    async def open(self, file: str) -> OpenConversation:
        """Return a conversation to be shown, and count its answers as read.

        Raises:
            StorageError: The file can't be read.
        """
        for other, session in list(self._open.items()):
            if session.idle:
                del self._open[other]
        session = await self._session(file)
        self._shown = file
        activity = self._catalog.activity(file)
        self._catalog.mark(file, replace(activity, unread=0, failed=False))
        answering = session.answering
        return OpenConversation(
            file=file,
            conversation=session.conversation,
            problems=session.loaded.problems,
            read_only=session.loaded.read_only,
            turn=answering.turn if answering else None,
            live_text=answering.text if answering else "",
            live_reasoning=answering.reasoning if answering else "",
            draft=self._drafts.get(file),
        )

    async def show_nothing(self) -> str:
        """Note that a new conversation is shown; returns its draft."""
        self._shown = None
        return self._drafts.get("")

    # Saying

    async def send(self, file: str | None, text: str, new: NewConversation) -> str:
        """Save a prompt and ask for its answer.

        Args:
            file: The conversation, or None for a new one.
            text: The prompt.
            new: What a new conversation begins with.

        Returns:
            The file's name, once the prompt is on disk.

        Raises:
            UsageError: The prompt is blank, or an answer still runs there.
            StorageError: The prompt can't be saved; nothing was sent.
        """
        if not text.strip():
            raise UsageError("There is nothing to send yet.")
        message = Message(new_id(), Role.USER, text, self._now())
        if file is None:
            session = await self._create(message, new)
            self._drafts.put("", "")
        else:
            session = await self._idle_session(file)
            path = session.conversation.path
            message = replace(message, parent=path[-1].id if path else None)
            await self._saving.add_prompt(session, message)
            self._drafts.put(file, "")
        file = session.file
        activity = self._catalog.activity(file)
        self._catalog.mark(file, replace(activity, draft=False))
        self._catalog.describe(file, session.conversation)
        self._outbox.put(MessageAdded(file, message))
        self._begin_answer(session, message.id)
        return file

    async def _create(self, message: Message, new: NewConversation) -> Session:
        settings = self.settings
        prompt = new.system_prompt
        conversation = Conversation(
            id=new_id(),
            title=first_line_title(message.content),
            created=message.created,
            model=new.model or settings.model,
            endpoint=new.endpoint or settings.endpoint,
            system_prompt=settings.system_prompt if prompt is None else prompt,
            parameters=settings.parameters,
            messages=(message,),
        )
        loaded = await self._disk.run(self._library.create, conversation)
        session = Session(loaded.file, loaded, loaded.conversation)
        self._open[loaded.file] = session
        return session

    async def retry(self, file: str, message_id: str) -> None:
        """Ask again for an answer; the old one stays as its sibling.

        Raises:
            UsageError: There is no such answer, or one still runs.
            StorageError: The file can't be written.
        """
        session = await self._idle_session(file)
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
        session = await self._idle_session(file)
        message = session.conversation.find(message_id)
        if message is None or message.role is not Role.ASSISTANT or not message.content:
            raise UsageError("There is no text here to continue; r asks again.")
        await self.send(file, CONTINUE_PROMPT, NewConversation())

    async def _idle_session(self, file: str) -> Session:
        session = await self._session(file)
        if session.answering is not None:
            raise UsageError(
                "An answer is still on its way here. Your text stays; "
                "Esc Esc stops the answer."
            )
        if session.loaded.read_only:
            raise ReadOnlyError(session.loaded.read_only)
        return session

    # Answers

    def _begin_answer(self, session: Session, parent: str) -> None:
        file = session.file
        turn = Turn(
            file=file,
            message_id=new_id(),
            model=session.conversation.model,
            queued_at=self._clock(),
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
            await self._finish(session, await answering.run(), answering)
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
        shown = self._shown == file
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

    def stop(self, file: str) -> bool:
        """Stop the running answer of a conversation; False when none runs."""
        session = self._open.get(file)
        if session is None or session.answering is None:
            return False
        session.answering.stop()
        return True

    def show_places(self, waiting: Sequence[str]) -> None:
        """Tell the queued turns their places, the next one first."""
        places = {message_id: place for place, message_id in enumerate(waiting, 1)}
        for session in self._open.values():
            answering = session.answering
            if answering is not None and answering.turn.message_id in places:
                answering.show_place(places[answering.turn.message_id])

    async def stop_all(self) -> None:
        """Stop every answer and wait until each is saved."""
        tasks = [session.task for session in self._open.values() if session.task]
        for session in self._open.values():
            if session.answering is not None:
                session.answering.stop()
        if tasks:
            await asyncio.gather(*tasks, return_exceptions=True)

    # Changing

    async def _edit(
        self,
        file: str,
        edit: Callable[[Conversation], Conversation],
        revert: Callable[[Conversation], Conversation],
        undone: str,
    ) -> None:
        session = await self._session(file)
        if session.loaded.read_only:
            raise ReadOnlyError(session.loaded.read_only)
        await self._saving.change(session, edit)
        self._catalog.describe(file, session.conversation)

        async def undo() -> None:
            session = await self._session(file)
            await self._saving.change(session, revert)
            self._catalog.describe(file, session.conversation)

        self._undo.push(undo, undone)

    async def rename(self, file: str, title: str) -> None:
        """Give a conversation another title. Raises StorageError."""
        title = " ".join(title.split())
        if not title:
            raise UsageError("A title needs at least one character.")
        old = (await self._session(file)).conversation.title
        await self._edit(
            file,
            lambda now: replace(now, title=title),
            lambda now: replace(now, title=old),
            f"The title is “{old}” again.",
        )

    async def set_system_prompt(self, file: str, text: str) -> None:
        """Give a conversation another system prompt. Raises StorageError."""
        old = (await self._session(file)).conversation.system_prompt
        await self._edit(
            file,
            lambda now: replace(now, system_prompt=text),
            lambda now: replace(now, system_prompt=old),
            "The system prompt is back.",
        )

    async def set_model(self, file: str, model: str) -> None:
        """Ask another model from the next prompt on. Raises StorageError."""
        old = (await self._session(file)).conversation.model
        await self._edit(
            file,
            lambda now: replace(now, model=model),
            lambda now: replace(now, model=old),
            f"The model is {old or 'the default'} again.",
        )

    async def flip(self, file: str, message_id: str, step: int) -> None:
        """Show the next (1) or the previous (-1) sibling of a message.

        Raises:
            UsageError: It has no siblings, or an answer still runs.
            StorageError: The file can't be written.
        """
        session = await self._idle_session(file)
        siblings = session.conversation.siblings(message_id)
        if len(siblings) < 2:
            raise UsageError("There is only this one answer; r asks for another.")
        at = [sibling.id for sibling in siblings].index(message_id)
        target = siblings[(at + step) % len(siblings)]
        await self._saving.change(session, lambda now: replace(now, active=target.id))

    async def delete(self, file: str) -> None:
        """Move a conversation to the trash. Raises StorageError."""
        session = self._open.get(file)
        if session is not None and session.task is not None:
            if session.answering is not None:
                session.answering.stop()
            await asyncio.gather(session.task, return_exceptions=True)
        summary = self._catalog.summary(file)
        trashed = await self._disk.run(self._library.trash, file)
        self._open.pop(file, None)
        self._catalog.remove(file)

        async def restore() -> None:
            back = await self._disk.run(self._library.restore, trashed)
            if summary is not None:
                self._catalog.put(replace(summary, file=back))

        title = summary.title if summary else file
        self._undo.push(restore, f"“{title}” is back.")


def new_id() -> str:
    """Return a random id of 16 hexadecimal digits."""
    return secrets.token_hex(8)
