"""Where the reader is in a list of entries, and what is on the screen.

Nothing here knows Textual. The reader's place is an entry and a line in it, so that
corrected heights above never move the text on the screen.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from tui.ui.transcript.laid_out_entries import SLICE, LaidOutEntries
from tui.ui.transcript.memory import Memory, Place

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from tui.ui.transcript.entry import Entry
    from tui.ui.transcript.highlighting import Highlighter
    from tui.ui.transcript.parser import Parser

KEPT_LINES = 30_000
"""Lines of entries out of sight that stay laid out."""

KEPT_VIEWS = 300


class Reading(LaidOutEntries):
    """Entries, their heights, and the reader's place.

    Args:
        parser: Reads Markdown.
        highlighter: Colours code.

    Attributes:
        height: The height of the screen, in lines.
        top: The first line on the screen.
        follow: True while the reader is at the end.
        touched: True when the last piece of work was on the screen.
    """

    def __init__(self, parser: Parser, highlighter: Highlighter) -> None:
        super().__init__(parser, highlighter)
        self.height = 0
        self.top = Place(0, 0)
        self.follow = True
        self.touched = False
        self._wanted: tuple[str, int] | None = None

    # Entries

    def show(self, entries: Sequence[Entry], memory: Memory) -> None:
        """Replace all entries."""
        self.entries = list(entries)
        self._order = None
        self.views.clear()
        self.memory = memory
        self.follow = memory.follow
        self._wanted = None
        self.estimate_all()
        self.top = Place(0, 0)
        if not self.follow and self.has(memory.entry_id):
            self.top = Place(self.index(memory.entry_id), memory.line)
        elif not self.follow:
            # The place may be among older entries that are still to come.
            self.follow = True
            self._wanted = (memory.entry_id, memory.line)

    def remember(self) -> Memory:
        """Return what to remember of the conversation shown."""
        memory = self.memory
        if self._wanted is not None:
            return memory
        memory.follow = self.follow
        memory.line = self.top.line
        if self.entries:
            memory.entry_id = self.entries[self.top.entry].id
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
        if self._wanted is not None and self.has(self._wanted[0]):
            self.top = Place(self.index(self._wanted[0]), self._wanted[1])
            self.follow = False
            self._wanted = None
        self.measure_all()

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

    # The screen

    def resize(self, width: int, height: int) -> None:
        """Take the size of the screen, in cells."""
        if width == self.width and height == self.height:
            return
        old = self.text_width if self.width else 0
        anchor = self._anchor() if old else None
        self.width, self.height = width, height
        if self.text_width != old:
            self.estimate_all()
            keep = {self.entries[at].id for at, _ in self.on_screen_indexes()}
            for entry_id in list(self.views):
                view = self.views[entry_id]
                if view.whole or (entry_id not in keep and not view.entry.streaming):
                    del self.views[entry_id]
            if anchor is not None:
                self._return_to(anchor)
            elif not self.follow and self.entries:
                height_now = self.measure(self.top.entry).height
                self.top = Place(self.top.entry, min(self.top.line, height_now - 1))

    def _anchor(self) -> int | None:
        """Return where in its source the top of the screen is, in characters.

        None outside of a message's text, and at the end, which is followed anyway.
        """
        if self.follow or not self.entries:
            return None
        view = self.views.get(self.entries[self.top.entry].id)
        at = view.body_index(self.top.line) if view is not None else None
        return None if view is None or at is None else view.body.offset_at(at)

    def _return_to(self, anchor: int, until: float | None = None) -> None:
        """Bring a place of the topmost message back to the top of the screen."""
        view = self.measure(self.top.entry, until)
        line = view.body_first + view.body.line_at(anchor)
        self.top = Place(self.top.entry, min(line, view.height - 1))

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
        height = self.measure(index, until).height
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
                self.follow = True

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
        index, line = self.top
        line += lines
        if lines < 0:
            self.follow = False
            while line < 0 and index > 0:
                index -= 1
                line += self.measure(index).height
            line = max(0, line)
        else:
            while index < len(self.entries) - 1:
                height = self.measure(index).height
                if line < height:
                    break
                line -= height
                index += 1
        self.top = Place(index, line)
        self.settle()

    def go_to_end(self) -> None:
        """Show the end and follow it."""
        self._wanted = None
        self.follow = True
        self.settle()

    def go_to(self, index: int, line: int = 0) -> None:
        """Bring a line to the top of the screen."""
        if not self.entries:
            return
        self._wanted = None
        self.follow = False
        self.top = Place(max(0, min(index, len(self.entries) - 1)), line)
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
            anchor = self._anchor() if index == self.top.entry else None
            self.touched = index in self._shown()
            if anchor is not None:
                self._return_to(anchor, until)
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
