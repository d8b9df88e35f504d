"""Search by title without an index: slower and simpler, and always there."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from tui.domain.search import Hit
from tui.storage.index_query import fold

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tui.domain.summary import Summary

MOST_HITS = 60

TITLES_ABOVE = 8
"""Titles shown when messages match too."""


def find_titles(summaries: Iterable[Summary], text: str) -> tuple[Hit, ...]:
    """Return the newest conversations whose titles hold every word, in any order.

    Args:
        summaries: All conversations.
        text: As typed; nothing finds the newest conversations.
    """
    words = fold(text.replace('"', " ")).split()
    start = " ".join(words)
    matching: list[tuple[tuple[bool, datetime, str], Summary]] = []
    for summary in summaries:
        title = fold(summary.title) if words else ""
        if all(word in title for word in words):
            rank = (title.startswith(start), summary.updated, summary.file)
            matching.append((rank, summary))
    best = heapq.nlargest(MOST_HITS, matching, key=lambda one: one[0])
    return tuple(
        Hit(one.file, one.title, one.updated, marks=_marks(one.title, words))
        for _, one in best
    )


def _marks(title: str, words: Iterable[str]) -> tuple[tuple[int, int], ...]:
    folded = fold(title)
    marks: list[tuple[int, int]] = []
    for start, end in sorted(
        (folded.find(word), folded.find(word) + len(word)) for word in words
    ):
        if marks and start < marks[-1][1]:
            marks[-1] = (marks[-1][0], max(end, marks[-1][1]))
        else:
            marks.append((start, end))
    return tuple(marks)
