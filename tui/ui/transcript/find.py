"""Find in a conversation: which entries hold the words, and where on their lines.

The count comes from the source of all entries, read in slices of time; places on the
screen come from the lines of the entries that are looked at.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import repeat
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple
from weakref import ref

from tui.ui.transcript.prefix_sums import PrefixSums

if TYPE_CHECKING:
    from tui.ui.transcript.reading import Reading
    from tui.ui.transcript.view import EntryView

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
        count = len(reading.entries)
        self._counts = PrefixSums([0] * count)
        self._start = start
        self._unread = [span for span in (range(start, count), range(start)) if span]
        self.current: tuple[str, int] | None = None
        self._cache: dict[str, tuple[ref[EntryView], object, list[Match]]] = {}

    @property
    def complete(self) -> bool:
        """True when all entries have been read."""
        return not self._unread

    def search(self, until: float) -> bool:
        """Read more entries; return True when all have been read.

        Args:
            until: When to stop, on the monotonic clock, in seconds; one entry is read
                in any case.
        """
        unread = self._unread
        while unread:
            index, unread[0] = unread[0][0], unread[0][1:]
            if not unread[0]:
                del unread[0]
            self.read_entry(index)
            if monotonic() > until:
                break
        return self.complete

    def take_above(self, count: int) -> None:
        """Take notice of entries that came above all others, to be read."""
        self._counts = PrefixSums([*repeat(0, count), *self._counts])
        self._start += count
        spans = [range(one.start + count, one.stop + count) for one in self._unread]
        # Down from the start and round, however late they come.
        size = len(self._counts)
        self._unread = sorted(
            [range(count), *spans], key=lambda one: (one.start - self._start) % size
        )

    def take_last(self) -> None:
        """Read an entry that came at the end."""
        self._counts.append(0)
        self.read_entry(len(self._counts) - 1)

    def drop(self, index: int, entry_id: str) -> None:
        """Take notice that an entry is gone.

        Args:
            index: Where it stood.
            entry_id: Its id.
        """
        counts = list(self._counts)
        del counts[index]
        self._counts = PrefixSums(counts)
        self._start -= index < self._start
        spans = [
            range(one.start - (index < one.start), one.stop - (index < one.stop))
            for one in self._unread
        ]
        self._unread = [span for span in spans if span]
        self._cache.pop(entry_id, None)
        if self.current is not None and self.current[0] == entry_id:
            self.current = None

    def read_entry(self, index: int) -> None:
        """Count the matches in one entry, again when it has changed."""
        entry = self._reading.current(index)
        count = self._count(entry.text)
        if entry.reasoning:
            count += self._count(entry.reasoning)
        self._counts.set(index, min(count, MOST_IN_ENTRY))

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
            entry_id, number = self.current
            position = self._counts.before(self._reading.index(entry_id)) + number + 1
        return FindState(self._counts.total, position, self.complete)

    def step(self, direction: int, index: int, line: int) -> tuple[int, int] | None:
        """Go to the next match down (1) or up (-1).

        Args:
            direction: 1 or -1.
            index: The entry to begin at when there is no current match.
            line: The line to begin at when there is no current match.

        Returns:
            The entry and its line, or None when there is no match.
        """
        if not self._counts.total:
            return None
        number: int | None
        if self.current is not None:
            index = self._reading.index(self.current[0])
            number = self.current[1] + direction
        else:
            number = self._first_from(index, line, direction)
        count = self._settle_count(index)
        if number is None or not 0 <= number < count:
            index = self._next_with_matches(index, direction)
            count = self._settle_count(index)
            number = 0 if direction > 0 else count - 1
        self.current = (self._reading.entries[index].id, number)
        return index, self.line_of(index, number)

    def _next_with_matches(self, index: int, direction: int) -> int:
        """Return the next entry down (1) or up (-1) with matches, going round."""
        counts = self._counts
        if direction > 0:
            match = counts.before(index + 1)
            return counts.find(match if match < counts.total else 0)[0]
        match = counts.before(index) - 1
        return counts.find(match if match >= 0 else counts.total - 1)[0]

    def _first_from(self, index: int, line: int, direction: int) -> int | None:
        if not self._counts[index]:
            return None
        matches = self._open(index)
        lines = [match.parts[0][0] for match in matches]
        at = bisect_right(lines, line - 1)
        return at if direction > 0 else at - 1

    def _settle_count(self, index: int) -> int:
        """Return how many matches an entry has on its lines, which is what counts."""
        if not self._counts[index]:
            return 0
        matches = self._open(index)
        if matches and self._reading.view(index).done:
            self._counts.set(index, len(matches))
        return self._counts[index]

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
        version = view.version
        cached = self._cache.get(view.entry.id)
        if cached is not None and cached[0]() is view and cached[1] == version:
            return cached[2]
        matches = find_on_lines(view, self._pattern)
        self._cache[view.entry.id] = (ref(view), version, matches)
        if len(self._cache) > 200:
            self._cache.pop(next(iter(self._cache)))
        return matches

    def spans(self, view: EntryView, line: int) -> list[tuple[int, int, bool]]:
        """Return start, end and whether it is the current match, for one line."""
        if not self._counts[self._reading.index(view.entry.id)]:
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
