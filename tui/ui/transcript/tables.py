"""Tables: columns whose cells wrap, or `Header: value` lines where too narrow.

The widths of the columns come from the header and the first rows only, so a table of
any length can be laid out row by row, and a row that streams in never moves the rows
above it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tui.ui.transcript.blocks import (
    NO_LEAD,
    Block,
    Lead,
    Page,
    Part,
    decorated,
    joined,
)
from tui.ui.transcript.inline import Inline
from tui.ui.transcript.lines import PLAIN, RULE, Line, Look, Piece, Run, cut
from tui.ui.transcript.wrapping import wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

PLAN_ROWS = 24
"""Rows that decide the widths, besides the header."""

NARROW = 7
"""Columns whose text is wider than this get at least this many cells."""

KEPT_WORD = 14
"""Words up to this many cells are not broken to keep a table a table."""

HEADER = Look(bold=True)

_BAR: Piece = (" │ ", RULE)


@dataclass(slots=True)
class TablePlan:
    """What all rows of one table share.

    Attributes:
        header: The header's cells.
        aligns: "left", "right", "center" or "" for each column.
        natural: The widest text of each column in the planning rows, in cells.
        word: The widest word of each column in the planning rows, in cells.
        gaps: True when a planning row begins with an empty cell.
        start: Where the header begins in the message, in characters.
    """

    header: list[Inline]
    aligns: list[str]
    natural: list[int] = field(default_factory=list)
    word: list[int] = field(default_factory=list)
    gaps: bool = False
    start: int = 0
    _cache: tuple[int, list[int] | None] | None = None

    def measure(self, rows: Sequence[Sequence[Inline]]) -> None:
        """Take the widths from the header and the first rows."""
        self.natural = [max(1, _cells(cell)) for cell in self.header]
        self.word = [_widest_word(cell) for cell in self.header]
        self.gaps = False
        for row in rows[:PLAN_ROWS]:
            self.gaps = self.gaps or not row or not row[0].text.strip()
            for index, cell in enumerate(row[: len(self.natural)]):
                self.natural[index] = max(self.natural[index], _cells(cell))
                self.word[index] = max(self.word[index], _widest_word(cell))
        self._cache = None

    def columns(self, room: int) -> list[int] | None:
        """Return the width of each column, or None when the table is too wide."""
        if self._cache is None or self._cache[0] != room:
            self._cache = (room, self._columns(room))
        return self._cache[1]

    def _columns(self, room: int) -> list[int] | None:
        natural = self.natural
        room -= 3 * (len(natural) - 1)
        if sum(natural) <= room:
            return list(natural)
        least = [
            min(width, max(NARROW, min(word, KEPT_WORD)))
            for width, word in zip(natural, self.word, strict=True)
        ]
        if sum(least) > room:
            return None
        # Every column gets its fair share; what a narrow one leaves goes to the wide.
        widths = [0] * len(natural)
        left, open_columns = room, sorted(range(len(natural)), key=natural.__getitem__)
        while open_columns:
            share = left // len(open_columns)
            index = open_columns.pop(0)
            widths[index] = max(least[index], min(natural[index], share))
            left -= widths[index]
        while sum(widths) > room:
            index = max(range(len(widths)), key=lambda at: widths[at] - least[at])
            widths[index] -= 1
        return widths

    def needs_rules(self, room: int) -> bool:
        """Return whether only a rule can tell a wrapped row from the next one.

        Where the first column is filled and does not wrap, it shows where a row begins.
        """
        widths = self.columns(room)
        if widths is None:
            return False
        wraps = [a < b for a, b in zip(widths, self.natural, strict=True)]
        return wraps[0] or (self.gaps and any(wraps))


def _cells(cell: Inline) -> int:
    return cell_len(cell.text)


def _widest_word(cell: Inline) -> int:
    return max(map(cell_len, cell.text.split()), default=1)


@dataclass(slots=True)
class RowBlock(Block):
    """One row of a table; `header` rows carry the rule below them.

    Attributes:
        plan: What all rows of the table share.
        cells: Its cells.
        header: True for the header.
        position: Which row below the header it is, counted from 0.
        alone: True for a header without rows.
        table_lead: The decoration of the whole table's first line, for the first row.
    """

    plan: TablePlan = field(kw_only=True)
    cells: list[Inline] = field(kw_only=True)
    header: bool = False
    position: int = 0
    alone: bool = False
    table_lead: Lead = NO_LEAD

    def _body(self, page: Page) -> list[Line]:
        lead, room = self._room(page)
        widths = self.plan.columns(room)
        if widths is None:
            if self.header and not self.alone:
                return []
            if self.position == 0 and self.table_lead.cells == lead.cells:
                lead = self.table_lead
            return self._record(lead, room)
        return self._grid(lead, room, widths)

    def _grid(self, lead: Lead, room: int, widths: list[int]) -> list[Line]:
        columns: list[list[tuple[list[Piece], Run]]] = []
        for index, width in enumerate(widths):
            cell = self.cells[index] if index < len(self.cells) else Inline()
            key, align = (self.start, index), self.plan.aligns[index]
            columns.append(
                [
                    _aligned(
                        cut(cell.runs, cell.text, start, end),
                        width,
                        align,
                        Run(0, end - start, key, cell.text, start),
                    )
                    for start, end, _ in wrap(cell.text.replace("\n", " "), width)
                ]
            )
        lines: list[Line] = []
        if self.position > 0 and self.plan.needs_rules(room):
            lines.append(_rule(lead, widths, "┼", first=False))
        for at in range(max(map(len, columns))):
            pieces: list[Piece] = []
            shown: list[Run] = []
            for index, width in enumerate(widths):
                if index:
                    pieces.append(_BAR)
                rows = columns[index]
                part: list[Piece] = [(" " * width, PLAIN)]
                if at < len(rows):
                    part, run = rows[at]
                    before = sum(len(text) for text, _ in pieces)
                    shown.append(run._replace(start=run.start + before))
                pieces.extend(
                    (text, look._replace(bold=True)) if self.header else (text, look)
                    for text, look in part
                )
            lines.append(_with_runs(decorated(lead, not lines, pieces), shown))
        if self.header:
            lines.append(_rule(lead, widths, "┼", first=False))
        return lines

    def _record(self, lead: Lead, room: int) -> list[Line]:
        lines: list[Line] = []
        if self.position > 0:
            lines.append(
                decorated(lead, False, [("─" * min(room, 12), RULE)], join=None)
            )
        header = self.plan.header
        for index in range(max(len(self.cells), len(header))):
            title = header[index].text.replace("\n", " ") if index < len(header) else ""
            cell = self.cells[index] if index < len(self.cells) else Inline()
            if self.header:
                title, cell = "", header[index]
            before = f"{title}: " if title else ""
            text = before + cell.text.replace("\n", " ")
            shift = len(before)
            runs = [(0, shift, HEADER)] if before else []
            runs += [(a + shift, b + shift, look) for a, b, look in cell.runs]
            for start, end, following in wrap(text, room):
                line = decorated(
                    lead,
                    self.position == 0 and not lines,
                    cut(runs, text, start, end),
                    join=text[end:following] if following < len(text) else "\n",
                )
                lines.append(_with_runs(line, self._runs_between(index, start, end)))
        return lines

    def _runs_between(self, index: int, start: int, end: int) -> list[Run]:
        """Return what a part of a record's line shows of the title and of the cell.

        Args:
            index: The column.
            start: Where the part begins in `title: cell`.
            end: Where it ends.
        """
        header = self.plan.header
        shown: list[Run] = []
        shift = 0
        if index < len(header):
            title = header[index].text
            key = (self.plan.start, index)
            if start < len(title):
                length = min(end, len(title)) - start
                shown.append(Run(0, length, key, title, start))
            shift = len(title) + 2 if title and not self.header else 0
        if not self.header and index < len(self.cells) and end > shift:
            begin = max(start, shift)
            text = self.cells[index].text
            run = Run(begin - start, end - begin, (self.start, index), text, 0)
            shown.append(run._replace(offset=begin - shift))
        return shown

    def texts(self) -> Sequence[str]:
        """Return the cells; what narrow tables repeat of the header is counted once."""
        return [cell.text for cell in self.cells]

    def copied(self, parts: Sequence[Part]) -> str | None:
        """Return the text within one cell, or None: the row is its source."""
        if not any(_BAR in line.pieces for line, _, _ in parts):
            return self._literal(joined(parts))
        if len(parts) > 1:
            return None
        line, start, end = parts[0]
        at = 0
        for piece in line.pieces:
            after = at + len(piece[0])
            if piece == _BAR and start < after and end > at:
                return None
            at = after
        return self._literal(joined(parts).strip())

    def _literal(self, words: str) -> str | None:
        """Return words that a cell's source holds as they are drawn."""
        return words if any(words in cell.source for cell in self.cells) else None

    def links(self) -> Sequence[tuple[int, int, str]]:
        """Return the links in all cells."""
        return [link for cell in self.cells for link in cell.links]

    def link_words(self) -> Sequence[tuple[str, str]]:
        """Return the words and the target of each link in all cells."""
        return [
            (cell.text[start:end], target)
            for cell in self.cells
            for start, end, target in cell.links
        ]


def _rule(lead: Lead, widths: list[int], cross: str, *, first: bool) -> Line:
    text = f"─{cross}─".join("─" * width for width in widths)
    return decorated(lead, first, [(text, RULE)], join=None)


def _with_runs(line: Line, runs: Sequence[Run]) -> Line:
    """Return a line that tells what it shows, counted behind its decoration."""
    line.runs = [run._replace(start=run.start + line.lead) for run in runs]
    return line


def _aligned(
    pieces: list[Piece], width: int, align: str, run: Run
) -> tuple[list[Piece], Run]:
    blank = width - sum(cell_len(text) for text, _ in pieces)
    if blank <= 0:
        return pieces, run
    left = blank if align == "right" else blank // 2 if align == "center" else 0
    out: list[Piece] = [(" " * left, PLAIN)] if left else []
    out.extend(pieces)
    if blank > left:
        out.append((" " * (blank - left), PLAIN))
    return out, run._replace(start=left)
