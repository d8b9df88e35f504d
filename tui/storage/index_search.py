"""Searches the index: titles first, then messages, ranked by match and recency.

Reads only. Belongs on one thread, except `interrupt`.
"""

from __future__ import annotations

import itertools
import math
import os
import time
from typing import TYPE_CHECKING, Any

from tui.domain.search import Found, Hit
from tui.storage.index_insides import find_inside
from tui.storage.index_query import (
    Query,
    body_match,
    fold,
    parse_query,
    title_match,
)
from tui.storage.index_rows import Row, count_rows, moment, read_rows
from tui.storage.index_schema import open_for_reading, translated
from tui.storage.index_snippets import find_matches, make_snippet, rank

if TYPE_CHECKING:
    import sqlite3
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

_INSIDE = 90
"""And as many newest ones with parts of words, when the others are few."""

_TOGETHER = 40
"""And as many older ones in which the words follow one another."""

_RANKING = 0.02
"""Seconds after which no further text is ranked."""

_FADING = 0.35
"""What a doubling of a message's age, in days, takes from its rank."""


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

    def search(self, text: str) -> Found | None:
        """Return what matches, or None when there is no index yet.

        Args:
            text: As typed. Nothing finds the newest conversations.

        Raises:
            IndexUnusableError: The index is damaged, or the search was interrupted.
        """
        connection = self._open()
        if connection is None:
            return None
        with translated():
            query = parse_query(text)
            titles = _find_titles(connection, query)
            hits: list[Hit] = []
            partial = False
            if query.terms:
                hits, partial = _find_messages(connection, query)
            if hits:
                titles = titles[:TITLES_ABOVE]
            read, total = count_rows(connection)
        shown = tuple([*titles, *hits][:MOST_HITS])
        return Found(text, shown, read, total, partial=partial)

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
    connection: sqlite3.Connection, query: Query
) -> tuple[list[Hit], bool]:
    """Return the best messages, and whether there was no time to look for others."""
    keys = _matching_keys(connection, query)
    ranked = _rank_messages(connection, query, keys)
    best = _best_of_each(ranked)
    partial = False
    if len(best) < MOST_HITS:
        inside, partial = find_inside(connection, query, _INSIDE + len(keys))
        # Below whole words and beginnings, however new they are.
        ranked += _rank_messages(connection, query, inside - keys)
        best = _best_of_each(ranked)
    return [_message_hit(query, *one) for one in best], partial


def _rank_messages(
    connection: sqlite3.Connection, query: Query, keys: set[int]
) -> list[tuple[int, tuple[Any, ...]]]:
    """Return where messages begin to match and what they are, the best first."""
    marks = ", ".join("?" * len(keys))
    found = connection.execute(
        "SELECT messages.id, messages.role, messages.updated, messages.body, "
        "files.name, files.title FROM messages JOIN files ON files.id = messages.file "
        f"WHERE messages.key IN ({marks}) ORDER BY messages.key DESC",
        sorted(keys, reverse=True),
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
    return [(start, values) for _, start, values in ranked]


def _best_of_each(
    ranked: list[tuple[int, tuple[Any, ...]]],
) -> list[tuple[int, tuple[Any, ...]]]:
    """Return conversations by their best message, each with its next best ones."""
    of_file: dict[bytes, list[tuple[int, tuple[Any, ...]]]] = {}
    for start, values in ranked:
        of_file.setdefault(values[4], []).append((start, values))
    best = (one for found in of_file.values() for one in found[:OF_ONE_FILE])
    return list(itertools.islice(best, MOST_HITS))


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


def _message_hit(query: Query, start: int, values: tuple[Any, ...]) -> Hit:
    identity, role, updated, body, name, title = values
    snippet, marks = make_snippet(body, query, start)
    end = start + len(query.needle)
    folded = fold(body)
    if folded[start:end] != query.needle:
        longest = max(query.terms, key=lambda term: len(term.text))
        start, end = longest.find(folded) or (start, start + len(longest.text))
    needle = max(body[start:end].lower().split("\n"), key=len)
    return Hit(
        os.fsdecode(name),
        title,
        moment(updated),
        message_id=identity,
        role=role,
        snippet=snippet,
        marks=marks,
        needle=needle,
    )


def _faded(age: float) -> float:
    return _FADING * math.log2(1 + max(0.0, age) / 86400)
