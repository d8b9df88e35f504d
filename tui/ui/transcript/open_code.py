"""A block of code whose end has not come: finished segment by segment.

Its complete lines are never looked at again, so that a line costs the same after ten
lines and after a hundred thousand.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.ui.transcript.blocks import CodeBlock
from tui.ui.transcript.code_segments import Segment, Segmenter

if TYPE_CHECKING:
    from collections.abc import Iterable


class OpenCode:
    """Code behind the line that opens its fence.

    Args:
        begin: A block with what all segments share: where the fence begins, the gap
            above, the label, the language and the number.
        marker: The fence: backticks or tildes.
        body: Where the first line of code begins in the source, in characters.
    """

    def __init__(self, begin: CodeBlock, marker: str, body: int) -> None:
        self._begin = begin
        self._closing = re.compile(
            r" {0,3}" + re.escape(marker[0]) + "{" + str(len(marker)) + r",}[ \t]*"
        )
        self._segmenter = Segmenter()
        self._last: CodeBlock | None = None
        self._body = body

    def closes(self, line: str) -> bool:
        """Return whether a complete line is the one that closes the fence."""
        return not self._segmenter.inside and bool(self._closing.fullmatch(line))

    def add(self, line: str) -> list[CodeBlock]:
        """Take a complete line; return the blocks that end by it."""
        return self._blocks(self._segmenter.add(line))

    def add_beginning(self, text: str) -> tuple[list[CodeBlock], int]:
        """Take what is long enough of an incomplete line.

        Returns:
            The blocks that end by it, and how many characters of the line they took.
        """
        segments = self._segmenter.add_beginning(text)
        taken = sum(segment.length for segment in segments if segment.open_ended)
        return self._blocks(segments), taken

    def close(self) -> list[CodeBlock]:
        """Say that no more lines come; return the last blocks."""
        blocks = self._blocks(self._segmenter.flush())
        if self._last is None:
            blocks = self._blocks([Segment([], 0)])
        return blocks

    def end_at(self, end: int) -> None:
        """Give the last block what stands behind the code: the line that closes it.

        Args:
            end: Where that ends in the source, in characters.
        """
        if self._last is not None:
            self._last.end = end

    def with_beginning(self, text: str) -> list[CodeBlock]:
        """Return what is not finished, the beginning of the next line included."""
        lines = list(self._segmenter.pending)
        marker = text.strip()
        if marker and self._closing.fullmatch(marker * 3) and len(marker) < 3:
            # The line that closes the fence, most likely.
            text = ""
        if text:
            lines.append(text)
        if not lines and self._last is not None:
            return []
        length = sum(len(line) + 1 for line in lines)
        glued = self._segmenter.inside and bool(text)
        return [self._block(Segment(lines, length, glued))]

    def _blocks(self, segments: Iterable[Segment]) -> list[CodeBlock]:
        blocks: list[CodeBlock] = []
        for segment in segments:
            self._last = self._block(segment)
            blocks.append(self._last)
        return blocks

    def _block(self, segment: Segment) -> CodeBlock:
        begin, last = self._begin, self._last
        # The line that opens the fence belongs to the first segment.
        start = begin.start if last is None else last.end
        return CodeBlock(
            start,
            (self._body if last is None else start) + segment.length,
            gap=begin.gap if last is None else 0,
            code=segment.lines,
            label=begin.label if last is None else "",
            language=begin.language,
            first=last is None,
            glued=segment.glued,
            open_ended=segment.open_ended,
            number=begin.number,
            above=last,
        )
