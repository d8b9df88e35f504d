"""The days on which a library was used: what lies in its trash ages by them.

A calendar would empty the trash after a long absence, or because a clock was wrong
once, before anybody has seen what is in it.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tui.domain.errors import MissingError, UnreadableError
from tui.storage.disk import write_over
from tui.storage.reading import decode_text, read_content

if TYPE_CHECKING:
    from pathlib import Path

    from tui.storage.system_calls import SystemCalls

MOST_KEPT = 4_000
"""Days, the newest ones: more than ten years."""

_HEADING = "# Days on which this library was used; the trash ages by them.\n"


class DaysOfUse:
    """A text file with a day a line. Without it, no day has been counted yet."""

    def __init__(self, calls: SystemCalls, path: Path) -> None:
        """Look at a file; nothing is read yet.

        Args:
            calls: The system calls.
            path: The file.
        """
        self._calls = calls
        self._path = path

    def read(self) -> frozenset[date]:
        """Return the days; none when they can't be read."""
        try:
            lines = decode_text(read_content(self._path)).splitlines()
        except (MissingError, UnreadableError):
            return frozenset()
        found = set()
        for line in lines:
            try:
                found.add(date.fromisoformat(line.strip()))
            except ValueError:
                continue
        return frozenset(found)

    def note(self, day: date) -> None:
        """Count a day, once.

        Raises:
            NotSavedError: It can't be written.
        """
        known = self.read()
        if day in known:
            return
        days = sorted({*known, day})[-MOST_KEPT:]
        text = _HEADING + "".join(f"{one}\n" for one in days)
        write_over(self._calls, self._path, text.encode())
