"""Changes to a conversation that can be undone. Lives on the engine's loop."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.errors import ReadOnlyError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.domain.conversation import Conversation
    from tui.services.catalog import Catalog
    from tui.services.engine import Disk
    from tui.services.saving import Saving
    from tui.services.sessions import Sessions
    from tui.services.undo import UndoStack
    from tui.storage.library import Library


class Editing:
    """Renames, prompts, models, siblings, and the trash."""

    def __init__(
        self,
        library: Library,
        *,
        sessions: Sessions,
        disk: Disk,
        saving: Saving,
        catalog: Catalog,
        undo: UndoStack,
    ) -> None:
        """Make it.

        Args:
            library: The files.
            sessions: The open conversations.
            disk: The thread that does all file work.
            saving: The writer of conversation files.
            catalog: The rows of the list.
            undo: Remembers what can be undone.
        """
        self._library = library
        self._sessions = sessions
        self._disk = disk
        self._saving = saving
        self._catalog = catalog
        self._undo = undo

    async def _change(
        self, file: str, edit: Callable[[Conversation], Conversation]
    ) -> None:
        session = await self._sessions.load(file)
        if session.loaded.read_only:
            raise ReadOnlyError(session.loaded.read_only)
        await self._saving.change(session, edit)
        self._catalog.describe(file, session.conversation)

    async def _change_undoably(
        self,
        file: str,
        edit: Callable[[Conversation], Conversation],
        revert: Callable[[Conversation], Conversation],
        undone: str,
    ) -> None:
        await self._change(file, edit)
        self._undo.push(lambda: self._change(file, revert), undone)

    async def rename(self, file: str, title: str) -> None:
        """Give a conversation another title.

        Raises:
            UsageError: The title is blank.
            StorageError: The file can't be written.
        """
        title = " ".join(title.split())
        if not title:
            raise UsageError("A title needs at least one character.")
        old = (await self._sessions.load(file)).conversation.title
        await self._change_undoably(
            file,
            lambda now: replace(now, title=title),
            lambda now: replace(now, title=old),
            f"The title is “{old}” again.",
        )

    async def set_system_prompt(self, file: str, text: str) -> None:
        """Give a conversation another system prompt. Raises StorageError."""
        old = (await self._sessions.load(file)).conversation.system_prompt
        await self._change_undoably(
            file,
            lambda now: replace(now, system_prompt=text),
            lambda now: replace(now, system_prompt=old),
            "The system prompt is back.",
        )

    async def set_model(self, file: str, model: str) -> None:
        """Ask another model from the next prompt on. Raises StorageError."""
        old = (await self._sessions.load(file)).conversation.model
        await self._change_undoably(
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
        async with self._sessions.hold_idle(file) as session:
            siblings = session.conversation.siblings(message_id)
            if len(siblings) < 2:
                raise UsageError("There is only this one answer; r asks for another.")
            at = [sibling.id for sibling in siblings].index(message_id)
            target = siblings[(at + step) % len(siblings)].id
            await self._saving.change(session, lambda now: replace(now, active=target))

    async def delete(self, file: str) -> None:
        """Move a conversation to the trash, its running answer stopped and saved.

        Raises:
            StorageError: The file can't be moved.
        """
        session = self._sessions.get(file)
        if session is not None and session.task is not None:
            if session.answering is not None:
                session.answering.stop()
            await asyncio.gather(session.task, return_exceptions=True)
        summary = self._catalog.summary(file)
        trashed = await self._disk.run(self._library.trash, file)
        self._sessions.forget(file)
        self._catalog.remove(file)

        async def restore() -> None:
            back = await self._disk.run(self._library.restore, trashed)
            if summary is not None:
                self._catalog.put(replace(summary, file=back))

        title = summary.title if summary else file
        self._undo.push(restore, f"“{title}” is back.")
