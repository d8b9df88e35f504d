"""Reads what is typed, line by line, and tells a paste from typing by its speed."""

from __future__ import annotations

import os
import select
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager

PAUSE = 0.05
"""Seconds in which the next line of a paste comes; nobody types one so fast."""

LONGEST = 4095
"""Bytes of a line that a terminal takes in line mode. Source: termios(3), ICANON."""

MOST_AT_THE_END = 1024 * 1024
"""Bytes that are still taken from the terminal when the program must end."""

_CHUNK = 64 * 1024


class Lines:
    """The lines of a file descriptor.

    Attributes:
        terminal: True when a person types them.
    """

    def __init__(
        self, descriptor: int, whole: Callable[[], AbstractContextManager[None]]
    ) -> None:
        """Make it.

        Args:
            descriptor: Where lines come from.
            whole: Keeps signals from interrupting a block.
        """
        self.terminal = os.isatty(descriptor)
        self._descriptor = descriptor
        self._whole = whole
        self._rest = b""
        self._taken: list[bytes] = []
        self._ended = False

    def next(self) -> list[str] | None:
        """Wait for what is entered next; it is held until `let_go`.

        Returns:
            One line; from a terminal several when they came at once, as a paste
            does; None at the end of input. Bytes that are no UTF-8 become U+FFFD.
        """
        if not self._taken:
            self._take()
        while self._taken and self.terminal and self._more_is_here():
            if not self._take():
                break
        return _decode(self._taken) or None

    def let_go(self) -> None:
        """Forget the lines that `next` returned: they are in other hands."""
        self._taken = []

    def all_that_is_there(self) -> list[str]:
        """Return the lines held, and those that a terminal holds; waits for nothing."""
        while self.terminal and len(self._rest) < MOST_AT_THE_END and self._is_ours():
            data = self._read() if self._is_ready(0) else b""
            if not data:
                break
            self._rest += data
        return _decode([*self._taken, *self._rest.splitlines()])

    def _take(self) -> bool:
        """Take the next line; False at the end of input."""
        while b"\n" not in self._rest and not self._ended:
            self._is_ready(None)
            with self._whole():
                data = self._read()
                self._rest += data
                self._ended = not data
        with self._whole():
            line, end, self._rest = self._rest.partition(b"\n")
            if line or end:
                self._taken.append(line)
        return bool(line or end)

    def _more_is_here(self) -> bool:
        return b"\n" in self._rest or self._is_ready(PAUSE)

    def _is_ready(self, patience: float | None) -> bool:
        return bool(select.select([self._descriptor], [], [], patience)[0])

    def _is_ours(self) -> bool:
        """Return whether we may read from the terminal without being stopped for it."""
        try:
            return os.tcgetpgrp(self._descriptor) == os.getpgrp()
        except OSError:
            return False

    def _read(self) -> bytes:
        try:
            return os.read(self._descriptor, _CHUNK)
        except OSError:
            # EIO: the terminal is gone.
            return b""


def _decode(lines: Iterable[bytes]) -> list[str]:
    return [line.decode("utf-8", "replace").rstrip("\r") for line in lines]
