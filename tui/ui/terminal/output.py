"""Writes to the terminal on a thread; a terminal that does not read stalls nobody.

Textual's own writer blocks the event loop once thirty pieces wait (8.2.8, measured):
keys, timers and signal handlers stand still until the terminal reads on. Here frames
are left out instead, and the whole screen is painted once the terminal has caught up:
a slow connection shows fewer frames, never old ones.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import threading
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_WAITING = 128 * 1024
"""Characters that may wait; a frame of a big screen has some 20,000."""

_KEPT = ("\x07", "\x1b]")
"""What begins like this (bell, OSC) can't be painted again, so it is never left out."""


_CHUNK = 16 * 1024
"""Bytes of one write."""

_FULL = 0.05
"""Seconds after which a terminal that takes nothing is looked at again."""


log = logging.getLogger(__name__)


def open_terminal(descriptor: int) -> int | None:
    """Open the terminal behind a descriptor once more, for writing without waiting.

    A write that waits can't be taken back: neither a flush of the terminal's queue nor
    another thread ends it (measured with Linux 6.18). The descriptor itself is shared
    with the shell and must not be changed.

    Args:
        descriptor: A file descriptor of the terminal.

    Returns:
        A descriptor to be closed by the caller; None when it is no terminal, or one
        that can't be opened.
    """
    flags = os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    with contextlib.suppress(OSError):
        # Another user's, after `su`: then it has only the name that everybody may open.
        for name in (os.ttyname(descriptor), os.ctermid()):
            with contextlib.suppress(OSError):
                return os.open(name, flags)
    return None


class TerminalOutput:
    """A queue of text and the thread that writes it."""

    def __init__(self, descriptor: int, when_caught_up: Callable[[], None]) -> None:
        """Start the thread.

        Args:
            descriptor: The terminal's file descriptor.
            when_caught_up: Called on the thread when frames were left out and the
                terminal reads again.
        """
        self._own = open_terminal(descriptor)
        self._descriptor = descriptor if self._own is None else self._own
        self._when_caught_up = when_caught_up
        self._waiting: deque[str] = deque()
        self._count = 0
        self._changed = threading.Condition()
        self._left_out = False
        self._essential = False
        self._closing = False
        self._aborted = False
        self._thread = threading.Thread(
            target=self._run, name="terminal-output", daemon=True
        )
        self._thread.start()

    def write(self, text: str) -> None:
        """Take text to write; returns at once, whatever the terminal does."""
        with self._changed:
            if self._skips(text):
                self._left_out = True
                return
            self._waiting.append(text)
            self._count += len(text)
            self._changed.notify_all()

    def _skips(self, text: str) -> bool:
        if self._essential or text.startswith(_KEPT):
            return False
        full = self._count > 0 and self._count + len(text) > MOST_WAITING
        return full or self._left_out

    def keep_all(self) -> None:
        """Leave nothing out from now on: what follows restores the terminal.

        Frames that still wait are of no use any more.
        """
        with self._changed:
            self._essential = True
            if self._left_out:
                self._waiting.clear()
                self._count = 0

    def close(self, patience: float) -> bool:
        """Write what waits, then end the thread.

        Args:
            patience: The longest wait, in seconds.

        Returns:
            False when the terminal did not read in time.
        """
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(patience)
        return not self._thread.is_alive()

    def abort(self, patience: float) -> None:
        """End the thread although the terminal does not read.

        Args:
            patience: The longest wait, in seconds.
        """
        self._aborted = True
        self._thread.join(patience)

    def _run(self) -> None:
        try:
            self._write_until_closed()
        finally:
            if self._own is not None:
                os.close(self._own)

    def _write_until_closed(self) -> None:
        while (data := self._take()) is not None:
            try:
                if not self._write_all(data):
                    return
                self._catch_up()
            except Exception:
                # Without this thread the screen would stand still for ever.
                log.exception("a frame could not be written")
                with self._changed:
                    self._left_out = True
                self._catch_up()

    def _catch_up(self) -> None:
        with self._changed:
            caught_up = self._left_out and not self._waiting
            if caught_up:
                self._left_out = False
        if caught_up and not self._closing:
            self._when_caught_up()

    def _take(self) -> bytes | None:
        """Return everything that waits as bytes; None when there will be no more."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            if not self._waiting:
                return None
            text = "".join(self._waiting)
            self._waiting.clear()
            self._count = 0
        return text.encode("utf-8", "replace")

    def _write_all(self, data: bytes) -> bool:
        """Write; False when the terminal is gone."""
        rest = memoryview(data)
        while rest and not self._aborted:
            try:
                rest = rest[os.write(self._descriptor, rest[:_CHUNK]) :]
            except BlockingIOError:
                select.select([], [self._descriptor], [], _FULL)
            except OSError:
                # The reading side notices too, and ends the program.
                return False
        return not self._aborted
