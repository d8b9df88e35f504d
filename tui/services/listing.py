"""Fills the list: at once from the index, then as the files really are.

The index tells what the list looked like last time, a few rows before all others, so
that the size of the library does not hold up the start. What changed since then is
found by name, time and size alone, in a thread that holds up nobody.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.errors import StorageError
from tui.services.events import NoticeGiven
from tui.services.lookup import SUFFIX, choose
from tui.storage.watching import FileState, Snapshot

if TYPE_CHECKING:
    from tui.services.catalog import Catalog
    from tui.services.drafts import Drafts
    from tui.services.engine import Disk
    from tui.services.outbox import Outbox
    from tui.services.search import Search
    from tui.services.watching import Watching
    from tui.storage.library import Library

PATIENCE = 0.1
"""Seconds that the start waits for the whole list; a small one is there by then."""

log = logging.getLogger(__name__)


class Listing:
    """Lists the library once, at the start. Lives on the engine's loop."""

    def __init__(
        self,
        library: Library,
        *,
        disk: Disk,
        catalog: Catalog,
        search: Search,
        watching: Watching,
        drafts: Drafts,
        outbox: Outbox,
    ) -> None:
        """Make it.

        Args:
            library: The files.
            disk: The thread that does the file work.
            catalog: Takes the rows.
            search: Reads the index.
            watching: Finds what changed, now and from now on.
            drafts: Knows which conversations have an unsent text.
            outbox: Who is told.
        """
        self._library = library
        self._disk = disk
        self._catalog = catalog
        self._search = search
        self._watching = watching
        self._drafts = drafts
        self._outbox = outbox
        self._recovered = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Begin to list what the index knows."""
        self._task = asyncio.create_task(self._list())

    async def go_on(self) -> None:
        """Look at the files, now that nobody repairs them any more.

        Returns soon, whatever the library's size.
        """
        self._recovered.set()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=PATIENCE)

    async def end(self) -> None:
        """List no further."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def find(self, wanted: str) -> str:
        """Return the file that is meant by a part of its name or its title.

        Raises:
            UsageError: None is meant, or several may be.
        """
        for whole in (wanted, wanted + SUFFIX):
            if self._catalog.summary(whole) is not None:
                return whole
        if self._task is not None:
            await asyncio.wait([self._task])
        return choose(self._catalog.summaries, wanted)

    async def _list(self) -> None:
        try:
            await self._list_all()
        except Exception:  # nobody waits for this task
            log.exception("the library could not be listed")
            if not self._catalog.listed:
                self._catalog.fill(())

    async def _list_all(self) -> None:
        states: dict[str, FileState] = {}
        async for rows in self._search.rows():
            states.update((row.summary.file, row.state) for row in rows)
            summaries = [row.summary for row in rows]
            if self._catalog.listed:
                self._catalog.extend(summaries)
            else:
                self._catalog.fill(summaries)
                # The rest is for later: it takes time from what the start needs.
                await self._recovered.wait()
        await self._recovered.wait()
        await self._watching.begin(Snapshot(states))
        if not self._catalog.listed:
            await self._list_nothing()
        self._mark_drafts()

    async def _list_nothing(self) -> None:
        try:
            self._catalog.fill(await self._disk.run(self._library.scan))
        except StorageError as error:
            self._catalog.fill(())
            self._outbox.put(NoticeGiven(error.sentence, "error"))

    def _mark_drafts(self) -> None:
        for file in self._drafts.files():
            if self._catalog.summary(file) is not None:
                activity = self._catalog.activity(file)
                self._catalog.mark(file, replace(activity, draft=True))
