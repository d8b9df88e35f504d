"""Searches the index: titles first, then messages, ranked by match and recency.

Reads only. Belongs on one thread, except `interrupt`.
"""

from __future__ import annotations

import itertools
import math
import os
import sqlite3
import time
from typing import TYPE_CHECKING, Any

from tui.domain.search import Found, Hit
from tui.storage.index_query import (
    Query,
    body_match,
    fold,
    like_pattern,
    parse_query,
    title_match,
)
from tui.storage.index_rows import Row, count_rows, moment, read_rows
from tui.storage.index_schema import open_for_reading, translated
from tui.storage.index_snippets import find_matches, make_snippet, rank

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_HITS = 60
TITLES_ABOVE = 8
"""Titles shown when messages match too."""

OF_ONE_FILE = 3
"""Messages of one conversation that are shown."""

_TITLES = 200
_NEWEST = 160
"""Matching messages that are ranked: the newest ones."""

_TOGETHER = 40
"""And as many older ones in which the words follow one another."""

_RANKING = 0.02
"""Seconds after which no further text is ranked."""

_GLANCE = 0.02
"""Seconds for a first look inside of words when no word begins like that."""

_FADING = 0.35
"""What a doubling of a message's age, in days, takes from its rank."""

_STEPS = 2000


class IndexReader:
    """Reads the index that some process, perhaps this one, writes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._inode = -1

    def rows(self, first: int, more: int) -> Iterator[list[Row]]:
        """Yield what is known of all files in slices, newest first.

        Args:
            first: Rows of the first slice.
            more: Rows of each further slice.

        Raises:
            IndexUnusableError: The index is damaged.
        """
        connection = self._open()
        if connection is not None:
            with translated():
                yield from read_rows(connection, first, more)

    def search(self, text: str, *, deep: float = 0.0) -> Found | None:
        """Return what matches, or None when there is no index yet.

        Args:
            text: As typed. Nothing finds the newest conversations.
            deep: Seconds for looking inside of words in all texts.

        Raises:
            IndexUnusableError: The index is damaged, or the search was interrupted.
        """
        connection = self._open()
        if connection is None:
            return None
        with translated():
            query = parse_query(text)
            titles = _find_titles(connection, query)
            hits = _find_messages(connection, query, deep) if query.terms else []
            if hits:
                titles = titles[:TITLES_ABOVE]
            read, total = count_rows(connection)
        return Found(text, tuple([*titles, *hits][:MOST_HITS]), read, total)

    def interrupt(self) -> None:
        """End a running search with an error; called from another thread."""
        connection = self._connection
        if connection is not None:
            connection.interrupt()

    def close(self) -> None:
        """Let go of the file."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _open(self) -> sqlite3.Connection | None:
        """Return a connection to the file that is there now."""
        try:
            inode = self._path.stat().st_ino
        except OSError:
            inode = -1
        if inode != self._inode:
            self.close()
            self._inode = inode
        if self._connection is None:
            self._connection = open_for_reading(self._path)
        return self._connection


def _find_titles(connection: sqlite3.Connection, query: Query) -> list[Hit]:
    columns = "files.name, files.title, files.folded, files.updated"
    if not query.terms:
        found = connection.execute(
            f"SELECT {columns} FROM files ORDER BY key DESC LIMIT ?", (MOST_HITS,)
        )
        return [_title_hit(query, values) for values in found]
    short = [term.text for term in query.terms if len(term.text) <= 2]
    also = "".join(" AND instr(files.folded, ?)" for _ in short)
    expression = title_match(query)
    if expression:
        found = connection.execute(
            f"SELECT {columns} FROM titles JOIN files ON files.key = titles.rowid "
            f"WHERE titles MATCH ?{also} ORDER BY titles.rowid DESC LIMIT {_TITLES}",
            (expression, *short),
        )
    else:
        found = connection.execute(
            f"SELECT {columns} FROM files WHERE key IN (SELECT key FROM files "
            f"WHERE 1{also} ORDER BY key DESC LIMIT {_TITLES}) ORDER BY key DESC",
            tuple(short),
        )
    now = time.time()
    ranked = [
        (_rank_title(folded, query, now - updated), (name, title, folded, updated))
        for name, title, folded, updated in found
    ]
    ranked.sort(key=lambda one: one[0], reverse=True)
    return [_title_hit(query, values) for _, values in ranked[:MOST_HITS]]


def _rank_title(folded: str, query: Query, age: float) -> float:
    score = 2.0 * folded.startswith(query.needle) + (query.needle in folded)
    for term in query.terms:
        at = folded.find(term.text)
        score += 1.0 * (at == 0 or (at > 0 and not folded[at - 1].isalnum()))
    return score - _faded(age)


def _title_hit(query: Query, values: tuple[Any, ...]) -> Hit:
    name, title, _, updated = values
    marks = tuple(find_matches(title, query)) if query.terms else ()
    return Hit(os.fsdecode(name), title, moment(updated), marks=marks)


def _find_messages(
    connection: sqlite3.Connection, query: Query, deep: float
) -> list[Hit]:
    keys = _matching_keys(connection, query)
    if not keys or deep:
        keys |= _keys_inside_words(connection, query, deep or _GLANCE)
    newest = sorted(keys, reverse=True)
    marks = ", ".join("?" * len(newest))
    found = connection.execute(
        "SELECT messages.id, messages.role, messages.updated, messages.body, "
        "files.name, files.title FROM messages JOIN files ON files.id = messages.file "
        f"WHERE messages.key IN ({marks}) ORDER BY messages.key DESC",
        newest,
    )
    now = time.time()
    enough = time.perf_counter() + _RANKING
    ranked: list[tuple[float, int, tuple[Any, ...]]] = []
    for values in found:
        fit = rank(values[3], query)
        ranked.append((fit.score - _faded(now - values[2]), fit.start, values))
        if time.perf_counter() > enough:
            break
    ranked.sort(key=lambda one: one[0], reverse=True)
    # Conversations by their best message, each with the next best ones below it.
    of_file: dict[bytes, list[tuple[int, tuple[Any, ...]]]] = {}
    for _, start, values in ranked:
        of_file.setdefault(values[4], []).append((start, values))
    best = (one for found in of_file.values() for one in found[:OF_ONE_FILE])
    return [_message_hit(query, *one) for one in itertools.islice(best, MOST_HITS)]


def _matching_keys(connection: sqlite3.Connection, query: Query) -> set[int]:
    expression = body_match(query)
    if not expression:
        return set()
    select = "SELECT rowid FROM bodies WHERE bodies MATCH ? ORDER BY rowid DESC LIMIT ?"
    keys = {key for (key,) in connection.execute(select, (expression, _NEWEST))}
    if len(keys) == _NEWEST and len(query.terms) > 1:
        together = Query(
            parse_query(f'"{query.needle.replace(chr(34), " ")}').terms or query.terms
        )
        found = connection.execute(select, (body_match(together), _TOGETHER))
        keys |= {key for (key,) in found}
    return keys


def _keys_inside_words(
    connection: sqlite3.Connection, query: Query, seconds: float
) -> set[int]:
    """Look at the texts themselves, newest first, until the time is over."""
    terms = [term.text for term in query.terms]
    if not terms or max(map(len, terms)) < 2:
        return set()
    deadline = time.perf_counter() + seconds
    keys: set[int] = set()
    where = " AND ".join(r"body LIKE ? ESCAPE '\'" for _ in terms)
    connection.set_progress_handler(lambda: int(time.perf_counter() > deadline), _STEPS)
    try:
        found = connection.execute(
            f"SELECT key FROM messages WHERE {where} ORDER BY key DESC LIMIT {_NEWEST}",
            [like_pattern(term) for term in terms],
        )
        keys.update(key for (key,) in found)
    except sqlite3.OperationalError:
        # Out of time; or a newer search waits, and this one's answer is dropped.
        if time.perf_counter() <= deadline:
            raise
    finally:
        connection.set_progress_handler(None, 0)
    return keys


def _message_hit(query: Query, start: int, values: tuple[Any, ...]) -> Hit:
    identity, role, updated, body, name, title = values
    snippet, marks = make_snippet(body, query, start)
    length = len(query.needle)
    if fold(body[start : start + length]) != query.needle:
        length = len(max((term.text for term in query.terms), key=len))
        found = fold(body).find(max((term.text for term in query.terms), key=len))
        start = found if found >= 0 else start
    needle = body[start : start + length].lower()
    return Hit(
        os.fsdecode(name),
        title,
        moment(updated),
        message_id=identity,
        role=role,
        snippet=snippet,
        marks=marks,
        needle=needle if "\n" not in needle else needle.split("\n")[0],
    )


def _faded(age: float) -> float:
    return _FADING * math.log2(1 + max(0.0, age) / 86400)
