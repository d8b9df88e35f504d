"""The painting half of the transcript: places in a `Reading` become strips.

Colours, search matches, labels and the selection are laid over lines that were painted
once. A change of theme lays out nothing again.
"""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

from tui.domain.theme import ThemeColors
from tui.ui.once import call_once
from tui.ui.transcript.blocks import CodeBlock
from tui.ui.transcript.colors import TranscriptColors
from tui.ui.transcript.highlighting import Highlighter
from tui.ui.transcript.painting import BAR, CODE_BAR, Painter
from tui.ui.transcript.parser import Parser
from tui.ui.transcript.reading import Reading
from tui.ui.transcript.scrolling import ReadingView
from tui.ui.transcript.selection import ENTRY_STEP, selected_source, span_of

if TYPE_CHECKING:
    from textual.geometry import Region
    from textual.selection import Selection
    from textual.strip import Strip

    from tui.ui.transcript.find import Finder
    from tui.ui.transcript.lines import Line
    from tui.ui.transcript.targets import Target
    from tui.ui.transcript.view import EntryView

WARM_AFTER = 0.25
"""The parser is imported this long after the first frame, in seconds."""

FALLBACK_COLORS = ThemeColors(
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
"""What is painted until a theme is told."""


class PaintedView(ReadingView):
    """A `Reading` in the colours of a theme.

    Attributes:
        finder: The search whose matches are highlighted, or None.
        labels: Letters to draw, by entry and line.
        first_number: The first entry's number in a selection; entries that come
            above get lower numbers, so that a selection stays where it is.
    """

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002  # Textual's own name
        classes: str | None = None,
        background: bool = True,
    ) -> None:
        """Make an empty view.

        Args:
            name: Textual's name of the widget.
            id: Textual's id of the widget.
            classes: Textual's classes of the widget.
            background: False loads lexers where they are needed, for tests.
        """
        super().__init__(name=name, id=id, classes=classes)
        self._background = background
        self._highlighter = Highlighter(
            background=background, loaded=self._lexer_loaded
        )
        self._parser = Parser()
        self.reading = Reading(self._parser, self._highlighter)
        self._colors = TranscriptColors(FALLBACK_COLORS)
        self._painter: Painter | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.finder: Finder | None = None
        self.labels: dict[tuple[str, int], list[Target]] = {}
        self.first_number = 0

    def on_mount(self) -> None:
        """Remember the loop that lexers report to."""
        self._loop = asyncio.get_running_loop()
        if self._background:
            self.call_after_refresh(call_once, self, WARM_AFTER, self._warm)

    def _warm(self) -> None:
        """Import the parser and the commonest lexers after the first frame."""
        threading.Thread(target=self._import_reader, name="reader", daemon=True).start()
        self._highlighter.warm(("python", "bash"))

    def _import_reader(self) -> None:
        import tui.ui.transcript.documents  # noqa: F401

        self._parser.get()

    def on_unmount(self) -> None:
        """Report to no loop any more."""
        self._loop = None

    def use_colors(self, colors: ThemeColors) -> None:
        """Paint in the colours of a theme from now on; nothing is laid out again."""
        self._colors = TranscriptColors(colors)
        self._painter = None
        styles = self.styles
        styles.background = colors.background
        styles.scrollbar_background = colors.background
        styles.scrollbar_background_hover = colors.background
        styles.scrollbar_background_active = colors.background
        styles.scrollbar_color = colors.rule
        styles.scrollbar_color_hover = colors.muted
        styles.scrollbar_color_active = colors.accent
        self.refresh()

    def _lexer_loaded(self, language: str) -> None:
        """Colour code whose lexer has just been loaded; runs in the loading thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._recolor, language)

    def _recolor(self, language: str) -> None:
        for view in self.reading.views.values():
            view.recolor(language)
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the strips of a part of the screen; strips keep their rendering.

        Textual's own way there, past which this goes, applies the filters: no control
        character passes, and no colour where none is wanted. Strips remember them.
        """
        strips = [self.render_line(y) for y in crop.line_range]
        background = self.styles.background
        for line_filter in self.get_line_filters():
            strips = [strip.apply_filter(line_filter, background) for strip in strips]
        first, last = crop.column_span
        if (first, last) != (0, self.size.width):
            return [strip.crop(first, last) for strip in strips]
        return strips

    def render_line(self, y: int) -> Strip:
        """Return one line of the screen."""
        reading, painter = self.reading, self._paint_with()
        number = self.scroll_offset.y + y
        if not reading.entries or not 0 <= number < reading.heights.total:
            return painter.blank
        index, first = reading.heights.find(number)
        view = reading.views.get(reading.entries[index].id)
        if view is None or not view.laid_out:
            view = reading.measure(index)
        at = number - first
        if at >= view.height:
            return painter.blank
        return self._paint_line(painter, view, index, at)

    def _paint_line(
        self, painter: Painter, view: EntryView, index: int, at: int
    ) -> Strip:
        line, indent = view.line(at), view.indent(at)
        strip = painter.paint(line, indent, bar=self._bar(view, line, at))
        number = (index + self.first_number) * ENTRY_STEP + at
        before = indent + 1
        if self.finder is not None:
            spans = [
                (start, end, self._colors.match(here=here))
                for start, end, here in self.finder.spans(view, at)
            ]
            strip = painter.restyle(strip, before, spans)
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(number)) is not None:
            start, end = max(0, span[0] - before), span[1]
            end = len(line.text) if end == -1 else min(len(line.text), end - before)
            if end > start:
                spans = [(start, end, self._colors.selection)]
                strip = painter.restyle(strip, before, spans)
        labels = self.labels.get((view.entry.id, at)) if self.labels else None
        if labels:
            strip = painter.label(
                strip, [(target.column, target.label) for target in labels]
            )
        return strip.apply_offsets(0, number)

    def _bar(self, view: EntryView, line: Line, at: int) -> str:
        """Return what stands before a line to show what has the focus."""
        memory = self.reading.memory
        if memory.focused != view.entry.id or at >= view.height - 1:
            return ""
        block = line.block
        if isinstance(block, CodeBlock) and not line.gap:
            here = (view.entry.id, block.number)
            return CODE_BAR if memory.focused_code == here else BAR
        return BAR

    def _paint_with(self) -> Painter:
        painter = self._painter
        if painter is None or painter.width != self.size.width:
            painter = self._painter = Painter(
                self._colors, self.size.width, self.reading.text_width
            )
        return painter

    def width_changed(self) -> None:
        """Drop what belongs to the old width."""
        self.drop_selection()
        self._painter = None

    def drop_selection(self) -> None:
        """Select nothing any more, because what was selected has changed."""
        if self.is_attached and self.text_selection is not None:
            self.screen.clear_selection()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the source under a selection."""
        reading = self.reading
        if not reading.entries:
            return None
        count, base = len(reading.entries), self.first_number
        span = span_of(selection.start, selection.end, base, count)
        forever = float("inf")
        text = selected_source(
            span, count, base, lambda index: reading.measure(index, forever)
        )
        return text, "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Paint a changed selection."""
        del selection
        self.refresh()
