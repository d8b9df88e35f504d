"""Exceptions that nobody foresaw: a report on disk and a sentence for each.

A worker that must not fail in silence logs its exception; asyncio does so with one
that nobody waited for. Nothing of such a record goes anywhere but the exception's type
and places: texts may quote a message or a key.
"""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING

from tui.domain.errors import FortytwoError
from tui.services.reports import write_report

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

LOGGERS = ("tui", "asyncio")
"""The loggers that are listened to."""


class UnforeseenHandler(logging.Handler):
    """Takes exceptions that were logged."""

    def __init__(
        self, state: Path, now: Callable[[], datetime], tell: Callable[[str], None]
    ) -> None:
        """Prepare; `listen` begins.

        Args:
            state: The program's state folder.
            now: The time of day.
            tell: Called on any thread with a sentence for the user.
        """
        super().__init__(logging.WARNING)
        self._state = state
        self._now = now
        self._tell = tell
        self._known: set[tuple[str, str, int]] = set()

    def listen(self) -> None:
        """Take what is logged from now on."""
        for name in LOGGERS:
            logging.getLogger(name).addHandler(self)

    def close(self) -> None:
        """Listen no longer."""
        for name in LOGGERS:
            logging.getLogger(name).removeHandler(self)
        super().close()

    def emit(self, record: logging.LogRecord) -> None:
        """Report an exception, once for each place."""
        error = record.exc_info[1] if record.exc_info else None
        # Who must not log an exception's text hands the exception on beside it.
        error = error or getattr(record, "unforeseen", None)
        if error is None or isinstance(error, OSError | FortytwoError):
            # Network and disk say no every day, and to somebody who listens.
            return
        frames = traceback.extract_tb(error.__traceback__)
        place = (frames[-1].filename, frames[-1].lineno or 0) if frames else ("", 0)
        kind = type(error).__name__
        if (kind, *place) in self._known:
            return
        self._known.add((kind, *place))
        report = write_report(self._state, error, self._now())
        where = f" Report: {report}" if report else ""
        self._tell(
            f"Something unforeseen went wrong ({kind}); the program goes on.{where}"
        )
