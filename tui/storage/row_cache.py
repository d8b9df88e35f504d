"""The rows of the list, read again only for files that changed."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from tui.domain.errors import UnreadableError
from tui.domain.summary import Summary
from tui.storage.codec import default_title
from tui.storage.file_names import is_conflict_name, is_conversation_name
from tui.storage.summaries import moment_of, read_summary
from tui.storage.watching import state_of

if TYPE_CHECKING:
    from pathlib import Path

    from tui.storage.watching import FileState


class RowCache:
    """One row for each file of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
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

    def _read(self, file: str) -> tuple[FileState, Summary] | None:
        path = self._folder / file
        state = state_of(path)
        known = self._rows.get(file)
        if known is not None and known[0] == state and any(state):
            return known
        summary = read_summary(path)
        return None if summary is None else (state, summary)
