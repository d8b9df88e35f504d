"""Search by title without an index: slower and simpler, and always there."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from tui.domain.search import Hit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.domain.summary import Summary

MOST_HITS = 60


def find_titles(summaries: Iterable[Summary], text: str) -> tuple[Hit, ...]:
    """Return the newest conversations whose titles hold every word, in any order.

    Args:
        summaries: All conversations.
        text: As typed; nothing finds the newest conversations.
    """
    words = text.replace('"', " ").casefold().split()
    matching = (
        summary
        for summary in summaries
        if not words or all(word in summary.title.casefold() for word in words)
    )
    newest = heapq.nlargest(MOST_HITS, matching, key=lambda one: one.updated)
    return tuple(
        Hit(one.file, one.title, one.updated, marks=_marks(one.title, words))
        for one in newest
    )


def _marks(title: str, words: Iterable[str]) -> tuple[tuple[int, int], ...]:
    folded = title.casefold()
    if len(folded) != len(title):
        # A letter became two (ß): no place is sure.
        return ()
    marks: list[tuple[int, int]] = []
    for start, end in sorted(
        (folded.find(word), folded.find(word) + len(word)) for word in words
    ):
        if marks and start < marks[-1][1]:
            marks[-1] = (marks[-1][0], max(end, marks[-1][1]))
        else:
            marks.append((start, end))
    return tuple(marks)
