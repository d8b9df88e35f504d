"""A prompt as blocks: shown as it was typed, with its fenced code highlighted.

What a person types is no Markdown that asks to be formatted: blank lines, indentation
and asterisks stay where they are.
"""

from __future__ import annotations

import re

from tui.domain.visible import visible_line, visible_text
from tui.ui.transcript.blocks import Block, CodeBlock, TextBlock
from tui.ui.transcript.code_segments import Segment, Segmenter
from tui.ui.transcript.inline import plain_inline
from tui.ui.transcript.long_lines import CHIP, chip_end
from tui.ui.transcript.parsing import language_of

STEP_LINES = 64
_OPENING = re.compile(r" {0,3}(`{3,}|~{3,})([^`]*)$")


class PromptDocument:
    """A whole prompt, read in steps.

    Args:
        text: The prompt's source.
    """

    def __init__(self, text: str) -> None:
        self.source = text.replace("\r\n", "\n")
        self._lines = visible_text(text).split("\n")
        self._at = 0
        self._offset = 0
        self.blocks: list[Block] = []
        self.plain = False
        self._closing: re.Pattern[str] | None = None
        self._segmenter = Segmenter()
        self._label = ""
        self._first = True
        self._codes = 0

    @property
    def unread(self) -> int:
        """Where in the source the part begins that has no block yet."""
        return self._offset

    @property
    def pending(self) -> bool:
        """True when a step would read something."""
        return self._at < len(self._lines)

    @property
    def open_blocks(self) -> list[Block]:
        """A prompt is complete: nothing is open."""
        return []

    def rest(self, start: int) -> str:
        """Return the text from a place on, made visible."""
        return visible_text(self.source[start:])

    def feed(self, text: str) -> None:
        """Nothing comes: a prompt is complete."""

    def end(self) -> None:
        """Nothing changes: a prompt is complete."""

    def step(self) -> bool:
        """Read some lines; return whether more remain."""
        plain: list[str] = []
        start = self._offset
        size = 0
        for _ in range(STEP_LINES):
            if self._at >= len(self._lines):
                break
            line = self._lines[self._at]
            if self._closing is None:
                match = _OPENING.match(line)
                if match is not None:
                    self._flush(plain, start)
                    plain = []
                    self._open_code(match)
                    self._advance(line)
                    continue
                if len(line) > CHIP:
                    self._flush(plain, start)
                    plain = []
                    self._chips(line)
                    start, size = self._offset, 0
                    continue
                plain.append(line)
                size += len(line)
                self._advance(line)
                if size > CHIP:
                    break
                continue
            if self._closing.fullmatch(line):
                self._close_code()
                self._advance(line)
                self.blocks[-1].end = self._offset
                start, size = self._offset, 0
                continue
            segments = self._segmenter.add(line)
            before = self._offset
            self._advance(line)
            self._add_code(segments, before)
        self._flush(plain, start)
        if self._at >= len(self._lines) and self._closing is not None:
            self._close_code()
        return self.pending

    def _advance(self, line: str) -> None:
        self._at += 1
        self._offset = min(self._offset + len(line) + 1, len(self.source))

    def _flush(self, plain: list[str], start: int) -> None:
        if plain:
            inline = plain_inline("\n".join(plain))
            self.blocks.append(TextBlock(start, self._offset, inline=inline))

    def _chips(self, line: str) -> None:
        start = self._offset
        while len(line) > CHIP:
            cut = chip_end(line)
            self.blocks.append(
                TextBlock(
                    start, start + cut, inline=plain_inline(line[:cut]), glued=True
                )
            )
            start += cut
            line = line[cut:]
        self._offset = start
        self._advance(line)
        self.blocks.append(TextBlock(start, self._offset, inline=plain_inline(line)))

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

    def _add_code(self, segments: list[Segment], end: int) -> None:
        for segment in segments:
            self.blocks.append(
                CodeBlock(
                    self._code_start,
                    end,
                    code=segment.lines,
                    label=self._label if self._first else "",
                    language=language_of(self._label),
                    first=self._first,
                    glued=segment.glued,
                    open_ended=segment.open_ended,
                    number=self._codes - 1,
                )
            )
            self._code_start = end
            self._first = False

    def _close_code(self) -> None:
        self._add_code(self._segmenter.flush(), self._offset)
        if self._first:
            self._add_code([Segment([], 0)], self._offset)
        self._closing = None
