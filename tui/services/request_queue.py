"""Politeness: how many requests run at once with a key, and who is next.

The Fortytwo API limits concurrent and queued requests for each user, and a refused
request may count against the quota. So one runs by default, the others wait here, in
an order the user sees and may change.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class RequestQueue:
    """The running and the waiting requests of one server and key, by message id."""

    def __init__(
        self, capacity: int, moved: Callable[[Sequence[str]], None] | None = None
    ) -> None:
        """Make an empty queue.

        Args:
            capacity: How many may run at once, 1 or more.
            moved: Called with the waiting ids, first one first, when they change.
        """
        self._capacity = max(1, capacity)
        self._moved = moved
        self._running: set[str] = set()
        self._waiting: dict[str, asyncio.Future[None]] = {}

    @property
    def waiting(self) -> tuple[str, ...]:
        """The waiting ids, the next one first."""
        return tuple(self._waiting)

    @property
    def running(self) -> frozenset[str]:
        """The running ids."""
        return frozenset(self._running)

    async def enter(
        self, message_id: str, *, front: bool = False, now: bool = False
    ) -> None:
        """Wait for a place to run; returns at once when one is free.

        Args:
            message_id: Who waits.
            front: True goes before everybody else.
            now: True waits for nobody.
        """
        if now or (len(self._running) < self._capacity and not self._waiting):
            self._running.add(message_id)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[message_id] = future
        if front:
            self._order([message_id, *(i for i in self._waiting if i != message_id)])
        self._report()
        try:
            await future
        except asyncio.CancelledError:
            if self._waiting.pop(message_id, None) is not None:
                self._report()
            self._running.discard(message_id)
            self._admit()
            raise

    def resize(self, capacity: int) -> None:
        """Let another number run at once, 1 or more."""
        self._capacity = max(1, capacity)
        self._admit()

    def leave(self, message_id: str) -> None:
        """Give the place back and let the next one run."""
        self._running.discard(message_id)
        self._admit()

    def move(self, message_id: str, place: int) -> None:
        """Put a waiting request at another place, counted from 1."""
        if message_id not in self._waiting:
            return
        order = [waiting for waiting in self._waiting if waiting != message_id]
        order.insert(max(0, place - 1), message_id)
        self._order(order)
        self._report()

    def send_now(self, message_id: str) -> None:
        """Let a waiting request run although the places are taken."""
        future = self._waiting.pop(message_id, None)
        if future is not None and not future.done():
            self._running.add(message_id)
            future.set_result(None)
            self._report()

    def _order(self, order: Sequence[str]) -> None:
        self._waiting = {waiting: self._waiting[waiting] for waiting in order}

    def _admit(self) -> None:
        changed = False
        while self._waiting and len(self._running) < self._capacity:
            message_id = next(iter(self._waiting))
            future = self._waiting.pop(message_id)
            changed = True
            if not future.done():
                self._running.add(message_id)
                future.set_result(None)
        if changed:
            self._report()

    def _report(self) -> None:
        if self._moved is not None:
            self._moved(tuple(self._waiting))
