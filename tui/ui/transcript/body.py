"""The lines of one text at one width, laid out in slices of time.

What is not laid out yet is there all the same: as plain source, cut at the measure,
in lines that cost nothing to count.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from time import monotonic
from typing import TYPE_CHECKING

from tui.domain.visible import visible_text
from tui.ui.transcript.blocks import CodeBlock
from tui.ui.transcript.lines import MUTED, Line

if TYPE_CHECKING:
    from typing import Protocol

    from tui.ui.transcript.blocks import Block, Page

    class Readable(Protocol):
        """A text that becomes blocks step by step."""

        blocks: list[Block]

        @property
        def source(self) -> str:
            """The whole text so far."""
            ...

        @property
        def unread(self) -> int:
            """Where the part begins that has no block yet."""
            ...

        @property
        def pending(self) -> bool:
            """True when a step would finish something."""
            ...

        @property
        def open_blocks(self) -> list[Block]:
            """The blocks that may still change."""
            ...

        def step(self) -> bool:
            """Read a bounded piece; return whether more remains."""
            ...

        def feed(self, text: str) -> None:
            """Take more text."""
            ...

        def end(self) -> None:
            """Say that no more text will come."""
            ...


class Rest:
    """Source that waits to be laid out, as plain lines.

    Args:
        text: The source, made visible.
        start: Where it begins in the message, in characters.
        width: The measure, in cells.
    """

    def __init__(self, text: str, start: int, width: int) -> None:
        self.start = start
        self._width = width if text.isascii() else max(1, width // 2)
        self._lines = text.split("\n")
        self._counts = list(
            accumulate(max(1, -(-len(line) // self._width)) for line in self._lines)
        )

    def __len__(self) -> int:
        return self._counts[-1]

    def line(self, index: int) -> Line:
        """Return one line."""
        at = bisect_right(self._counts, index)
        part = index - (self._counts[at - 1] if at else 0)
        text = self._lines[at][part * self._width : (part + 1) * self._width]
        return Line([(text.replace("\t", " "), MUTED)])

    def offset(self, index: int) -> int:
        """Return where in the message a line begins, in characters."""
        at = bisect_right(self._counts, index)
        part = index - (self._counts[at - 1] if at else 0)
        before = sum(map(len, self._lines[:at])) + at
        return self.start + before + part * self._width

    def index(self, offset: int) -> int:
        """Return the line that holds a place of the message."""
        left = max(0, offset - self.start)
        for at, line in enumerate(self._lines):
            if left <= len(line):
                before = self._counts[at - 1] if at else 0
                return min(before + left // self._width, self._counts[at] - 1)
            left -= len(line) + 1
        return len(self) - 1


class Body:
    """A text and its lines.

    Attributes:
        document: The text.
    """

    def __init__(self, document: Readable) -> None:
        self.document = document
        self._lines: list[Line] = []
        self._open: list[Line] = []
        self._next = 0
        self._width = 0
        self._rest: Rest | None = None
        self._done = False

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

    def lines(self) -> list[Line]:
        """Return the lines that are laid out."""
        return [*self._lines, *self._open]

    def feed(self, text: str) -> None:
        """Take more text."""
        self.document.feed(text)
        self._done = False

    def end(self) -> None:
        """Say that no more text will come."""
        self.document.end()
        self._done = False

    def lay_out(self, page: Page, until: float) -> bool:
        """Lay out what is missing.

        Args:
            page: The measure and the highlighter.
            until: The moment of the monotonic clock to stop at, in seconds; at least
                one block is laid out in any case.

        Returns:
            True when nothing is missing any more.
        """
        if page.width != self._width:
            self._width = page.width
            self._lines, self._open, self._next = [], [], 0
            self._done = False
        if self._done:
            return True
        document = self.document
        self._rest = None
        self._open = []
        while True:
            if self._next < len(document.blocks):
                block = document.blocks[self._next]
                self._lines.extend(block.lay_out(page))
                self._next += 1
            elif document.pending:
                document.step()
            else:
                break
            if monotonic() > until and (
                self._next < len(document.blocks) or document.pending
            ):
                self._wait()
                return False
        for block in document.open_blocks:
            self._open.extend(block.lay_out(page))
        self._done = True
        return True

    def _wait(self) -> None:
        document = self.document
        if self._next < len(document.blocks):
            start = document.blocks[self._next].start
        else:
            start = document.unread
        text = visible_text(document.source[start:])
        self._rest = Rest(text, start, self._width) if text else None

    def recolor(self, language: str, page: Page) -> bool:
        """Lay out code of a language again; return whether there was any."""
        changed = False
        for lines in (self._lines, self._open):
            at = 0
            while at < len(lines):
                block = lines[at].block
                if isinstance(block, CodeBlock) and block.language.lower() == language:
                    fresh = block.lay_out(page)
                    lines[at : at + len(fresh)] = fresh
                    at += len(fresh)
                    changed = True
                else:
                    at += 1
        return changed

    def offset_at(self, index: int) -> int:
        """Return about where in the source a line stands, in characters."""
        if self._rest is not None and index >= len(self._lines):
            return self._rest.offset(index - len(self._lines))
        if not len(self):
            return 0
        index = min(index, len(self) - 1)
        block = self.line(index).block
        if block is None:
            return 0
        first = index
        while first > 0 and self.line(first - 1).block is block:
            first -= 1
        last = index
        while last + 1 < len(self) and self.line(last + 1).block is block:
            last += 1
        span = (block.end - block.start) * (index - first)
        return block.start + span // (last - first + 1)

    def line_at(self, offset: int) -> int:
        """Return about which line shows a place of the source."""
        if self._rest is not None and offset >= self._rest.start:
            return len(self._lines) + self._rest.index(offset)
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
        last = first
        while last + 1 < len(self) and self.line(last + 1).block is block:
            last += 1
        length = max(1, block.end - block.start)
        inside = max(0, offset - block.start) * (last - first + 1)
        return first + min(last - first, inside // length)
