"""Reads what is typed, line by line, and tells a paste from typing by its speed."""

from __future__ import annotations

import os
import select

PAUSE = 0.05
"""Seconds in which the next line of a paste comes; nobody types one so fast."""

LONGEST = 4095
"""Bytes of a line that a terminal takes in line mode. Source: termios(3), ICANON."""

_CHUNK = 64 * 1024


class Lines:
    """The lines of a file descriptor.

    Attributes:
        terminal: True when a person types them.
    """

    def __init__(self, descriptor: int) -> None:
        """Take the descriptor."""
        self.terminal = os.isatty(descriptor)
        self._descriptor = descriptor
        self._rest = b""
        self._taken: list[bytes] = []
        self._ended = False

    def next(self) -> list[str] | None:
        """Wait for what is entered next.

        Returns:
            One line; from a terminal several when they came at once, as a paste
            does; None at the end of input. Bytes that are no UTF-8 become U+FFFD.
        """
        if not self._taken:
            self._take()
        while self._taken and self.terminal and self._more_is_here():
            if not self._take():
                break
        # Whatever interrupts the wait for more loses none of them.
        lines, self._taken = self._taken, []
        return [line.decode("utf-8", "replace").rstrip("\r") for line in lines] or None

    def _take(self) -> bool:
        """Take the next line; False at the end of input."""
        line = self._line()
        if line is not None:
            self._taken.append(line)
        return line is not None

    def _line(self) -> bytes | None:
        while b"\n" not in self._rest:
            data = b"" if self._ended else self._read()
            if not data:
                self._ended = True
                rest, self._rest = self._rest, b""
                return rest or None
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def _more_is_here(self) -> bool:
        if b"\n" in self._rest:
            return True
        return bool(select.select([self._descriptor], [], [], PAUSE)[0])

    def _read(self) -> bytes:
        try:
            return os.read(self._descriptor, _CHUNK)
        except OSError:
            # EIO: the terminal is gone.
            return b""
