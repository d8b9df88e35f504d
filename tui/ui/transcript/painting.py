"""Lines to strips: margin, indentation, fill, highlights, selection."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from tui.ui.transcript.view import INDENT, MARGIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style

    from tui.ui.transcript.colors import TranscriptColors
    from tui.ui.transcript.lines import Line

BAR = "▌"
"""Stands beside the focused entry."""

CODE_BAR = "█"
"""Stands beside the focused block of code in it."""


class Painter:
    """Paints lines in one theme, for one width of the widget.

    Args:
        colors: The styles.
        width: The widget's width, in cells.
        measure: The width of the text, in cells.
    """

    def __init__(self, colors: TranscriptColors, width: int, measure: int) -> None:
        self.colors = colors
        self.width = width
        self.measure = measure
        self.blank = Strip.blank(width, colors.base)

    def paint(self, line: Line, indent: int, *, bar: str = "") -> Strip:
        """Return a line as a strip; the line keeps it for the next time.

        Args:
            line: The line.
            indent: How far it stands from the label's place, in cells.
            bar: `BAR`, `CODE_BAR`, or "" where nothing is focused.
        """
        key = (self, indent, bar)
        cached = line.painted
        if cached is not None and cached[0] == key:
            return cached[1]
        colors = self.colors
        segments = [Segment(bar, colors.bar) if bar else Segment(" ", colors.base)]
        if indent:
            segments.append(Segment(" " * indent, colors.base))
        used = 0
        for text, look in line.pieces:
            segments.append(Segment(text, colors.style(look)))
            used += cell_len(text)
        room = self.measure + INDENT - indent
        if line.fill != "background" and used < room:
            segments.append(Segment(" " * (room - used), colors.fill(line.fill)))
            used = room
        rest = self.width - MARGIN - indent - used
        if rest > 0:
            segments.append(Segment(" " * rest, colors.base))
        strip = Strip(segments)
        # Measured as a whole: some characters join across segments.
        if strip.cell_length != self.width:
            strip = strip.adjust_cell_length(self.width, colors.base)
        line.painted = (key, strip)
        return strip

    def restyle(
        self, strip: Strip, text_start: int, spans: Sequence[tuple[int, int, Style]]
    ) -> Strip:
        """Return a strip with styles laid over parts of it.

        Args:
            strip: A painted line.
            text_start: Characters before the line's text (margin, indentation).
            spans: Start and end in the line's text, and the style.
        """
        if not spans:
            return strip
        bounds: list[tuple[int, int, Style]] = [
            (start + text_start, end + text_start, style) for start, end, style in spans
        ]
        segments: list[Segment] = []
        at = 0
        for text, style, _ in strip:
            pieces = _split(text, at, bounds)
            for start, end, over in pieces:
                one = style
                if over is not None:
                    one = over if style is None else style + over
                segments.append(Segment(text[start:end], one))
            at += len(text)
        return Strip(segments, strip.cell_length)

    def label(self, strip: Strip, labels: Sequence[tuple[int, str]]) -> Strip:
        """Return a strip with letters drawn over it.

        Args:
            strip: A painted line.
            labels: The cell and the letter or two of each.
        """
        for cell, letter in labels:
            strip = Strip.join(
                [
                    strip.crop(0, cell),
                    Strip([Segment(letter, self.colors.mark)], len(letter)),
                    strip.crop(cell + len(letter)),
                ]
            )
        return strip


def _split(
    text: str, at: int, bounds: Sequence[tuple[int, int, Style]]
) -> list[tuple[int, int, Style | None]]:
    """Cut a segment at the bounds that fall into it."""
    cuts = {0, len(text)}
    for start, end, _ in bounds:
        for place in (start - at, end - at):
            if 0 < place < len(text):
                cuts.add(place)
    ordered = sorted(cuts)
    pieces: list[tuple[int, int, Style | None]] = []
    for low, high in pairwise(ordered):
        over: Style | None = None
        for start, end, style in bounds:
            if start <= low + at and high + at <= end:
                over = style if over is None else over + style
        pieces.append((low, high, over))
    return pieces
