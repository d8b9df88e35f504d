"""The lines of one text at one width, laid out in slices of time.

What is not laid out yet is there all the same: as plain source, cut at the measure,
in lines that cost nothing to count.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate, chain
from time import monotonic
from typing import TYPE_CHECKING

from tui.ui.transcript.blocks import CodeBlock
from tui.ui.transcript.lines import MUTED, Line, Look

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.ui.transcript.blocks import Block, Page
    from tui.ui.transcript.readable import Readable

FOLDED_CODE = 6
"""Lines of a folded block of code that stay visible."""

LONG_CODE = 16
"""Blocks of code with more lines are folded when everything is."""

_ROUNDING = 1e-6
"""More than what is lost in a fraction of a character."""

_FOLD = Look(fg="muted", bg="surface")


class Rest:
    """Source that waits to be laid out, as plain lines.

    Args:
        text: The source, made visible.
        start: Where it begins in the message, in characters.
        width: The measure, in cells.
    """

    def __init__(self, text: str, start: int, width: int) -> None:
        self._width = width if text.isascii() else max(1, width // 2)
        self._lines = text.split("\n")
        lengths = [len(line) for line in self._lines]
        self._starts = list(accumulate([start, *(length + 1 for length in lengths)]))
        width = self._width
        self._rows = list(
            accumulate([0, *(max(1, -(-length // width)) for length in lengths)])
        )
        self._first = 0

    def __len__(self) -> int:
        return self._rows[-1] - self._rows[self._first]

    @property
    def start(self) -> int:
        """Where it begins in the message, in characters."""
        return self._starts[self._first]

    def drop_before(self, offset: int) -> bool:
        """Begin further down; return False when no line begins there."""
        first = bisect_left(self._starts, offset, self._first)
        if first >= len(self._lines) or self._starts[first] != offset:
            return False
        self._first = first
        return True

    def _place(self, index: int) -> tuple[int, int]:
        """Return which source line a line belongs to, and where in it it begins."""
        row = index + self._rows[self._first]
        at = bisect_right(self._rows, row) - 1
        return at, (row - self._rows[at]) * self._width

    def line(self, index: int) -> Line:
        """Return one line."""
        at, begin = self._place(index)
        text = self._lines[at][begin : begin + self._width]
        return Line([(text.replace("\t", " "), MUTED)])

    def offset(self, index: int) -> int:
        """Return where in the message a line begins, in characters."""
        at, begin = self._place(min(index, len(self) - 1))
        return self._starts[at] + begin

    def index(self, offset: int) -> int:
        """Return the line that holds a place of the message."""
        at = bisect_right(self._starts, offset) - 1
        at = max(self._first, min(at, len(self._lines) - 1))
        row = self._rows[at] + max(0, offset - self._starts[at]) // self._width
        return min(row, self._rows[at + 1] - 1) - self._rows[self._first]


class Body:
    """A text and its lines.

    Attributes:
        document: The text.
        version: Changes whenever the lines do.
        code_folds: Blocks of code that were folded or unfolded, by number.
        fold_long_code: True when all other long blocks of code are folded.
    """

    def __init__(self, document: Readable) -> None:
        self.document = document
        self._lines: list[Line] = []
        self._open: list[Line] = []
        self._next = 0
        self._width = 0
        self._rest: Rest | None = None
        self._done = False
        self._grown = False
        self.version = 0
        self.code_folds: dict[int, bool] = {}
        self.fold_long_code = False
        self._fold_lines: dict[int, Line] = {}

    def __len__(self) -> int:
        count = len(self._lines) + len(self._open)
        return count + len(self._rest) if self._rest is not None else count

    @property
    def done(self) -> bool:
        """True when everything that is there is laid out."""
        return self._done

    @property
    def settled(self) -> int:
        """How many lines at the start stay as they are while text arrives."""
        return len(self._lines)

    def line(self, index: int) -> Line:
        """Return one line."""
        if index < len(self._lines):
            return self._lines[index]
        index -= len(self._lines)
        if self._rest is not None:
            return self._rest.line(index)
        return self._open[index]

    def blocks(self) -> Iterable[Block]:
        """Return the blocks that are read, what may still change included."""
        return chain(self.document.blocks, self.document.open_blocks)

    def lines(self) -> list[Line]:
        """Return the lines that are laid out."""
        return [*self._lines, *self._open]

    def feed(self, text: str) -> None:
        """Take more text."""
        self.document.feed(text)
        self._done = False
        self._grown = True

    def end(self) -> None:
        """Say that no more text will come."""
        self.document.end()
        self._done = False
        self._grown = True

    def lay_out(self, page: Page, until: float) -> bool:
        """Lay out what is missing.

        Args:
            page: The measure and the highlighter.
            until: The moment of the monotonic clock to stop at, in seconds; what has
                no lines yet gets some in any case.

        Returns:
            True when nothing is missing any more.
        """
        if page.width != self._width:
            self._width = page.width
            self._lines, self._open, self._next = [], [], 0
            self._rest = None
            self._fold_lines.clear()
            self._done = False
        if self._done:
            return True
        if self._rest is not None and not self._grown and monotonic() > until:
            return False
        # The part that waits is cut into lines once, however many slices it takes.
        waited = None if self._grown else self._rest
        self._grown = False
        self.version += 1
        document = self.document
        self._rest = None
        self._open = []
        while True:
            if self._next < len(document.blocks):
                block = document.blocks[self._next]
                self._lines.extend(self._lay_out_block(block, page))
                self._next += 1
            elif document.pending:
                document.step()
            else:
                break
            if monotonic() > until and (
                self._next < len(document.blocks) or document.pending
            ):
                self._wait(waited)
                return False
        for block in document.open_blocks:
            self._open.extend(self._lay_out_block(block, page))
        self._done = True
        self._count_hidden()
        return True

    def _lay_out_block(self, block: Block, page: Page) -> list[Line]:
        if not isinstance(block, CodeBlock) or not self._is_folded(block.number):
            return block.lay_out(page)
        if not block.first:
            return []
        lines = block.lay_out(page)[: FOLDED_CODE + block.gap]
        fold = Line((), join=None, fill="surface", fold=f"code:{block.number}")
        fold.block = block
        self._fold_lines[block.number] = fold
        return [*lines, fold]

    def _is_folded(self, number: int) -> bool:
        if not self.code_folds and not self.fold_long_code:
            return False
        by_hand = self.code_folds.get(number)
        if by_hand is not None:
            return by_hand
        return self.fold_long_code and self._code_lines(number) > LONG_CODE

    def _code_lines(self, number: int) -> int:
        return sum(
            len(block.code)
            for block in (*self.document.blocks, *self.document.open_blocks)
            if isinstance(block, CodeBlock) and block.number == number
        )

    def _count_hidden(self) -> None:
        for number, line in self._fold_lines.items():
            hidden = max(0, self._code_lines(number) - FOLDED_CODE)
            line.pieces = ((f" ▸ {hidden:,} more lines", _FOLD),)
            line.painted = None

    def set_code_folds(self, folds: dict[int, bool], *, long: bool) -> None:
        """Fold blocks of code.

        Args:
            folds: True or False for the ones decided by hand, by number.
            long: True to fold all others that are long.
        """
        if folds == self.code_folds and long == self.fold_long_code:
            return
        self.code_folds, self.fold_long_code = dict(folds), long
        self._fold_lines.clear()
        self._lines, self._open, self._next = [], [], 0
        self._rest = None
        self._done = False

    def hidden_codes(self) -> list[int]:
        """Return the numbers of the blocks of code that are folded."""
        return list(self._fold_lines)

    def _wait(self, waited: Rest | None) -> None:
        document = self.document
        if self._next < len(document.blocks):
            start = document.blocks[self._next].start
        else:
            start = document.unread
        if waited is not None and waited.drop_before(start):
            self._rest = waited
            return
        text = document.rest(start)
        self._rest = Rest(text, start, self._width) if text else None

    def recolor(self, language: str, page: Page) -> bool:
        """Lay out code of a language again; return whether there was any."""
        changed = False
        self.version += 1
        for lines in (self._lines, self._open):
            at = 0
            while at < len(lines):
                block = lines[at].block
                if isinstance(block, CodeBlock) and block.language.lower() == language:
                    fresh = self._lay_out_block(block, page)
                    lines[at : at + len(fresh)] = fresh
                    at += max(1, len(fresh))
                    changed = True
                    self._count_hidden()
                else:
                    at += 1
        return changed

    def place_at(self, index: int) -> tuple[float, int]:
        """Return where a line is, whatever the width.

        Returns:
            The place in the source that `line_at` takes, and how many lines the line
            is above the line of that place.
        """
        if not self._waits(index) and len(self):
            line = self.line(index)
            if line.gap:
                # A header that narrow tables leave out has nothing but its gap.
                alone = index + 1 == len(self) or (
                    self.line(index + 1).block is not line.block
                )
                return self.offset_at(index), 0 if alone else 1
            if line.fold and index:
                return self.offset_at(index - 1), -1
        return self.offset_at(index), 0

    def _waits(self, index: int) -> bool:
        """Return whether a line shows source that waits to be laid out."""
        return self._rest is not None and index >= len(self._lines)

    def offset_at(self, index: int) -> float:
        """Return where in the source a line begins, in characters.

        About there, where the text that is drawn is not the source; but `line_at`
        comes back to this very line.
        """
        if self._rest is not None and index >= len(self._lines):
            return self._rest.offset(index - len(self._lines))
        if not len(self):
            return 0
        index = min(index, len(self) - 1)
        line = self.line(index)
        block = line.block
        if block is None:
            return 0
        first, count = self._text_lines(index, block)
        inside = max(0, index - first) / count
        if block.length and not line.gap:
            inside = line.at / block.length
        return block.start + (block.end - block.start) * inside

    def _text_lines(self, index: int, block: Block) -> tuple[int, int]:
        """Return the first line of a block below its gap, and how many it has."""
        first = last = index
        while first > 0 and self.line(first - 1).block is block:
            first -= 1
        while last + 1 < len(self) and self.line(last + 1).block is block:
            last += 1
        if self.line(first).gap and first < last:
            first += 1
        return first, last - first + 1

    def line_at(self, offset: float) -> int:
        """Return about which line shows a place of the source, in characters."""
        if self._rest is not None and offset >= self._rest.start:
            return len(self._lines) + self._rest.index(int(offset))
        low, high = 0, len(self._lines) + len(self._open)
        while low < high:
            middle = (low + high) // 2
            block = self.line(middle).block
            if block is not None and block.end <= offset:
                low = middle + 1
            else:
                high = middle
        first = min(low, max(0, len(self) - 1))
        block = self.line(first).block if len(self) else None
        if block is None:
            return first
        first, count = self._text_lines(first, block)
        inside = max(0.0, offset - block.start) / max(1, block.end - block.start)
        if not block.length:
            return first + min(count - 1, int(inside * count + _ROUNDING))
        last = first + count
        if self.line(last - 1).fold and count > 1:
            last -= 1
        place = inside * block.length + _ROUNDING
        lines = range(first, last)
        return max(
            first,
            first - 1 + bisect_right(lines, place, key=lambda at: self.line(at).at),
        )
