"""Where a search matches in a text, how well, and the line shown of it."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

from tui.storage.index_query import fold

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
            at = _find_term(folded, term, at)
            if at < 0:
                break
            found.append((at, _end_of(folded, term, at)))
            at += len(term.text)
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
        at = _find_term(folded, query.terms[0], 0) if query.terms else 0
        start = max(0, at - _LONGEST_RANKED // 2)
        folded = folded[start : start + _LONGEST_RANKED]
    else:
        start = 0
    together = folded.find(query.needle)
    if together >= 0:
        first = together
        score += 2.0 if len(query.terms) > 1 else 0.5
    for term in query.terms:
        at = _find_term(folded, term, 0)
        if at < 0:
            continue
        first = at if first < 0 else first
        end = at + len(term.text)
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


def _find_term(folded: str, term: Term, at: int) -> int:
    """Return where a term stands from `at` on: at a word's start if anywhere."""
    any_place = folded.find(term.text, at)
    place = any_place
    for _ in range(16):
        if place < 0:
            break
        if place == 0 or not folded[place - 1].isalnum():
            return place
        place = folded.find(term.text, place + 1)
    return any_place


def _end_of(folded: str, term: Term, at: int) -> int:
    """Return where the mark of a match ends: with the word when it is unfinished."""
    end = at + len(term.text)
    if term.unfinished:
        while end < len(folded) and folded[end].isalnum():
            end += 1
    return end
