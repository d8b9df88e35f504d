"""Brings what others did to the files into the open program: vim, git, a second copy.

Polling by `stat`, because file notifications do not cross network and synced folders.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from tui.domain.errors import StorageError
from tui.services.events import ConversationChanged, NoticeGiven
from tui.storage.stamp import Identity

if TYPE_CHECKING:
    from tui.services.catalog import Catalog
    from tui.services.engine import Disk
    from tui.services.outbox import Outbox
    from tui.services.session import Session
    from tui.services.sessions import Sessions
    from tui.storage.library import Library
    from tui.storage.watching import Changes, Snapshot

PERIOD = 1.0
"""Seconds between two glances."""

SMALL = 500
"""Files up to which every one is looked at each time: about a millisecond."""

THOROUGH = 30
"""Glances after which every file of a large library is looked at."""

log = logging.getLogger(__name__)


class Watching:
    """Polls the folder and tells what changed. Lives on the engine's loop."""

    def __init__(
        self,
        library: Library,
        *,
        sessions: Sessions,
        disk: Disk,
        catalog: Catalog,
        outbox: Outbox,
    ) -> None:
        """Make it; `begin` takes the first look.

        Args:
            library: The files.
            sessions: The open conversations.
            disk: The thread that does all file work.
            catalog: The rows of the list.
            outbox: Who is told.
        """
        self._library = library
        self._sessions = sessions
        self._disk = disk
        self._catalog = catalog
        self._outbox = outbox
        self._task: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Remember how the folder looks and watch it from now on."""
        snapshot = await self._disk.run(self._library.snapshot)
        self._task = asyncio.create_task(self._watch(snapshot))

    async def end(self) -> None:
        """Watch no longer."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _watch(self, known: Snapshot) -> None:
        glances = 0
        while True:
            await asyncio.sleep(PERIOD)
            glances += 1
            few = len(known.files) <= SMALL
            watched = (
                None
                if few or glances % THOROUGH == 0
                else [session.file for session in self._sessions]
            )
            try:
                changes = await self._disk.run(self._library.changed, known, watched)
                known = changes.snapshot
                if changes:
                    await self._tell(changes)
            except (StorageError, OSError) as error:
                log.warning("the folder can't be watched: %s", error)

    async def _tell(self, changes: Changes) -> None:
        for file in (*changes.added, *changes.changed):
            summary = await self._disk.run(self._library.summary, file)
            if summary is not None and summary != self._catalog.summary(file):
                self._catalog.put(summary)
            session = self._sessions.get(file)
            if session is not None and session.idle:
                await self._read_again(session)
        for file in changes.removed:
            self._catalog.remove(file)
            session = self._sessions.get(file)
            if session is not None and session.idle:
                self._sessions.forget(file)
                if self._sessions.shown == file:
                    title = session.conversation.title
                    self._outbox.put(
                        NoticeGiven(f"The file of “{title}” was removed.", "warning")
                    )

    async def _read_again(self, session: Session) -> None:
        """Take over another version of a file, unless it is our own."""
        path = self._library.conversations / session.file
        try:
            status = await self._disk.run(path.stat)
            if Identity.of(status) == session.loaded.stamp.identity:
                return
            loaded = await self._disk.run(self._library.load, session.file)
        except FileNotFoundError:
            return
        except StorageError as error:
            if self._sessions.shown == session.file:
                self._outbox.put(NoticeGiven(error.sentence, "warning"))
            return
        if not session.idle:
            return
        before = session.conversation
        session.loaded = loaded
        session.conversation = loaded.conversation
        if loaded.conversation != before:
            self._outbox.put(ConversationChanged(session.file, loaded.conversation))
