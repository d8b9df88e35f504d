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
from tui.ui.transcript.inline import plain_inline
from tui.ui.transcript.long_lines import CHIP, chip_end
from tui.ui.transcript.open_code import OpenCode
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
        self._code: OpenCode | None = None
        self._codes = 0
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
        return CHIP if self._code is None else LONG_CODE_LINE

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
            if self._code is not None:
                self._read_code(self._code, line)
                start = self._offset
                continue
            match = None
            if self._fences and not self._begun:
                match = _OPENING.match(line)
            if match is not None:
                self._flush(plain, start)
                plain = []
                self._open_code(match, line)
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
            if self._code is not None:
                self._close_code(self._code)
        elif len(self._last) <= 2 * self._longest:
            pass
        elif self._code is None:
            self._last = self._chips(self._last, 2 * CHIP)
            self._begun = True
        else:
            blocks, taken = self._code.add_beginning(self._last)
            self.blocks.extend(blocks)
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

    def _open_code(self, match: re.Match[str], line: str) -> None:
        label = visible_line(match.group(2).strip())
        begin = CodeBlock(
            self._offset,
            code=[],
            label=label,
            language=language_of(label),
            number=self._codes,
        )
        self._advance(line)
        self._code = OpenCode(begin, match.group(1), self._offset)
        self._codes += 1

    def _read_code(self, code: OpenCode, line: str) -> None:
        self._advance(line)
        if code.closes(line):
            self._close_code(code)
        else:
            self.blocks.extend(code.add(line))

    def _close_code(self, code: OpenCode) -> None:
        self.blocks.extend(code.close())
        code.end_at(self._offset)
        self._code = None

    # What is not finished

    def _read_open(self) -> list[Block]:
        if self._ended:
            return []
        last = self._last
        if self._code is not None:
            return list(self._code.with_beginning(last))
        if not last:
            return []
        end = self._offset + len(last)
        return [TextBlock(self._offset, end, inline=plain_inline(last))]
