"""Finds messages by what stands inside of their words, and by signs.

First the words are looked up that hold what is sought, then the messages with one of
them. Where too many words do, or the letters are too few, the texts themselves are
read, newest first, for a moment.
"""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING, NamedTuple

from tui.storage.index_query import fold, phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.storage.index_query import Query, Term

_WORDS = 64
"""Words looked for at once: each costs up to a tenth of a millisecond."""

_FEWEST_WORDS = 8
"""Words of each term when there are many terms."""

_ASKING = 0.25
"""Seconds for the index alone: a few milliseconds, unless the disk is slow."""

_CHECKING = 0.04
"""Seconds for reading texts that the index names."""

_READING = 0.02
"""Seconds for reading whatever texts there are."""

_STEPS = 50
"""Steps of the database between two looks at the clock."""

_PART = 3
"""Letters by which words are looked up."""


class _Sought(NamedTuple):
    """A term as the index is asked for it.

    Attributes:
        term: The term.
        some: The expression of messages that may hold it; "" when none can be named.
        complete: True when these are all that may.
        all: The expression of messages among which are all that hold it; "" for any.
        checked: True when the text must tell whether a message does hold it.
    """

    term: Term
    some: str
    complete: bool
    all: str
    checked: bool


def find_inside(
    connection: sqlite3.Connection, query: Query, most: int
) -> tuple[set[int], bool]:
    """Return the keys of the newest messages that hold all terms, anywhere in words.

    Args:
        connection: The index.
        query: The search.
        most: About as many keys.

    Returns:
        The keys, and whether there may be others for which there was no time.
    """
    terms = [term for term in query.terms if term.words] or query.terms
    keys: set[int] = set()
    if max(len(term.text) for term in terms) < 2:
        return keys, False
    begin = time.perf_counter()
    words = max(_FEWEST_WORDS, _WORDS // len(terms))
    sought = [_look_up(connection, term, words) for term in terms]
    in_time = True
    if all(one.some for one in sought):
        expression = " AND ".join(one.some for one in sought)
        unsure = [one.term for one in sought if one.checked]
        found = _matching(connection, expression, unsure)
        in_time = _collect(
            connection, found, keys, most, begin + (_CHECKING if unsure else _ASKING)
        )
    if len(keys) < most and not all(one.complete for one in sought):
        expression = " AND ".join(one.all for one in sought if one.all)
        unsure = [one.term for one in sought if one.checked or not one.complete]
        found = _matching(connection, expression, unsure)
        in_time = _collect(connection, found, keys, most, begin + _READING)
    return keys, not in_time and len(keys) < most


def _look_up(connection: sqlite3.Connection, term: Term, most: int) -> _Sought:
    words = term.words
    single = len(words) == 1 and term.open_start
    begins = term.open_end and not single
    # One letter begins too many words to ask for them.
    cut = begins and len(words[-1]) == 1
    if cut:
        words, begins = words[:-1], False
    if not words:
        return _Sought(term, some="", complete=False, all="", checked=True)
    first, *rest = words
    found: list[str] = []
    complete = True
    if term.open_start:
        end = "" if single and term.open_end else " "
        found, complete = _words_with(connection, first + end, most)
    heads = [phrase([word]) for word in dict.fromkeys([first, *found])]
    if single and not complete:
        heads.append(phrase([first], begins=True))
    if len(heads) == 1 and complete:
        some = phrase(words, begins=begins)
        return _Sought(term, some, complete=True, all=some, checked=cut)
    some = f"({' OR '.join(heads)})"
    tail = phrase(rest, begins=begins) if rest else ""
    if tail:
        # A phrase for each first word would be as dear as so many searches.
        some = f"{some} AND {tail}"
    return _Sought(term, some, complete, some if complete else tail, cut or bool(rest))


def _words_with(
    connection: sqlite3.Connection, part: str, most: int
) -> tuple[list[str], bool]:
    """Return words with these letters, and whether these are all.

    The first and the last ones met: those are common, or in the newest messages.

    Args:
        connection: The index.
        part: The letters; a blank stands for the end of the word.
        most: Words.
    """
    if len(part) < _PART:
        return [], False
    select = "SELECT rowid FROM parts WHERE parts MATCH ? ORDER BY rowid"
    sought = phrase([part])
    found = connection.execute(f"{select} LIMIT ?", (sought, most + 1)).fetchall()
    complete = len(found) <= most
    if not complete:
        del found[most // 2 :]
        found += connection.execute(f"{select} DESC LIMIT ?", (sought, most // 2))
    marks = ", ".join("?" * len(found))
    words = connection.execute(
        f"SELECT word FROM words WHERE id IN ({marks})", [key for (key,) in found]
    )
    return [word for (word,) in words], complete


def _matching(
    connection: sqlite3.Connection, expression: str, terms: list[Term]
) -> Iterator[int]:
    """Yield keys of messages, newest first.

    Args:
        connection: The index.
        expression: The expression of the messages, or "" for all.
        terms: What their texts must hold.
    """
    if not expression:
        found = connection.execute("SELECT key, body FROM messages ORDER BY key DESC")
    elif terms:
        found = connection.execute(
            "SELECT messages.key, messages.body FROM bodies "
            "JOIN messages ON messages.key = bodies.rowid "
            "WHERE bodies MATCH ? ORDER BY bodies.rowid DESC",
            (expression,),
        )
    else:
        found = connection.execute(
            "SELECT rowid, '' FROM bodies WHERE bodies MATCH ? ORDER BY rowid DESC",
            (expression,),
        )
    for key, body in found:
        folded = fold(body)
        if all(term.is_in(folded) for term in terms):
            yield key


def _collect(
    connection: sqlite3.Connection,
    found: Iterator[int],
    keys: set[int],
    most: int,
    deadline: float,
) -> bool:
    """Add keys until there are enough or the time is over; returns whether it wasn't.

    Args:
        connection: The index.
        found: Where the keys come from.
        keys: Where to add them.
        most: How many are enough.
        deadline: On the clock of `time.perf_counter`.
    """
    connection.set_progress_handler(lambda: time.perf_counter() > deadline, _STEPS)
    try:
        for key in found:
            keys.add(key)
            if len(keys) >= most:
                break
    except sqlite3.OperationalError:
        # Or a newer search waits, and this one's answer is dropped.
        if time.perf_counter() <= deadline:
            raise
        return False
    finally:
        connection.set_progress_handler(None, 0)
    return True
