"""Search over all conversations, and the list's rows out of the index.

All reading of the index happens in one thread. A newer search ends an older one.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.errors import IndexUnusableError
from tui.domain.search import Found
from tui.services.engine import Disk
from tui.services.title_search import TITLES_ABOVE, find_titles

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

    from tui.domain.summary import Summary
    from tui.storage.index_rows import Row
    from tui.storage.index_search import IndexReader

NO_INDEX = "Only titles are searched: there is no search index."

FIRST_ROWS = 200
"""Rows of the list that are read before everything else: more than a screenful."""

MORE_ROWS = 2000
"""Rows of each further slice: a few milliseconds."""

FEW = 5_000
"""Conversations up to which titles are taken from the list itself, which knows a new
or renamed one at once; the index follows some seconds later."""

log = logging.getLogger(__name__)


class Search:
    """Reads the index. Lives on the engine's loop."""

    def __init__(self, path: Path, damaged: Callable[[], None]) -> None:
        """Make it without touching the disk.

        Args:
            path: The index's file.
            damaged: Told, on any thread, that the index must be built anew.
        """
        self._path = path
        self._damaged = damaged
        self._thread = Disk("search")
        self._reader: IndexReader | None = None
        self._newest = 0

    async def rows(self) -> AsyncIterator[list[Row]]:
        """Yield what the index knows of all files: a few at once, then the rest.

        Newest first. Nothing is raised: without an index nothing is yielded.
        """
        from tui.storage.index_search import IndexReader

        # Of its own, because a search may interrupt the other one's connection.
        reader = IndexReader(self._path)
        try:
            slices = reader.rows(FIRST_ROWS, MORE_ROWS)
            while True:
                rows: list[Row] = await self._thread.run(next, slices, [])
                if not rows:
                    break
                yield rows
        except IndexUnusableError as error:
            self._tell(error)
        finally:
            await self._thread.run(reader.close)

    async def find(self, text: str, summaries: Sequence[Summary]) -> Found | None:
        """Return what matches, or None when a newer search was asked for meanwhile.

        Args:
            text: As typed.
            summaries: All conversations, whose titles are searched without an index.
        """
        self._newest += 1
        number = self._newest
        if self._reader is not None:
            self._reader.interrupt()
        return await self._thread.run(self._find, number, text, summaries)

    def close(self) -> None:
        """End what runs and take no more work."""
        self._newest += 1
        if self._reader is not None:
            self._reader.interrupt()
        self._thread.close()

    # On the thread

    def _find(
        self, number: int, text: str, summaries: Sequence[Summary]
    ) -> Found | None:
        if number != self._newest:
            return None
        try:
            if self._reader is None:
                from tui.storage.index_search import IndexReader

                self._reader = IndexReader(self._path)
            found = self._reader.search(text)
        except IndexUnusableError as error:
            if number != self._newest:
                return None
            self._tell(error)
            found = None
        if number != self._newest:
            return None
        if found is None or not found.total:
            hits = find_titles(summaries, text)
            return Found(text, hits, 0, len(summaries), NO_INDEX if summaries else "")
        if len(summaries) <= FEW or not text.strip():
            found = _with_titles(found, summaries)
        return found

    def _tell(self, error: IndexUnusableError) -> None:
        """Log what is wrong with the index, and have it built anew if need be."""
        log.warning("%s", error.sentence)
        if error.damaged:
            self._damaged()


def _with_titles(found: Found, summaries: Sequence[Summary]) -> Found:
    """Return what was found with the titles as the list has them now."""
    now = {summary.file: summary.title for summary in summaries}
    titles = find_titles(summaries, found.query)
    messages = tuple(
        replace(hit, title=now[hit.file])
        for hit in found.hits
        if hit.message_id and hit.file in now
    )
    if messages:
        titles = titles[:TITLES_ABOVE]
    return replace(found, hits=(*titles, *messages))
