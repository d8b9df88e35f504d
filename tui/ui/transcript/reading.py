"""Where the reader is in a list of entries, and what is on the screen.

Nothing here knows Textual. The reader's place is an entry and a line in it, so that
corrected heights above never move the text on the screen.
"""

from __future__ import annotations

from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from tui.ui.transcript.laid_out_entries import SLICE, LaidOutEntries
from tui.ui.transcript.memory import Anchor, Memory, Place

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from tui.ui.transcript.entry import Entry
    from tui.ui.transcript.highlighting import Highlighter
    from tui.ui.transcript.parser import Parser

KEPT_LINES = 30_000
"""Lines of entries out of sight that stay laid out."""

KEPT_VIEWS = 300

NEAR = 8
"""Entries on each side of the topmost one that stand in for it when it is gone."""


class Reading(LaidOutEntries):
    """Entries, their heights, and the reader's place.

    Args:
        parser: Reads Markdown.
        highlighter: Colours code.

    Attributes:
        height: The height of the screen, in lines.
        top: The first line on the screen.
        follow: True while the reader is at the end.
        follows_at_end: False when who comes to the end does not follow it by that.
        touched: True when the last piece of work was on the screen.
    """

    def __init__(self, parser: Parser, highlighter: Highlighter) -> None:
        super().__init__(parser, highlighter)
        self.height = 0
        self.top = Place(0, 0)
        self.follow = True
        self.follows_at_end = True
        self.touched = False
        self._wanted: Memory | None = None
        self._held: tuple[str, int, Anchor] | None = None
        self._rough = False

    # Entries

    def show(self, entries: Sequence[Entry], memory: Memory) -> None:
        """Replace all entries."""
        self.entries = list(entries)
        self._order = None
        self.views.clear()
        self.memory = memory
        self.follow = memory.follow
        self._wanted = self._held = None
        self.estimate_all()
        self.top = Place(0, 0)
        if not self.follow:
            # The place may be among older entries that are still to come.
            self.follow, self._wanted = True, memory
            self._go_to_wanted()

    def _go_to_wanted(self) -> None:
        """Show what was remembered, or what stood near it, once it is there."""
        wanted = self._wanted
        if wanted is None or not self.width:
            return
        if self.has(wanted.entry_id):
            self.follow, self._wanted = False, None
            self.top = Place(self.index(wanted.entry_id), 0)
            self.return_to(wanted.anchor)
            return
        for entry_id in wanted.near:
            if self.has(entry_id):
                self.follow = False
                self.top = Place(self.index(entry_id), 0)
                return

    def remember(self) -> Memory:
        """Return what to remember of the conversation shown."""
        memory = self.memory
        if self._wanted is not None:
            return memory
        anchor = self.anchor()
        memory.follow = anchor is None
        if anchor is not None:
            memory.anchor = anchor
            top = self.top.entry
            memory.entry_id = self.entries[top].id
            below = self.entries[top + 1 : top + 1 + NEAR]
            above = self.entries[max(0, top - NEAR) : top]
            memory.near = tuple(entry.id for entry in (*below, *reversed(above)))
        return memory

    def append(self, entry: Entry) -> None:
        """Add an entry at the end."""
        if self._order is not None:
            self._order[entry.id] = len(self.entries)
        self.entries.append(entry)
        self.heights.append(self.estimate(entry))

    def prepend(self, entries: Sequence[Entry]) -> None:
        """Add older entries above all others."""
        self.entries[:0] = entries
        self._order = None
        self.top = Place(self.top.entry + len(entries), self.top.line)
        self.measure_all()
        self._go_to_wanted()

    def replace(self, entry: Entry) -> None:
        """Exchange the entry of the same id."""
        index = self.index(entry.id)
        self.entries[index] = entry
        view = self.views.get(entry.id)
        if view is not None and not view.take(entry):
            del self.views[entry.id]
        if view is None or entry.id not in self.views:
            self.heights.set(index, self.estimate(entry))

    def remove(self, entry_id: str) -> None:
        """Take an entry out."""
        index = self.index(entry_id)
        del self.entries[index]
        self.views.pop(entry_id, None)
        self._order = None
        if self.memory.focused == entry_id:
            self.memory.focused = None
        if index < self.top.entry:
            self.top = Place(self.top.entry - 1, self.top.line)
        elif index == self.top.entry:
            self.top = Place(min(index, max(0, len(self.entries) - 1)), 0)
        self.measure_all()

    def set_open(self, index: int, part: str, is_open: bool) -> None:
        """Fold or unfold a part of an entry; lines go up or down by that."""
        self._held = None
        super().set_open(index, part, is_open)

    def set_all_open(self, is_open: bool) -> None:
        """Fold or unfold everything that can be; lines go up or down by that."""
        self._held = None
        super().set_all_open(is_open)

    # The screen

    def resize(self, width: int, height: int) -> None:
        """Take the size of the screen, in cells."""
        if width == self.width and height == self.height:
            return
        old = self.text_width if self.width else 0
        anchor = self.anchor() if old else None
        self.width, self.height = width, height
        if self.text_width != old:
            self.estimate_all()
            keep = {self.entries[at].id for at, _ in self.on_screen_indexes()}
            for entry_id in list(self.views):
                view = self.views[entry_id]
                if view.whole or (entry_id not in keep and not view.entry.streaming):
                    del self.views[entry_id]
            if anchor is not None:
                self.return_to(anchor)
        if not old:
            self._go_to_wanted()

    # The words at the top of the screen

    def anchor(self) -> Anchor | None:
        """Return what stands at the top of the screen.

        None at the end, which is followed anyway.
        """
        if self.follow or not self.entries:
            return None
        if self._held is not None and self._holds:
            # However often it is laid out anew: the words do not creep away.
            return self._held[2]
        entry_id = self.entries[self.top.entry].id
        view = self.views.get(entry_id)
        if view is None or not view.laid_out:
            view = self.measure(self.top.entry)
        return view.anchor_at(self.top.line)

    @property
    def _holds(self) -> bool:
        """True while the words that were brought to the top are there."""
        here = (self.entries[self.top.entry].id, self.top.line)
        return self._held is not None and self._held[:2] == here

    def return_to(self, anchor: Anchor, until: float | None = None) -> None:
        """Bring what stands in the topmost entry back to the top of the screen.

        Args:
            anchor: Where it stands.
            until: When layout stops, on the monotonic clock, in seconds.
        """
        view = self.measure(self.top.entry, until)
        self.top = Place(self.top.entry, view.line_of(anchor))
        self._held = (view.entry.id, self.top.line, anchor)
        self._rough = False

    @contextmanager
    def keeping_words(self, index: int) -> Iterator[None]:
        """Keep what stands at the top of the screen while an entry changes its lines.

        Args:
            index: The entry.
        """
        anchor = self.anchor() if index == self.top.entry else None
        yield
        if anchor is not None:
            self.return_to(anchor)

    def _lay_out_top(self, until: float) -> int:
        """Lay out more of the topmost entry, and return its height, in lines."""
        view = self.views.get(self.entries[self.top.entry].id)
        if view is not None and not view.done and (anchor := self.anchor()) is not None:
            rough = self._rough or not self._holds
            self.return_to(anchor, until)
            self._rough = rough
            if rough and view.done:
                # Lines that were only cut at the measure lay there: the line that
                # they have become is what is meant, from its first word on.
                self._held = None
        return self.measure(self.top.entry, until).height

    def on_screen_indexes(self) -> Iterator[tuple[int, int]]:
        """Yield the entries from the top of the screen on, by estimated heights."""
        room = self.height + self.top.line
        at = self.top.entry
        while at < len(self.entries) and room > 0:
            yield at, room
            room -= self.heights[at]
            at += 1

    def forget_far(self) -> None:
        """Drop views far from the screen when there are many."""
        if not self.entries:
            return
        low = self.top.entry - 30
        high = self.top.entry + self.height + 30
        lines = sum(view.height for view in self.views.values())
        for entry_id in list(self.views):
            if len(self.views) <= KEPT_VIEWS and lines <= KEPT_LINES:
                return
            index = self.index(entry_id)
            view = self.views[entry_id]
            if low <= index <= high or view.entry.streaming:
                continue
            lines -= view.height
            del self.views[entry_id]

    def end_top(self, until: float | None = None) -> Place:
        """Return the lowest place the top of the screen can have.

        Args:
            until: When layout stops, on the monotonic clock, in seconds.
        """
        until = monotonic() + SLICE if until is None else until
        room = self.height
        at = len(self.entries)
        while at > 0 and room > 0:
            at -= 1
            room -= self.measure(at, until).height
        return Place(at, max(0, -room))

    def settle(self, until: float | None = None) -> None:
        """Lay out what is on the screen and keep the place within bounds.

        Args:
            until: When layout stops, on the monotonic clock, in seconds.
        """
        if not self.entries or not self.width or not self.height:
            self.top = Place(0, 0)
            return
        until = monotonic() + SLICE if until is None else until
        if self.follow:
            self.top = self.end_top(until)
            return
        index = min(self.top.entry, len(self.entries) - 1)
        self.top = Place(index, self.top.line)
        height = self._lay_out_top(until)
        line = max(0, min(self.top.line, height - 1))
        self.top = Place(index, line)
        room = self.height - (height - line)
        while room > 0 and index + 1 < len(self.entries):
            index += 1
            room -= self.measure(index, until).height
        if room > 0 or index >= len(self.entries) - 1:
            end = self.end_top(until)
            if self.top >= end:
                self.top = end
                self.follow = self.follows_at_end

    @property
    def offset(self) -> int:
        """The line of the whole list that is at the top of the screen."""
        return self.heights.before(self.top.entry) + self.top.line

    # Moving

    def move(self, lines: int) -> None:
        """Move the screen by lines, exactly."""
        if not self.entries:
            return
        self._wanted = None
        until = monotonic() + SLICE
        self._lay_out_top(until)
        self._held = None
        index, line = self.top
        line += lines
        if lines < 0:
            self.follow = False
            self.top = self._up_from(index, line, until)
        else:
            while index < len(self.entries) - 1:
                height = self.measure(index, until).height
                if line < height:
                    break
                line -= height
                index += 1
            self.top = Place(index, line)
        self.settle()

    def _up_from(self, index: int, line: int, until: float) -> Place:
        """Return the place of a line that may be above the entry it is counted in."""
        while line < 0 and index > 0:
            index -= 1
            line += self.measure(index, until).height
        return Place(index, max(0, line))

    def go_to_end(self) -> None:
        """Show the end and follow it."""
        self._wanted = self._held = None
        self.follow = True
        self.settle()

    def go_to(self, index: int, line: int = 0, above: int = 0) -> None:
        """Bring a line to the top of the screen, or near it.

        Args:
            index: The entry.
            line: Its line.
            above: How many lines are shown above that one; fewer at the beginning,
                more at the end.
        """
        if not self.entries:
            return
        self._wanted = self._held = None
        self.follow = False
        index = max(0, min(index, len(self.entries) - 1))
        self.top = self._up_from(index, line - above, monotonic() + SLICE)
        self.settle()

    def go_to_offset(self, offset: int) -> None:
        """Bring a line of the whole list, by its estimate, to the top."""
        if not self.entries:
            return
        if offset >= self.heights.total - self.height:
            self.go_to_end()
            return
        index, first = self.heights.find(offset)
        before = self.heights[index]
        after = self.measure(index).height
        line = offset - first
        if after != before:
            line = line * after // max(1, before)
        self.go_to(index, line)

    # Work in slices

    def work(self, until: float, later: Collection[str] = ()) -> bool:
        """Lay out a little of what is on or near the screen.

        Args:
            until: When to stop, on the monotonic clock, in seconds.
            later: Entries that are left alone.

        Returns:
            True when there is more to do.
        """
        if not self.entries or not self.width:
            return False
        for index in self._near():
            entry_id = self.entries[index].id
            view = self.views.get(entry_id)
            if (view is not None and view.done) or entry_id in later:
                continue
            self.touched = index in self._shown()
            if index == self.top.entry:
                self._lay_out_top(until)
            else:
                self.measure(index, until)
            return True
        return False

    def _shown(self) -> range:
        """Return the entries on the screen, by the heights known."""
        last = self.top.entry
        for at, _ in self.on_screen_indexes():
            last = at
        return range(self.top.entry, last + 1)

    def _near(self) -> Iterator[int]:
        """Yield entries on the screen, then those one screen below and above."""
        room = 2 * self.height + self.top.line
        at = self.top.entry
        while at < len(self.entries) and room > 0:
            yield at
            room -= self.heights[at]
            at += 1
        room, at = self.height, self.top.entry - 1
        while at >= 0 and room > 0:
            yield at
            room -= self.heights[at]
            at -= 1
