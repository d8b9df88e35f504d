"""Opens a foreign SQLite database for reading, and leaves it as it is."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

from tui.domain.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAGIC = b"SQLite format 3\0"
"""How such a file begins. Source: SQLite's file format, section 1.3."""


@contextmanager
def opened_database(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database; rows are had by name.

    Raises:
        UnreadableError: It can't be read, now or while it is used.
    """
    address = f"file:{quote(str(path.absolute()))}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=5)) as connection:
            connection.row_factory = sqlite3.Row
            connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
            yield connection
    except sqlite3.Error as error:
        raise UnreadableError(f"SQLite says: {error}.") from error


def columns(connection: sqlite3.Connection, table: str) -> frozenset[str]:
    """Return the names of a table's columns; none when there is no such table."""
    rows = connection.execute("SELECT name FROM pragma_table_info(?)", (table,))
    return frozenset(str(row["name"]) for row in rows)
