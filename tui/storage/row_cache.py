"""The rows of the list, read again only for files that changed."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from tui.domain.errors import IndexUnusableError, UnreadableError
from tui.domain.summary import Summary
from tui.storage.decoding import default_title
from tui.storage.file_names import is_conflict_name, is_conversation_name
from tui.storage.summaries import moment_of, read_summary
from tui.storage.watching import state_of

if TYPE_CHECKING:
    from pathlib import Path

    from tui.storage.watching import FileState

MANY = 500
"""Files from which on the index is asked; fewer are read sooner."""

AT_ONCE = 5_000
"""Rows of the index that are read in one go."""


class RowCache:
    """One row for each file of a folder."""

    def __init__(self, folder: Path, cache: Path | None = None) -> None:
        """Make it empty.

        Args:
            folder: The files.
            cache: The cache folder, where an index may know many of them already.
        """
        self._folder = folder
        self._cache = cache
        self._rows: dict[str, tuple[FileState, Summary]] = {}

    def scan(self) -> list[Summary]:
        """Return all rows, newest first.

        Raises:
            UnreadableError: The folder can't be listed.
        """
        try:
            with os.scandir(self._folder) as entries:
                names = [one.name for one in entries if is_conversation_name(one.name)]
        except FileNotFoundError:
            return []
        except OSError as error:
            reason = error.strerror or str(error)
            raise UnreadableError(f"{self._folder}: {reason}.") from error
        if len(names) >= MANY and not self._rows:
            self._learn()
        rows = {name: self._read(name) for name in names}
        self._rows = {name: row for name, row in rows.items() if row is not None}
        found = (summary for _, summary in self._rows.values())
        return sorted(found, key=lambda one: (one.updated, one.file), reverse=True)

    def get(self, file: str) -> Summary | None:
        """Return one file's row as it is now, or None when it is gone."""
        row = self._read(file)
        if row is None:
            self._rows.pop(file, None)
            return None
        self._rows[file] = row
        return row[1]

    def put_unreadable(self, file: str, problem: str) -> None:
        """Remember what only reading the whole file has shown."""
        with contextlib.suppress(OSError):
            path = self._folder / file
            modified = moment_of(path.stat().st_mtime_ns)
            row = Summary(
                file=file,
                title=default_title(file),
                updated=modified,
                problem=problem,
                conflict=is_conflict_name(file),
            )
            self._rows[file] = (state_of(path), row)

    def _learn(self) -> None:
        """Take what the index knows; a file that changed since is read all the same."""
        if self._cache is None:
            return
        # Most starts of the command line need no database.
        from tui.storage.index_schema import index_file
        from tui.storage.index_search import IndexReader

        reader = IndexReader(index_file(self._cache, self._folder))
        with contextlib.suppress(IndexUnusableError):
            for rows in reader.rows(AT_ONCE, AT_ONCE):
                self._rows.update(
                    (row.summary.file, (row.state, row.summary)) for row in rows
                )
        reader.close()

    def _read(self, file: str) -> tuple[FileState, Summary] | None:
        path = self._folder / file
        state = state_of(path)
        known = self._rows.get(file)
        if known is not None and known[0] == state and any(state):
            return known
        summary = read_summary(path)
        return None if summary is None else (state, summary)
