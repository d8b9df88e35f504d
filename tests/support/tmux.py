"""A program in a real tmux of its own, with tmux's default configuration."""

from __future__ import annotations

import os
import shlex
import subprocess
import time
from typing import TYPE_CHECKING

from tests.support.waiting import PATIENCE, until_blocking

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from types import TracebackType


class Tmux:
    """A server with one pane; killed at the end."""

    def __init__(
        self,
        folder: Path,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: str,
        options: Sequence[str] = (),
        columns: int = 120,
        rows: int = 40,
        tmux: str = "tmux",
    ) -> None:
        """Start it.

        Args:
            folder: Where the server's socket lies.
            argv: The program.
            env: Its environment.
            cwd: Where it starts.
            options: Commands of tmux before the program starts.
            columns: The pane's width.
            rows: The pane's height.
            tmux: The tmux that is run.
        """
        self._tmux = tmux
        # A socket's path may have some hundred bytes only.
        self._socket = str(folder / "s")
        self._env = {**env, "TMUX_TMPDIR": str(folder)}
        config = folder / "tmux.conf"
        config.write_text("\n".join(options) + "\n")
        command = "exec " + shlex.join(argv)
        size = ("-x", str(columns), "-y", str(rows))
        self._run("-f", str(config), "new-session", "-d", *size, "-c", cwd, command)

    def _run(self, *words: str, check: bool = True) -> str:
        done = subprocess.run(
            [self._tmux, "-S", self._socket, *words],
            capture_output=True,
            text=True,
            check=False,
            env=self._env,
            timeout=20,
        )
        assert not check or done.returncode == 0, done.stderr
        return done.stdout

    def __enter__(self) -> Tmux:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pid = self._run("display-message", "-p", "#{pid}", check=False).strip()
        self._run("kill-server", check=False)
        if pid:
            until_blocking(lambda: not _alive(int(pid)), "tmux ends")

    def keys(self, *names: str) -> None:
        """Press keys by tmux's names, such as `C-j`; words are typed as they are."""
        self._run("send-keys", *names)

    def raw(self, data: bytes) -> None:
        """Hand bytes to the program as they are."""
        self._run("send-keys", "-H", *(f"{byte:02x}" for byte in data))

    def paste(self, text: str, *, bracketed: bool) -> None:
        """Paste a text."""
        self._run("set-buffer", text)
        self._run("paste-buffer", *(("-p",) if bracketed else ()))

    @property
    def text(self) -> str:
        """The pane's screen."""
        return self._run("capture-pane", "-p", check=False)

    def wait_for(self, part: str, patience: float = PATIENCE) -> None:
        """Wait until a text stands on the screen."""
        deadline = time.monotonic() + patience
        while part not in self.text:
            assert time.monotonic() < deadline, f"never came: {part!r}\n{self.text}"
            time.sleep(0.02)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
