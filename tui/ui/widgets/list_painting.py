"""The lines of the conversation list as strips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from tui.domain.visible import visible_line
from tui.ui.text import cut_line, fill_line
from tui.ui.widgets.list_marks import MarkKind, marks_of

if TYPE_CHECKING:
    from rich.style import Style

    from tui.domain.summary import Summary
    from tui.services.events import Activity
    from tui.ui.widgets.filter_line import FilterLine

BAR = "▌"
_TITLE_BOUND = 1000
"""Code points of a title that are looked at; no screen shows more."""


@dataclass(frozen=True, slots=True)
class ListStyles:
    """The styles of one theme, resolved once.

    Attributes:
        plain: Behind everything, and titles.
        title: The word at the top.
        muted: Counts, labels of groups, hints.
        bar: The bar of the open conversation.
        shown: The title of the open conversation.
        cursor: Laid over the row under the cursor.
        caret: The caret of the filter.
        marks: By kind.
    """

    plain: Style
    title: Style
    muted: Style
    bar: Style
    shown: Style
    cursor: Style
    caret: Style
    marks: dict[MarkKind, Style]


@dataclass(frozen=True, slots=True)
class RowState:
    """How a conversation stands in the list.

    Attributes:
        shown: True when it is the open one.
        under_cursor: True when the cursor is on it.
    """

    shown: bool = False
    under_cursor: bool = False


def paint_pair(
    left: str, right: str, width: int, left_style: Style, styles: ListStyles
) -> Strip:
    """Paint a line with something at both ends; the right end stays whole."""
    right = cut_line(right, max(0, width - 2))
    room = max(0, width - cell_len(right) - 2)
    return Strip(
        [
            Segment(" ", styles.plain),
            Segment(fill_line(left, room), left_style),
            Segment(right, styles.muted),
            Segment(" ", styles.plain),
        ]
    ).crop(0, width)


def paint_label(label: str, width: int, styles: ListStyles) -> Strip:
    """Paint the label of a group."""
    text = fill_line(f" {label}", width)
    return Strip([Segment(text, styles.muted)], width)


def paint_row(
    summary: Summary,
    activity: Activity | None,
    state: RowState,
    width: int,
    styles: ListStyles,
) -> Strip:
    """Paint one conversation: bar, title, marks."""
    marks = marks_of(summary, activity)
    marks_width = sum(cell_len(mark.symbol) + 1 for mark in marks)
    while marks and marks_width > width // 2:
        marks_width -= cell_len(marks[-1].symbol) + 1
        marks = marks[:-1]
    title = visible_line(summary.title[:_TITLE_BOUND]).strip() or "Untitled"
    room = max(0, width - 2 - marks_width)
    bar = Segment(BAR, styles.bar) if state.shown else Segment(" ", styles.plain)
    text = Segment(fill_line(title, room), _title_style(summary, state, styles))
    segments = [bar, text]
    for mark in marks:
        segments.append(Segment(" ", styles.plain))
        segments.append(Segment(mark.symbol, styles.marks[mark.kind]))
    segments.append(Segment(" ", styles.plain))
    if state.under_cursor:
        segments = list(Segment.apply_style(segments, post_style=styles.cursor))
    return Strip(segments).crop(0, width)


def paint_filter(line: FilterLine, width: int, styles: ListStyles) -> Strip:
    """Paint the filter: a hint while it is closed, text and caret while it is open."""
    if not line.open and not line.text:
        return Strip([Segment(fill_line(" / filter", width), styles.muted)], width)
    before, under, after = line.window(max(1, width - 4))
    caret = styles.caret if line.open else styles.plain
    segments = [
        Segment(" / ", styles.muted),
        Segment(before, styles.plain),
        Segment(under, caret),
        Segment(after, styles.plain),
    ]
    return Strip(segments).adjust_cell_length(width, styles.plain)


def paint_hint(text: str, width: int, styles: ListStyles) -> Strip:
    """Paint one line of an empty list's advice."""
    return Strip([Segment(fill_line(f" {text}", width), styles.muted)], width)


def _title_style(summary: Summary, state: RowState, styles: ListStyles) -> Style:
    if state.shown:
        return styles.shown
    return styles.muted if summary.problem else styles.plain
