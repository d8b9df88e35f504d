"""Brings changes of a conversation to its file, and holds what the disk refuses."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.errors import ConflictError, StorageError
from tui.services import own_path
from tui.services.events import ConversationChanged, NoticeGiven
from tui.storage.conversation_end import LoadedEnd

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from tui.domain.conversation import Conversation
    from tui.domain.message import Message
    from tui.services.catalog import Catalog
    from tui.services.engine import Disk
    from tui.services.outbox import Outbox
    from tui.services.session import Session
    from tui.storage.library import Library
    from tui.storage.loaded_file import LoadedFile

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 5.0
"""Seconds between two tries to save what the disk refused: they double."""

LAST_TRY = 1.0
"""Seconds that leaving the program may wait for the disk."""

log = logging.getLogger(__name__)


class Saving:
    """The one writer of conversation files. Lives on the engine's loop."""

    def __init__(
        self,
        library: Library,
        *,
        disk: Disk,
        catalog: Catalog,
        outbox: Outbox,
        lost: Callable[[str, str], None],
    ) -> None:
        """Make it idle.

        Args:
            library: The files.
            disk: The thread that does the file work.
            catalog: Carries the lasting "not saved" mark.
            outbox: Who is told.
            lost: Called with a file that can't be read any more, and with the name
                of the second file that holds our version.
        """
        self._library = library
        self._disk = disk
        self._catalog = catalog
        self._outbox = outbox
        self._lost = lost
        self._retries: dict[str, asyncio.Task[None]] = {}
        self._when_saved: dict[str, Callable[[], Awaitable[None]]] = {}
        """By the id of a message that is not on disk yet."""

    async def add_prompt(self, session: Session, message: Message) -> None:
        """Append a prompt; it is durable when this returns.

        Raises:
            StorageError: It could not be saved, and is not in the conversation.
        """
        async with session.saving:
            session.check_there()
            try:
                await self._append_unsaved(session)
                loaded = await self._append(session, message)
            except ConflictError as error:
                await self._take_theirs(session, error.kept)
                raise
            session.own = message.id
            self._take(session, loaded, session.conversation.with_message(message))

    async def _append(
        self, session: Session, message: Message
    ) -> LoadedFile | LoadedEnd:
        loaded = session.loaded
        if isinstance(loaded, LoadedEnd):
            end = await self._disk.run(self._library.append_to_end, loaded, [message])
            if end is not None:
                return end
            # Others wrote it: what they made of it must be known first.
            loaded = await self._disk.run(self._library.load, session.file)
            session.loaded = loaded
            own_path.take(session, loaded.conversation, self._outbox)
            self._outbox.put(ConversationChanged(session.file, session.conversation))
            path = session.conversation.path
            if message.parent and loaded.conversation.find(message.parent) is None:
                message = replace(message, parent=path[-1].id if path else None)
        return await self._disk.run(self._library.append, loaded, [message])

    async def add_answer(
        self,
        session: Session,
        message: Message,
        saved: Callable[[], Awaitable[None]],
    ) -> None:
        """Append an answer, or keep it in memory and go on trying.

        Args:
            session: The conversation; in memory it has the message already.
            message: The answer.
            saved: Called once it is on disk, be it now or much later.
        """
        async with session.saving:
            session.unsaved.append(message)
            self._when_saved[message.id] = saved
            await self._try_unsaved(session)

    async def save(self, session: Session) -> None:
        """Save what the disk refused so far.

        Raises:
            StorageError: It refuses still.
        """
        async with session.saving:
            try:
                await self._append_unsaved(session)
            except ConflictError as error:
                await self._take_theirs(session, error.kept)
                raise

    async def change(
        self,
        session: Session,
        edit: Callable[[Conversation], Conversation],
        copy: str = "",
        chosen: str | None = None,
    ) -> None:
        """Rewrite a file with an edit of its conversation.

        Args:
            session: The conversation.
            edit: Returns what it shall say.
            copy: The name of a copy in the trash, out of which messages come back.
            chosen: The id of the message whose path is shown here from now on.

        Raises:
            StorageError: Nothing changed.
        """
        async with session.saving:
            session.check_there()
            try:
                await self._append_unsaved(session)
                whole = session.whole
                edited = edit(whole.conversation)
                if copy:
                    loaded = await self._disk.run(
                        self._library.put_back, whole, edited, copy
                    )
                else:
                    loaded = await self._disk.run(self._library.replace, whole, edited)
            except ConflictError as error:
                await self._take_theirs(session, error.kept)
                raise
            if chosen is not None:
                session.own, session.parted = chosen, False
            session.loaded = loaded
            own_path.take(session, loaded.conversation, self._outbox, edited)
            self._outbox.put(ConversationChanged(session.file, session.conversation))

    async def rest(self, sessions: Iterable[Session], patience: float) -> None:
        """Wait until none of these files is being written.

        Args:
            sessions: The conversations.
            patience: The longest wait, in seconds.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                for session in sessions:
                    async with session.saving:
                        pass

    async def settle(self) -> None:
        """Try once more to save everything, `LAST_TRY` seconds at most."""
        tasks = [task for task in self._retries.values() if not task.done()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=LAST_TRY)

    async def _append_unsaved(self, session: Session) -> None:
        """Append what the disk refused before, so that the order stays."""
        # All at once: when they clash with what others wrote, one file holds them all.
        if messages := tuple(session.unsaved):
            loaded = await self._disk.run(self._library.append, session.whole, messages)
            session.unsaved.clear()
            self._take(session, loaded, session.conversation)
            await self._tell_saved(messages)
        self._unmark(session.file)

    async def _tell_saved(self, messages: Sequence[Message]) -> None:
        for message in messages:
            if (saved := self._when_saved.pop(message.id, None)) is not None:
                await saved()

    def _unmark(self, file: str) -> None:
        activity = self._catalog.activity(file)
        self._catalog.mark(file, replace(activity, unsaved=""))

    def _take(
        self,
        session: Session,
        loaded: LoadedFile | LoadedEnd,
        expected: Conversation,
    ) -> None:
        """Take over what the file holds now, with what others wrote into it.

        Args:
            session: The conversation.
            loaded: The file.
            expected: What the interface knows, or is about to be told.
        """
        session.loaded = loaded
        conversation = loaded.conversation
        for message in session.unsaved:
            if conversation.find(message.id) is None:
                conversation = conversation.with_message(message)
        own_path.take(session, conversation, self._outbox, expected)
        if conversation.messages != expected.messages or (
            conversation.system_prompt != expected.system_prompt
            or conversation.title != expected.title
        ):
            self._outbox.put(ConversationChanged(session.file, session.conversation))

    async def _take_theirs(self, session: Session, kept: str) -> None:
        """Go on with what others wrote; our version is in a second file by now.

        Args:
            session: The conversation.
            kept: The name of the second file.
        """
        words = tuple(session.unsaved)
        session.unsaved.clear()
        await self._tell_saved(words)
        self._unmark(session.file)
        try:
            loaded = await self._disk.run(self._library.load, session.file)
        except StorageError:
            self._lost(session.file, kept)
            return
        session.loaded = loaded
        own_path.take(session, loaded.conversation, self._outbox)
        self._outbox.put(ConversationChanged(session.file, session.conversation))

    async def _try_unsaved(self, session: Session) -> bool:
        try:
            await self._append_unsaved(session)
        except ConflictError as error:
            await self._take_theirs(session, error.kept)
            self._outbox.put(NoticeGiven(error.sentence, "warning"))
            return bool(error.kept)
        except StorageError as error:
            activity = self._catalog.activity(session.file)
            self._catalog.mark(session.file, replace(activity, unsaved=error.sentence))
            retry = self._retries.get(session.file)
            if retry is None or retry.done():
                self._retries[session.file] = asyncio.create_task(
                    self._keep_trying(session)
                )
            return False
        return True

    async def _keep_trying(self, session: Session) -> None:
        pause = FIRST_PAUSE
        try:
            while session.unsaved:
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE, pause * 2)
                async with session.saving:
                    if await self._try_unsaved(session):
                        self._outbox.put(
                            NoticeGiven(
                                f"“{session.conversation.title}” is saved again."
                            )
                        )
        except asyncio.CancelledError:
            async with session.saving:
                await self._try_unsaved(session)
            raise
        except Exception:  # nobody waits for this task; leaving rescues the words
            log.exception("words that the disk refused could not be saved")
