"""Rows of the index as values: summaries, states of files, keys of time."""

from __future__ import annotations

import os
import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.domain.summary import Summary

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator

    from tui.storage.watching import FileState

PER_MINUTE = 256
"""Keys of a minute; what is more spills into the next ones."""

_COLUMNS = (
    "name, mtime_ns, size, inode, key, updated, title, conversation, model, problem, "
    "read_only, conflict, pinned"
)


class Row(NamedTuple):
    """A file as the index knows it: its state when it was read, and its summary."""

    state: FileState
    summary: Summary


def read_rows(
    connection: sqlite3.Connection, first: int, more: int
) -> Iterator[list[Row]]:
    """Yield all rows in slices: the pinned ones, then newest first.

    Args:
        connection: The index.
        first: Rows of the first slice, beside the pinned ones.
        more: Rows of each further slice.
    """
    pinned = connection.execute(
        f"SELECT {_COLUMNS} FROM files WHERE pinned = 1 ORDER BY key DESC"
    ).fetchall()
    key = 1 << 62
    rows = [_row(values) for values in pinned]
    while True:
        found = connection.execute(
            f"SELECT {_COLUMNS} FROM files WHERE key < ? ORDER BY key DESC LIMIT ?",
            (key, first),
        ).fetchall()
        rows += [_row(values) for values in found if not values[12]]
        if not found:
            if rows:
                yield rows
            return
        key = found[-1][4]
        yield rows
        rows = []
        first = more


def count_rows(connection: sqlite3.Connection) -> tuple[int, int]:
    """Return how many files were read, and how many there are."""
    total = connection.execute("SELECT count(*) FROM files").fetchone()[0]
    unread = connection.execute("SELECT count(*) FROM files WHERE read = 0").fetchone()
    return total - unread[0], total


def name_value(file: str) -> bytes:
    """Return a file's name as it is kept: any bytes may be in it."""
    return os.fsencode(file)


def moment(seconds: float) -> datetime:
    """Return a moment of the index (seconds since 1970) as an aware time."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.fromtimestamp(0, UTC)


def free_key(seconds: float, is_taken: Callable[[int], bool]) -> int:
    """Return a key that orders by time and belongs to nobody.

    A key is a row's number in the full-text tables too: they are read newest first
    without sorting, so that a common word costs no more than a rare one.

    Args:
        seconds: Since 1970.
        is_taken: Whether a key belongs to somebody.
    """
    key = max(0, int(seconds // 60)) * PER_MINUTE
    steps = 0
    spread = PER_MINUTE
    while is_taken(key):
        steps += 1
        if steps < PER_MINUTE:
            key += 1
        else:
            # Thousands of messages without a time of their own: look further away.
            key += random.randrange(1, spread)
            spread *= 2
    return key


def _row(values: tuple[Any, ...]) -> Row:
    name, mtime_ns, size, inode, _, updated, title, identity, model = values[:9]
    problem, read_only, conflict, pinned = values[9:]
    summary = Summary(
        file=os.fsdecode(name),
        title=title,
        updated=moment(updated),
        id=identity,
        model=model,
        problem=problem,
        read_only=read_only,
        conflict=bool(conflict),
        pinned=bool(pinned),
    )
    return Row((mtime_ns, size, inode), summary)
