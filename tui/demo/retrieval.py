"""Finds the section of the manual that answers a question.

Ranking is Okapi BM25 over the sections, with headings counted more than once and a
handful of words that people use for one another. A question of which the manual
knows less than half is not answered at all.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tui.manual import Page

HEADING_WEIGHT = 4
TITLE_WEIGHT = 2
SATURATION = 1.2
LENGTH_NORM = 0.6
LEAST_KNOWN = 0.5
"""The share of a question's weight that the best section must cover."""

_WORD = re.compile(r"[a-z0-9]+(?:[+_.'’-][a-z0-9]+)*")
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_STOP_TEXT = """
a about all also am an and any anything are as at be been but by can could did do does
for from get give had has have he her here him his how i if in into is it its just let
like make may me might must my no not of on one or our out please shall she should so
some something tell than that the their them then there these they thing this to too
us use used using want was way we were what when which while who why will with would
you your i'd i'm it's what's how's there's isn't don't doesn't explain describe show
program app fortytwo tui work works possible able need happen happens happened mean
means exactly really set another other different
"""
_STOP_WORDS = frozenset(_STOP_TEXT.split())
"""Words that say nothing about what is asked."""

_SAME_WORDS = """
stop abort cancel halt interrupt
quit exit leave close
key hotkey keyboard keybinding binding shortcut keystroke token password secret
conversation chat thread
theme color colour dark light skin
delete remove erase trash
configuration config configure setting option preference
endpoint server provider
fail error failure broken problem trouble wrong
store save saved stored storage disk persist
newline linebreak multiline
copy paste clipboard yank
system persona instruction
retry regenerate resend again
answer reply response
search lookup
file folder directory path location toml
choose switch select change pick
privacy private safe secure security telemetry tracking
internet sent upload transmit
slow long wait waiting
"""
"""A line of words that are used for one another; the first stands for all."""

_SAME = {
    word: line.split()[0]
    for line in _SAME_WORDS.strip().split("\n")
    for word in line.split()
}


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the manual.

    Attributes:
        page: The title of its page.
        heading: Its own heading, or the page's for what stands before the first.
        body: Its text without the heading.
    """

    page: str
    heading: str
    body: str


@dataclass(frozen=True, slots=True)
class Match:
    """A section that may answer a question.

    Attributes:
        section: The section.
        score: How well it fits; only meaningful beside others of the same question.
        known: The share of the question's weight that it covers, 0 to 1.
        named: True when its heading or its page's title has a word of the question.
    """

    section: Section
    score: float
    known: float
    named: bool


def cut_sections(pages: Iterable[Page]) -> tuple[Section, ...]:
    """Cut pages into sections at their second-level headings."""
    sections: list[Section] = []
    for page in pages:
        head, *rest = re.split(r"^## ", page.text, flags=re.MULTILINE)
        intro = head.partition("\n")[2].strip()
        if intro:
            sections.append(Section(page.title, page.title, intro))
        for part in rest:
            heading, _, body = part.partition("\n")
            sections.append(Section(page.title, heading.strip(), body.strip()))
    return tuple(sections)


def content_words(text: str) -> list[str]:
    """Return the words of a text that carry meaning, in one form each.

    Case, plural, common endings and words for the same thing are levelled; parts of
    compound words ("ctrl+q", "api_key") count beside the whole.
    """
    words: list[str] = []
    text = text.casefold().replace("’", "'").replace("new line", "newline")
    for word in _WORD.findall(text):
        if word in _STOP_WORDS:
            continue
        parts = re.split(r"[+_.'-]", word)
        for piece in (word, *parts) if len(parts) > 1 else (word,):
            if piece and piece not in _STOP_WORDS:
                words.append(_level(piece))
    return words


def _level(word: str) -> str:
    if word in _SAME:
        return _SAME[word]
    stem = word
    for ending in ("ing", "ies", "es", "ed", "s"):
        if stem.endswith(ending) and len(stem) - len(ending) >= 3:
            stem = stem[: -len(ending)] + ("y" if ending == "ies" else "")
            break
    if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] in "bdgmnpt":
        stem = stem[:-1]
    stem = stem.removesuffix("e") if len(stem) > 4 else stem
    return _SAME.get(stem, _SAME.get(stem + "e", stem))


class Ranking:
    """The sections of a manual, ready to be asked."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self.sections = tuple(sections)
        self._counts = [Counter(_weighted_words(section)) for section in sections]
        self._names = [
            set(content_words(f"{section.heading} {section.page}"))
            for section in sections
        ]
        self._lengths = [counts.total() for counts in self._counts]
        self._mean = sum(self._lengths) / max(1, len(self._lengths))
        found_in: Counter[str] = Counter()
        for counts in self._counts:
            found_in.update(counts.keys())
        total = len(self.sections)
        self._rarity = {
            word: math.log(1 + (total - n + 0.5) / (n + 0.5))
            for word, n in found_in.items()
        }
        self._unknown_rarity = math.log(1 + (total + 0.5) / 0.5)

    def rank(self, words: Iterable[str]) -> list[Match]:
        """Return every section that shares a word, the best first.

        Args:
            words: As `content_words` gives them.
        """
        asked = list(dict.fromkeys(words))
        weight = sum(self._rarity.get(word, self._unknown_rarity) for word in asked)
        matches = [
            Match(section, score, known / weight, not self._names[at].isdisjoint(asked))
            for at, section in enumerate(self.sections)
            for score, known in [self._score(at, asked)]
            if score > 0
        ]
        return sorted(matches, key=lambda match: -match.score)

    def _score(self, at: int, words: list[str]) -> tuple[float, float]:
        counts = self._counts[at]
        stretch = 1 - LENGTH_NORM + LENGTH_NORM * self._lengths[at] / self._mean
        score = known = 0.0
        for word in words:
            if count := counts.get(word):
                rarity = self._rarity[word]
                known += rarity
                score += rarity * (
                    count * (SATURATION + 1) / (count + SATURATION * stretch)
                )
        return score, known


def _weighted_words(section: Section) -> list[str]:
    return (
        content_words(section.heading) * HEADING_WEIGHT
        + content_words(section.page) * TITLE_WEIGHT
        + content_words(_FENCED.sub("", section.body))
    )
