"""The open conversations. Lives on the engine's loop."""

from __future__ import annotations

import secrets
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.errors import ReadOnlyError, UsageError
from tui.services.opened import OpenConversation
from tui.services.reading_on import MESSAGES_AT_FIRST, ReadingOn
from tui.services.session import Session

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tui.services.catalog import Catalog
    from tui.services.drafts import Drafts
    from tui.services.engine import Disk
    from tui.services.outbox import Outbox
    from tui.storage.library import Library
    from tui.storage.loaded_file import LoadedFile


class Sessions:
    """Which conversations are in memory, and which one is shown."""

    def __init__(
        self,
        library: Library,
        *,
        disk: Disk,
        catalog: Catalog,
        drafts: Drafts,
        outbox: Outbox,
    ) -> None:
        """Make it with nothing open.

        Args:
            library: The files.
            disk: The thread that does all file work.
            catalog: The rows and marks of the list.
            drafts: The unsent texts.
            outbox: Who is told.
        """
        self.shown: str | None = None
        """The file that the user sees, or None."""
        self._library = library
        self._disk = disk
        self._catalog = catalog
        self._drafts = drafts
        self._open: dict[str, Session] = {}
        self._damaged: set[str] = set()
        """Files whose end can be read, but not the rest."""
        self._reading_on = ReadingOn(library, disk=disk, outbox=outbox, lost=self._lose)

    def __iter__(self) -> Iterator[Session]:
        """Iterate over the conversations in memory."""
        return iter(tuple(self._open.values()))

    def get(self, file: str) -> Session | None:
        """Return a conversation that is in memory, or None."""
        return self._open.get(file)

    async def load(self, file: str) -> Session:
        """Return a conversation, all of it, read from its file if need be.

        Raises:
            StorageError: The file can't be read.
        """
        session = self._open.get(file)
        while session is None or not await self._reading_on.wait(session):
            loaded = await self._disk.run(self._library.load, file)
            self._damaged.discard(file)
            session = self._open.setdefault(file, Session(loaded))
        return session

    async def load_end(self, file: str) -> Session:
        """Return a conversation, of a long one perhaps only the end; see `complete`.

        Raises:
            StorageError: The file can't be read.
        """
        session = self._open.get(file)
        if session is not None:
            return session
        end = None
        if file not in self._damaged:
            open_end = self._library.open_end
            end = await self._disk.run(open_end, file, MESSAGES_AT_FIRST)
        if end is None:
            return await self.load(file)
        session = self._open.get(file)
        if session is None:
            session = self._open[file] = Session(end)
            self._reading_on.begin(session)
        return session

    async def complete(self, session: Session) -> bool:
        """Wait until all of a conversation is there; False when it can't be read."""
        return await self._reading_on.wait(session)

    def close(self) -> None:
        """Read no further."""
        for session in self:
            if session.partial:
                self.forget(session.file)
        self._reading_on.close()

    @asynccontextmanager
    async def hold_idle(self, file: str) -> AsyncIterator[Session]:
        """Hold a conversation that can be written to and has no running answer.

        Nobody else begins an answer there before the block ends.

        Raises:
            UsageError: An answer still runs there.
            StorageError: The file can't be read, or must not be written to.
        """
        session = await self.load(file)
        async with session.asking:
            session.check_there()
            if session.answering is not None:
                raise UsageError(
                    "An answer is still on its way here; wait for it, or stop it "
                    "with Esc Esc."
                )
            if session.loaded.read_only:
                raise ReadOnlyError(session.loaded.read_only)
            await self._disk.run(self._library.check_writable, session.loaded)
            yield session

    def add(self, loaded: LoadedFile) -> Session:
        """Take a conversation that was just written for the first time."""
        session = self._open[loaded.file] = Session(loaded)
        return session

    def forget(self, file: str) -> None:
        """Drop a conversation from memory."""
        session = self._open.pop(file, None)
        if session is not None and session.reading is not None:
            session.reading.cancel()

    def _lose(self, session: Session) -> None:
        """Drop a conversation whose beginning can't be read."""
        self._damaged.add(session.file)
        if self._open.get(session.file) is session:
            del self._open[session.file]

    async def open(self, file: str) -> OpenConversation:
        """Return a conversation to be shown, and count its answers as read.

        An idle conversation is read anew, so that what others wrote is seen.

        Raises:
            StorageError: The file can't be read.
        """
        for session in self:
            if session.idle:
                self.forget(session.file)
        session = await self.load_end(file)
        self.shown = file
        activity = self._catalog.activity(file)
        self._catalog.mark(file, replace(activity, unread=0, failed=False))
        answering = session.answering
        return OpenConversation(
            file=file,
            conversation=session.conversation,
            problems=session.loaded.problems,
            read_only=session.loaded.read_only,
            turn=answering.turn if answering else None,
            draft=self._drafts.get(file),
            queued=tuple(session.queued),
            complete=not session.partial,
        )

    async def draft(self, file: str) -> str:
        """Return the unsent text of a conversation, whether it can be read or not."""
        return self._drafts.get(file)

    async def show_nothing(self) -> str:
        """Note that a new conversation is shown; returns its draft."""
        self.shown = None
        return self._drafts.get("")


def new_id() -> str:
    """Return a random id of 16 hexadecimal digits."""
    return secrets.token_hex(8)
