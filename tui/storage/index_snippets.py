"""Where a search matches in a text, how well, and the line shown of it."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

from tui.storage.index_query import fold
from tui.storage.index_words import stands_apart

if TYPE_CHECKING:
    from tui.domain.search import Mark
    from tui.storage.index_query import Query, Term

LENGTH = 240
"""Characters of a snippet; the screen cuts what is too wide."""

_BEFORE = 48
"""Characters shown before the first match."""

_LONGEST_RANKED = 20_000
"""Characters. Of a longer text only what is around its first match is ranked."""

_MOST_MARKS = 32
_BLANKS = re.compile(r"\s+")


class Fit(NamedTuple):
    """How well a text matches, the higher the better, and where it begins to."""

    score: float
    start: int


def find_matches(text: str, query: Query, *, most: int = _MOST_MARKS) -> list[Mark]:
    """Return where the terms stand in a text, in order, without overlaps.

    Args:
        text: Any text; not folded.
        query: The search.
        most: After how many the search ends.
    """
    folded = fold(text)
    found: list[Mark] = []
    for term in query.terms:
        at = 0
        for _ in range(most):
            place = term.find(folded, at)
            if place is None:
                break
            at = place[1]
            found.append((place[0], _end_of(folded, term, at)))
    found.sort()
    marks: list[Mark] = []
    for start, end in found:
        if marks and start < marks[-1][1]:
            marks[-1] = (marks[-1][0], max(end, marks[-1][1]))
        else:
            marks.append((start, end))
    return marks[:most]


def rank(text: str, query: Query) -> Fit:
    """Return how well a message's text matches a search."""
    folded = fold(text)
    first = -1
    score = 0.0
    if len(folded) > _LONGEST_RANKED:
        place = query.terms[0].find(folded) if query.terms else None
        start = max(0, place[0] - _LONGEST_RANKED // 2) if place else 0
        folded = folded[start : start + _LONGEST_RANKED]
    else:
        start = 0
    together = folded.find(query.needle)
    if together >= 0:
        first = together
        score += 2.0 if len(query.terms) > 1 else 0.5
    for term in query.terms:
        place = term.find(folded)
        if place is None:
            continue
        at, end = place
        first = at if first < 0 else first
        whole = end >= len(folded) or not folded[end].isalnum()
        begins = at == 0 or not folded[at - 1].isalnum()
        score += 0.6 * whole + 0.4 * begins
        score += 0.15 * min(folded.count(term.text), 8)
    # What a text is about is said often in few words.
    score -= 0.12 * math.log2(1 + len(text) / 200)
    return Fit(score, start + max(first, 0))


def make_snippet(text: str, query: Query, start: int) -> tuple[str, tuple[Mark, ...]]:
    """Return one line of a text around a match, and the matches in it.

    Args:
        text: The message's text.
        query: The search.
        start: Where the match is, in characters.
    """
    begin = max(0, start - _BEFORE)
    if begin:
        blank = text.find(" ", begin, start)
        begin = blank + 1 if blank >= 0 else begin
    # Blanks are joined, so take more than is shown.
    piece = text[begin : begin + 3 * LENGTH]
    line = _BLANKS.sub(" ", piece).strip()
    head = "…" if begin else ""
    tail = "…" if len(line) > LENGTH or begin + len(piece) < len(text) else ""
    line = f"{head}{line[:LENGTH].rstrip()}{tail}"
    return line, tuple(find_matches(line, query))


def _end_of(folded: str, term: Term, end: int) -> int:
    """Return where the mark of a match ends: with the word when it is unfinished."""
    if term.unfinished and term.open_end:
        while end < len(folded) and _goes_on(folded[end]):
            end += 1
    return end


def _goes_on(letter: str) -> bool:
    return letter.isalnum() and not stands_apart(letter)
