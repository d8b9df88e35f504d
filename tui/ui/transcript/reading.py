"""Where the reader is in a list of entries, and what is on the screen.

Nothing here knows Textual. The reader's place is what was gone to last, by its words:
corrected heights, other widths and layout in slices never move the text on the screen,
however often they come.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from tui.ui.transcript.laid_out_entries import SLICE, LaidOutEntries
from tui.ui.transcript.memory import TOP_OF_ENTRY, Mark, Memory, Place

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from tui.ui.transcript.entry import Entry
    from tui.ui.transcript.highlighting import Highlighter
    from tui.ui.transcript.parser import Parser
    from tui.ui.transcript.view import EntryView

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
        self._mark: Mark | None = None
        self._marked: tuple[EntryView, object, int] | None = None
        self._roughly = False
        self._wanted: Memory | None = None

    # Entries

    def show(self, entries: Sequence[Entry], memory: Memory) -> None:
        """Replace all entries."""
        self.entries = list(entries)
        self._order = None
        self.views.clear()
        self.memory = memory
        self.estimate_all()
        self.top = Place(0, 0)
        self._mark = self._marked = None
        # The place may be among older entries that are still to come.
        self.follow = True
        self._wanted = memory if memory.mark is not None else None
        self._go_to_wanted()

    def _go_to_wanted(self) -> None:
        """Show what was remembered, or what stood near it, once it is there."""
        wanted = self._wanted
        if wanted is None or wanted.mark is None:
            return
        if self.has(wanted.mark.entry_id):
            self._wanted = None
            self._return_to(wanted.mark)
            return
        for entry_id in wanted.near:
            if self.has(entry_id):
                self._return_to(Mark(entry_id, TOP_OF_ENTRY))
                return

    def remember(self) -> Memory:
        """Return what to remember of the conversation shown."""
        memory, mark = self.memory, self._mark
        if self._wanted is not None:
            return memory
        memory.mark = mark
        if mark is not None:
            at = self.index(mark.entry_id)
            below = self.entries[at + 1 : at + 1 + NEAR]
            above = self.entries[max(0, at - NEAR) : at]
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
        if self._mark is not None and self._mark.entry_id == entry_id:
            self._mark = None
            if self.entries:
                self._mark_line(self.top.entry, self.top.line)
        self.measure_all()

    def set_open(self, index: int, part: str, is_open: bool) -> None:
        """Fold or unfold a part of an entry; lines go up or down by that."""
        super().set_open(index, part, is_open)
        self._mark_top()

    def set_all_open(self, is_open: bool) -> None:
        """Fold or unfold everything that can be; lines go up or down by that."""
        super().set_all_open(is_open)
        self._mark_top()

    # The screen

    def resize(self, width: int, height: int) -> None:
        """Take the size of the screen, in cells."""
        if width == self.width and height == self.height:
            return
        old = self.text_width if self.width else 0
        self.width, self.height = width, height
        if self.text_width == old:
            return
        self.estimate_all()
        keep = {self.entries[at].id for at, _ in self.on_screen_indexes()}
        for entry_id in list(self.views):
            view = self.views[entry_id]
            if view.whole or (entry_id not in keep and not view.entry.streaming):
                del self.views[entry_id]

    # What stays where it is on the screen

    def _mark_line(self, index: int, line: int, above: int = 0) -> None:
        """Let a line stay where it is on the screen from here on.

        Args:
            index: The entry.
            line: Its line.
            above: How many lines the screen shows above it.
        """
        entry_id = self.entries[index].id
        self._wanted = self._marked = None
        self.follow = self._roughly = False
        if line == 0:
            self._mark = Mark(entry_id, TOP_OF_ENTRY, above)
            return
        view = self.views.get(entry_id)
        if view is None or not view.laid_out:
            view = self.measure(index)
        line = max(0, min(line, view.height - 1))
        self._mark = Mark(entry_id, view.anchor_at(line), above)
        self._marked = (view, _layout_of(view), line)
        self._roughly = not view.done

    def _mark_top(self) -> None:
        """Let the line at the top of the screen stay there from here on."""
        if not self.follow and self.entries:
            self._mark_line(*self.top)

    def _return_to(self, mark: Mark) -> None:
        self.follow = False
        self._mark, self._marked, self._roughly = mark, None, False
        self.top = Place(self.index(mark.entry_id), 0)

    def _marked_top(self, until: float) -> Place:
        """Return the top of the screen where what is marked is at its place.

        Args:
            until: When layout stops, on the monotonic clock, in seconds.
        """
        mark = self._mark
        if mark is None:
            return Place(0, 0)
        index = self.index(mark.entry_id)
        view = self.measure(index, until)
        layout = _layout_of(view)
        if self._marked is not None and self._marked[:2] == (view, layout):
            line = self._marked[2]
        else:
            line = view.line_of(mark.anchor)
            self._marked = (view, layout, line)
            if self._roughly and view.done:
                # It was marked in plain source. Only now it is known what is shown.
                self._mark_line(index, line, mark.above)
        return self._up_from(index, line - mark.above, until)

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

    def settle(self, until: float | None = None) -> bool:
        """Lay out what is on the screen and keep the place within bounds.

        Args:
            until: When layout stops, on the monotonic clock, in seconds.

        Returns:
            True when the screen shows the end.
        """
        if not self.entries or not self.width or not self.height:
            self.top = Place(0, 0)
            return True
        until = monotonic() + SLICE if until is None else until
        if self.follow:
            self.top = self.end_top(until)
            return True
        at_end = self._fit(until)
        while self._marked is not None and self._marked[1] != _layout_of(
            self._marked[0]
        ):
            # More of what is marked was laid out on the way.
            at_end = self._fit(until)
        return at_end

    def _fit(self, until: float) -> bool:
        """Bring what is marked to its place, as far as the end allows."""
        index, line = self.top = self._marked_top(until)
        room = self.height + line - self.measure(index, until).height
        while room > 0 and index + 1 < len(self.entries):
            index += 1
            room -= self.measure(index, until).height
        if room <= 0 and index < len(self.entries) - 1:
            return False
        end = self.end_top(until)
        if self.top < end:
            return False
        # What is marked stays so: on a lower screen it is at its place again.
        self.top = end
        return True

    def _settle_moved(self) -> None:
        """Show where the reader was brought to, and follow the end if that is there."""
        at_end = self.settle()
        if at_end and self.follows_at_end and self._laid_out_below(self.top.entry):
            self.follow, self._mark = True, None

    def _laid_out_below(self, index: int) -> bool:
        """Return whether an entry and all below it are laid out to their ends."""
        return all(
            (view := self.views.get(entry.id)) is not None and view.done
            for entry in self.entries[index:]
        )

    @property
    def offset(self) -> int:
        """The line of the whole list that is at the top of the screen."""
        return self.heights.before(self.top.entry) + self.top.line

    # Moving

    def move(self, lines: int) -> None:
        """Move the screen by lines, exactly."""
        if not self.entries:
            return
        until = monotonic() + SLICE
        self.settle(until)
        index, line = self.top
        line += lines
        if lines < 0:
            index, line = self._up_from(index, line, until)
        else:
            while index < len(self.entries) - 1:
                height = self.heights[index]
                if line < height:
                    break
                line -= height
                index += 1
                self.measure(index, until)
        self._mark_line(index, line)
        if lines < 0:
            self.settle()
        else:
            self._settle_moved()

    def _up_from(self, index: int, line: int, until: float) -> Place:
        """Return the place of a line that may be above the entry it is counted in."""
        while line < 0 and index > 0:
            index -= 1
            line += self.measure(index, until).height
        return Place(index, max(0, line))

    def go_to_end(self) -> None:
        """Show the end and follow it."""
        self._wanted = self._mark = None
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
        if self.entries:
            index = max(0, min(index, len(self.entries) - 1))
            self._mark_line(index, line, above)
            self._settle_moved()

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


def _layout_of(view: EntryView) -> object:
    """Return what changes whenever a line of a view may become another one."""
    return view.version, view.body_first, view.height
