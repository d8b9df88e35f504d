"""What a selection copies: the source, without padding, bars and soft line ends.

A selection names lines by one number: the entry's place times `ENTRY_STEP` plus the
line in the entry. Blocks that are covered from end to end give their source exactly
as it is stored; parts of blocks give their text, formulas and rows of tables theirs
whole, and lines of one block of code come without its fence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.ui.transcript.blocks import CodeBlock, Part, joined
from tui.ui.transcript.targets import code_of
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


class _Piece(NamedTuple):
    """What one block gives to a selection.

    Attributes:
        text: The text.
        block: The block when all of its source is given, or None.
        gap: True when the blank line above is selected too.
        open: True when the text goes on in the next block's first line.
    """

    text: str
    block: Block | None
    gap: bool
    open: bool


class _Group(NamedTuple):
    """The selected lines of one block.

    Attributes:
        block: The block, or None for lines of none.
        first: Its first selected line in the entry, and
        last: its last one, the blank line above not counted.
        parts: What is selected of its text.
        gap: True when the blank line above is selected too.
        fold: True when the line that stands for its folded rest is selected.
    """

    block: Block | None
    first: int
    last: int
    parts: list[Part]
    gap: bool
    fold: bool


def _of_entry(view: EntryView, start: tuple[int, int], end: tuple[int, int]) -> str:
    groups = _groups(view, start, end)
    codes = {
        group.block.number if isinstance(group.block, CodeBlock) else None
        for group in groups
    }
    # Nothing but one block of code: its text, without the fence.
    bare = len(codes) == 1 and None not in codes
    out: list[str] = []
    stands = -1
    joins = True
    for group in groups:
        block = group.block
        text = _text_of(view, group, bare=bare)
        if text is None and block is not None:
            source = view.source_at(group.first)
            in_body = view.body_index(group.first) is not None
            after = _source_end(view, group)
            if stands >= 0 and in_body:
                # What has no lines of its own comes too: a narrow table's header.
                out.append(source[stands : block.start])
            elif not joins:
                out.append(_line_end(out, gap=group.gap))
            out.append(source[block.start : after])
            stands = after if in_body else -1
            joins = False
        elif text is not None and (group.parts or text):
            if not joins:
                out.append(_line_end(out, gap=group.gap))
            out.append(text)
            stands = -1
            joins = bool(group.parts) and group.parts[-1].line.join == ""
    return "".join(out).rstrip("\n")


def _line_end(out: list[str], *, gap: bool) -> str:
    return "\n" * ((not out[-1].endswith("\n")) + gap)


def _text_of(view: EntryView, group: _Group, *, bare: bool) -> str | None:
    """Return the text of a group, or None when its block's source is to be copied."""
    block = group.block
    if block is None:
        return joined(group.parts)
    if not bare and _is_covered(view, group):
        return None
    if group.fold and isinstance(block, CodeBlock):
        return code_of(view.body, block.number)[0]
    return block.copied(group.parts) if group.parts else ""


def _source_end(view: EntryView, group: _Group) -> int:
    """Return where the source of a group's block ends, with what is folded."""
    block = group.block
    if not group.fold or not isinstance(block, CodeBlock):
        return block.end if block is not None else 0
    return max(
        other.end
        for other in (*view.body.document.blocks, *view.body.document.open_blocks)
        if isinstance(other, CodeBlock) and other.number == block.number
    )


def _groups(
    view: EntryView, start: tuple[int, int], end: tuple[int, int]
) -> list[_Group]:
    groups: list[_Group] = []
    gap = False
    for index in range(start[0], min(end[0] + 1, view.height)):
        line = view.line(index)
        low = start[1] if index == start[0] else 0
        high = len(line.text)
        if index == end[0]:
            high = min(high, end[1])
            if high <= low:
                break
        if line.gap:
            gap = True
            continue
        if line.join is None and line.block is None:
            continue
        if not groups or groups[-1].block is not line.block:
            groups.append(_Group(line.block, index, index, [], gap, fold=False))
        group = groups[-1]
        if line.join is not None:
            group.parts.append(Part(line, low, high))
        groups[-1] = group._replace(
            last=index, fold=group.fold or line.fold.startswith("code:")
        )
        gap = False
    return groups


def _is_covered(view: EntryView, group: _Group) -> bool:
    """Return whether every line of a block is selected from end to end."""
    if group.parts:
        line, start, _ = group.parts[0]
        if start > line.lead:
            return False
        line, _, end = group.parts[-1]
        if end < len(line.text.rstrip()):
            return False
    return not _has_text(view, group, -1) and not _has_text(view, group, 1)


def _has_text(view: EntryView, group: _Group, direction: int) -> bool:
    """Return whether the block has more text above (-1) or below (1)."""
    at = (group.first if direction < 0 else group.last) + direction
    while 0 <= at < view.height:
        line = view.line(at)
        if line.block is not group.block:
            return False
        if (line.join is not None and not line.gap) or line.fold:
            return True
        at += direction
    return False
