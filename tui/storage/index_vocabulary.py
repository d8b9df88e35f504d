"""Keeps the words there are in the index, which are looked up by their parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.storage.index_query import phrase

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

SHORTEST = 3
LONGEST = 128
"""Letters of the words that are kept: what is longer is data."""

_REMEMBERED = 100_000
"""Words that are remembered to be in the index, ten megabytes."""


class Vocabulary:
    """Writes the words, within the transactions of others."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: set[str] = set()

    def add(self, spelled: Iterable[str]) -> None:
        """Take the words of texts that were cut into words."""
        words = _words_of(spelled)
        self._connection.executemany(
            "INSERT OR IGNORE INTO words(word) VALUES(?)",
            ((word,) for word in sorted(words - self._known)),
        )
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        self._known |= words

    def drop(self, spelled: Iterable[str]) -> None:
        """Forget those words of texts that are gone which no other text has."""
        unused = [word for word in _words_of(spelled) if not self._is_used(word)]
        self._connection.executemany(
            "DELETE FROM words WHERE word = ?", ((word,) for word in unused)
        )
        self._known.difference_update(unused)

    def lose_memory(self) -> None:
        """Remember nothing of a transaction that was taken back."""
        self._known.clear()

    def _is_used(self, word: str) -> bool:
        found = self._connection.execute(
            "SELECT 1 FROM bodies WHERE bodies MATCH ? LIMIT 1", (phrase([word]),)
        )
        return found.fetchone() is not None


def _words_of(spelled: Iterable[str]) -> set[str]:
    words: set[str] = set()
    for text in spelled:
        words.update(text.split())
    return {word for word in words if SHORTEST <= len(word) <= LONGEST}
