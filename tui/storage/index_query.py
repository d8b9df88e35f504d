"""What a person types to search for, and what the index is asked for it.

Words in any order, all of which must occur; "words in quotes" in exactly that order;
the last word may be unfinished. Case and accents don't count.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.storage.index_words import spell, stands_apart

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_CHARACTERS = 500
"""What is longer is cut: nobody types it, a paste does."""

MOST_TERMS = 16

_TERMS = re.compile(r'"([^"]*)("?)|([^\s"]+)')

_STARTS_TRIED = 16

_STROKES = dict(zip("øØłŁđĐħĦŧŦ", "oollddhhtt", strict=True))
"""Letters with a stroke: Unicode takes them for letters of their own."""


class _Folding(dict[int, str]):
    """Maps each character to exactly one, so that places stay places."""

    def __missing__(self, code: int) -> str:
        character = _STROKES.get(chr(code), chr(code))
        if "가" <= character <= "힣":
            # A syllable's first letter is not the syllable without its accents.
            self[code] = character
            return character
        plain = unicodedata.normalize("NFKD", character)[:1].casefold()
        folded = plain if len(plain) == 1 else chr(code)
        self[code] = folded
        return folded


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or several in quotes or joined by signs.

    Attributes:
        text: As typed, folded.
        words: The words in it, as the index cuts them; none when it is all signs.
        open_start: True when its first word may be the end of a longer one.
        open_end: True when its last word may be the beginning of a longer one.
        unfinished: True when more letters may follow.
    """

    text: str
    words: tuple[str, ...]
    open_start: bool
    open_end: bool
    unfinished: bool
    _among_words: re.Pattern[str] | None
    _in_text: re.Pattern[str] | None

    @classmethod
    def read(cls, text: str, unfinished: bool = False) -> Term:
        """Return what a folded text asks for."""
        spelled = spell(text)
        words = tuple(spelled.split())
        # A sign stands where a word ends, and so it does in the texts sought.
        return cls(
            text,
            words,
            open_start=not spelled.startswith(" "),
            open_end=not spelled.endswith(" "),
            unfinished=unfinished,
            _among_words=_pattern_of_words(spelled) if words else None,
            _in_text=_pattern_of_place(spelled) if words else None,
        )

    def is_in(self, folded: str) -> bool:
        """Return whether a folded text holds it, words being what the index cuts."""
        if self._among_words is None:
            return self.text in folded
        return self._among_words.search(spell(folded)) is not None

    def find(self, folded: str, at: int = 0) -> tuple[int, int] | None:
        """Return where it stands in a folded text from a place on: start and end.

        At a word's start if anywhere near. Between its words any signs may stand.
        """
        length = len(self.text)
        anywhere = place = folded.find(self.text, at)
        for _ in range(_STARTS_TRIED):
            if place < 0:
                break
            if place == 0 or not folded[place - 1].isalnum():
                return place, place + length
            place = folded.find(self.text, place + 1)
        if anywhere >= 0:
            return anywhere, anywhere + length
        if self._in_text is None or self.text in self.words:
            return None
        match = self._in_text.search(folded, at)
        return match.span() if match else None


@dataclass(frozen=True, slots=True)
class Query:
    """A search, understood.

    Attributes:
        terms: All of them must occur.
    """

    terms: tuple[Term, ...]

    @property
    def needle(self) -> str:
        """What stands in a text where the words follow one another."""
        return " ".join(term.text for term in self.terms)


def fold(text: str) -> str:
    """Return text without case and accents, as long as before."""
    if text.isascii():
        return text.lower()
    return text.translate(_FOLDING)


def parse_query(text: str) -> Query:
    """Return what a text asks for; an open quote counts as closed at the end."""
    text = text[:MOST_CHARACTERS]
    terms: list[Term] = []
    for match in _TERMS.finditer(text):
        quoted, closed, word = match.groups()
        at_end = match.end() == len(text)
        if word is not None:
            terms.append(Term.read(fold(word), at_end))
        elif quoted.strip():
            words = " ".join(quoted.split())
            terms.append(Term.read(fold(words), at_end and not closed))
        if len(terms) == MOST_TERMS:
            break
    return Query(tuple(terms))


def body_match(query: Query) -> str:
    """Return the full-text expression for message texts, or "" for none.

    It takes terms as words, and the last one as a beginning when it is unfinished.
    """
    return " AND ".join(
        phrase(term.words, begins=term.unfinished and term.open_end)
        for term in query.terms
        if term.words
    )


def phrase(words: Sequence[str], *, begins: bool = False) -> str:
    """Return the expression for words that follow one another.

    Args:
        words: As the index cuts them.
        begins: True when the last one may be longer.
    """
    # One letter begins so many words that it tells nothing, and costs most.
    star = "*" if begins and len(words[-1]) > 1 else ""
    return f'"{" ".join(words)}"{star}'


def title_match(query: Query) -> str:
    """Return the expression that finds titles holding every term of three letters."""
    return " AND ".join(_quote(term.text) for term in query.terms if len(term.text) > 2)


def _pattern_of_words(spelled: str) -> re.Pattern[str]:
    """Return the pattern that finds a term's words in a text as the index cuts it."""
    words = " +".join(re.escape(word) for word in spelled.split())
    start = "(?:^| )" if spelled.startswith(" ") else ""
    end = "(?: |$)" if spelled.endswith(" ") else ""
    return re.compile(f"{start}{words}{end}")


def _pattern_of_place(spelled: str) -> re.Pattern[str]:
    """Return the pattern that finds words in a text whatever signs are between them."""
    words = spelled.split()
    at_start = spelled.startswith(" ") and not stands_apart(words[0])
    pieces = [r"(?<![^\W_])" if at_start else "", re.escape(words[0])]
    for before, word in itertools.pairwise(words):
        joined = stands_apart(before) or stands_apart(word)
        pieces += [r"[\W_]*" if joined else r"[\W_]+", re.escape(word)]
    return re.compile("".join(pieces))


def _quote(text: str) -> str:
    return '"' + text.replace('"', '""').replace("\0", " ") + '"'


_FOLDING = _Folding()
