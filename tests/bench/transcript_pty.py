"""Runs a script of this folder in a pseudo-terminal of 120×40 and takes its figures.

The terminal's end is drained all the time, as a fast terminal would.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import struct
import sys
import tempfile
import termios
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def run_in_terminal(
    script: str, *arguments: str, columns: int = 120, rows: int = 40
) -> dict[str, Any]:
    """Run a script and return what it hands to `hand_over`.

    Args:
        script: A file of this folder.
        arguments: Its arguments.
        columns: The terminal's width, in cells.
        rows: The terminal's height, in cells.
    """
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "figures.json"
        child, terminal = pty.fork()
        if child == 0:
            os.environ.update(
                TERM="xterm-256color",
                COLORTERM="truecolor",
                FIGURES=str(result),
                PYTHONPATH=str(ROOT),
                TEXTUAL_ANIMATIONS="none",
            )
            path = str(Path(__file__).parent / script)
            os.execv(sys.executable, [sys.executable, path, *arguments])
        fcntl.ioctl(
            terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0)
        )
        output = bytearray()
        while True:
            try:
                data = os.read(terminal, 65536)
            except OSError:
                break
            if not data:
                break
            output = (output + data)[-4000:]
        _, status = os.waitpid(child, 0)
        os.close(terminal)
        if not result.exists():
            print(output.decode(errors="replace"))
            raise SystemExit(f"{script} ended with status {status} and no figures")
        figures: dict[str, Any] = json.loads(result.read_text())
        return figures


def hand_over(figures: dict[str, Any]) -> None:
    """Give figures to the process that runs this one."""
    Path(os.environ["FIGURES"]).write_text(json.dumps(figures))
