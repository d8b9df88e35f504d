"""Hands a text to a command of the user's and takes what it says.

The command runs in a session of its own: it has no terminal, so it can't draw over the
program, and everything it started ends with it when its time is over.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.domain.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

PATIENCE = 30.0
"""Seconds that a command may take."""

MOST_KEPT = 65_536
"""Bytes of output that are kept; the rest is read and dropped."""

_LOOK = 0.1
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Piped:
    """How a command ended.

    Attributes:
        command: What the user typed.
        status: Its exit status, negative for a signal; None when its time was over.
        output: What it wrote, standard error included, at most `MOST_KEPT` bytes.
        seconds: How long it was waited for.
    """

    command: str
    status: int | None
    output: str
    seconds: float

    @property
    def sentence(self) -> str:
        """What to tell the user: how it ended and how its output begins."""
        name = f"| {self.command}"
        if self.status is None:
            return f"{name}: stopped after {self.seconds:.0f} s; it had not ended."
        lines = [line for line in self.output.split("\n") if line.strip()]
        shown = lines[0].strip() if lines else "no output"
        if len(shown) > _SHOWN:
            shown = shown[:_SHOWN] + "…"
        if len(lines) > 1:
            shown += f" … {len(lines):,} lines"
        if self.status == 0:
            return f"{name}: {shown}"
        ended = f"status {self.status}" if self.status > 0 else f"signal {-self.status}"
        return f"{name}: ended with {ended}: {shown}"


def pipe(
    text: str,
    command: str,
    environ: Mapping[str, str],
    private: Collection[str] = (),
    patience: float = PATIENCE,
) -> Piped:
    """Run a command line in the user's shell with a text as its input.

    Blocking: call it in a thread.

    Args:
        text: What the command reads.
        command: A command line for the shell.
        environ: The environment: names the shell, and is handed down to it.
        private: Variables that are not handed down: keys.
        patience: Seconds that it may take.

    Raises:
        UsageError: The shell could not be started.
    """
    environment = {name: environ[name] for name in environ if name not in private}
    with tempfile.TemporaryFile() as source:
        source.write(text.encode("utf-8", "replace"))
        if not text.endswith("\n"):
            source.write(b"\n")
        source.seek(0)
        try:
            process = subprocess.Popen(
                [environ.get("SHELL") or "/bin/sh", "-c", command],
                stdin=source,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            reason = error.strerror or str(error)
            raise UsageError(f"The shell could not be started: {reason}.") from error
    started = time.monotonic()
    with process:
        output = _read(process, started + patience)
        ended = process.poll() is not None
        if not ended:
            _end(process)
    return Piped(
        command,
        process.returncode if ended else None,
        output.decode("utf-8", "replace"),
        time.monotonic() - started,
    )


def _read(process: subprocess.Popen[bytes], until: float) -> bytes:
    """Read until the command has ended, or its time is over."""
    kept = bytearray()
    stream = process.stdout
    if stream is None:
        return b""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while time.monotonic() < until:
            # A child that stays behind may hold the pipe open; its shell's end counts.
            gone = process.poll() is not None
            if not selector.select(0 if gone else _LOOK):
                if gone:
                    break
                continue
            piece = os.read(stream.fileno(), 65_536)
            if not piece:
                break
            kept += piece[: MOST_KEPT - len(kept)]
    left = until - time.monotonic()
    if left > 0:
        try:
            process.wait(left)
        except subprocess.TimeoutExpired:
            return bytes(kept)
    return bytes(kept)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a command and everything it has started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            return
        try:
            process.wait(0.5)
        except subprocess.TimeoutExpired:
            continue
