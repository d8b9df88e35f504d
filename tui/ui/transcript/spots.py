"""Where the matches are in an entry that is laid out: counted text by text.

A giant entry may hold a million of them. Only the one that is gone to gets a place.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from tui.ui.transcript.memory import Part
from tui.ui.transcript.shown_texts import line_with

if TYPE_CHECKING:
    from tui.ui.transcript.blocks import Block
    from tui.ui.transcript.lines import Key
    from tui.ui.transcript.source_count import Query
    from tui.ui.transcript.view import EntryView


class Spot(NamedTuple):
    """Where a match begins.

    Attributes:
        part: The reasoning or the text of the entry.
        key: The text it is in.
        start: Where it begins in that text, in characters.
        block: The block that shows it.
    """

    part: Part
    key: Key
    start: int
    block: Block


class _Row(NamedTuple):
    part: Part
    key: Key
    block: Block
    text: str


class Spots:
    """The matches in all that a view has laid out, in order.

    Args:
        view: The view; its reasoning counts while it is unfolded.
        query: What is looked for.
    """

    def __init__(self, view: EntryView, query: Query) -> None:
        self._query = query
        self._rows: list[_Row] = []
        self._before: list[int] = []
        self._places: dict[tuple[Part, Key], int] = {}
        self._total = 0
        for part in (Part.REASONING, Part.TEXT):
            body = view.body_of(part)
            for block in body.blocks() if body is not None else ():
                for number, text in enumerate(block.texts()):
                    key = (block.start, number)
                    self._places.setdefault((part, key), self._total)
                    count = query.count(text)
                    if count:
                        self._rows.append(_Row(part, key, block, text))
                        self._before.append(self._total)
                        self._total += count

    def __len__(self) -> int:
        return self._total

    def __getitem__(self, number: int) -> Spot:
        at = bisect_right(self._before, number) - 1
        part, key, block, text = self._rows[at]
        found = islice(
            self._query.pattern.finditer(text), number - self._before[at], None
        )
        return Spot(part, key, next(found).start(), block)

    def first_from(self, view: EntryView, line: int) -> int:
        """Return the number of the first match on a line or below it.

        Args:
            view: The view they were counted in.
            line: A line of it.
        """
        for index in range(line, view.height):
            part = view.part_at(index)
            shown = view.line(index)
            if part is None or shown.block is None or shown.gap:
                continue
            for run in shown.block.runs(shown):
                before = self._places.get((part, run.key))
                if before is not None:
                    above = self._query.pattern.finditer(run.text, 0, run.offset)
                    return before + sum(1 for _ in above)
        return self._total if line > view.body_first else 0


def line_of_spot(view: EntryView, spot: Spot) -> int | None:
    """Return the line of a match; None where it is folded away."""
    body = view.body_of(spot.part)
    at = line_with(body, spot.key, spot.start) if body is not None else None
    return None if at is None else view.line_in(spot.part, at)
