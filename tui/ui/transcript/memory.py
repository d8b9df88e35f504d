"""Where a reader is, and what is remembered of a conversation out of sight."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Place(NamedTuple):
    """A line of an entry."""

    entry: int
    line: int


@dataclass(slots=True)
class Memory:
    """What is remembered of a conversation while another one is shown.

    Attributes:
        entry_id: The entry at the top of the screen.
        line: Its line at the top of the screen.
        follow: True when the reader was at the end.
        folds: Parts that were folded or unfolded by hand, by entry and part.
        all_open: What was last said about all folds.
        focused: The focused entry.
        raw: Entries shown as their source.
        formatted: Entries laid out whole although they are very big.
        focused_code: The focused block of code: its entry and its number there.
    """

    entry_id: str = ""
    line: int = 0
    follow: bool = True
    folds: dict[tuple[str, str], bool] = field(default_factory=dict)
    all_open: bool | None = None
    focused: str | None = None
    raw: set[str] = field(default_factory=set)
    formatted: set[str] = field(default_factory=set)
    focused_code: tuple[str, int] | None = None
