"""Where a reader is, and what is remembered of a conversation out of sight."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import NamedTuple


class Place(NamedTuple):
    """A line of an entry."""

    entry: int
    line: int


class Part(Enum):
    """The parts of an entry, from the top."""

    LABEL = auto()
    REASONING = auto()
    TEXT = auto()
    END = auto()


class Anchor(NamedTuple):
    """A line of an entry by its words: the same ones at every width.

    Attributes:
        part: The part it is in.
        offset: Where the words stand in the source of the reasoning or the text, in
            characters; a fraction where more is drawn than the source has. In other
            parts it counts lines, from the first one or back from the end.
        above: How many lines above these words it is: 1 for the blank line over a
            block, -1 for the line that stands for folded code.
    """

    part: Part
    offset: float
    above: int = 0


class Mark(NamedTuple):
    """What the reader was brought to last: it stays where it is on the screen.

    Attributes:
        entry_id: The entry.
        anchor: The line of it.
        above: How many lines the screen shows above that one.
    """

    entry_id: str
    anchor: Anchor
    above: int = 0


TOP_OF_ENTRY = Anchor(Part.LABEL, 0)


@dataclass(slots=True)
class Memory:
    """What is remembered of a conversation while another one is shown.

    Attributes:
        mark: Where the reader is; None at the end, which is followed.
        near: Entries around it, in case that it is gone: below, then above.
        folds: Parts that were folded or unfolded by hand, by entry and part.
        all_open: What was last said about all folds.
        focused: The focused entry.
        raw: Entries shown as their source.
        formatted: Entries laid out whole although they are very big.
        focused_code: The focused block of code: its entry and its number there.
    """

    mark: Mark | None = None
    near: tuple[str, ...] = ()
    folds: dict[tuple[str, str], bool] = field(default_factory=dict)
    all_open: bool | None = None
    focused: str | None = None
    raw: set[str] = field(default_factory=set)
    formatted: set[str] = field(default_factory=set)
    focused_code: tuple[str, int] | None = None
