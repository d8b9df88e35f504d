"""Long code in segments: where it is cut depends only on the lines above the cut.

A segment is highlighted by itself. It ends between two top-level definitions where it
can, because there a lexer stands in its first state nearly always.
"""

from __future__ import annotations

from typing import NamedTuple

from tui.ui.transcript.blocks import LONG_CODE_LINE

SOFT_LINES = 24
HARD_LINES = 64
HARD_CHARACTERS = 8192


class Segment(NamedTuple):
    """Some lines of code.

    Attributes:
        lines: The lines.
        length: How much of the code it takes, newlines included, in characters.
        glued: Its first line goes on from the segment above.
        open_ended: Its last line goes on in the segment below.
    """

    lines: list[str]
    length: int
    glued: bool = False
    open_ended: bool = False


class Segmenter:
    """Cuts lines that arrive one after another."""

    def __init__(self) -> None:
        self.pending: list[str] = []
        self._size = 0
        self._inside = False

    @property
    def inside(self) -> bool:
        """True in the middle of a line whose beginning is already cut off."""
        return self._inside

    def add(self, line: str) -> list[Segment]:
        """Take one complete line and return the segments that end by it."""
        if self._inside or len(line) > LONG_CODE_LINE:
            segments = self.flush()
            while len(line) > LONG_CODE_LINE:
                segments.append(self._chip(line))
                line = line[LONG_CODE_LINE:]
            segments.append(Segment([line], len(line) + 1, self._inside))
            self._inside = False
            return segments
        segments = []
        pending = self.pending
        if (
            len(pending) >= SOFT_LINES
            and not pending[-1].strip()
            and line[:1].strip(" \t)]}")
        ):
            segments = self.flush()
        self.pending.append(line)
        self._size += len(line) + 1
        if len(self.pending) >= HARD_LINES or self._size >= HARD_CHARACTERS:
            segments += self.flush()
        return segments

    def add_beginning(self, text: str) -> list[Segment]:
        """Take what is there of an incomplete line, in full chips only.

        The caller keeps what no segment has taken.
        """
        if len(text) <= LONG_CODE_LINE:
            return []
        segments = self.flush()
        while len(text) > LONG_CODE_LINE:
            segments.append(self._chip(text))
            text = text[LONG_CODE_LINE:]
        return segments

    def _chip(self, line: str) -> Segment:
        chip = Segment([line[:LONG_CODE_LINE]], LONG_CODE_LINE, self._inside, True)
        self._inside = True
        return chip

    def flush(self) -> list[Segment]:
        """Return what is pending as a segment."""
        if not self.pending:
            return []
        segment = Segment(self.pending, self._size)
        self.pending, self._size = [], 0
        return [segment]


def cut_code(lines: list[str]) -> list[Segment]:
    """Return whole code in segments; no lines give one empty segment."""
    segmenter = Segmenter()
    segments: list[Segment] = []
    for line in lines:
        segments += segmenter.add(line)
    segments += segmenter.flush()
    return segments or [Segment([], 0)]
