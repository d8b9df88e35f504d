"""Find in a conversation: which entries hold the words, and where on their lines.

What is counted is what is shown, whatever the width: the source tells it where that is
sure, and the message is read where it is not, in slices of time.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import islice, repeat
from time import monotonic
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, ref

from tui.ui.transcript.blocks import CodeBlock
from tui.ui.transcript.entry import EntryKind
from tui.ui.transcript.laid_out_entries import SLICE
from tui.ui.transcript.memory import Part
from tui.ui.transcript.prefix_sums import PrefixSums
from tui.ui.transcript.shown_texts import ShownTexts, texts_in
from tui.ui.transcript.source_count import Query
from tui.ui.transcript.spots import Spots, line_of_spot

if TYPE_CHECKING:
    from tui.ui.transcript.body import Body
    from tui.ui.transcript.entry import Entry
    from tui.ui.transcript.lines import Key
    from tui.ui.transcript.reading import Reading
    from tui.ui.transcript.spots import Spot
    from tui.ui.transcript.view import EntryView

KEPT_SPOTS = 200
"""Entries whose matches are kept."""

KEPT_TEXTS = 500
"""Texts on the screen whose matches are kept."""


@dataclass(frozen=True, slots=True)
class FindState:
    """What the find bar shows.

    Attributes:
        count: Matches found so far.
        position: Which one is the current one, counted from 1; 0 for none.
        complete: True when all entries have been read.
        only_in_source: True when nothing that is shown matches, but a source does.
    """

    count: int
    position: int
    complete: bool
    only_in_source: bool = False


class Finder:
    """One search in one conversation.

    Args:
        reading: The entries.
        query: What to look for, not empty.
        start: The entry to begin at.
        texts: Reads what entries show; one that has read some of them already.

    Attributes:
        query: What is looked for.
        current: The match that is shown: its entry and its number there, or None.
        only_in_source: An entry that has the words in its source but doesn't show
            them, or None.
    """

    def __init__(
        self, reading: Reading, query: str, start: int, texts: ShownTexts | None = None
    ) -> None:
        self._reading = reading
        self.query = query
        self._query = Query(query)
        self._pattern = self._query.pattern
        self._texts = texts if texts is not None else ShownTexts()
        count = len(reading.entries)
        self._counts = PrefixSums([0] * count)
        self._start = start
        self._unread = [span for span in (range(start, count), range(start)) if span]
        self.current: tuple[str, int] | None = None
        self.only_in_source: str | None = None
        self._reasoned: dict[str, int] = {}
        self._grown: WeakKeyDictionary[Body, tuple[int, int]] = WeakKeyDictionary()
        self._here: Spot | None = None
        self._shown: int | None = None
        self._cache: dict[str, tuple[ref[EntryView], object, Spots]] = {}
        self._in_texts: dict[str, list[tuple[int, int]]] = {}

    @property
    def complete(self) -> bool:
        """True when all entries have been read."""
        return not self._unread

    def search(self, until: float) -> bool:
        """Read more entries; return True when all have been read.

        Args:
            until: When to stop, on the monotonic clock, in seconds; one step is done
                in any case.
        """
        unread = self._unread
        while unread:
            if not self._read(unread[0][0], until):
                break
            unread[0] = unread[0][1:]
            if not unread[0]:
                del unread[0]
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
        self._reasoned.pop(entry_id, None)
        if self.only_in_source == entry_id:
            self.only_in_source = None
        if self.current is not None and self.current[0] == entry_id:
            self.current = None

    def read_entry(self, index: int) -> None:
        """Count the matches in one entry, again when it has changed."""
        if not self._read(index, 0.0):
            self._unread.insert(0, range(index, index + 1))

    def _read(self, index: int, until: float) -> bool:
        """Count the matches in an entry; return False when there was not time enough.

        Args:
            index: The entry.
            until: When to stop, on the monotonic clock, in seconds.
        """
        entry = self._reading.current(index)
        count = self._count(entry, Part.TEXT, until)
        if count is None:
            return False
        if entry.reasoning:
            reasoned = self._count(entry, Part.REASONING, until)
            if reasoned is None:
                return False
            self._reasoned[entry.id] = reasoned
            count += reasoned
        self._counts.set(index, count)
        if self.current is not None and self.current[0] == entry.id:
            last = min(self.current[1], count - 1)
            self.current = (entry.id, last) if count else None
        if not count and self.only_in_source is None:
            source = self._query.count(entry.text)
            self.only_in_source = entry.id if source else None
        return True

    def _count(self, entry: Entry, part: Part, until: float) -> int | None:
        """Return how often the words are in a part of an entry, as that is shown."""
        query, raw = self._query, entry.id in self._reading.memory.raw
        source = entry.text if part is Part.TEXT else entry.reasoning
        typed = part is Part.TEXT and (
            raw or entry.kind in (EntryKind.USER, EntryKind.SYSTEM)
        )
        count = query.count_typed(source) if typed else query.count_shown(source)
        if count is not None:
            return count
        view = self._reading.views.get(entry.id)
        body = view.body_of(part) if view is not None else None
        if body is not None and body.done:
            return self._count_body(body)
        if entry.streaming:
            # It is being laid out, and counted again when it is painted.
            return query.count(source)
        texts = self._texts.get(
            (entry.id, part, raw),
            source,
            lambda: self._reading.document(entry, part),
            until,
        )
        return None if texts is None else sum(map(query.count, texts))

    def _count_body(self, body: Body) -> int:
        """Return how often the words are in a body; finished blocks are read once."""
        blocks = body.document.blocks
        read, count = self._grown.get(body, (0, 0))
        count += sum(map(self._query.count, texts_in(islice(blocks, read, None))))
        self._grown[body] = (len(blocks), count)
        return count + sum(map(self._query.count, texts_in(body.document.open_blocks)))

    def state(self) -> FindState:
        """Return what the find bar shows."""
        position = 0
        if self.current is not None:
            entry_id, number = self.current
            position = self._counts.before(self._reading.index(entry_id)) + number + 1
        hidden = self.only_in_source is not None and not self._counts.total
        return FindState(self._counts.total, position, self.complete, hidden)

    # Going to matches

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
            if not self._counts.total:
                return None
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
        """Return the number of the first match of an entry from a line on."""
        count = self._settle_count(index)
        view = self._reading.view(index)
        if not count:
            return None
        if not view.done:
            return 0 if direction > 0 else count - 1
        hidden = self._hidden(view)
        if hidden and line < view.body_first:
            return 0 if direction > 0 else -1

        at = hidden + self._spots(view).first_from(view, line)
        return at if direction > 0 else at - 1

    def _settle_count(self, index: int) -> int:
        """Return how many matches an entry has, exactly once it is laid out."""
        if self._counts[index]:
            view = self._reading.measure(index, monotonic() + SLICE)
            if view.done and not view.entry.streaming:
                self._counts.set(index, self._hidden(view) + len(self._spots(view)))
        return self._counts[index]

    def line_of(self, index: int, number: int) -> int:
        """Return the line that a match of an entry is on; what hides it unfolds."""
        reading = self._reading
        view = reading.measure(index, monotonic() + SLICE)
        self._here = self._shown = None
        if number < self._hidden(view):
            reading.set_open(index, "reasoning", True)
            view = reading.measure(index, monotonic() + SLICE)
        if not view.done:
            # Not laid out yet: about where its source stands.
            found = islice(self._pattern.finditer(view.source), number, None)
            start = next((one.start() for one in found), 0)
            return view.body_first + view.body.line_at(start)
        spots = self._spots(view)
        number -= self._hidden(view)
        if not 0 <= number < len(spots):
            return 0
        spot = self._here = spots[number]
        line = line_of_spot(view, spot)
        if line is None and isinstance(spot.block, CodeBlock):
            reading.set_open(index, f"code:{spot.block.number}", True)
            view = reading.measure(index, monotonic() + SLICE)
            line = line_of_spot(view, spot)
        if line is None and view.folded:
            reading.set_open(index, "text", True)
            view = reading.measure(index, monotonic() + SLICE)
            line = line_of_spot(view, spot)
        return view.body_first if line is None else line

    def _hidden(self, view: EntryView) -> int:
        """Return how many matches are in reasoning that is folded away."""
        if view.body_of(Part.REASONING) is not None:
            return 0
        return self._reasoned.get(view.entry.id, 0)

    def _spots(self, view: EntryView) -> Spots:
        """Return where the matches are in what a view has laid out."""
        version = view.version
        cached = self._cache.get(view.entry.id)
        if cached is not None and cached[0]() is view and cached[1] == version:
            return cached[2]
        spots = Spots(view, self._query)
        self._cache[view.entry.id] = (ref(view), version, spots)
        self._shown = None
        if len(self._cache) > KEPT_SPOTS:
            self._cache.pop(next(iter(self._cache)))
        return spots

    # Highlighting

    def spans(self, view: EntryView, index: int) -> list[tuple[int, int, bool]]:
        """Return start, end and whether it is the current match, for one line."""
        part = view.part_at(index)
        if part is None or not self._counts[self._reading.index(view.entry.id)]:
            return []
        line = view.line(index)
        if line.block is None:
            # It waits to be laid out.
            found = self._pattern.finditer(line.text, line.lead)
            return [(one.start(), one.end(), False) for one in found]
        here = self._spot_here(view)
        spans: list[tuple[int, int, bool]] = []
        for run in () if line.gap else line.block.runs(line):
            last = run.offset + run.length
            matches = self._matches_in(run.text)
            for at in range(bisect_right(matches, run.offset, key=_end), len(matches)):
                start, end = matches[at]
                if start >= last:
                    break
                shift = run.start - run.offset
                low, high = max(start, run.offset) + shift, min(end, last) + shift
                spans.append((low, high, (part, run.key, start) == here))
        return spans

    def _matches_in(self, text: str) -> list[tuple[int, int]]:
        matches = self._in_texts.get(text)
        if matches is None:
            matches = [found.span() for found in self._pattern.finditer(text)]
            if len(self._in_texts) >= KEPT_TEXTS:
                self._in_texts.pop(next(iter(self._in_texts)))
            self._in_texts[text] = matches
        return matches

    def _spot_here(self, view: EntryView) -> tuple[Part, Key, int] | None:
        """Return where the current match is if it is in a view."""
        if self.current is None or self.current[0] != view.entry.id:
            return None
        if view.done and not view.entry.streaming:
            spots, number = self._spots(view), self.current[1] - self._hidden(view)
            if self._shown != number:
                self._shown = number
                self._here = spots[number] if 0 <= number < len(spots) else None
        # Blocks that grow are not all read for each paint: it is where it was found.
        return None if self._here is None else self._here[:3]


def _end(span: tuple[int, int]) -> int:
    return span[1]
