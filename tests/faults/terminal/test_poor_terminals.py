"""Terminals that can little: a sentence, or a screen that can be used."""

from __future__ import annotations

import os
import re
import signal
from typing import TYPE_CHECKING

import pytest

from tests.faults.terminal.leaving import ROOT, saved_messages
from tests.support.pty_program import FORTYTWO, PtyProgram, program_env
from tests.support.tmux import Tmux
from tests.support.waiting import until_blocking

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.demo import DemoThread
    from tests.support.promises import Measured

pytestmark = pytest.mark.promise
_COLOUR = re.compile(rb"\x1b\[[0-9;]*(?:3[0-7]|4[0-7]|9[0-7]|38;|48;)[0-9;]*m")
_MANY_COLOURS = re.compile(rb"\x1b\[[0-9;]*[34]8;[25];")


def start(
    folder: Path, base_url: str, columns: int = 120, rows: int = 40, **extra: str
) -> PtyProgram:
    env = program_env(str(folder / "home"), **extra)
    words = ["--data-dir", str(folder / "data"), "--base-url", base_url]
    return PtyProgram(
        [*FORTYTWO, *words], env=env, cwd=ROOT, columns=columns, rows=rows
    )


def talks(folder: Path, program: PtyProgram) -> bytes:
    """Check that a prompt is answered and the program left; return the output."""
    program.wait_for("Ask anything")
    program.type("hello")
    program.wait_for("hello")
    program.type("\r")
    program.wait_for(lambda: len(saved_messages(folder)) == 2)
    program.wait_for("guide")
    program.type(b"\x11")
    assert program.wait_ended() == 0
    return bytes(program.output)


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_without_a_full_screen_is_one_sentence(
    tmp_path: Path, quick_demo: DemoThread, term: str, measured: Measured
) -> None:
    with start(tmp_path, quick_demo.base_url, TERM=term) as program:
        assert program.wait_ended() == 2
    output = bytes(program.output)
    assert output.startswith(b"fortytwo: TERM=")
    assert output.count(b"\n") == 1
    assert b"\x1b" not in output
    measured("P27", f"TERM={term or '(unset)'}: one sentence, status 2")


def test_no_colour_is_no_colour(
    tmp_path: Path, quick_demo: DemoThread, measured: Measured
) -> None:
    with start(tmp_path, quick_demo.base_url, NO_COLOR="1") as program:
        output = talks(tmp_path, program)
    # Shades of grey are left: what is muted must differ from what is not.
    colours = {found for found in _COLOUR.findall(output) if not grey(found)}
    assert colours == set()
    measured("P27", "NO_COLOR: no colour but grey, an answer was read")


def grey(sequence: bytes) -> bool:
    triples = re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)", sequence)
    plain = re.sub(rb"[34]8;2;\d+;\d+;\d+", b"", sequence)
    return not _COLOUR.search(plain) and all(max(t) == min(t) for t in triples)


def test_sixteen_colours_are_enough(
    tmp_path: Path, quick_demo: DemoThread, measured: Measured
) -> None:
    with start(tmp_path, quick_demo.base_url, TERM="xterm", COLORTERM="") as program:
        output = talks(tmp_path, program)
    assert not _MANY_COLOURS.search(output)
    measured("P27", "16 colours: an answer was read")


def test_a_locale_without_unicode(
    tmp_path: Path, quick_demo: DemoThread, measured: Measured
) -> None:
    with start(tmp_path, quick_demo.base_url, LANG="C", LC_ALL="C") as program:
        talks(tmp_path, program)
    measured("P27", "LANG=C: an answer was read")


@pytest.mark.parametrize(("columns", "rows"), [(20, 5), (1, 1), (39, 11)])
def test_a_tiny_window_says_so_and_keeps_what_is_typed(
    tmp_path: Path, quick_demo: DemoThread, columns: int, rows: int, measured: Measured
) -> None:
    with start(tmp_path, quick_demo.base_url, columns, rows) as program:
        if columns > 1:
            program.wait_for("Too small")
        program.read(0.5)
        program.resize(120, 40)
        talks(tmp_path, program)
    measured("P27", f"{columns}×{rows}: a sentence, and usable once it is larger")


def test_ctrl_z_and_fg_in_a_real_shell(
    tmp_path: Path, quick_demo: DemoThread, measured: Measured
) -> None:
    folder = tmp_path / "t"
    folder.mkdir()
    env = program_env(str(tmp_path / "home"))
    words = ["--data-dir", str(tmp_path / "data"), "--base-url", quick_demo.base_url]
    command = " ".join([*FORTYTWO, *words])
    shell = ["bash", "--norc", "--noprofile", "-i"]
    with Tmux(folder, shell, env=env, cwd=ROOT) as tmux:
        tmux.wait_for("bash-")
        tmux.keys(command, "Enter")
        tmux.wait_for("Ask anything")
        tmux.keys("a draft")
        tmux.wait_for("› a draft")
        for _ in range(3):
            tmux.keys("Escape")
            tmux.wait_for("write")
            tmux.keys("C-z")
            tmux.wait_for("Stopped")
            assert "› a draft" not in tmux.text
            tmux.keys("echo back $((40+2))", "Enter")
            tmux.wait_for("back 42")
            tmux.keys("clear; fg", "Enter")
            tmux.wait_for("› a draft")
            tmux.keys("i")
            tmux.wait_for("esc nav")
        tmux.keys(" and more")
        tmux.wait_for("› a draft and more")
        tmux.keys("C-q")
        tmux.wait_for("bash-")
        tmux.keys("stty -a | grep -c -- -icanon; echo code $?", "Enter")
        tmux.wait_for("code 1")
    measured("P24", "ctrl+z and fg three times in bash in tmux: the screen comes back")


def test_a_hangup_of_the_whole_tmux_leaves_no_process(
    tmp_path: Path, quick_demo: DemoThread, measured: Measured
) -> None:
    folder = tmp_path / "t"
    folder.mkdir()
    pid_file = tmp_path / "pid"
    words = ["--data-dir", str(tmp_path / "data"), "--base-url", quick_demo.base_url]
    script = f'echo $$ > {pid_file}; exec "$0" "$@"'
    program = ["sh", "-c", script, *FORTYTWO, *words]
    env = program_env(str(tmp_path / "home"))
    with Tmux(folder, program, env=env, cwd=ROOT) as tmux:
        tmux.wait_for("Ask anything")
        tmux.keys("a draft")
        tmux.wait_for("› a draft")
    pid = int(pid_file.read_text())
    until_blocking(lambda: not alive(pid), "it ends with its terminal")
    assert "a draft" in (tmp_path / "data" / "state" / "drafts.toml").read_text()
    measured("P23", "tmux killed: no process left, the draft is kept")


def alive(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIG_DFL)
    except OSError:
        return False
    return True
