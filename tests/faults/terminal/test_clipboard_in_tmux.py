"""The clipboard in a real tmux: its buffer, and what its own terminal is sent."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.support.pty_program import FORTYTWO, PtyProgram, program_env
from tests.support.waiting import until_blocking
from tui.domain.conversation import Conversation
from tui.domain.message import Message, Role, Status
from tui.storage.encoding import encode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(
    shutil.which("tmux") is None, reason="there is no tmux here"
)

TEXT = "Say *this*:\n\n```make\nall:\n\tcc -o é 漢字\n```\n\nend of the answer"
CODE = "all:\n\tcc -o é 漢字"


class Tmux:
    """A tmux server of its own; it ends with the test."""

    def __init__(self, folder: Path) -> None:
        sockets = folder / "sockets"
        sockets.mkdir()
        self.env = program_env(
            str(folder),
            TMUX_TMPDIR=str(sockets),
            TERM="xterm-256color",
            FORTYTWO_API_KEY="none",
            FORTYTWO_BASE_URL="http://127.0.0.1:9/v1",
            PATH=os.environ["PATH"],
        )
        self.env.pop("TMUX", None)
        self.command = ("tmux", "-L", "copying", "-f", "/dev/null")

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self.command, *arguments],
            env=self.env,
            capture_output=True,
            check=True,
            timeout=10,
        )
        return done.stdout.decode()


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    server = Tmux(tmp_path)
    yield server
    subprocess.run(
        [*server.command, "kill-server"],
        env=server.env,
        capture_output=True,
        check=False,
        timeout=10,
    )


def write(folder: Path) -> None:
    data = folder / ".local/share/fortytwo/conversations"
    data.mkdir(parents=True)
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    messages = (
        Message("q", Role.USER, "Tell me", noon),
        Message("a", Role.ASSISTANT, TEXT, noon, "q", status=Status.COMPLETE),
    )
    whole = Conversation("c", "copying", noon, messages=messages)
    (data / "2026-11-23-copying.toml").write_bytes(encode(whole))


def sent(program: PtyProgram) -> list[str]:
    """Return the texts that the outer terminal was asked to put on its clipboard."""
    texts = []
    for piece in bytes(program.output).split(b"\x1b]52;")[1:]:
        data = piece.split(b"\x07")[0].split(b"\x1b\\")[0].partition(b";")[2]
        texts.append(base64.b64decode(data).decode())
    return texts


def test_a_copy_reaches_tmux_and_the_terminal_around_it(
    tmp_path: Path, tmux: Tmux
) -> None:
    write(tmp_path)
    command = [*tmux.command, "new-session", *FORTYTWO, "2026-11-23-copying"]
    with PtyProgram(command, env=tmux.env, cwd=str(tmp_path)) as program:
        program.wait_for("end of the answer")
        program.type("\x1b")
        program.wait_for("? help")
        program.type("y")
        program.wait_for("into tmux and its terminal's")
        assert tmux.run("show-buffer") == TEXT
        program.wait_for(lambda: sent(program))
        assert sent(program)[-1] == TEXT
        program.type("Y")
        program.wait_for("Letter copies")
        letter = next(
            line.strip("│ ")[0]
            for line in program.text.split("\n")
            if line.rstrip().endswith("make")
        )
        program.type(letter)
        program.wait_for(lambda: sent(program)[-1] == CODE)
        assert tmux.run("show-buffer") == CODE
        # A program asks tmux to pass it on; what it does by itself is another matter.
        tmux.run("set-option", "-s", "set-clipboard", "off")
        count = len(sent(program))
        program.type("y")
        program.wait_for(lambda: len(sent(program)) > count)
        assert sent(program)[-1] == TEXT


def test_a_terminal_that_tmux_can_hand_nothing_to_is_told(
    tmp_path: Path, tmux: Tmux
) -> None:
    write(tmp_path)
    tmux.env["TERM"] = "linux"
    command = [*tmux.command, "new-session", *FORTYTWO, "2026-11-23-copying"]
    with PtyProgram(command, env=tmux.env, cwd=str(tmp_path)) as program:
        program.wait_for("end of the answer")
        program.type("\x1b")
        program.wait_for("? help")
        program.type("y")
        # What tmux writes for such a terminal is beyond the emulator here.
        said = "into tmux only: it knows no way"
        program.wait_for(lambda: said in tmux.run("capture-pane", "-p"))
        assert tmux.run("show-buffer") == TEXT
        assert not sent(program)


def test_a_tmux_that_nobody_looks_at_reaches_no_terminal(
    tmp_path: Path, tmux: Tmux
) -> None:
    write(tmp_path)
    size = ("-x", "120", "-y", "40")
    program = (*FORTYTWO, "2026-11-23-copying")
    tmux.run("new-session", "-d", *size, "-c", str(tmp_path), *program)

    def shows(words: str) -> None:
        until_blocking(lambda: words in tmux.run("capture-pane", "-p"), words)

    shows("end of the answer")
    tmux.run("send-keys", "Escape")
    shows("? help")
    tmux.run("send-keys", "y")
    shows("into tmux only: no terminal is attached to it")
    assert tmux.run("show-buffer") == TEXT
