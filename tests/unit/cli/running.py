"""The program as a process with pipes, as scripts run it."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path
from typing import Any

from tests.support.pty_program import FORTYTWO, program_env

ROOT = Path(__file__).parents[3]
PATIENCE = 60.0


class Desk:
    """A home of its own, and the commands that run in it."""

    def __init__(self, folder: Path, base_url: str = "") -> None:
        self.folder = folder
        self.data = folder / "data"
        self.conversations = self.data / "conversations"
        self.base_url = base_url
        self.extra: dict[str, str] = {}

    def command(self, *words: str | Path) -> list[str]:
        asks = words[0] in ("ask", "models", "doctor")
        server = ["--base-url", self.base_url] if asks and self.base_url else []
        places = ["--data-dir", str(self.data)]
        return [*FORTYTWO, *map(str, words), *places, *server]

    @property
    def environ(self) -> dict[str, str]:
        return program_env(str(self.folder / "home"), **self.extra)

    def run(
        self, *words: str | Path, stdin: str | bytes = ""
    ) -> subprocess.CompletedProcess[str]:
        raw = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            self.command(*words),
            input=raw,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
            env=self.environ,
            cwd=ROOT,
        )
        assert b"Traceback" not in done.stderr, done.stderr.decode()
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
        )

    def begin(self, *words: str | Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self.command(*words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.environ,
            cwd=ROOT,
            # What a buffer holds back, `communicate` would not see.
            bufsize=0,
        )

    def files(self) -> list[dict[str, Any]]:
        found = sorted(self.conversations.glob("*.toml"))
        return [tomllib.loads(path.read_text(encoding="utf-8")) for path in found]
