"""One line of the screen before it has colours: what is drawn, what is copied.

A line is made of pieces: text and its look. Looks name the colours of a theme, so a
theme change paints again and lays out nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.strip import Strip

    from tui.ui.transcript.blocks import Block

TAB_STOP = 4
"""Tabs reach to the next multiple of this many cells."""


class Look(NamedTuple):
    """How a piece of text looks; colours are field names of `ThemeColors`."""

    fg: str = "foreground"
    bg: str = "background"
    bold: bool = False
    italic: bool = False
    strike: bool = False
    underline: bool = False


Piece = tuple[str, Look]

PLAIN = Look()
MUTED = Look(fg="muted")
RULE = Look(fg="rule")
ACCENT = Look(fg="accent")


Key = tuple[int, int]
"""Which text of a message it is: where its block begins, and a number in the block."""


class Run(NamedTuple):
    """A stretch of a line that shows a part of a text which is searched by itself.

    Attributes:
        start: Its first character in the line.
        length: How many characters it has.
        key: Which text it shows.
        text: All of that text.
        offset: Where in that text it begins.
    """

    start: int
    length: int
    key: Key
    text: str
    offset: int


class Line:
    r"""One line of the screen.

    Attributes:
        pieces: Text and looks, without the margin and without padding.
        lead: How many characters at the start are decoration (bars, bullets,
            indentation) and no part of the text.
        mark: What the decoration stands for in the source (`"- "`, `"> "`).
        join: What comes between this line's text and the next one's in the source:
            `"\n"` at a hard end, the swallowed blanks at a soft one, None when the
            line holds nothing to copy.
        raw: What each character of the text stands for in the source, where that is
            not itself (tabs, a label); None elsewhere.
        fill: The colour that fills the line up to the measure.
        block: The block this line belongs to, or None.
        at: Where its text begins in the text of its block, in characters.
        gap: True for the blank line above a block.
        runs: What it shows of the texts that are searched, where its block can't tell
            by the line's own place.
        fold: What a click or a key folds here: "reasoning", "text",
            "code:0", or "".
        painted: The painter's cache: its key and the strip.
    """

    __slots__ = (
        "at",
        "block",
        "fill",
        "fold",
        "gap",
        "join",
        "lead",
        "mark",
        "painted",
        "pieces",
        "raw",
        "runs",
    )

    def __init__(
        self,
        pieces: Iterable[Piece],
        *,
        lead: int = 0,
        mark: str = "",
        join: str | None = "\n",
        raw: Sequence[str] | None = None,
        fill: str = "background",
        block: Block | None = None,
        fold: str = "",
        at: int = 0,
        gap: bool = False,
        runs: Sequence[Run] = (),
    ) -> None:
        self.pieces: tuple[Piece, ...] = tuple(pieces)
        self.lead = lead
        self.mark = mark
        self.join = join
        self.raw = raw
        self.fill = fill
        self.block = block
        self.fold = fold
        self.at = at
        self.gap = gap
        self.runs = runs
        self.painted: tuple[object, Strip] | None = None

    def __repr__(self) -> str:
        return f"Line({self.text!r})"

    @property
    def text(self) -> str:
        """Everything drawn, decoration included."""
        return "".join(text for text, _ in self.pieces)

    def copied(self, start: int = 0, end: int | None = None) -> str:
        """Return the source of a part of the line.

        Args:
            start: The first character, counted in `text`.
            end: The character after the last one; None reaches to the end.
        """
        if self.join is None:
            return ""
        shown = self.text
        end = len(shown) if end is None else min(end, len(shown))
        prefix = self.mark if start <= 0 and end > 0 else ""
        start, end = max(0, start - self.lead), max(0, end - self.lead)
        if self.raw is None:
            return prefix + shown[self.lead + start : self.lead + end]
        return prefix + "".join(self.raw[start:end])


def _end_of(run: tuple[int, int, Look]) -> int:
    return run[1]


def cut(
    runs: Sequence[tuple[int, int, Look]], text: str, start: int, end: int
) -> list[Piece]:
    """Return the pieces of a stretch of text.

    Args:
        runs: Start, end and look, in order and without gaps.
        text: The whole text that the runs count in.
        start: Where the stretch begins.
        end: Where it ends.
    """
    pieces: list[Piece] = []
    for number in range(bisect_right(runs, start, key=_end_of), len(runs)):
        run_start, run_end, look = runs[number]
        if run_start >= end:
            break
        pieces.append((text[max(start, run_start) : min(end, run_end)], look))
    return pieces
