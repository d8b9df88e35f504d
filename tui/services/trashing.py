"""The trash: what is deleted goes there, and comes back. Lives on the engine's loop."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import date, datetime

    from tui.domain.summary import Trashed
    from tui.services.catalog import Catalog
    from tui.services.engine import Disk
    from tui.services.saving import Saving
    from tui.services.sessions import Sessions
    from tui.services.undo import UndoStack
    from tui.storage.library import Library

log = logging.getLogger(__name__)


class Trashing:
    """Deletes, lists what was deleted, and brings it back."""

    def __init__(
        self,
        library: Library,
        *,
        sessions: Sessions,
        disk: Disk,
        looking: Disk,
        saving: Saving,
        catalog: Catalog,
        undo: UndoStack,
        now: Callable[[], datetime],
    ) -> None:
        """Make it.

        Args:
            library: The files.
            sessions: The open conversations.
            disk: The thread that writes.
            looking: A thread for looks at folders: they take long when one is large.
            saving: The writer of conversation files.
            catalog: The rows of the list.
            undo: Remembers what can be undone.
            now: The time of day, UTC.
        """
        self._library = library
        self._sessions = sessions
        self._disk = disk
        self._looking = looking
        self._saving = saving
        self._catalog = catalog
        self._undo = undo
        self._now = now
        self._noted: date | None = None
        """The day that was counted last."""
        self._noting: asyncio.Task[None] | None = None

    async def delete(self, file: str) -> None:
        """Move a conversation to the trash, its running answer stopped and saved.

        Raises:
            StorageError: The file can't be moved, or words of it can't be saved.
        """
        async with self._hold_stopped(file):
            summary = self._catalog.summary(file)
            trashed = await self._disk.run(self._library.trash, file)
            self._sessions.forget(file)
            self._catalog.remove(file)

        async def restore() -> None:
            await self.restore(trashed)

        title = summary.title if summary else file
        self._undo.push(restore, f"“{title}” is back.")

    @asynccontextmanager
    async def _hold_stopped(self, file: str) -> AsyncIterator[None]:
        """Hold a conversation in which no answer runs any more."""
        while True:
            try:
                session = await self._sessions.load_end(file)
            except StorageError:
                # Nobody can be changing what can't be read.
                break
            if session.answering is not None:
                session.answering.stop()
            if session.task is not None:
                await asyncio.gather(session.task, return_exceptions=True)
            # What is in memory only would not be in the trash.
            await self._saving.save(session)
            async with session.asking, session.saving:
                # A prompt may have been sent in between.
                if (
                    session.answering is None
                    and not session.unsaved
                    and self._sessions.get(file) is session
                ):
                    yield
                    session.deleted = True
                    return
        yield

    async def entries(self) -> tuple[Trashed, ...]:
        """Return what is in the trash, last deleted first. Raises StorageError."""
        return tuple(await self._looking.run(self._library.trashed))

    async def restore(self, name: str) -> str:
        """Bring a conversation back; returns its file's name.

        Args:
            name: Its name in the trash.

        Raises:
            StorageError: It is not there, or can't be moved.
        """
        file = await self._disk.run(self._library.restore, name)
        summary = await self._disk.run(self._library.summary, file)
        if summary is not None:
            self._catalog.put(replace(summary, file=file))
        return file

    async def remove(self, name: str) -> None:
        """Remove a conversation in the trash for good. Raises StorageError."""
        await self._disk.run(self._library.remove_trashed, name)

    def note_use_soon(self) -> None:
        """Count today as a day of use; returns at once."""
        if self._now().date() != self._noted:
            self._noting = asyncio.create_task(self.note_use())

    async def note_use(self) -> None:
        """Count today as a day of use."""
        today = self._noted = self._now().date()
        try:
            await self._disk.run(self._library.note_use, today)
        except StorageError as error:
            # What lies in the trash stays there for longer.
            log.warning("a day of use was not counted: %s", error.sentence)

    async def empty(self, days: int) -> int:
        """Remove for good what was deleted long ago; returns how many that were.

        Args:
            days: How many days of use ago; 0 removes nothing.
        """
        if days <= 0:
            return 0
        try:
            removed = await self._disk.run(self._library.empty_trash_after, days)
        except StorageError as error:
            log.warning("the trash was not emptied: %s", error.sentence)
            return 0
        return len(removed)
