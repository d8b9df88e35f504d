"""Search hits as lines: where it was found, and the words around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content, Span

from tui.domain.visible import visible_line
from tui.ui.text import ELLIPSIS, cut_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import tzinfo

    from tui.domain.search import Hit, Mark

MATCH = "bold underline $accent"
"""Bold and underlined too: a match is seen without colours."""

_MUTED = "$muted"
_ROLES = {"user": "You", "assistant": "Answer"}
_INDENT = "  "
_ROOM_BEFORE = 0.5
"""The part of a line that may stand before the first match."""


def hit_lines(
    hits: Sequence[Hit], width: int, zone: tzinfo | None
) -> Iterator[Content]:
    """Yield each hit as content, at most `width` cells wide.

    A conversation is one line. A message is its words under the line of its
    conversation, which is not repeated for the next message of the same one.

    Args:
        hits: As they are listed.
        width: In cells.
        zone: The time zone of the dates.
    """
    above = ""
    for hit in hits:
        day = f"{hit.updated.astimezone(zone):%Y-%m-%d}"
        if not hit.message_id:
            above = ""
            yield _title_line(hit, day, width)
            continue
        snippet = _marked(hit.snippet, hit.marks, width - len(_INDENT))
        lines = Content(_INDENT) + snippet
        if hit.file != above:
            role = _ROLES.get(hit.role, hit.role)
            head = _with_right(
                Content(cut_line(visible_line(hit.title), width - 26)),
                f"{role} · {day}" if role else day,
                width,
            )
            lines = Content("\n").join([head.stylize(_MUTED), lines])
        above = hit.file
        yield lines


def _title_line(hit: Hit, day: str, width: int) -> Content:
    return _with_right(_marked(hit.title, hit.marks, width - len(day) - 2), day, width)


def _with_right(left: Content, right: str, width: int) -> Content:
    gap = max(1, width - left.cell_length - cell_len(right))
    return Content.assemble(left, " " * gap, (right, _MUTED))


def _marked(text: str, marks: Sequence[Mark], width: int) -> Content:
    """Return one line of foreign text with its matches, cut around the first one."""
    shown = visible_line(text)
    if len(shown) != len(text):
        marks = ()
    start = 0
    if marks and cell_len(shown[: marks[0][1]]) > width - 2:
        start = max(0, marks[0][0] - int(width * _ROOM_BEFORE))
        shown = ELLIPSIS + shown[start + 1 :]
    line = cut_line(shown, max(1, width))
    spans = [
        Span(max(0, begin - start), min(end - start, len(line)), MATCH)
        for begin, end in marks
        if begin - start < len(line) and end > start
    ]
    return Content(line, spans=spans)
