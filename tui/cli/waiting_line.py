"""The one line on stderr that says what is being waited for."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from tui.domain.phase import Phase
from tui.domain.visible import visible_line

if TYPE_CHECKING:
    from tui.domain.turn import Turn

_WORDS = {
    Phase.QUEUED: "queued",
    Phase.CONNECTING: "connecting",
    Phase.SENT: "waiting",
    Phase.HEADERS: "waiting",
    Phase.STREAMING: "thinking",
    Phase.STOPPING: "stopping",
}


class WaitingLine:
    """Shown, renewed and removed on a terminal; says nothing to a pipe or a file.

    Attributes:
        rest: True once the answer is on its way: then nothing is shown any more.
    """

    def __init__(self) -> None:
        self.rest = False
        self._terminal = sys.stderr is not None and sys.stderr.isatty()
        self._redrawn = self._terminal and os.environ.get("TERM") not in (None, "dumb")
        self._shown = ""

    def show(self, turn: Turn) -> None:
        """Say where a turn stands."""
        if not self._redrawn or self.rest:
            return
        text = self._describe(turn)
        if text != self._shown:
            self._shown = text
            sys.stderr.write(f"\r{text}\x1b[K")
            sys.stderr.flush()

    def progress(self, text: str) -> None:
        """Say how far a long piece of work is."""
        if self._redrawn:
            self._shown = text
            sys.stderr.write(f"\r{visible_line(text)}\x1b[K")
            sys.stderr.flush()

    def clear(self) -> None:
        """Remove the line."""
        if self._shown:
            self._shown = ""
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def tell(self, text: str) -> None:
        """Say something that stays, if a person reads it."""
        if self._terminal:
            self.clear()
            sys.stderr.write(f"{visible_line(text)}\n")

    def _describe(self, turn: Turn) -> str:
        now = time.monotonic()
        tries = f" · try {turn.attempt} of {turn.attempts}" if turn.attempt > 1 else ""
        if turn.phase in (Phase.RETRYING, Phase.QUEUED) and turn.retry_at is not None:
            why = turn.failure.sentence if turn.failure else turn.notice
            left = max(0, round(turn.retry_at - now))
            text = f"trying again in {left} s{tries} · {why}"
        else:
            waited = int(now - (turn.started_at or turn.queued_at))
            word = _WORDS.get(turn.phase, "waiting")
            text = f"{word} {waited // 60}:{waited % 60:02d}{tries}"
        width = max(20, _columns() - 1)
        return visible_line(text)[:width]


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):
        return 80
