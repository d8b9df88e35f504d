"""The last gate before the terminal: no control character of any text passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.filter import LineFilter

from tui.domain.visible import visible_line

if TYPE_CHECKING:
    from textual.color import Color


class VisibleFilter(LineFilter):
    """Makes control characters, bidi overrides and the like visible in every line.

    Foreign text is cleaned where it enters, so that widths fit; this one catches what
    a widget has forgotten. Textual's own control segments pass.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments with only printable text in them."""
        cleaned = []
        changed = False
        for segment in segments:
            text = segment.text if segment.control else visible_line(segment.text)
            if text != segment.text:
                changed = True
                segment = Segment(text, segment.style)
            cleaned.append(segment)
        return cleaned if changed else segments
