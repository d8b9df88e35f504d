"""What a person types to search for, and what the index is asked for it.

Words in any order, all of which must occur; "words in quotes" in exactly that order;
the last word may be unfinished. Case and accents don't count.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MOST_CHARACTERS = 500
"""What is longer is cut: nobody types it, a paste does."""

MOST_TERMS = 16

_TERMS = re.compile(r'"([^"]*)("?)|([^\s"]+)')

_STROKES = dict(zip("øØłŁđĐħĦŧŦ", "oollddhhtt", strict=True))
"""Letters with a stroke: Unicode takes them for letters of their own."""


class _Folding(dict[int, str]):
    """Maps each character to exactly one, so that places stay places."""

    def __missing__(self, code: int) -> str:
        character = _STROKES.get(chr(code), chr(code))
        plain = unicodedata.normalize("NFKD", character)[:1].casefold()
        folded = plain if len(plain) == 1 else chr(code)
        self[code] = folded
        return folded


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or several in quotes.

    Attributes:
        text: As typed, folded.
        unfinished: True when more letters may follow.
        quoted: True when it stood in quotes.
    """

    text: str
    unfinished: bool = False
    quoted: bool = False

    @property
    def indexed(self) -> bool:
        """True when the index of words can find it: signs alone are no words."""
        return any(letter.isalnum() for letter in self.text)


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
            terms.append(Term(fold(word), unfinished=at_end))
        elif quoted.strip():
            words = " ".join(quoted.split())
            terms.append(Term(fold(words), at_end and not closed, quoted=True))
        if len(terms) == MOST_TERMS:
            break
    return Query(tuple(terms))


def body_match(query: Query, *, prefix: bool = True) -> str:
    """Return the full-text expression for message texts, or "" for none.

    Args:
        query: The search.
        prefix: False takes the last word as finished.
    """
    parts: list[str] = []
    for term in query.terms:
        if not term.indexed:
            continue
        # One letter begins so many words that it tells nothing, and costs most.
        open_end = prefix and term.unfinished and _last_word_length(term.text) > 1
        parts.append(_quote(term.text) + ("*" if open_end else ""))
    return " AND ".join(parts)


def title_match(query: Query) -> str:
    """Return the expression that finds titles holding every term of three letters."""
    return " AND ".join(_quote(term.text) for term in query.terms if len(term.text) > 2)


def like_pattern(text: str) -> str:
    r"""Return a pattern for `LIKE … ESCAPE '\'` that finds a text anywhere."""
    escaped = re.sub(r"([\\%_])", r"\\\1", text)
    return f"%{escaped}%"


def _last_word_length(text: str) -> int:
    length = 0
    for letter in reversed(text):
        if not letter.isalnum():
            break
        length += 1
    return length


def _quote(text: str) -> str:
    return '"' + text.replace('"', '""').replace("\0", " ") + '"'


_FOLDING = _Folding()
