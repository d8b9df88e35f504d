"""The key, planted at every source: after a tour with faults it is nowhere."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faults.terminal.leaving import CRASHING, ROOT, saved_messages
from tests.support.demo import DemoThread
from tests.support.pty_program import FORTYTWO, PtyProgram, program_env
from tests.support.tmux import Tmux
from tui.demo.pacing import Pace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.promises import Measured

KEY = "sk-planted-7f3a9c2e51d84b60"
OTHER = "sk-other-1b2c3d4e5f607182"

pytestmark = pytest.mark.promise


@pytest.fixture
def locked() -> Iterator[DemoThread]:
    """A server that wants the key."""
    with DemoThread(key=KEY, pace=Pace(first=0.0, token=0.01)) as demo:
        yield demo


class Desk:
    """A home whose configuration names a source of the key, and a witness."""

    def __init__(self, folder: Path, source: str, base_url: str) -> None:
        self.folder = folder
        self.env = program_env(str(folder / "home"), MY_OTHER_NAME=OTHER)
        self.kept = folder / "kept"
        self.kept.mkdir()
        lines = ['endpoint = "server"', f'[endpoints.server]\nbase_url = "{base_url}"']
        if source == "environment":
            lines.append('api_key_env = "MY_SERVERS_NAME"')
            self.env["MY_SERVERS_NAME"] = KEY
        elif source == "file":
            lines.append(f'api_key_file = "{self._keep("key", KEY, 0o600)}"')
        else:
            script = self._keep("print-key", f"#!/bin/sh\necho {KEY}\n", 0o700)
            lines.append(f'api_key_command = "{script}"')
        lines.append('[endpoints.other]\nbase_url = "http://127.0.0.1:9/v1"')
        lines.append('api_key_env = "MY_OTHER_NAME"')
        self.config = folder / "config.toml"
        self.config.write_text("\n".join(lines) + "\n")
        # What other programs get to see.
        editor = folder / "editor"
        editor.write_text(f"#!/bin/sh\nenv >> {folder}/children\n")
        editor.chmod(0o755)
        self.env["VISUAL"] = str(editor)

    def _keep(self, name: str, text: str, mode: int) -> Path:
        path = self.kept / name
        path.write_text(text)
        path.chmod(mode)
        return path

    @property
    def words(self) -> list[str]:
        data = str(self.folder / "data")
        return ["--config", str(self.config), "--data-dir", data]

    def files_with_a_key(self) -> list[str]:
        return [
            str(path.relative_to(self.folder))
            for path in self.folder.rglob("*")
            if path.is_file()
            and self.kept not in path.parents
            and holds_a_key(path.read_bytes())
        ]


def holds_a_key(data: bytes) -> bool:
    return KEY.encode() in data or OTHER.encode() in data


def say(program: PtyProgram, text: str) -> None:
    program.type(text)
    program.wait_for(f"› {text}")
    program.type("\r")
    program.wait_for(lambda: f"› {text}" not in program.text)


def answered(folder: Path, count: int) -> bool:
    return len(saved_messages(folder)) >= count


@pytest.mark.timeout(240)
@pytest.mark.parametrize("source", ["environment", "file", "command"])
def test_a_tour_with_faults_and_a_crash_leaves_the_key_nowhere(
    tmp_path: Path, locked: DemoThread, source: str, measured: Measured
) -> None:
    desk = Desk(tmp_path, source, locked.base_url)
    outputs = [tour(desk)]
    for command in (
        ["doctor"],
        ["models"],
        ["ask", "hello"],
        ["list"],
        ["export", "--all", "--output", str(tmp_path / "out")],
    ):
        done = subprocess.run(
            [*FORTYTWO, *command, *desk.words],
            env=desk.env,
            cwd=ROOT,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )
        outputs += [done.stdout, done.stderr]
    assert list(tmp_path.rglob("reports/*.txt"))
    assert desk.files_with_a_key() == []
    assert not any(map(holds_a_key, outputs))
    assert "PATH=" in (tmp_path / "children").read_text()
    measured("P36", "tours with faults, a crash and every command: 0 occurrences", 1)


def tour(desk: Desk) -> bytes:
    """Ask, fail in several ways, edit, inspect, copy, crash; return the output."""
    folder = desk.folder
    program = [*CRASHING, *desk.words]
    with PtyProgram(program, env=desk.env, cwd=ROOT) as running:
        running.wait_for("Ask anything")
        say(running, "hello")
        running.wait_for(lambda: answered(folder, 2))
        for nth, fault in enumerate(("fail with 401", "fail with 500", "garbage"), 2):
            say(running, fault)
            running.wait_for(
                lambda nth=nth: (
                    answered(folder, 2 * nth)  # type: ignore[misc]  # bound early
                    or "retry in" in running.text
                )
            )
            running.type(b"\x03")
            running.wait_for(lambda nth=nth: answered(folder, 2 * nth))  # type: ignore[misc]  # bound early
        running.type(b"\x07")
        running.wait_for(lambda: (folder / "children").exists())
        running.wait_for("Ask anything")
        for keys in (b"\x1b", b"I", b"\x1b", b"\x1b", b"y"):
            running.type(keys)
            running.read(0.4)
        assert not holds_a_key(Path(f"/proc/{running.pid}/cmdline").read_bytes())
        running.kill(signal.SIGUSR1)
        assert running.wait_ended() == 1
        return bytes(running.output)


def test_a_copy_inside_tmux_hands_it_no_key(
    tmp_path: Path, locked: DemoThread, measured: Measured
) -> None:
    desk = Desk(tmp_path, "environment", locked.base_url)
    spy = tmp_path / "bin"
    spy.mkdir()
    which = subprocess.run(["which", "tmux"], capture_output=True, check=True)
    real = which.stdout.decode().strip()
    script = f'#!/bin/sh\nenv >> {tmp_path}/children\nexec {real} "$@"\n'
    (spy / "tmux").write_text(script)
    (spy / "tmux").chmod(0o755)
    folder = tmp_path / "t"
    folder.mkdir()
    env = {**desk.env, "PATH": f"{spy}:{os.environ['PATH']}"}
    program = [*FORTYTWO, *desk.words]
    # The server is started by the real one: what it knows is its user's affair.
    with Tmux(folder, program, env=env, cwd=ROOT, tmux=real) as tmux:
        tmux.wait_for("Ask anything")
        tmux.keys("hello", "Enter")
        tmux.wait_for("guide inside this program")
        tmux.keys("Escape")
        tmux.wait_for("write")
        tmux.keys("y")
        tmux.wait_for("Copied")
    children = (tmp_path / "children").read_bytes()
    assert b"PATH=" in children
    assert not holds_a_key(children)
    measured("P36", "a copy through tmux: its environment held no key", 1)
