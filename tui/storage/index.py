"""The index: summaries of all conversations and the text of all messages.

Derived from the files and disposable. One process writes it, the one that holds its
lock; every process may read it. Belongs on one thread.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.storage.index_query import fold
from tui.storage.index_rows import Row, count_rows, free_key, name_value
from tui.storage.index_schema import open_for_writing, throw_away, translated
from tui.storage.index_vocabulary import Vocabulary
from tui.storage.index_words import spell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class IndexedMessage:
    """What the index keeps of a message.

    Attributes:
        id: Its id in the conversation.
        role: Who wrote it.
        updated: When, in seconds since 1970.
        body: Its text.
    """

    id: str
    role: str
    updated: float
    body: str


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that was read as a whole: its row and all its messages."""

    row: Row
    messages: Sequence[IndexedMessage]


class Index:
    """The writer."""

    def __init__(self, path: Path) -> None:
        """Open the index or make an empty one; the lock is held already.

        Raises:
            IndexUnusableError: It can't be used.
        """
        self.path = path
        self._connection = open_for_writing(path)
        self._vocabulary = Vocabulary(self._connection)
        self._inode = self._find_inode()

    def is_there(self) -> bool:
        """Return whether the file is still at its path: nobody finds a deleted one."""
        return self._inode == self._find_inode() != -1

    def _find_inode(self) -> int:
        try:
            return self.path.stat().st_ino
        except OSError:
            return -1

    def close(self) -> None:
        """Let go of the file."""
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()

    def discard(self) -> None:
        """Throw the index away. Raises IndexUnusableError."""
        self.close()
        throw_away(self.path)

    def interrupt(self) -> None:
        """End what runs just now with an error; called from another thread."""
        self._connection.interrupt()

    def counts(self) -> tuple[int, int]:
        """Return how many files were read as a whole, and how many there are."""
        with translated():
            return count_rows(self._connection)

    def unread(self, most: int) -> list[str]:
        """Return files whose messages are missing or old, newest first."""
        with translated():
            found = self._connection.execute(
                "SELECT name FROM files WHERE read = 0 ORDER BY key DESC LIMIT ?",
                (most,),
            )
            return [os.fsdecode(name) for (name,) in found]

    def put_rows(self, rows: Iterable[Row]) -> None:
        """Take rows of files; those that changed count as unread from now on."""
        with self._transaction():
            for row in rows:
                self._put_row(row)

    def put_files(self, files: Sequence[ReadFile]) -> None:
        """Take whole files: messages that stand still are not written again."""
        with self._transaction():
            gone: list[tuple[int, str]] = []
            fresh: list[tuple[int, int, IndexedMessage]] = []
            for file in files:
                number = self._put_row(file.row)
                self._compare(number, file, gone, fresh)
                self._connection.execute(
                    "UPDATE files SET read = 1 WHERE id = ?", (number,)
                )
            self._write_messages(gone, fresh)

    def remove(self, files: Iterable[str]) -> None:
        """Forget files that are gone."""
        with self._transaction():
            gone: list[tuple[int, str]] = []
            for file in files:
                found = self._connection.execute(
                    "SELECT id, key, folded FROM files WHERE name = ?",
                    (name_value(file),),
                ).fetchone()
                if found is None:
                    continue
                gone += self._connection.execute(
                    "SELECT key, body FROM messages WHERE file = ?", found[:1]
                )
                self._drop_title(found[1], found[2])
                self._connection.execute("DELETE FROM files WHERE id = ?", found[:1])
            self._write_messages(gone, [])

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        with translated():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                self._vocabulary.lose_memory()
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _put_row(self, row: Row) -> int:
        """Insert or update a row; returns its number."""
        summary, connection = row.summary, self._connection
        name = name_value(summary.file)
        known = connection.execute(
            "SELECT id, key, folded, updated, mtime_ns, size, inode FROM files "
            "WHERE name = ?",
            (name,),
        ).fetchone()
        updated = summary.updated.timestamp()
        title = summary.title.encode("utf-8", "replace").decode()
        folded = fold(title)
        if known is None or known[3] != updated:
            key = free_key(updated, self._title_key_taken)
        else:
            key = known[1]
        values = {
            "name": name,
            "mtime_ns": row.state[0],
            "size": row.state[1],
            "inode": row.state[2],
            "key": key,
            "updated": updated,
            "title": title,
            "folded": folded,
            "conversation": summary.id,
            "model": summary.model,
            "problem": summary.problem,
            "read_only": summary.read_only,
            "conflict": int(summary.conflict),
            "pinned": int(summary.pinned),
        }
        if known is not None:
            number, old_key, old_folded, _, *state = known
            if (old_key, old_folded) != (key, folded):
                self._drop_title(old_key, old_folded)
                self._add_title(key, folded)
            if tuple(state) != row.state:
                values["read"] = 0
            assignments = ", ".join(f"{column} = :{column}" for column in values)
            connection.execute(
                f"UPDATE files SET {assignments} WHERE id = :number",
                {**values, "number": number},
            )
            return int(number)
        self._add_title(key, folded)
        cursor = connection.execute(
            f"INSERT INTO files({', '.join(values)}) "
            f"VALUES({', '.join(':' + column for column in values)})",
            values,
        )
        return int(cursor.lastrowid or 0)

    def _compare(
        self,
        number: int,
        file: ReadFile,
        gone: list[tuple[int, str]],
        fresh: list[tuple[int, int, IndexedMessage]],
    ) -> None:
        """Find out what must leave and what must enter the index for a file."""
        known = {
            (identity, crc): key
            for key, identity, crc in self._connection.execute(
                "SELECT key, id, crc FROM messages WHERE file = ?", (number,)
            )
        }
        for message in file.messages:
            crc = _crc(message.body)
            if known.pop((message.id, crc), None) is None:
                fresh.append((number, crc, message))
        for key in known.values():
            (body,) = self._connection.execute(
                "SELECT body FROM messages WHERE key = ?", (key,)
            ).fetchone()
            gone.append((key, body))

    def _write_messages(
        self,
        gone: list[tuple[int, str]],
        fresh: list[tuple[int, int, IndexedMessage]],
    ) -> None:
        connection = self._connection
        gone.sort()
        # In the order of the keys: FTS5 writes a new segment whenever they fall.
        left = [(key, spell(fold(body))) for key, body in gone]
        connection.executemany(
            "INSERT INTO bodies(bodies, rowid, words) VALUES('delete', ?, ?)", left
        )
        connection.executemany(
            "DELETE FROM messages WHERE key = ?", ((key,) for key, _ in gone)
        )
        taken: set[int] = set()

        def is_taken(key: int) -> bool:
            if key in taken:
                return True
            found = connection.execute("SELECT 1 FROM messages WHERE key = ?", (key,))
            return found.fetchone() is not None

        keyed: list[tuple[int, int, int, IndexedMessage]] = []
        for number, crc, message in fresh:
            key = free_key(message.updated, is_taken)
            taken.add(key)
            keyed.append((key, number, crc, message))
        keyed.sort(key=lambda one: one[0])
        connection.executemany(
            "INSERT INTO messages(key, file, id, role, updated, crc, body) "
            "VALUES(?, ?, ?, ?, ?, ?, ?)",
            (
                (key, number, m.id, m.role, m.updated, crc, m.body)
                for key, number, crc, m in keyed
            ),
        )
        spelled = [(key, spell(fold(one.body))) for key, _, _, one in keyed]
        connection.executemany("INSERT INTO bodies(rowid, words) VALUES(?, ?)", spelled)
        self._vocabulary.add(text for _, text in spelled)
        self._vocabulary.drop(text for _, text in left)

    def _title_key_taken(self, key: int) -> bool:
        found = self._connection.execute("SELECT 1 FROM files WHERE key = ?", (key,))
        return found.fetchone() is not None

    def _add_title(self, key: int, folded: str) -> None:
        self._connection.execute(
            "INSERT INTO titles(rowid, folded) VALUES(?, ?)", (key, folded)
        )

    def _drop_title(self, key: int, folded: str) -> None:
        self._connection.execute(
            "INSERT INTO titles(titles, rowid, folded) VALUES('delete', ?, ?)",
            (key, folded),
        )


def _crc(body: str) -> int:
    return zlib.crc32(body.encode("utf-8", "surrogatepass"))
