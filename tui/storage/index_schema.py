"""The index's database file: its tables, its version, opening it, throwing it away.

Everything in it is derived from the conversation files. Its version is part of its
name, so that two versions of the program don't fight over one file.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import zlib
from typing import TYPE_CHECKING

from tui.domain.errors import IndexUnusableError
from tui.storage.private_folder import make_private_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VERSION = 2

PATIENCE = 2.0
"""Seconds to wait for another copy of the program that writes just now."""

_ENDS = ("-wal", "-shm", "-journal", "")

_SCHEMA = """
CREATE TABLE files(
    id INTEGER PRIMARY KEY,
    name BLOB NOT NULL UNIQUE,
    mtime_ns INTEGER NOT NULL,
    size INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    key INTEGER NOT NULL UNIQUE,
    updated REAL NOT NULL,
    title TEXT NOT NULL,
    folded TEXT NOT NULL,
    conversation TEXT NOT NULL,
    model TEXT NOT NULL,
    problem TEXT NOT NULL,
    read_only TEXT NOT NULL,
    conflict INTEGER NOT NULL,
    pinned INTEGER NOT NULL,
    read INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX titles_by_key ON files(key, folded);
CREATE INDEX unread_files ON files(key) WHERE read = 0;
CREATE INDEX pinned_files ON files(key) WHERE pinned = 1;
CREATE TABLE messages(
    key INTEGER PRIMARY KEY,
    file INTEGER NOT NULL,
    id TEXT NOT NULL,
    role TEXT NOT NULL,
    updated REAL NOT NULL,
    crc INTEGER NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX messages_of_file ON messages(file);
CREATE VIRTUAL TABLE titles USING fts5(
    folded, content='files', content_rowid='key', tokenize='trigram'
);
CREATE VIRTUAL TABLE bodies USING fts5(
    words, content='', tokenize='ascii', prefix='2 3'
);
CREATE TABLE words(id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE);
CREATE VIRTUAL TABLE parts USING fts5(ending, content='', tokenize='trigram');
CREATE TRIGGER word_came AFTER INSERT ON words BEGIN
    INSERT INTO parts(rowid, ending) VALUES(new.id, new.word || ' ');
END;
CREATE TRIGGER word_went AFTER DELETE ON words BEGIN
    INSERT INTO parts(parts, rowid, ending) VALUES('delete', old.id, old.word || ' ');
END;
"""


def index_file(cache: Path, library: Path) -> Path:
    """Return where the index of a library is.

    Args:
        cache: The cache folder.
        library: The folder of conversations; each has an index of its own.
    """
    which = zlib.crc32(os.fsencode(library.absolute()))
    return cache / f"index-{VERSION}-{which:08x}.sqlite3"


def open_for_writing(path: Path) -> sqlite3.Connection:
    """Open the index, or make an empty one.

    Raises:
        IndexUnusableError: It can't be made, or is damaged.
    """
    with translated():
        try:
            make_private_folder(path.parent)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        except OSError as error:
            reason = error.strerror or str(error)
            raise IndexUnusableError(f"{path}: {reason}.") from error
        connection = _connect(path)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA journal_size_limit = 16777216")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                connection.executescript(
                    f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {VERSION}; "
                    "COMMIT;"
                )
                _remove_older(path)
            elif version != VERSION:
                raise IndexUnusableError("It is of another version.", damaged=True)
        except BaseException:
            connection.close()
            raise
        return connection


def open_for_reading(path: Path) -> sqlite3.Connection | None:
    """Open an index that is there, or return None.

    Raises:
        IndexUnusableError: It is damaged.
    """
    if not path.exists():
        return None
    with translated():
        connection = _connect(path)
        try:
            connection.execute("PRAGMA query_only = ON")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
        except BaseException:
            connection.close()
            raise
        if version != VERSION:
            connection.close()
            return None
        return connection


def throw_away(path: Path) -> None:
    """Remove an index that can't be used. Raises IndexUnusableError."""
    for end in _ENDS:
        try:
            path.with_name(path.name + end).unlink(missing_ok=True)
        except OSError as error:
            reason = error.strerror or str(error)
            raise IndexUnusableError(f"{path}: {reason}.") from error


def _remove_older(path: Path) -> None:
    """Remove what older versions knew of the same library: it may be gigabytes."""
    start = f"index-{VERSION}-"
    if not path.name.startswith(start):
        return
    for version in range(1, VERSION):
        name = f"index-{version}-{path.name.removeprefix(start)}"
        for end in (*_ENDS, ".lock"):
            # Some systems keep a file that another copy of the program has open.
            with contextlib.suppress(OSError):
                path.with_name(name + end).unlink(missing_ok=True)


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turn what SQLite says into a sentence of ours.

    Raises:
        IndexUnusableError: For everything that SQLite raises.
    """
    try:
        yield
    except sqlite3.Error as error:
        # Busy, full, read-only, no FTS5: it may help to wait or to do without.
        passing = isinstance(error, sqlite3.OperationalError)
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        torn = code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
        torn = torn or str(error).startswith(("no such table", "no such column"))
        sentence = f"The search index can't be used: {error}."
        raise IndexUnusableError(sentence, damaged=torn or not passing) from error


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        path, timeout=PATIENCE, isolation_level=None, check_same_thread=False
    )
