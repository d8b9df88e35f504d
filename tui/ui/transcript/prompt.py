"""A text as blocks just as it was typed, with its fenced code highlighted.

What a person types is no Markdown that asks to be formatted: blank lines, indentation
and asterisks stay where they are. A source is shown the same way, also while it still
arrives, but with nothing read in it: not even its fences disappear. A line is finished
once it is complete, or so long that its beginning can be.
"""

from __future__ import annotations

import re

from tui.domain.visible import visible_line, visible_text
from tui.ui.transcript.blocks import LONG_CODE_LINE, Block, CodeBlock, TextBlock
from tui.ui.transcript.code_segments import Segment, Segmenter
from tui.ui.transcript.inline import plain_inline
from tui.ui.transcript.long_lines import CHIP, chip_end
from tui.ui.transcript.parsing import language_of

STEP_LINES = 64
_OPENING = re.compile(r" {0,3}(`{3,}|~{3,})([^`]*)$")


class PromptDocument:
    """A text as it was typed, read in steps.

    Args:
        text: The text that is there already.
        ended: True when no more will come.
        fences: False to show fenced code as the text that it is.
    """

    def __init__(self, text: str, *, ended: bool = True, fences: bool = True) -> None:
        self._fences = fences
        self._parts: list[str] = []
        self._size = 0
        self._held = ""
        self._lines: list[str] = []
        self._at = 0
        self._last = ""
        self._begun = False
        self._ended = False
        self._offset = 0
        self.blocks: list[Block] = []
        self.plain = False
        self._open: list[Block] | None = None
        self._closing: re.Pattern[str] | None = None
        self._segmenter = Segmenter()
        self._label = ""
        self._first = True
        self._codes = 0
        self._code_start = 0
        self._code_end = 0
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
    def unread(self) -> int:
        """Where in the source the part begins that has no block yet."""
        return self._offset

    @property
    def pending(self) -> bool:
        """True when a step would finish something."""
        return self._at < len(self._lines) or len(self._last) > 2 * self._longest

    @property
    def _longest(self) -> int:
        """Characters of an open line that are shown as one piece."""
        return CHIP if self._closing is None else LONG_CODE_LINE

    @property
    def open_blocks(self) -> list[Block]:
        """The line that is not complete, and code that may grow by it."""
        if self._open is None:
            self._open = self._read_open()
        return self._open

    def rest(self, start: int) -> str:
        """Return the text from a place on, made visible."""
        return visible_text(self.source[start:])

    def feed(self, text: str) -> None:
        """Take more text."""
        if self._held:
            text, self._held = self._held + text, ""
        if text.endswith("\r"):
            # Half of a line end, perhaps; a delta may cut it in two.
            text, self._held = text[:-1], "\r"
        if not text:
            return
        self._add_source(text.replace("\r\n", "\n"))
        first, *further = visible_text(text).split("\n")
        self._last += first
        for line in further:
            self._lines.append(self._last)
            self._last = line
        self._open = None

    def _add_source(self, text: str) -> None:
        self._parts.append(text)
        self._size += len(text)

    def end(self) -> None:
        """Say that no more text will come."""
        if self._ended:
            return
        self._add_source(self._held)
        self._lines.append(self._last + visible_text(self._held))
        self._held = self._last = ""
        self._ended = True
        self._open = None

    def step(self) -> bool:
        """Read some lines; return whether more remain."""
        plain: list[str] = []
        start = self._offset
        size = 0
        for _ in range(STEP_LINES):
            if self._at >= len(self._lines):
                break
            line = self._lines[self._at]
            if self._closing is not None:
                self._read_code(line)
                start = self._offset
                continue
            match = None
            if self._fences and not self._begun:
                match = _OPENING.match(line)
            if match is not None:
                self._flush(plain, start)
                plain = []
                self._open_code(match)
                self._advance(line)
                self._code_end = self._offset
                continue
            if self._begun or len(line) > CHIP:
                self._flush(plain, start)
                plain = []
                line = self._chips(line, CHIP)
                self._begun = False
                begin = self._offset
                self._advance(line)
                self._add_text(line, begin, self._offset)
                start, size = self._offset, 0
                continue
            plain.append(line)
            size += len(line)
            self._advance(line)
            if size > CHIP:
                break
        self._flush(plain, start)
        if self._at >= len(self._lines):
            self._lines, self._at = [], 0
            self._read_beginning()
        self._open = None
        return self.pending

    def _advance(self, line: str) -> None:
        self._at += 1
        self._offset = min(self._offset + len(line) + 1, self._size)

    def _read_beginning(self) -> None:
        """Finish what is long enough of the open line; end code that the text ends."""
        if self._ended:
            if self._closing is not None:
                self._close_code()
        elif len(self._last) <= 2 * self._longest:
            pass
        elif self._closing is None:
            self._last = self._chips(self._last, 2 * CHIP)
            self._begun = True
        else:
            chips = self._segmenter.add_beginning(self._last)
            taken = sum(chip.length for chip in chips if chip.open_ended)
            self._add_code(chips)
            self._last = self._last[taken:]
            self._offset += taken

    def _flush(self, plain: list[str], start: int) -> None:
        if plain:
            self._add_text("\n".join(plain), start, self._offset)

    def _add_text(
        self, text: str, start: int, end: int, *, glued: bool = False
    ) -> None:
        inline = plain_inline(text)
        self.blocks.append(TextBlock(start, end, inline=inline, glued=glued))

    def _chips(self, line: str, longest: int) -> str:
        """Show the beginning of a long line piece by piece; return what is left."""
        while len(line) > longest:
            cut = chip_end(line)
            begin = self._offset
            self._offset += cut
            self._add_text(line[:cut], begin, self._offset, glued=True)
            line = line[cut:]
        return line

    # Code

    def _open_code(self, match: re.Match[str]) -> None:
        marker = match.group(1)
        self._closing = re.compile(
            r" {0,3}" + re.escape(marker[0]) + "{" + str(len(marker)) + r",}[ \t]*"
        )
        self._label = visible_line(match.group(2).strip())
        self._segmenter = Segmenter()
        self._first = True
        self._codes += 1
        self._code_start = self._offset

    def _read_code(self, line: str) -> None:
        closing = self._closing
        inside = self._segmenter.inside
        if closing is not None and not inside and closing.fullmatch(line):
            self._close_code()
            self._advance(line)
            self.blocks[-1].end = self._offset
            return
        segments = self._segmenter.add(line)
        self._advance(line)
        self._add_code(segments)

    def _add_code(self, segments: list[Segment]) -> None:
        for segment in segments:
            self.blocks.append(self._code_block(segment))
            self._code_start = self._code_end = self.blocks[-1].end
            self._first = False

    def _code_block(self, segment: Segment) -> CodeBlock:
        return CodeBlock(
            self._code_start,
            # The line that opens the fence belongs to the first segment.
            min(self._code_end + segment.length, self._size),
            code=segment.lines,
            label=self._label if self._first else "",
            language=language_of(self._label),
            first=self._first,
            glued=segment.glued,
            open_ended=segment.open_ended,
            number=self._codes - 1,
        )

    def _close_code(self) -> None:
        self._add_code(self._segmenter.flush())
        if self._first:
            self._add_code([Segment([], 0)])
        self._closing = None

    # What is not finished

    def _read_open(self) -> list[Block]:
        if self._ended:
            return []
        last = self._last
        if self._closing is None:
            if not last:
                return []
            end = self._offset + len(last)
            return [TextBlock(self._offset, end, inline=plain_inline(last))]
        lines = [*self._segmenter.pending, *([last] if last else [])]
        if not lines and not self._first:
            return []
        length = sum(len(line) + 1 for line in lines)
        glued = self._segmenter.inside
        return [self._code_block(Segment(lines, length, glued))]
