"""A real program in a real pty, and the screen it paints."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from typing import TYPE_CHECKING

import pyte

from tests.support.waiting import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType


class PtyProgram:
    """Starts a program in a pty of its own, types into it and reads its screen."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        columns: int = 120,
        rows: int = 40,
        cwd: str | None = None,
    ) -> None:
        self.output = bytearray()
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.status: int | None = None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                if cwd:
                    os.chdir(cwd)
                os.execvpe(argv[0], list(argv), dict(env))
            finally:
                os._exit(127)
        self.resize(columns, rows)

    def __enter__(self) -> PtyProgram:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    def resize(self, columns: int, rows: int) -> None:
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, size)
        self.screen.resize(rows, columns)

    def type(self, text: str | bytes) -> None:
        data = text.encode() if isinstance(text, str) else text
        while data:
            data = data[os.write(self.fd, data) :]
            self.read(0)

    def read(self, timeout: float = 0.02) -> bytes:
        """Take in what the program wrote; returns the new bytes."""
        got = bytearray()
        while select.select([self.fd], [], [], timeout)[0]:
            try:
                piece = os.read(self.fd, 65536)
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
                break
            if not piece:
                break
            got += piece
            timeout = 0
        self.output += got
        with contextlib.suppress(IndexError, KeyError, TypeError, ValueError):
            self._stream.feed(bytes(got))
        return bytes(got)

    @property
    def text(self) -> str:
        """The screen as lines of text."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def wait_for(
        self,
        condition: str | Callable[[], object],
        patience: float = PATIENCE,
    ) -> None:
        """Read until a text stands on the screen or a condition holds."""
        deadline = time.monotonic() + patience
        while True:
            self.read()
            held = condition in self.text if isinstance(condition, str) else condition()
            if held:
                return
            if not self.alive():
                self.read()
                raise AssertionError(
                    f"ended ({self.status}) before {condition!r}:\n{self.text}"
                )
            if time.monotonic() > deadline:
                raise AssertionError(f"never came: {condition!r}\n{self.text}")

    def alive(self) -> bool:
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is None

    def wait_ended(self, patience: float = PATIENCE) -> int:
        """Read until the program has ended; returns its exit code."""
        deadline = time.monotonic() + patience
        while self.alive():
            self.read()
            if time.monotonic() > deadline:
                raise AssertionError(f"still runs:\n{self.text}")
        self.read()
        assert self.status is not None
        return self.status

    def kill(self, number: int = signal.SIGKILL) -> None:
        if self.alive():
            os.kill(self.pid, number)

    def end(self) -> None:
        """Kill it if it still runs, and close the pty."""
        self.kill()
        while self.alive():
            self.read()
        with contextlib.suppress(OSError):
            os.close(self.fd)


def program_env(home: str, **extra: str) -> dict[str, str]:
    """Return a clean environment with a home of its own."""
    keep = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return {
        **keep,
        "HOME": home,
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        "TEXTUAL_ANIMATIONS": "none",
        "PYTHONUNBUFFERED": "1",
        **extra,
    }


FORTYTWO = (sys.executable, "-m", "tui")
"""The program as this checkout has it."""
