"""Foreign text for the screen: the one way in for titles, answers, names and errors.

Whatever a model, a server or a file says is cleaned (`tui.domain.visible`) and never
read as markup.
"""

from __future__ import annotations

from rich.cells import cell_len, split_text
from textual.content import Content

from tui.domain.visible import visible_line, visible_text

ELLIPSIS = "…"
_CODE_POINTS_PER_CELL = 16
"""More than any ordinary cluster has: a family emoji is seven in two cells."""


def foreign_line(text: str) -> Content:
    """Return foreign text as content of one line, without markup."""
    return Content(visible_line(text))


def foreign_text(text: str) -> Content:
    """Return foreign text as content of several lines, without markup."""
    return Content(visible_text(text))


def cut_line(text: str, cells: int) -> str:
    """Return one line that is at most `cells` wide, cut with an ellipsis.

    Args:
        text: A cleaned line. Wide characters and clusters of several code points
            stay whole.
        cells: The room, in cells.
    """
    # A title may be megabytes long; what is far beyond the edge is not measured.
    bounded = text[: _CODE_POINTS_PER_CELL * (cells + 1)]
    if len(bounded) == len(text) and cell_len(text) <= cells:
        return text
    text = bounded
    if cells <= 1:
        return ELLIPSIS[:cells]
    return split_text(text, cells - 1)[0].rstrip() + ELLIPSIS


def fill_line(text: str, cells: int) -> str:
    """Return one line that is exactly `cells` wide: cut, or padded with blanks."""
    text = cut_line(text, cells)
    return text + " " * (cells - cell_len(text))
