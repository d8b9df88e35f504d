"""Every key as terminals send it, into the whole program: raw, and through tmux."""

from __future__ import annotations

import tempfile
import termios
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faults.terminal.leaving import ROOT, start
from tests.support.pty_program import FORTYTWO, PtyProgram, program_env
from tests.support.tmux import Tmux

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.demo import DemoThread
    from tests.support.promises import Measured

pytestmark = pytest.mark.promise

NEWLINES = {
    "ctrl+j": b"\n",
    "alt+enter": b"\x1b\r",
    "shift+enter, xterm": b"\x1b[27;2;13~",
    "shift+enter, kitty": b"\x1b[13;2u",
    "alt+enter, xterm": b"\x1b[27;3;13~",
    "alt+enter, kitty": b"\x1b[13;3u",
    "backslash enter": b"\\\r",
}
TYPES_NOTHING = {
    "alt+1": b"\x1b1",
    "alt+.": b"\x1b.",
    "alt+x": b"\x1bx",
    "alt+shift+d": b"\x1bD",
    "alt+,": b"\x1b,",
    "ctrl+space": b"\x00",
    "ctrl+/": b"\x1f",
    "ctrl+space, kitty": b"\x1b[32;5u",
    "ctrl+/, kitty": b"\x1b[47;5u",
    "ctrl+enter in a terminal without it": b"",
    "f12": b"\x1b[24~",
    "a sequence nobody knows": b"\x1b[9999999;1u",
}
OPENS = {
    "ctrl+o": (b"\x0f", "Open a conversation"),
    "f3": (b"\x1bOR", "Open a conversation"),
    "f3, older": (b"\x1b[13~", "Open a conversation"),
    "ctrl+o, kitty": (b"\x1b[111;5u", "Open a conversation"),
    "ctrl+p": (b"\x10", "Commands"),
    "f1": (b"\x1bOP", "Keys"),
    "ctrl+t": (b"\x14", "ystem prompt"),
}


@pytest.fixture
def program(tmp_path: Path, slow_demo: DemoThread) -> Iterator[PtyProgram]:
    with start(tmp_path, slow_demo.base_url) as program:
        program.wait_for("Ask anything")
        yield program


def conversations(tmp_path: Path) -> list[str]:
    folder = tmp_path / "data" / "conversations"
    return [
        tomllib.loads(path.read_text())["messages"][0]["content"]
        for path in sorted(folder.glob("*.toml"))
    ]


def test_every_newline_route_begins_a_line_and_sends_nothing(
    tmp_path: Path, program: PtyProgram, measured: Measured
) -> None:
    for number, raw in enumerate(NEWLINES.values()):
        program.type(f"w{number}")
        program.wait_for(f"w{number}")
        program.type(raw)
        program.type("_")
        program.wait_for("│   _")
        program.type("\x7f")
        program.wait_for(lambda: "│   _" not in program.text)
    assert conversations(tmp_path) == []
    measured("P25", "forms of a newline key, none sends", len(NEWLINES))


def test_chords_that_are_bound_to_nothing_type_nothing(
    tmp_path: Path, program: PtyProgram, measured: Measured
) -> None:
    for name, raw in TYPES_NOTHING.items():
        program.type("a")
        program.wait_for("› a")
        program.type(raw)
        program.read(0.15)
        program.type("z")
        program.wait_for("› az")
        program.type("\x7f\x7f")
        program.wait_for("Ask anything")
        assert program.alive(), name
    assert conversations(tmp_path) == []
    measured(
        "P25", "unbound chords and broken sequences, none types", len(TYPES_NOTHING)
    )


@pytest.mark.parametrize("name", OPENS)
def test_a_key_opens_what_it_should(program: PtyProgram, name: str) -> None:
    raw, title = OPENS[name]
    program.type(raw)
    program.wait_for(title)


@pytest.mark.parametrize(
    ("setting", "asked"), [("auto", True), ("on", True), ("off", False)]
)
def test_the_kitty_protocol_follows_the_setting(
    tmp_path: Path, slow_demo: DemoThread, setting: str, asked: bool
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'kitty_keys = "{setting}"\n')
    env = program_env(str(tmp_path / "home"))
    words = ["--config", str(config), "--data-dir", str(tmp_path / "data")]
    server = ["--base-url", slow_demo.base_url]
    with PtyProgram([*FORTYTWO, *words, *server], env=env, cwd=ROOT) as program:
        program.wait_for("Ask anything")
        program.type(b"\x11")
        assert program.wait_ended() == 0
    assert (b"\x1b[>25u" in program.output) is asked


def test_wrong_keys_are_named_with_file_and_line(
    tmp_path: Path, slow_demo: DemoThread
) -> None:
    env = program_env(str(tmp_path / "home"))
    server = ["--data-dir", str(tmp_path / "data"), "--base-url", slow_demo.base_url]
    # A short path: a toast wraps.
    with tempfile.TemporaryDirectory() as short:
        config = f"{short}/config.toml"
        Path(config).write_text('theme = "dusk"\n\n[keys]\n"chat.new" = "tab"\n')
        program = [*FORTYTWO, "--config", config, *server]
        with PtyProgram(program, env=env, cwd=ROOT) as running:
            running.wait_for("config.toml:4")


@pytest.fixture
def tmux(tmp_path: Path, slow_demo: DemoThread) -> Iterator[Tmux]:
    with in_tmux(tmp_path, slow_demo.base_url) as tmux:
        tmux.wait_for("Ask anything")
        yield tmux


def in_tmux(
    tmp_path: Path, base_url: str, *options: str, words: tuple[str, ...] = ()
) -> Tmux:
    folder = tmp_path / "t"
    folder.mkdir()
    data = ["--data-dir", str(tmp_path / "data"), "--base-url", base_url]
    env = program_env(str(tmp_path / "home"))
    argv = [*FORTYTWO, *(words or data)]
    return Tmux(folder, argv, env=env, cwd=ROOT, options=options)


@pytest.mark.parametrize(
    "key", ["C-j", "M-Enter"], ids=["ctrl+j", "alt+enter (ESC CR)"]
)
def test_newlines_in_a_default_tmux(tmp_path: Path, tmux: Tmux, key: str) -> None:
    tmux.keys("first")
    tmux.wait_for("› first")
    tmux.keys(key)
    tmux.keys("second")
    tmux.wait_for("│   second")
    assert conversations(tmp_path) == []


def test_a_line_and_enter_at_once_sends_in_tmux(tmp_path: Path, tmux: Tmux) -> None:
    tmux.keys("What can you do?", "Enter")
    tmux.wait_for("guide inside this program")
    assert conversations(tmp_path) == ["What can you do?"]


@pytest.mark.parametrize("bracketed", [True, False])
def test_lines_pasted_in_tmux_send_nothing(
    tmp_path: Path, tmux: Tmux, bracketed: bool
) -> None:
    tmux.paste("one\ntwo\nthree\n", bracketed=bracketed)
    tmux.wait_for("│   three")
    tmux.keys("z")
    tmux.wait_for("│   z")
    assert conversations(tmp_path) == []


def test_the_other_chords_in_a_default_tmux(tmux: Tmux) -> None:
    for chord in ("C-Space", "C-/", "M-1", "M-."):
        tmux.keys(chord)
    tmux.keys("a")
    tmux.wait_for("› a")
    tmux.keys("BSpace")
    for key, title in (("C-o", "Open a conversation"), ("F3", "Open a conversation")):
        tmux.keys(key)
        tmux.wait_for(title)
        tmux.keys("Escape")
        tmux.wait_for("Ask anything")


@pytest.mark.parametrize("form", ["xterm", "csi-u"])
def test_shift_enter_with_extended_keys(
    tmp_path: Path, slow_demo: DemoThread, form: str
) -> None:
    """What tmux hands on when its terminal tells shift+enter apart."""
    with in_tmux(tmp_path, slow_demo.base_url, "set -s extended-keys on") as tmux:
        tmux.wait_for("Ask anything")
        tmux.keys("first")
        tmux.wait_for("› first")
        tmux.raw(b"\x1b[27;2;13~" if form == "xterm" else b"\x1b[13;2u")
        tmux.keys("second")
        tmux.wait_for("│   second")
        assert conversations(tmp_path) == []


def test_the_prefix_of_tmux_is_named_at_the_start(
    tmp_path: Path, slow_demo: DemoThread
) -> None:
    prefix = "set -g prefix C-o"
    with in_tmux(tmp_path, slow_demo.base_url, prefix) as tmux:
        tmux.wait_for("it is tmux's prefix")


def test_the_doctor_listens_in_tmux_and_says_what_arrives(
    tmp_path: Path, slow_demo: DemoThread
) -> None:
    with in_tmux(tmp_path, "", words=("doctor", "keys")) as tmux:
        tmux.wait_for("ctrl+c twice ends.")
        assert "tmux: prefix ctrl+b" in tmux.text
        for key, name, meaning in (
            ("C-j", "ctrl+j", "New line (chat.newline)"),
            ("M-Enter", "alt+Enter", "New line (chat.newline)"),
            ("C-o", "ctrl+o", "Open (chat.open)"),
            ("F1", "F1", "Help (app.help)"),
            ("J", "J", "nav mode: Next chat (chat.next)"),
            ("M-1", "alt+1", "nothing of ours"),
        ):
            tmux.keys(key)
            tmux.wait_for(meaning)
            line = [one for one in tmux.text.splitlines() if meaning in one][-1]
            assert name in line


def test_the_doctor_sums_up_and_restores_the_terminal(tmp_path: Path) -> None:
    env = program_env(str(tmp_path / "home"))
    with PtyProgram([*FORTYTWO, "doctor", "keys"], env=env, cwd=ROOT) as program:
        before = termios.tcgetattr(program.fd)
        program.wait_for("ctrl+c twice ends.")
        program.type(b"\x1b[13;2u")
        program.wait_for("shift+Enter")
        program.type(b"\x1b[9999999;1u\xff")
        program.type(b"\x03")
        program.wait_for("Stop (chat.stop)")
        program.type(b"\x03")
        assert program.wait_ended() == 0
        assert termios.tcgetattr(program.fd) == before
    assert "Arrived, and works while typing: shift+Enter" in program.text
    assert program.output.rstrip().endswith(b"lists them.")
