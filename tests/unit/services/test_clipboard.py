from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from tui.domain.errors import NotSavedError
from tui.services.clipboard import MOST_BY_SEQUENCE, Clipboard, Route

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.promises import Measured

TERMINAL = {"TERM": "xterm-256color"}


def tool(folder: Path, name: str, status: int = 0) -> dict[str, str]:
    """Put a tool onto a PATH of its own; it keeps what it gets and its environment."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(
        f'#!/bin/sh\n/bin/cat > "{folder}/copied"\n'
        f'/usr/bin/env > "{folder}/env"\necho "$@" >> "{folder}/arguments"\n'
        f"exit {status}\n"
    )
    path.chmod(0o755)
    return {"PATH": str(folder)}


def test_a_desktop_tool_comes_first(tmp_path: Path) -> None:
    bin_folder = tmp_path / "bin"
    environ = tool(bin_folder, "wl-copy") | {"WAYLAND_DISPLAY": "x", "A_KEY": "secret"}
    copied = Clipboard(environ | TERMINAL, tmp_path).copy("hé\nthere")
    assert (copied.route, copied.place) == (Route.TOOL, "wl-copy")
    assert (bin_folder / "copied").read_text() == "hé\nthere"
    assert copied.sentence == "Copied 8 characters (wl-copy)."
    assert "secret" not in (bin_folder / "env").read_text()


def test_over_ssh_a_tool_would_copy_on_the_wrong_machine(tmp_path: Path) -> None:
    environ = tool(tmp_path / "bin", "wl-copy") | {"WAYLAND_DISPLAY": "x"}
    copied = Clipboard(environ | TERMINAL | {"SSH_TTY": "/dev/pts/1"}, tmp_path).copy(
        "x"
    )
    assert copied.route is Route.TERMINAL
    assert copied.sentence == "Sent 1 character to the terminal's clipboard (OSC 52)."


def test_tmux_hands_it_on(tmp_path: Path) -> None:
    environ = tool(tmp_path / "bin", "tmux") | {"TMUX": "/tmp/tmux,1,0"}
    copied = Clipboard(environ | TERMINAL, tmp_path).copy("x")
    assert copied.route is Route.TMUX
    arguments = (tmp_path / "bin" / "arguments").read_text().splitlines()
    assert arguments[0] == "load-buffer -w -"
    # This one names no terminal.
    assert "into tmux only: no terminal is attached" in copied.sentence


def test_a_tmux_without_a_way_to_its_terminal_says_so(tmp_path: Path) -> None:
    environ = tool(tmp_path / "bin", "tmux") | {"TMUX": "/tmp/tmux,1,0"}
    script = tmp_path / "bin" / "tmux"
    script.write_text(
        '#!/bin/sh\n[ "$2" = - ] && exec /bin/cat > "$0.buffer"\nexit 1\n'
    )
    copied = Clipboard(environ | TERMINAL, tmp_path).copy("x")
    assert copied.sentence == "Copied 1 character into tmux only: it is older than 3.2."
    assert (tmp_path / "bin" / "tmux.buffer").read_text() == "x"


def test_windows_gets_every_character(tmp_path: Path) -> None:
    environ = tool(tmp_path / "bin", "clip.exe") | {"WSL_DISTRO_NAME": "Debian"}
    copied = Clipboard(environ | TERMINAL, tmp_path).copy("漢字 é")
    assert copied.sentence == "Copied 4 characters (clip.exe)."
    raw = (tmp_path / "bin" / "copied").read_bytes()
    assert raw.decode("utf-16") == "漢字 é"
    Clipboard(environ | TERMINAL, tmp_path).copy("plain")
    assert (tmp_path / "bin" / "copied").read_bytes() == b"plain"


@pytest.mark.parametrize(
    ("environ", "text"),
    [
        ({"TERM": "linux"}, "x"),
        ({}, "x"),
        (TERMINAL, "x" * (MOST_BY_SEQUENCE + 1)),
    ],
)
def test_the_last_resort_is_a_file_that_is_named(
    tmp_path: Path, environ: dict[str, str], text: str
) -> None:
    copied = Clipboard({"PATH": "", **environ}, tmp_path / "state").copy(text)
    path = tmp_path / "state" / "clipboard.txt"
    assert copied.route is Route.FILE
    assert str(path) in copied.sentence
    assert path.read_text() == text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_tool_that_fails_is_passed_over(tmp_path: Path) -> None:
    environ = tool(tmp_path / "bin", "tmux", status=1) | {"TMUX": "/tmp/tmux,1,0"}
    assert Clipboard(environ, tmp_path / "state").copy("x").route is Route.FILE


@pytest.mark.promise
def test_control_characters_and_lone_surrogates_are_left_out(
    tmp_path: Path, measured: Measured
) -> None:
    copied = Clipboard(TERMINAL, tmp_path).copy("a\x1b[31m\tb\r\nc\x00\ud800d")
    assert copied.text == "a[31m\tb\nc?d"
    measured("P33", "a copy holds no control character")


def test_nothing_works_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotSavedError) as caught:
        Clipboard({"PATH": ""}, tmp_path / "file").copy("x")
    assert "could not be copied" in caught.value.sentence
