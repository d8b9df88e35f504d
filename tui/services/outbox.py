"""The way from the engine to the interface: lossy progress, lossless endings."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from tui.services.events import AnswerEnded, AnswerGrew, TurnChanged

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.services.events import Event


@dataclass(slots=True)
class _Growth:
    """Text of one answer that the interface has not taken yet."""

    file: str
    message_id: str
    text: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)

    def merged(self) -> AnswerGrew:
        return AnswerGrew(
            self.file, self.message_id, "".join(self.text), "".join(self.reasoning)
        )


class Outbox:
    """Events waiting for the interface; any thread puts, the interface takes.

    A terminal that stops reading stops the interface too. What waits here meanwhile
    stays small: deltas of one answer become one event, of a turn only the newest
    state is kept, and nothing else is ever merged or dropped.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: list[Event | _Growth] = []
        self._growths: dict[str, _Growth] = {}
        self._turns: dict[str, int] = {}
        self._wake: Callable[[], None] | None = None

    def connect(self, wake: Callable[[], None]) -> None:
        """Name who is told, once, when events begin to wait.

        Args:
            wake: Called from any thread, must return at once and never raise.
        """
        with self._lock:
            self._wake = wake
            waiting = bool(self._waiting)
        if waiting:
            wake()

    def disconnect(self) -> None:
        """Tell nobody any more."""
        with self._lock:
            self._wake = None

    def put(self, event: Event) -> None:
        """Add an event, merging progress into what already waits."""
        with self._lock:
            was_empty = not self._waiting
            self._add(event)
            wake = self._wake if was_empty else None
        if wake is not None:
            wake()

    def _add(self, event: Event) -> None:
        if isinstance(event, AnswerGrew):
            growth = self._growths.get(event.message_id)
            if growth is None:
                growth = _Growth(event.file, event.message_id)
                self._growths[event.message_id] = growth
                self._waiting.append(growth)
            if event.text:
                growth.text.append(event.text)
            if event.reasoning:
                growth.reasoning.append(event.reasoning)
            return
        if isinstance(event, TurnChanged):
            index = self._turns.get(event.turn.message_id)
            if index is not None:
                self._waiting[index] = event
                return
            self._turns[event.turn.message_id] = len(self._waiting)
        elif isinstance(event, AnswerEnded):
            self._growths.pop(event.message.id, None)
            self._turns.pop(event.message.id, None)
        self._waiting.append(event)

    def take(self) -> list[Event]:
        """Return what waits, in order, and leave nothing."""
        with self._lock:
            waiting = self._waiting
            self._waiting = []
            self._growths = {}
            self._turns = {}
        return [
            event.merged() if isinstance(event, _Growth) else event for event in waiting
        ]
