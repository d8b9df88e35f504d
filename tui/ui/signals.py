"""Leaving by signal: everything saved, the terminal restored, the right exit code.

Textual installs no handler for these signals: without one the program would die at
once and leave the terminal in raw mode on the alternate screen.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import termios
import threading
import time
from typing import TYPE_CHECKING, Any

from tui.ui.terminal.driver import force_reset

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from tui.ui.app import FortytwoApp

SAVING = 1.2
"""Seconds that saving may take."""

STARTING = 0.5
"""Seconds that a program which has just been started may take to be ready to save."""

_GLANCE = 0.01
"""Seconds between two looks."""

RESTORING = 0.4
"""Seconds that Textual may take to leave the screen before it is done by force."""

ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)
"""The signals that ask a program to end."""

HARD_END = 0.2
"""Seconds after which a program that has left the screen is ended all the same."""


log = logging.getLogger(__name__)


class EndingSignals:
    """Turns signals into a tidy end within two seconds, by force if need be."""

    def __init__(self, app: FortytwoApp) -> None:
        """Prepare to end `app`; `watch` listens."""
        self.number: int | None = None
        """The signal that ended the program, or None."""
        self._app = app
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended = threading.Event()
        self._terminal: list[Any] | None = None

    @contextlib.contextmanager
    def watch(self) -> Iterator[None]:
        """Listen while the block runs. Must be entered on the app's event loop."""
        self._loop = asyncio.get_running_loop()
        with contextlib.suppress(termios.error, ValueError, OSError):
            self._terminal = termios.tcgetattr(sys.stdin.fileno())
        before = {number: signal.signal(number, self._end) for number in ENDING}
        try:
            yield
        finally:
            self._ended.set()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _end(self, number: int, _: FrameType | None) -> None:
        """Begin to leave; runs between two instructions of the main thread.

        The work is left to a thread, because the main thread may stand still in a
        write to a terminal that nobody reads.
        """
        if self.number is None:
            self.number = number
            threading.Thread(target=self._leave, name="leaving", daemon=True).start()

    def _leave(self) -> None:
        """Save, restore and end, whatever breaks meanwhile.

        No other signal ends the program any more, so this thread must.
        """
        try:
            self._save()
        except Exception:
            log.exception("saving broke")
        try:
            self._leave_screen()
        except Exception:
            log.exception("leaving the screen broke")
        os._exit(self.exit_code)

    def _save(self) -> None:
        deadline = time.monotonic() + STARTING
        while not self._app.started and time.monotonic() < deadline:
            # What was typed meanwhile belongs behind a draft that is still being read.
            time.sleep(_GLANCE)
        self._app.leaving.keep_typed()
        self._app.workspace.close_now(SAVING)

    def _leave_screen(self) -> None:
        """Leave it, by force where Textual or the terminal hang.

        The last wait has no end of its own: a thread that nobody joins must not keep
        the process either.
        """
        with contextlib.suppress(RuntimeError):
            # The loop may be closed by now.
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._app.exit)
        if not self._ended.wait(RESTORING):
            if (driver := self._app.guarded_driver) is not None:
                driver.restore_by_force()
            else:
                force_reset(self._terminal)
        else:
            time.sleep(HARD_END)

    @property
    def exit_code(self) -> int:
        """The exit code by the shell's convention: 128 and the signal's number."""
        return 128 + (self.number or 0)
