"""Find in a conversation: which entries hold the words, and where on their lines.

The count comes from the source of all entries, read in slices of time; places on the
screen come from the lines of the entries that are looked at.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tui.ui.transcript.reading import Reading
    from tui.ui.transcript.view import EntryView

SLICE_ENTRIES = 64
MOST_IN_ENTRY = 10_000


class Match(NamedTuple):
    """One match on the lines of an entry: line, start and end for each line."""

    parts: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class FindState:
    """What the find bar shows.

    Attributes:
        count: Matches found so far.
        position: Which one is the current one, counted from 1; 0 for none.
        complete: True when all entries have been read.
    """

    count: int
    position: int
    complete: bool


def compile_query(query: str) -> re.Pattern[str]:
    """Return the pattern of a query: capitals in it make it mind the case."""
    smart = query != query.lower()
    return re.compile(re.escape(query), 0 if smart else re.IGNORECASE)


class Finder:
    """One search in one conversation.

    Args:
        reading: The entries.
        query: What to look for, not empty.
        start: The entry to begin at.
    """

    def __init__(self, reading: Reading, query: str, start: int) -> None:
        self._reading = reading
        self.query = query
        self._pattern = compile_query(query)
        self._exact = query if query != query.lower() else ""
        self._lower = query.lower()
        self._ascii = query.isascii()
        self._counts: dict[str, int] = {}
        self._start = start
        self._read = 0
        self.current: tuple[str, int] | None = None
        self._cache: dict[str, tuple[object, list[Match]]] = {}

    @property
    def complete(self) -> bool:
        """True when all entries have been read."""
        return self._read >= len(self._reading.entries)

    def search(self, until: float) -> bool:
        """Read more entries; return True when all have been read."""
        entries = self._reading.entries
        while self._read < len(entries):
            for _ in range(min(SLICE_ENTRIES, len(entries) - self._read)):
                self.read_entry((self._start + self._read) % len(entries))
                self._read += 1
            if monotonic() > until:
                break
        return self.complete

    def take_above(self, count: int) -> None:
        """Read on with entries that came above all others."""
        self._start += count
        self._read = 0

    def take_last(self) -> None:
        """Read an entry that came at the end."""
        last = len(self._reading.entries) - 1
        if self._read >= last:
            self._read = last + 1
            self.read_entry(last)
        else:
            # The way round has another length now.
            self._read = 0

    def read_entry(self, index: int) -> None:
        """Count the matches in one entry, again when it has changed."""
        entry = self._reading.current(index)
        count = self._count(entry.text)
        if entry.reasoning:
            count += self._count(entry.reasoning)
        if count:
            self._counts[entry.id] = min(count, MOST_IN_ENTRY)
        else:
            self._counts.pop(entry.id, None)

    def _count(self, text: str) -> int:
        if self._exact:
            return text.count(self._exact)
        if self._ascii and text.isascii():
            return text.lower().count(self._lower)
        return sum(1 for _ in self._pattern.finditer(text))

    def state(self) -> FindState:
        """Return what the find bar shows."""
        position = 0
        if self.current is not None:
            here = self._reading.index(self.current[0])
            position = self.current[1] + 1
            for entry_id, count in self._counts.items():
                if self._reading.index(entry_id) < here:
                    position += count
        return FindState(sum(self._counts.values()), position, self.complete)

    def forget(self, entry_id: str) -> None:
        """Take notice that an entry is gone or changed."""
        self._cache.pop(entry_id, None)
        if not self._reading.has(entry_id):
            self._counts.pop(entry_id, None)
            if self.current is not None and self.current[0] == entry_id:
                self.current = None

    def step(self, direction: int, index: int, line: int) -> tuple[int, int] | None:
        """Go to the next match down (1) or up (-1).

        Args:
            direction: 1 or -1.
            index: The entry to begin at when there is no current match.
            line: The line to begin at when there is no current match.

        Returns:
            The entry and its line, or None when there is no match.
        """
        if not self._counts:
            return None
        entries = self._reading.entries
        number: int | None
        if self.current is not None and self._reading.has(self.current[0]):
            index = self._reading.index(self.current[0])
            number = self.current[1] + direction
        else:
            number = self._first_from(index, line, direction)
        for _ in range(len(entries) + 1):
            count = self._settle_count(index)
            if count and number is None:
                number = 0 if direction > 0 else count - 1
            if number is not None and 0 <= number < count:
                self.current = (entries[index].id, number)
                return index, self.line_of(index, number)
            index = (index + direction) % len(entries)
            number = None
        return None

    def _first_from(self, index: int, line: int, direction: int) -> int | None:
        entry = self._reading.entries[index]
        if not self._counts.get(entry.id):
            return None
        matches = self._open(index)
        lines = [match.parts[0][0] for match in matches]
        at = bisect_right(lines, line - 1)
        return at if direction > 0 else at - 1

    def _settle_count(self, index: int) -> int:
        """Return how many matches an entry has on its lines, which is what counts."""
        entry_id = self._reading.entries[index].id
        count = self._counts.get(entry_id, 0)
        if not count:
            return 0
        matches = self._open(index)
        if self._reading.views[entry_id].done and matches:
            self._counts[entry_id] = count = len(matches)
        return count

    def _open(self, index: int) -> list[Match]:
        """Unfold what hides matches, lay the entry out, return its matches."""
        reading = self._reading
        view = reading.measure(index)
        if view.folded and self._count(view.source):
            reading.set_open(index, "text", True)
        if view.reasoning and not view.reasoning_open and self._count(view.reasoning):
            reading.set_open(index, "reasoning", True)
        for number in view.body.hidden_codes():
            reading.set_open(index, f"code:{number}", True)
        return self.matches(reading.measure(index))

    def line_of(self, index: int, number: int) -> int:
        """Return the line that a match of an entry is on."""
        view = self._reading.measure(index)
        matches = self.matches(view)
        if number < len(matches):
            return matches[number].parts[0][0]
        # Not laid out yet: about where its source stands.
        for found, match in enumerate(self._pattern.finditer(view.source)):
            if found == number:
                return view.body_first + view.body.line_at(match.start())
        return 0

    def matches(self, view: EntryView) -> list[Match]:
        """Return the matches on the lines of a view."""
        key = view.version
        cached = self._cache.get(view.entry.id)
        if cached is not None and cached[0] == key:
            return cached[1]
        matches = find_on_lines(view, self._pattern)
        self._cache[view.entry.id] = (key, matches)
        if len(self._cache) > 200:
            self._cache.pop(next(iter(self._cache)))
        return matches

    def spans(self, view: EntryView, line: int) -> list[tuple[int, int, bool]]:
        """Return start, end and whether it is the current match, for one line."""
        if view.entry.id not in self._counts:
            return []
        here = None
        if self.current is not None and self.current[0] == view.entry.id:
            here = self.current[1]
        matches = self.matches(view)
        first = bisect_right(matches, line - 1, key=lambda match: match.parts[-1][0])
        spans: list[tuple[int, int, bool]] = []
        for number in range(first, len(matches)):
            if matches[number].parts[0][0] > line:
                break
            spans.extend(
                (start, end, number == here)
                for on, start, end in matches[number].parts
                if on == line
            )
        return spans


def find_on_lines(view: EntryView, pattern: re.Pattern[str]) -> list[Match]:
    """Return all matches on the lines of a view, across soft line ends too."""
    texts: list[str] = []
    starts: list[int] = []
    lines: list[tuple[int, int, int]] = []
    at = 0
    for index in range(1, view.height):
        line = view.line(index)
        if line.join is None:
            continue
        text = line.text
        shown = text[line.lead :]
        starts.append(at)
        lines.append((index, line.lead, len(shown)))
        texts.append(shown + line.join)
        at += len(texts[-1])
    matches: list[Match] = []
    for found in pattern.finditer("".join(texts)):
        number = bisect_right(starts, found.start()) - 1
        parts: list[tuple[int, int, int]] = []
        while number < len(starts) and starts[number] < found.end():
            index, lead, length = lines[number]
            low = max(0, found.start() - starts[number])
            high = min(length, found.end() - starts[number])
            if high > low:
                parts.append((index, lead + low, lead + high))
            number += 1
        if parts:
            matches.append(Match(tuple(parts)))
        if len(matches) >= MOST_IN_ENTRY:
            break
    return matches
