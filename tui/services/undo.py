"""What can be undone: the last changes, newest first."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.domain.errors import MissingError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

DEPTH = 100
"""How many changes are remembered."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change that can be undone.

    Attributes:
        revert: Undoes it; raises StorageError when the disk says no.
        sentence: What is said once it is undone.
    """

    revert: Callable[[], Awaitable[None]]
    sentence: str


class UndoStack:
    """The last changes of this run."""

    def __init__(self) -> None:
        self._changes: list[Change] = []
        self._undoing = asyncio.Lock()

    def push(self, revert: Callable[[], Awaitable[None]], sentence: str) -> None:
        """Remember how to undo a change."""
        self._changes.append(Change(revert, sentence))
        del self._changes[:-DEPTH]

    async def undo(self) -> str:
        """Undo the newest change.

        Returns:
            What was undone as a sentence, or "" when there is nothing to undo.

        Raises:
            StorageError: The disk says no; the change stays undoable, unless what was
                changed is gone.
        """
        async with self._undoing:
            if not self._changes:
                return ""
            change = self._changes[-1]
            try:
                await change.revert()
            except MissingError:
                self._changes.remove(change)
                raise
            self._changes.remove(change)
            return change.sentence
