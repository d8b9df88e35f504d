"""A long table whose end has not come: read row by row, its widths being settled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.ui.transcript.long_lines import is_long
from tui.ui.transcript.parsing import Carry, offset_of_line, parse
from tui.ui.transcript.tables import RowBlock

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

    from tui.ui.transcript.blocks import Block
    from tui.ui.transcript.tables import TablePlan

STEP_LINES = 128
"""Rows that one step takes."""

STEP_CHARACTERS = 2_048
"""Characters that one step takes; cells are dear to parse."""


class OpenTable:
    """The rows behind those that settled the widths.

    Args:
        markdown: The parser.
        head: The source of the header and of the line below it.
        plan: The widths.
        rows: How many rows there are already.
    """

    def __init__(
        self, markdown: MarkdownIt, head: str, plan: TablePlan, rows: int
    ) -> None:
        self._markdown = markdown
        self._head = head
        self._plan = plan
        self._rows = rows

    def read(self, source: str, base: int) -> tuple[list[Block], int]:
        """Return the rows that a stretch begins with, and how many lines they take.

        Args:
            source: The stretch.
            base: Where it begins in the message, in characters.
        """
        head = self._head
        units, _ = parse(self._markdown, head + source, base - len(head), Carry())
        rows: list[Block] = []
        if not units or units[0].token.map is None:
            return rows, 0
        for block in units[0].blocks:
            if isinstance(block, RowBlock) and not block.header:
                block.plan = self._plan
                block.position += self._rows
                rows.append(block)
        return rows, units[0].token.map[1] - 2

    def take(
        self, tail: str, base: int, *, ended: bool
    ) -> tuple[list[Block], int, bool]:
        """Finish some complete rows.

        Args:
            tail: What follows the rows that are finished.
            base: Where it begins in the message, in characters.
            ended: True when no more will come.

        Returns:
            The rows, how many characters they take, and whether the table ends there.
        """
        at = 0
        ends = False
        for _ in range(STEP_LINES):
            end = tail.find("\n", at)
            complete = end >= 0 or ended
            if not complete or at >= len(tail):
                break
            if end < 0:
                end = len(tail) - 1
            if at >= STEP_CHARACTERS:
                break
            if is_long(tail, at, end, complete=True):
                ends = True
                break
            at = end + 1
        rows, lines = self.read(tail[:at], base) if at else ([], 0)
        taken = min(offset_of_line(tail[:at] + "\n", lines), at)
        self._rows += len(rows)
        ends = ends or taken < at or (ended and at >= len(tail))
        ends = ends or (not at and is_long(tail, 0, len(tail), complete=False))
        return rows, taken, ends
