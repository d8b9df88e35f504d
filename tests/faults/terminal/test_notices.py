"""A slow answer is told to somebody who looks elsewhere, and to nobody else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.faults.terminal.leaving import ROOT, ask, saved_messages
from tests.support.pty_program import FORTYTWO, PtyProgram, program_env
from tui.services.notifying import Notifier, Way

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.demo import DemoThread

BLUR, FOCUS = b"\x1b[O", b"\x1b[I"


def asked(
    tmp_path: Path, base_url: str, config: str, focus: bytes, **extra: str
) -> bytes:
    """Let a question be answered and return what the terminal got from then on."""
    path = tmp_path / "config.toml"
    path.write_text(config)
    words = ["--config", str(path), "--data-dir", str(tmp_path / "data")]
    env = program_env(str(tmp_path / "home"), **extra)
    program = [*FORTYTWO, *words, "--base-url", base_url]
    with PtyProgram(program, env=env, cwd=ROOT) as running:
        ask(running, "long answer 60")
        running.type(focus)
        running.wait_for(lambda: len(saved_messages(tmp_path)) == 2)
        running.wait_for(lambda: "streaming" not in running.text)
        running.read(0.5)
        running.type(b"\x11")
        assert running.wait_ended() == 0
        return _OSC.sub(b"", bytes(running.output))


_OSC = re.compile(rb"\x1b\](?!9;|777;)[^\x07\x1b]*\x07")
"""What else ends in BEL: the shape of the mouse pointer."""

SOON = "notice_after = 0.2\n"


@pytest.mark.parametrize(
    ("how", "begins"),
    [("osc9", b"\x1b]9;The answer is there: long answer 60\x07"),
     ("osc777", b"\x1b]777;notify;fortytwo;The answer is there: long answer 60\x07"),
     ("bell", b"\x07")],
)  # fmt: skip
def test_a_slow_answer_is_told_once_when_nobody_looks(
    tmp_path: Path, slow_demo: DemoThread, how: str, begins: bytes
) -> None:
    config = f'{SOON}notices = "{how}"\n'
    output = asked(tmp_path, slow_demo.base_url, config, BLUR)
    assert output.count(begins) == 1


@pytest.mark.parametrize(
    ("config", "focus"),
    [
        (f'{SOON}notices = "bell"\n', FOCUS),
        (f'{SOON}notices = "off"\n', BLUR),
        ('notice_after = 60\nnotices = "bell"\n', BLUR),
    ],
    ids=["looked at", "off", "quick"],
)
def test_nothing_is_told_otherwise(
    tmp_path: Path, slow_demo: DemoThread, config: str, focus: bytes
) -> None:
    output = asked(tmp_path, slow_demo.base_url, config, focus)
    assert b"\x07" not in output


@pytest.mark.parametrize(
    ("environ", "way"),
    [
        ({"CI": "true", "TERM_PROGRAM": "WezTerm"}, Way.OFF),
        ({"TMUX": "/tmp/x,1,0", "TERM_PROGRAM": "tmux"}, Way.BELL),
        ({"TERM_PROGRAM": "iTerm.app"}, Way.OSC_9),
        ({"TERM": "xterm-kitty"}, Way.OSC_9),
        ({"TERM": "foot"}, Way.OSC_777),
        ({"TERM": "xterm-256color"}, Way.BELL),
    ],
)
def test_the_way_that_works_here_is_chosen(environ: dict[str, str], way: Way) -> None:
    assert Notifier("auto", environ).way is way


def test_a_title_cannot_break_out_of_a_notice() -> None:
    text = "a\x1b]52;c;aGk=\x07;b\x9c"
    assert Notifier("osc9", {}).notify(text).count("\x1b") == 1
    assert Notifier("osc777", {}).notify(text) == (
        "\x1b]777;notify;fortytwo;a␛]52,c,aGk=␇,b�\x07"
    )


def test_the_desktops_notifier_is_asked_and_the_bell_stands_in(tmp_path: Path) -> None:
    tool = tmp_path / "notify-send"
    tool.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/said\nenv >> {tmp_path}/said\n')
    tool.chmod(0o755)
    environ = {"PATH": f"{tmp_path}:/usr/bin:/bin", "DISPLAY": ":0"}
    notifier = Notifier("auto", environ)
    assert notifier.way is Way.DESKTOP
    assert notifier.notify("--hello") == ""
    assert "-- fortytwo --hello" in (tmp_path / "said").read_text()
    assert Notifier("desktop", {"PATH": "/nowhere"}).notify("x") == "\x07"
