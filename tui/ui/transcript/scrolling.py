"""The scrolling half of the transcript: Textual's scroll bar over a `Reading`.

Textual scrolls by numbers, the reader by places in entries whose heights are still
estimates. This class keeps the two together, and runs the layout ahead of the reader
in slices while nothing else happens. It does nothing while nothing changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView

from tui.ui.once import call_once

if TYPE_CHECKING:
    from collections.abc import Collection

    from textual import events
    from textual.timer import Timer

    from tui.ui.transcript.reading import Reading

WORK_SLICE = 0.008
"""Layout that runs ahead takes this long at a time, in seconds."""

WHEEL_LINES = 3


class ReadingView(ScrollView):
    """A scroll view whose lines come from a `Reading`.

    Attributes:
        reading: The entries and the reader's place.
    """

    DEFAULT_CSS = """
    ReadingView {
        width: 1fr;
        height: 1fr;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
    }
    """

    reading: Reading

    @dataclass
    class PositionChanged(Message, namespace="transcript"):
        """The reader has left or reached the end, or lines came below the screen.

        Attributes:
            at_end: True while the end is shown and followed.
            lines_below: New lines below the screen since the reader left the end.
            width: The transcript's width in cells.
        """

        at_end: bool
        lines_below: int
        width: int

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002  # Textual's own name
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._committing = False
        self._new_lines = 0
        self._told = (True, 0, 0)
        self._work_timer: Timer | None = None

    # Position

    @property
    def at_end(self) -> bool:
        """True while the end is shown and followed."""
        return self.reading.follow

    @property
    def lines_below(self) -> int:
        """New lines below the screen since the reader left the end."""
        reading = self.reading
        if reading.follow:
            return 0
        below = reading.heights.total - reading.offset - reading.height
        return max(0, min(self._new_lines, below))

    def go_to_end(self) -> None:
        """Show the end and follow it again."""
        self.reading.go_to_end()
        self.show_place()

    def go_home(self) -> None:
        """Show the beginning."""
        self.reading.go_to(0)
        self.show_place()

    def move_lines(self, lines: int) -> None:
        """Move the screen by some lines; negative moves up."""
        self.reading.move(lines)
        self.show_place()

    def half_page(self, direction: int) -> None:
        """Move by half a screen, down (1) or up (-1)."""
        self.move_lines(direction * max(1, self.reading.height // 2))

    def page(self, direction: int) -> None:
        """Move by a screen less two lines, down (1) or up (-1)."""
        self.move_lines(direction * max(1, self.reading.height - 2))

    def count_new_lines(self, total_before: int) -> None:
        """Remember what came below the screen.

        Args:
            total_before: The height of all entries before the change, in lines.
        """
        if not self.reading.follow:
            grown = self.reading.heights.total - total_before
            self._new_lines = max(0, self._new_lines + grown)

    def forget_new_lines(self) -> None:
        """Count new lines from here."""
        self._new_lines = 0

    # Keeping Textual's numbers and the reader's place together

    def show_place(self, changed_from: int | None = None) -> None:
        """Lay out what is visible and paint it.

        Args:
            changed_from: The first line of the whole list that has changed, while
                nothing else has; None paints the whole screen.
        """
        reading = self.reading
        if not reading.width:
            return
        before = round(self.scroll_y)
        reading.settle()
        self._commit()
        if changed_from is None or reading.offset != before:
            self.refresh()
        elif (lines := before + reading.height - max(changed_from, before)) > 0:
            self.refresh_lines(before + reading.height - lines, lines)
        self._tell()
        self._schedule_work()

    def _commit(self) -> None:
        """Tell the scroll bar and the scroll offset where the reader is.

        `virtual_size` is a reactive with a layout: an assignment lays out the whole
        screen again (9.5 ms against 2.5 ms for a repaint, measured). The line API
        needs only the scroll bar told.
        """
        reading = self.reading
        size = Size(reading.width, reading.heights.total)
        self._committing = True
        try:
            if size.width != self.virtual_size.width:
                self.virtual_size = size
            elif size != self.virtual_size:
                self.set_reactive(ScrollView.virtual_size, size)
                bar = self.vertical_scrollbar
                bar.window_virtual_size = size.height
                bar.window_size = reading.height
            offset = float(reading.offset if reading.entries else 0)
            self.set_reactive(ScrollView.scroll_target_y, offset)
            self.scroll_y = offset
        finally:
            self._committing = False

    def _tell(self) -> None:
        if self.reading.follow:
            self._new_lines = 0
        now = (self.at_end, self.lines_below, self.size.width)
        if now != self._told:
            self._told = now
            self.post_message(self.PositionChanged(*now))

    def _schedule_work(self) -> None:
        if self._work_timer is None and self.reading.entries:
            self._work_timer = call_once(self, 0.02, self._work)

    def _work(self) -> None:
        """Lay out a little more of what is near the screen, then come back."""
        self._work_timer = None
        reading = self.reading
        until = monotonic() + WORK_SLICE
        more = reading.work(until, self.painted_soon)
        if not more and self.painted_soon:
            # What streams in is laid out when it is painted, not twice.
            reading.forget_far()
            return
        before = reading.offset
        reading.settle(until)
        self._commit()
        if reading.offset != before or (more and reading.touched):
            self.refresh()
        self._tell()
        if more:
            self._work_timer = call_once(self, 0.005, self._work)
        else:
            reading.forget_far()

    @property
    def painted_soon(self) -> Collection[str]:
        """Entries that will be laid out anyway, when they are painted next."""
        return ()

    @property
    def busy(self) -> bool:
        """True while layout still runs ahead."""
        return self._work_timer is not None

    # Textual's ways to scroll

    def on_resize(self, event: events.Resize) -> None:
        """Lay out for the new size; the reader's place stays."""
        del event
        size = self.scrollable_content_region.size
        if size.width and size.height:
            if size.width != self.reading.width:
                self.width_changed()
            self.reading.resize(size.width, size.height)
            self.show_place()

    def width_changed(self) -> None:
        """Drop what belongs to the old width."""

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow the scroll bar, but not Textual, whose numbers are of another size."""
        reading = self.reading
        known = self.scrollable_content_region.size == (reading.width, reading.height)
        if self._committing or not reading.entries or not known:
            super().watch_scroll_y(old_value, new_value)
            return
        reading.go_to_offset(round(new_value))
        self.show_place()

    def scroll_to(
        self, x: float | None = None, y: float | None = None, **options: object
    ) -> None:
        """Scroll without an animation, which would fight corrected heights."""
        del x, options
        if y is not None:
            self.reading.go_to_offset(round(y))
            self.show_place()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Move down by the wheel."""
        event.stop()
        event.prevent_default()
        self.move_lines(WHEEL_LINES)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Move up by the wheel."""
        event.stop()
        event.prevent_default()
        self.move_lines(-WHEEL_LINES)

    def action_scroll_up(self) -> None:
        """Move up a line."""
        self.move_lines(-1)

    def action_scroll_down(self) -> None:
        """Move down a line."""
        self.move_lines(1)

    def action_page_up(self) -> None:
        """Move up a screen."""
        self.page(-1)

    def action_page_down(self) -> None:
        """Move down a screen."""
        self.page(1)

    def action_scroll_home(self) -> None:
        """Show the beginning."""
        self.go_home()

    def action_scroll_end(self) -> None:
        """Show the end and follow it again."""
        self.go_to_end()
