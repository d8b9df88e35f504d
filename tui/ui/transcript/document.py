"""A Markdown text that may still grow, as finished blocks and an open tail.

A block is finished once the next one has begun; it never changes again. Only the tail
is parsed again when text arrives, an open block of code or table not even that: its
complete lines are finished by themselves. So a token costs the same after a thousand
characters and after a million, and the blocks do not depend on how the text was cut
into deltas.

Work comes in steps of bounded size, so that a text of any length can be read without
holding up the event loop.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.domain.visible import visible_text
from tui.ui.transcript.blocks import Block, CodeBlock, TextBlock
from tui.ui.transcript.inline import plain_inline
from tui.ui.transcript.long_lines import CHIP, LONG_LINE, chip_end, is_long, weight_of
from tui.ui.transcript.open_code import OpenCode
from tui.ui.transcript.open_table import OpenTable
from tui.ui.transcript.parsing import Carry, Unit, offset_of_line, only_unit, parse
from tui.ui.transcript.tables import PLAN_ROWS, RowBlock

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

STRIDE = 6_144
"""How much is parsed at once where blocks are of an ordinary size.

In letters; what costs the parser more than a letter weighs more (measured).
"""

STRETCH = 24_576
"""The most that is parsed at once; a heavier block is shown plainly. In letters."""

STEP_LINES = 128
"""Lines of open code that one step takes."""

STEP_CHIPS = 4

_BY_LINES = frozenset({"fence", "table_open"})
"""Blocks that are read line by line while they are open."""

_FENCE = re.compile(r"(`{3,}|~{3,})(.*)")


class Document:
    """Source text and the blocks it makes.

    Args:
        markdown: The parser (`parser.make_parser`).
        text: The text that is there already.
        ended: True when no more will come.

    Attributes:
        blocks: Finished blocks, in order.
        plain: True when a part is shown as its source, because it is so big.
    """

    def __init__(
        self, markdown: MarkdownIt, text: str = "", *, ended: bool = False
    ) -> None:
        self._markdown = markdown
        self._parts: list[str] = []
        self.blocks: list[Block] = []
        self.plain = False
        self._tail = ""
        self._base = 0
        self._ended = False
        self._in_line = False
        self._carry = Carry()
        self._parsed = 0
        self._open: list[Block] | None = []
        self._held = ""
        self._code: OpenCode | None = None
        self._table: OpenTable | None = None
        self._line_started = False
        self.feed(text)
        if ended:
            self.end()

    @property
    def source(self) -> str:
        """The whole text so far."""
        if len(self._parts) > 1:
            self._parts = ["".join(self._parts)]
        return (self._parts[0] if self._parts else "") + self._held

    @property
    def ended(self) -> bool:
        """True when no more text will come."""
        return self._ended

    @property
    def unread(self) -> int:
        """Where in the source the part begins that has no finished block yet."""
        return self._base

    def rest(self, start: int) -> str:
        """Return the text from a place on, made visible.

        Args:
            start: A place at or before `unread`, in characters.
        """
        if start >= self._base:
            return self._tail
        return visible_text(self.source[start : self._base]) + self._tail

    def feed(self, text: str) -> None:
        """Take more text."""
        if self._held:
            text, self._held = self._held + text, ""
        if text.endswith("\r"):
            # Half of a line end, perhaps; a delta may cut it in two.
            text, self._held = text[:-1], "\r"
        if not text:
            return
        self._parts.append(text.replace("\r\n", "\n"))
        self._tail += visible_text(text)
        self._open = None

    def end(self) -> None:
        """Say that no more text will come."""
        if self._held:
            self._parts.append(self._held)
            self._tail += visible_text(self._held)
            self._held = ""
        self._ended = True
        self._open = None

    @property
    def pending(self) -> bool:
        """True when a step would finish something."""
        return self._pending()

    @property
    def open_blocks(self) -> list[Block]:
        """The blocks of the tail; they change while text arrives."""
        if self._open is None:
            self._open = self._read_open()
        return self._open

    def step(self) -> bool:
        """Do a bounded piece of reading; return whether more remains."""
        if self._pending():
            if self._code is not None:
                self._step_code(self._code)
            elif self._table is not None:
                self._step_table(self._table)
            elif self._in_line:
                self._step_line()
            else:
                self._step_text()
        return self._pending()

    def _pending(self) -> bool:
        """Return whether a part of the tail can be finished or must be looked at."""
        if self._ended:
            return bool(self._tail or self._code or self._table or self._in_line)
        return self._tail.find("\n", self._parsed) >= 0 or (
            len(self._tail) - self._parsed > CHIP and self._has_long_beginning()
        )

    def _has_long_beginning(self) -> bool:
        line_start = self._tail.rfind("\n") + 1
        length = len(self._tail) - line_start
        if self._in_line:
            return length > 2 * CHIP
        return length > (LONG_LINE if self._code is None else 2 * LONG_LINE)

    def _take(self, count: int) -> None:
        self._tail = self._tail[count:]
        self._base += count
        self._parsed = 0
        self._open = None

    # Ordinary text

    def _step_text(self) -> None:
        if not self._read_stretch(STRIDE):
            self._read_stretch(STRETCH)

    def _read_stretch(self, most: int) -> bool:
        """Read a stretch; return False when it may need a heavier one."""
        tail = self._tail
        stretch, long_line, full = self._stretch(most)
        if long_line >= 0:
            self._before_long_line(long_line)
            return True
        final = self._ended and stretch == len(tail)
        if not stretch:
            self._parsed = len(tail)
            return True
        one = only_unit(self._markdown, tail[:stretch])
        if one and one not in _BY_LINES:
            if full and most < STRETCH:
                return False
            if full:
                self._finish_plainly(stretch)
                return True
            if not final:
                self._parsed = stretch
                return True
        units, carry = self._read(tail[:stretch])
        if len(units) == 1 and full and most < STRETCH:
            return False
        if units and self._enter(units, stretch, full=full and len(units) == 1):
            return True
        if len(units) == 1 and full:
            self._finish_plainly(stretch)
        elif final:
            self._finish(units, carry)
            self._take(stretch)
        elif len(units) > 1:
            last = units[-1]
            cut = offset_of_line(tail, last.line)
            self._finish(units[:-1], last.carry)
            self._take(cut)
            self._parsed = stretch - cut
        elif not units:
            self._carry = carry
            self._take(stretch)
        else:
            self._parsed = stretch
        return True

    def _read(self, source: str) -> tuple[list[Unit], Carry]:
        return parse(self._markdown, source, self._base, self._carry)

    def _stretch(self, most: int) -> tuple[int, int, bool]:
        """Return how much can be parsed, where a long line begins or -1, if it is full.

        Whole lines only, up to the first end of a line at or after `most`. What counts
        as long depends on the line alone, never on what follows it.
        """
        tail, at, weight = self._tail, 0, 0
        while weight < most:
            end = tail.find("\n", at)
            complete = end >= 0
            if not complete:
                end = len(tail)
            if end > at and is_long(tail, at, end, complete=complete or self._ended):
                return at, at, False
            if not complete:
                return (end if self._ended else at), -1, False
            weight += weight_of(tail, at, end)
            at = end + 1
            if at >= len(tail):
                break
        return at, -1, weight >= most

    def _before_long_line(self, at: int) -> None:
        """Finish what stands above a long line, then take the line plainly."""
        if at:
            units, carry = self._read(self._tail[:at])
            if units and self._enter(units, at):
                return
            self._finish(units, carry)
            self._take(at)
        self.plain = True
        self._in_line = True
        self._line_started = False
        self._parsed = 0

    def _finish(self, units: list[Unit], carry: Carry) -> None:
        for unit in units:
            self.blocks.extend(unit.blocks)
        self._carry = carry

    def _finish_plainly(self, count: int) -> None:
        """Show a stretch as its source: a block too long to be read at once."""
        self.plain = True
        gap = int(bool(self._carry.kind))
        at = 0
        lines: list[str] = []
        for line in self._tail[:count].removesuffix("\n").split("\n"):
            lines.append(line)
            if sum(map(len, lines)) > CHIP:
                self._add_plain("\n".join(lines), at, gap)
                at += sum(map(len, lines)) + len(lines)
                gap, lines = 0, []
        if lines:
            self._add_plain("\n".join(lines), at, gap)
        self._carry = Carry("text", 0, None, self._carry.codes)
        self._take(count)

    def _add_plain(self, text: str, at: int, gap: int, *, glued: bool = False) -> None:
        start = self._base + at
        self.blocks.append(
            TextBlock(
                start,
                min(start + len(text) + 1, self._base + len(self._tail)),
                gap=gap,
                inline=plain_inline(text),
                glued=glued,
            )
        )

    def _enter(self, units: list[Unit], stretch: int, *, full: bool = False) -> bool:
        """Go over to reading an open block of code or table line by line."""
        kind = units[-1].token.type
        if kind == "fence":
            return self._enter_code(units, stretch)
        if kind == "table_open":
            return self._enter_table(units, stretch, full=full)
        return False

    # Long lines

    def _step_line(self) -> None:
        for _ in range(STEP_CHIPS):
            end = self._tail.find("\n")
            complete = end >= 0 or self._ended
            if end < 0:
                end = len(self._tail)
            gap = int(bool(self._carry.kind) and not self._line_started)
            if end > CHIP and (complete or end > 2 * CHIP):
                cut = chip_end(self._tail)
                self._add_plain(self._tail[:cut], 0, gap, glued=True)
                self._line_started = True
                self._take(cut)
                continue
            if complete:
                self._add_plain(self._tail[:end], 0, gap)
                self._carry = Carry("text", 0, None, self._carry.codes)
                self._take(min(end + 1, len(self._tail)))
                self._in_line = False
            else:
                self._parsed = len(self._tail)
            return

    # Code

    def _enter_code(self, units: list[Unit], stretch: int) -> bool:
        """Read an open fence that begins at the first column line by line."""
        tail, unit = self._tail, units[-1]
        cut = offset_of_line(tail, unit.line)
        head_end = tail.find("\n", cut)
        if head_end < 0 or head_end >= stretch:
            return False
        match = _FENCE.match(tail, cut, head_end)
        first = unit.blocks[0]
        if match is None or not isinstance(first, CodeBlock):
            return False
        first.start = self._base + cut
        code = OpenCode(first, match.group(1), self._base + head_end + 1)
        if unit.token.map is not None:
            last = unit.token.map[1] - 1
            if last > unit.line:
                start = offset_of_line(tail, last)
                end = tail.find("\n", start, stretch)
                if code.closes(tail[start : end if end >= 0 else stretch]):
                    return False
        self._finish(units[:-1], unit.carry)
        self._take(head_end + 1)
        self._code = code
        return True

    def _step_code(self, code: OpenCode) -> None:
        tail, at = self._tail, 0
        for _ in range(STEP_LINES):
            end = tail.find("\n", at)
            if end < 0:
                break
            line = tail[at:end]
            if code.closes(line):
                self._close_code(code, end + 1)
                return
            self.blocks.extend(code.add(line))
            at = end + 1
        else:
            self._take(at)
            return
        rest = tail[at:]
        if self._ended:
            # Blanks at the very end are no line of code, as markdown-it sees it.
            if rest.strip(" \t") and not code.closes(rest):
                self.blocks.extend(code.add(rest))
            self._close_code(code, len(tail))
            return
        blocks, taken = code.add_beginning(rest)
        self.blocks.extend(blocks)
        self._take(at + taken)
        self._parsed = len(self._tail)

    def _close_code(self, code: OpenCode, after: int) -> None:
        self.blocks.extend(code.close())
        self._take(after)
        code.end_at(self._base)
        self._code = None
        self._carry = Carry("code", 0, None, self._carry.codes + 1)

    # Tables

    def _enter_table(self, units: list[Unit], stretch: int, *, full: bool) -> bool:
        """Read a long open table row by row, its widths being settled."""
        unit = units[-1]
        rows = [block for block in unit.blocks if isinstance(block, RowBlock)]
        if (len(rows) <= PLAN_ROWS and not full) or unit.token.map is None:
            return False
        tail = self._tail
        cut = offset_of_line(tail, unit.line)
        lines = tail[cut:stretch].count("\n") + (not tail[:stretch].endswith("\n"))
        if unit.token.map[1] - unit.line < lines:
            return False
        self._finish(units[:-1], unit.carry)
        head = tail[cut : cut + offset_of_line(tail[cut:], 2)]
        self._table = OpenTable(self._markdown, head, rows[0].plan, len(rows) - 1)
        self.blocks.extend(unit.blocks)
        self._take(stretch)
        return True

    def _step_table(self, table: OpenTable) -> None:
        rows, taken, ends = table.take(self._tail, self._base, ended=self._ended)
        self.blocks.extend(rows)
        self._take(taken)
        if ends:
            self._table = None
            self._carry = Carry("row", 0, None, self._carry.codes)
        elif "\n" not in self._tail and not self._ended:
            self._parsed = len(self._tail)

    # What is not finished

    def _read_open(self) -> list[Block]:
        tail = self._tail
        if self._code is not None:
            return list(self._code.with_beginning(tail))
        if not tail:
            return []
        line = tail.rfind("\n") + 1
        dense = is_long(tail, line, len(tail), complete=True)
        if self._in_line or dense or len(tail) > 2 * STRETCH:
            gap = int(bool(self._carry.kind) and not self._line_started)
            return [
                TextBlock(
                    self._base,
                    self._base + len(tail),
                    gap=gap,
                    inline=plain_inline(tail),
                )
            ]
        if self._table is not None:
            rows, lines = self._table.read(tail, self._base)
            if lines:
                return rows
            carry = Carry("row", 0, None, self._carry.codes)
            units, _ = parse(self._markdown, tail, self._base, carry)
        else:
            units, _ = self._read(tail)
        return [block for unit in units for block in unit.blocks]
