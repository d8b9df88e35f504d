"""What a selection copies: the source, without padding, bars and soft line ends.

A selection names lines by one number: the entry's place times `ENTRY_STEP` plus the
line in the entry. Blocks that are covered from end to end give their source exactly
as it is stored; parts of blocks give their text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.ui.transcript.view import INDENT, MARGIN

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.ui.transcript.blocks import Block
    from tui.ui.transcript.view import EntryView

ENTRY_STEP = 1 << 20


class Span(NamedTuple):
    """Selected characters: from one line and column up to another."""

    first: int
    first_column: int
    last: int
    last_column: int


def span_of(
    start: tuple[int, int] | None, end: tuple[int, int] | None, base: int, count: int
) -> Span:
    """Return a selection's span in characters of the lines' text.

    Args:
        start: Column of the screen line and line number where it begins, or None.
        end: Column and line number where it ends, or None.
        base: The number of the first entry.
        count: How many entries there are.
    """
    column, first = start or (0, base * ENTRY_STEP)
    last_column, last = end or (0, (base + count) * ENTRY_STEP)
    return Span(
        first,
        max(0, column - _before_text(first)),
        last,
        max(0, last_column - _before_text(last)),
    )


def _before_text(number: int) -> int:
    """Return the characters of margin and indentation before a line's text."""
    return MARGIN + (INDENT if number % ENTRY_STEP else 0)


def selected_source(
    span: Span, count: int, base: int, view_of: Callable[[int], EntryView]
) -> str:
    """Return the source under a selection.

    Args:
        span: Lines as numbers, columns in the line's text.
        count: How many entries there are.
        base: The number of the first entry.
        view_of: Gives the laid-out view of an entry.
    """
    parts: list[str] = []
    first_entry, first_line = divmod(span.first, ENTRY_STEP)
    last_entry, last_line = divmod(span.last, ENTRY_STEP)
    for number in range(max(first_entry, base), min(last_entry, base + count - 1) + 1):
        view = view_of(number - base)
        start = (first_line, span.first_column) if number == first_entry else (0, 0)
        end = (
            (last_line, span.last_column) if number == last_entry else (view.height, 0)
        )
        text = _of_entry(view, start, end)
        if text:
            parts.append(text)
    return "\n\n".join(parts)


def _of_entry(view: EntryView, start: tuple[int, int], end: tuple[int, int]) -> str:
    covered = _covered_blocks(view, start, end)
    whole = {id(block) for block in covered}
    if len(covered) <= 1:
        # A single block: its text, so that one block of code comes without fences.
        whole = set()
    out: list[str] = []
    source = view.source
    written: Block | None = None
    for index in range(start[0], min(end[0] + 1, view.height)):
        line = view.line(index)
        block = line.block
        if block is not None and id(block) in whole:
            if block is written:
                continue
            if written is not None:
                between = source[written.end : block.start]
                out.append(between if not between.strip() else "\n")
            elif out and not out[-1].endswith("\n"):
                out.append("\n")
            out.append(source[block.start : block.end])
            written = block
            continue
        if written is not None:
            if not out[-1].endswith("\n"):
                out.append("\n")
            written = None
        if line.join is None:
            continue
        column = start[1] if index == start[0] else 0
        if index == end[0]:
            out.append(line.copied(column, end[1]))
            break
        out.append(line.copied(column).rstrip())
        out.append(line.join)
    return "".join(out).rstrip("\n")


def _covered_blocks(
    view: EntryView, start: tuple[int, int], end: tuple[int, int]
) -> list[Block]:
    """Return the blocks whose every line is selected from end to end."""
    lines: dict[int, list[int]] = {}
    blocks: dict[int, Block] = {}
    low = max(0, start[0] - 1)
    high = min(end[0] + 2, view.height)
    for index in range(low, high):
        line = view.line(index)
        block = line.block
        if block is None or view.body_index(index) is None:
            continue
        blocks[id(block)] = block
        if line.gap:
            continue
        inside = start[0] <= index <= end[0]
        if index == start[0] and start[1] > line.lead:
            inside = False
        if index == end[0] and end[1] < len(line.text.rstrip()):
            inside = False
        lines.setdefault(id(block), []).append(int(inside))
    return [blocks[key] for key, flags in lines.items() if all(flags)]
