"""The transcript: one widget that draws lines, whatever the conversation holds.

It never has a widget for each message. What is visible is laid out, the rest has an
estimated height (`reading.Reading`); a strip is painted once and kept with its line.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING

from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView

from tui.domain.theme import ThemeColors
from tui.ui.transcript.colors import TranscriptColors
from tui.ui.transcript.highlighting import Highlighter
from tui.ui.transcript.painting import Painter
from tui.ui.transcript.parsing import make_parser
from tui.ui.transcript.reading import Memory, Reading
from tui.ui.transcript.selection import ENTRY_STEP, Span, selected_source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.selection import Selection
    from textual.strip import Strip
    from textual.timer import Timer

    from tui.ui.transcript.entry import Entry


PAINTS_PER_SECOND = 30
WORK_SLICE = 0.008
"""Layout that runs ahead takes this long at a time, in seconds."""

WHEEL_LINES = 3

_FALLBACK = ThemeColors(
    background="#121212",
    surface="#1b1b1b",
    raised="#262626",
    foreground="#e0e0e0",
    muted="#9a9a9a",
    rule="#444444",
    accent="#57a5e2",
    user="#8fc1ea",
    assistant="#e0b070",
    success="#7fbf7f",
    warning="#e0b040",
    error="#ef7f7f",
    code="#e0a060",
    keyword="#c792ea",
    string="#8fce8f",
    number="#e0a060",
    comment="#8a8a8a",
    function="#82aaff",
    type="#7fd0d0",
    added="#8fce8f",
    removed="#ef7f7f",
    selection="#2f4f6f",
    match="#6a5a10",
)
"""What is painted until the theme is told."""


class Transcript(ScrollView, can_focus=True):
    """The messages of a conversation, as lines."""

    DEFAULT_CSS = """
    Transcript {
        width: 1fr;
        height: 1fr;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
    }
    """

    @dataclass
    class PositionChanged(Message):
        """The reader has left or reached the end, or lines came below the screen.

        Attributes:
            at_end: True while the end is shown and followed.
            lines_below: New lines below the screen since the reader left the end.
        """

        at_end: bool
        lines_below: int

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002  # Textual's own name
        classes: str | None = None,
        background: bool = True,
    ) -> None:
        """Make an empty transcript.

        Args:
            name: Textual's name of the widget.
            id: Textual's id of the widget.
            classes: Textual's classes of the widget.
            background: False loads lexers where they are needed, for tests.
        """
        super().__init__(name=name, id=id, classes=classes)
        self._highlighter = Highlighter(
            background=background, loaded=self._lexer_loaded
        )
        self._reading = Reading(make_parser(), self._highlighter)
        self._memories: dict[str, Memory] = {}
        self._key = ""
        self._colors: TranscriptColors | None = None
        self._painter: Painter | None = None
        self._committing = False
        self._new_lines = 0
        self._told = (True, 0)
        self._numbers_from = 0
        self._paint_timer: Timer | None = None
        self._work_timer: Timer | None = None
        self._painted_at = 0.0
        self._changed_entries: set[str] = set()
        self._thread_loop: object = None

    # Content

    def show_entries(self, entries: Sequence[Entry], *, key: str) -> None:
        """Replace everything by the entries of a conversation.

        Args:
            entries: Oldest first.
            key: The conversation's handle. Position, folds and focus are kept for
                each key; the first time the end is shown.
        """
        if self._key:
            self._memories[self._key] = self._reading.remember()
        self._key = key
        self._reading.show(entries, self._memories.get(key, Memory()))
        self._new_lines = 0
        self._changed_entries.clear()
        self._clear_selection()
        self._refresh_all()

    def append_entry(self, entry: Entry) -> None:
        """Add an entry at the end."""
        before = self._reading.heights.total
        self._reading.append(entry)
        self._count_new_lines(before)
        self._refresh_all()

    def prepend_entries(self, entries: Sequence[Entry]) -> None:
        """Add older entries above all others; the screen stays where it is."""
        self._numbers_from -= len(entries)
        self._reading.prepend(entries)
        self._refresh_all()

    def replace_entry(self, entry: Entry) -> None:
        """Exchange the entry of the same id; unknown ids are ignored."""
        if self._reading.has(entry.id):
            before = self._reading.heights.total
            self._reading.replace(entry)
            self._reading.measure(self._reading.index(entry.id))
            self._count_new_lines(before)
            self._refresh_all()

    def remove_entry(self, entry_id: str) -> None:
        """Take an entry out; unknown ids are ignored."""
        if self._reading.has(entry_id):
            self._reading.remove(entry_id)
            self._clear_selection()
            self._refresh_all()

    def extend_answer(self, entry_id: str, text: str = "", reasoning: str = "") -> None:
        """Take a delta of a streaming answer; it is painted at most 30 times a second.

        Args:
            entry_id: The entry; unknown ids are ignored.
            text: More text.
            reasoning: More reasoning.
        """
        if not self._reading.has(entry_id):
            return
        self._reading.view(self._reading.index(entry_id)).extend(text, reasoning)
        self._changed_entries.add(entry_id)
        self._schedule_paint()

    def finish_answer(self, entry: Entry) -> None:
        """Replace a streaming answer by its final entry."""
        self.replace_entry(replace(entry, streaming=False))

    def use_colors(self, colors: ThemeColors) -> None:
        """Paint in the colours of a theme from now on."""
        self._colors = TranscriptColors(colors)
        self._painter = None
        self.styles.background = colors.background
        self.styles.scrollbar_background = colors.background
        self.styles.scrollbar_background_hover = colors.background
        self.styles.scrollbar_background_active = colors.background
        self.styles.scrollbar_color = colors.rule
        self.styles.scrollbar_color_hover = colors.muted
        self.styles.scrollbar_color_active = colors.accent
        self.refresh()

    # Position

    @property
    def at_end(self) -> bool:
        """True while the end is shown and followed."""
        return self._reading.follow

    @property
    def lines_below(self) -> int:
        """New lines below the screen since the reader left the end."""
        if self._reading.follow:
            return 0
        below = self._reading.heights.total - self._reading.offset
        return max(0, min(self._new_lines, below - self._reading.height))

    def go_to_end(self) -> None:
        """Show the end and follow it again."""
        self._reading.follow = True
        self._refresh_all()

    def go_home(self) -> None:
        """Show the beginning."""
        self._reading.go_to(0)
        self._refresh_all()

    def move_lines(self, lines: int) -> None:
        """Move the screen by some lines; negative moves up."""
        self._reading.move(lines)
        self._refresh_all()

    def half_page(self, direction: int) -> None:
        """Move by half a screen, down (1) or up (-1)."""
        self.move_lines(direction * max(1, self._reading.height // 2))

    def page(self, direction: int) -> None:
        """Move by a screen less two lines, down (1) or up (-1)."""
        self.move_lines(direction * max(1, self._reading.height - 2))

    # Painting

    def _count_new_lines(self, before: int) -> None:
        if not self._reading.follow:
            grown = self._reading.heights.total - before
            self._new_lines = max(0, self._new_lines + grown)

    def _refresh_all(self) -> None:
        """Lay out what is visible and paint the whole screen."""
        if not self._reading.width:
            return
        self._reading.settle()
        self._commit()
        self.refresh()
        self._tell()
        self._schedule_work()

    def _commit(self) -> None:
        """Tell the scroll bar and the scroll offset where the reader is.

        `virtual_size` is a reactive with a layout: an assignment lays out the whole
        screen again. The line API needs only the scroll bar told.
        """
        reading = self._reading
        size = Size(reading.width, max(reading.heights.total, 0))
        self._committing = True
        try:
            if size.width != self.virtual_size.width:
                self.virtual_size = size
            elif size != self.virtual_size:
                self.set_reactive(ScrollView.virtual_size, size)
                bar = self.vertical_scrollbar
                bar.window_virtual_size = size.height
                bar.window_size = reading.height
            offset = reading.offset if reading.entries else 0
            self.set_reactive(ScrollView.scroll_target_y, float(offset))
            self.scroll_y = float(offset)
        finally:
            self._committing = False

    def _tell(self) -> None:
        if self._reading.follow:
            self._new_lines = 0
        now = (self.at_end, self.lines_below)
        if now != self._told:
            self._told = now
            self.post_message(self.PositionChanged(*now))

    def _schedule_paint(self) -> None:
        if self._paint_timer is not None:
            return
        wait = self._painted_at + 1 / PAINTS_PER_SECOND - monotonic()
        self._paint_timer = self.set_timer(max(0.001, wait), self._paint_stream)

    def _paint_stream(self) -> None:
        self._paint_timer = None
        started = monotonic()
        reading = self._reading
        before = reading.heights.total
        changed, self._changed_entries = self._changed_entries, set()
        if not reading.width:
            return
        for entry_id in changed:
            if reading.has(entry_id):
                reading.measure(reading.index(entry_id))
        self._count_new_lines(before)
        self._refresh_all()
        # A tail that is dear to parse is parsed less often, never above a fifth.
        ended = monotonic()
        self._painted_at = ended + 4 * max(0.0, ended - started - 0.01)

    def _schedule_work(self) -> None:
        if self._work_timer is None and self._reading.entries:
            self._work_timer = self.set_timer(0.02, self._work)

    def _work(self) -> None:
        """Lay out a little more of what is near the screen, then come back."""
        self._work_timer = None
        reading = self._reading
        if not reading.work(monotonic() + WORK_SLICE):
            reading.forget_far()
            return
        reading.settle()
        self._commit()
        self.refresh()
        self._tell()
        self._work_timer = self.set_timer(0.005, self._work)

    def _lexer_loaded(self, language: str) -> None:
        """Colour code whose lexer has just been loaded, from the loading thread."""
        loop = self._thread_loop
        if loop is not None and self.is_attached:
            loop.call_soon_threadsafe(self._recolor, language)  # type: ignore[attr-defined]  # an event loop

    def _recolor(self, language: str) -> None:
        changed = False
        for view in self._reading.views.values():
            changed = view.recolor(language) or changed
        if changed:
            self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the strips of a part of the screen; strips keep their rendering."""
        strips = [self.render_line(y) for y in crop.line_range]
        first, last = crop.column_span
        if (first, last) != (0, self.size.width):
            return [strip.crop(first, last) for strip in strips]
        return strips

    def render_line(self, y: int) -> Strip:
        """Return one line of the screen."""
        reading = self._reading
        painter = self._paint_with()
        line_number = self.scroll_offset.y + y
        if not reading.entries or not 0 <= line_number < reading.heights.total:
            return painter.blank
        index, first = reading.heights.find(line_number)
        view = reading.views.get(reading.entries[index].id)
        if view is None or not view.height:
            view = reading.measure(index)
        at = line_number - first
        if at >= view.height:
            return painter.blank
        line = view.line(at)
        indent = view.indent(at)
        focused = reading.memory.focused == view.entry.id and at < view.height - 1
        strip = painter.paint(line, indent, focused=focused)
        number = (index + self._numbers_from) * ENTRY_STEP + at
        selection = self.text_selection
        if selection is not None:
            strip = self._paint_selection(strip, line.text, indent, selection, number)
        return strip.apply_offsets(0, number)

    def _paint_selection(
        self, strip: Strip, text: str, indent: int, selection: Selection, number: int
    ) -> Strip:
        span = selection.get_span(number)
        if span is None or not text:
            return strip
        start, end = span
        before = indent + 1
        start = max(0, start - before)
        end = len(text) if end == -1 else min(len(text), max(0, end - before))
        if end <= start:
            return strip
        painter = self._paint_with()
        return painter.restyle(strip, before, [(start, end, painter.colors.selection)])

    def _paint_with(self) -> Painter:
        painter = self._painter
        if painter is None or painter.width != self.size.width:
            colors = self._colors
            if colors is None:
                colors = self._colors = TranscriptColors(_FALLBACK)
            painter = self._painter = Painter(
                colors, self.size.width, self._reading.text_width
            )
        return painter

    # Textual's events

    def on_mount(self) -> None:
        """Remember the loop that lexers report to."""
        import asyncio

        self._thread_loop = asyncio.get_running_loop()

    def on_resize(self, event: events.Resize) -> None:
        """Lay out for the new size; the reader's place stays."""
        del event
        size = self.scrollable_content_region.size
        if size.width and size.height:
            if size.width != self._reading.width:
                self._clear_selection()
            self._reading.resize(size.width, size.height)
            self._painter = None
            self._refresh_all()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow the scroll bar."""
        if not self._committing and self._reading.entries and self._reading.width:
            self._reading.go_to_offset(round(new_value))
            self._reading.settle()
            self._commit()
            self._tell()
            self._schedule_work()
            self.refresh()
            return
        super().watch_scroll_y(old_value, new_value)

    def scroll_to(
        self,
        x: float | None = None,
        y: float | None = None,
        **options: object,
    ) -> None:
        """Scroll without an animation, which would fight corrected heights."""
        del x, options
        if y is not None:
            self._reading.go_to_offset(round(y))
            self._refresh_all()

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

    # Selection

    def _clear_selection(self) -> None:
        if self.is_attached and self.text_selection is not None:
            self.screen.clear_selection()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the source under a selection."""
        reading = self._reading
        if not reading.entries:
            return None
        start, end = selection
        count, base = len(reading.entries), self._numbers_from
        first = (base * ENTRY_STEP, 0) if start is None else (start.y, start.x)
        last = ((base + count) * ENTRY_STEP, 0) if end is None else (end.y, end.x)
        margins = [1 + (2 if place[0] % ENTRY_STEP else 0) for place in (first, last)]
        span = Span(
            first[0],
            max(0, first[1] - margins[0]),
            last[0],
            max(0, last[1] - margins[1]),
        )
        until = monotonic() + 3600
        text = selected_source(
            span, count, base, lambda index: reading.measure(index, until)
        )
        return text, "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Paint a changed selection."""
        del selection
        self.refresh()
