"""Find in a conversation: which entries hold the words, and where on their lines.

The count comes from the source of all entries, read in slices of time; places on the
screen come from the lines of the entries that are looked at.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import islice, repeat
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple
from weakref import ref

from tui.ui.transcript.laid_out_entries import SLICE
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
        self._here: Match | None = None
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
        return sum(1 for _ in islice(self._pattern.finditer(text), MOST_IN_ENTRY))

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
        view = self._open(index)
        if not view.done:
            return 0 if direction > 0 else self._counts[index] - 1
        lines = [match.parts[0][0] for match in self.matches(view)]
        at = bisect_right(lines, line - 1)
        return at if direction > 0 else at - 1

    def _settle_count(self, index: int) -> int:
        """Return how many matches an entry has on its lines, which is what counts."""
        if not self._counts[index]:
            return 0
        view = self._open(index)
        if view.done and (matches := self.matches(view)):
            self._counts.set(index, len(matches))
        return self._counts[index]

    def _open(self, index: int) -> EntryView:
        """Unfold what hides matches, lay the entry out, return its view."""
        reading, until = self._reading, monotonic() + SLICE
        view = reading.measure(index, until)
        if view.folded and self._count(view.source):
            reading.set_open(index, "text", True)
        if view.reasoning and not view.reasoning_open and self._count(view.reasoning):
            reading.set_open(index, "reasoning", True)
        for number in view.body.hidden_codes():
            reading.set_open(index, f"code:{number}", True)
        return reading.measure(index, until)

    def line_of(self, index: int, number: int) -> int:
        """Return the line that a match of an entry is on."""
        view = self._reading.view(index)
        if view.done:
            matches = self.matches(view)
            if number < len(matches):
                self._here = matches[number]
                return self._here.parts[0][0]
        # Not laid out yet: about where its source stands.
        self._here = None
        for match in islice(self._pattern.finditer(view.source), number, None):
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
        first, last = _around(view, line, len(self.query))
        here = self._parts_here(view)
        spans: list[tuple[int, int, bool]] = []
        for match in find_on_lines(view, self._pattern, first, last):
            for part in match.parts:
                on, start, end = part
                if on == line:
                    spans.append((start, end, part in here))
        return spans

    def _parts_here(self, view: EntryView) -> tuple[tuple[int, int, int], ...]:
        """Return the parts of the current match in a view."""
        if self.current is None or self.current[0] != view.entry.id:
            return ()
        if view.done and not view.entry.streaming:
            matches, number = self.matches(view), self.current[1]
            return matches[number].parts if number < len(matches) else ()
        # Lines that grow are not all read for each paint: it is where it was found.
        return self._here.parts if self._here is not None else ()


def _around(view: EntryView, line: int, length: int) -> tuple[int, int]:
    """Return the lines that a match on a line may reach: the first, behind the last.

    Args:
        view: The lines.
        line: The line.
        length: How long matches are, in characters.
    """
    first, last = line, line + 1
    room = length - 1
    while room > 0 and first > 1 and _goes_on(view, first - 1):
        first -= 1
        room -= len(view.line(first).text)
    room = length - 1
    while room > 0 and last < view.height and _goes_on(view, last - 1):
        room -= len(view.line(last).text)
        last += 1
    return first, last


def _goes_on(view: EntryView, line: int) -> bool:
    """Return whether the text of a line goes on in the next one."""
    return view.line(line).join not in (None, "\n")


def find_on_lines(
    view: EntryView, pattern: re.Pattern[str], first: int = 1, last: int | None = None
) -> list[Match]:
    """Return the matches on the lines of a view, across soft line ends too.

    Args:
        view: The lines.
        pattern: What is looked for.
        first: The line to begin at; the label's has none.
        last: The line to end before; None reads all.
    """
    texts: list[str] = []
    starts: list[int] = []
    lines: list[tuple[int, int, int]] = []
    at = 0
    for index in range(max(1, first), view.height if last is None else last):
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
