"""The program as a process in a real terminal: start, crash, leave."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.demo import DemoThread
from tests.support.pty_program import FORTYTWO, PtyProgram, program_env
from tui.demo.pacing import Pace

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = str(Path(__file__).parents[2])
CTRL_Q = b"\x11"


@pytest.fixture
def demo() -> Iterator[DemoThread]:
    with DemoThread(pace=Pace(first=0.0, token=0.02)) as demo:
        yield demo


def start(tmp_path: Path, *arguments: str, **extra: str) -> PtyProgram:
    env = program_env(str(tmp_path / "home"), **extra)
    program = [*FORTYTWO, "--data-dir", str(tmp_path / "data"), *arguments]
    return PtyProgram(program, env=env, cwd=ROOT)


def test_what_is_typed_while_the_program_starts_is_in_the_composer(
    tmp_path: Path,
) -> None:
    with start(tmp_path, "--demo") as program:
        program.type("typed blind")
        program.wait_for("› typed blind")
        program.type(CTRL_Q)
        assert program.wait_ended() == 0


def say(program: PtyProgram, text: str) -> None:
    program.type(text)
    program.wait_for(f"› {text}")
    program.type("\r")
    program.wait_for(lambda: f"› {text}" not in program.text)


def conversations(tmp_path: Path) -> list[dict[str, Any]]:
    folder = tmp_path / "data" / "conversations"
    return [tomllib.loads(path.read_text()) for path in sorted(folder.glob("*.toml"))]


def test_kill_in_mid_stream_loses_neither_prompt_nor_text(
    tmp_path: Path, demo: DemoThread
) -> None:
    with start(tmp_path, "--base-url", demo.base_url) as program:
        program.wait_for("Ask anything")
        say(program, "long answer 900")
        journal = tmp_path / "data" / "journal"
        program.wait_for(
            lambda: any(p.stat().st_size > 2000 for p in journal.glob("*.journal"))
        )
        program.kill()
        program.wait_ended()
    (conversation,) = conversations(tmp_path)
    assert [m["content"] for m in conversation["messages"]] == ["long answer 900"]
    with start(tmp_path, "--base-url", demo.base_url) as program:
        program.wait_for("long answer 900")
        program.type(b"\x0f")
        program.wait_for("Open a conversation")
        program.type("\r")
        program.wait_for("Esc, then c continues · r asks again")
        program.type(CTRL_Q)
        assert program.wait_ended() == 0
    (conversation,) = conversations(tmp_path)
    prompt, answer = conversation["messages"]
    assert answer["status"] == "incomplete"
    assert len(answer["content"]) > 200
    assert prompt["content"] == "long answer 900"


def test_the_demo_answers_without_a_key_and_leaves_cleanly(tmp_path: Path) -> None:
    with start(tmp_path, "--demo") as program:
        program.wait_for("Ask anything")
        say(program, "hello")
        program.wait_for("fortytwo-guide")
        program.wait_for(lambda: len(conversations(tmp_path)[0]["messages"]) == 2)
        program.type(CTRL_Q)
        assert program.wait_ended() == 0
    output = bytes(program.output)
    for leave in (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?2004l", b"\x1b[?1000l"):
        assert leave in output[output.rfind(b"\x1b[?1049h") :]


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_in_mid_stream_saves_and_restores(
    tmp_path: Path, demo: DemoThread, number: signal.Signals, code: int
) -> None:
    with start(tmp_path, "--base-url", demo.base_url) as program:
        program.wait_for("Ask anything")
        say(program, "long answer 900")
        program.wait_for("streaming")
        program.kill(number)
        assert program.wait_ended() == code
        assert b"\x1b[?1049l" in program.output
    (conversation,) = conversations(tmp_path)
    assert conversation["messages"][-1]["status"] == "stopped"


def test_without_a_key_setup_comes_first(tmp_path: Path) -> None:
    with start(tmp_path) as program:
        program.wait_for("Enter a key")
        assert "demo" in program.text
        program.type(CTRL_Q)
        program.wait_ended()


def test_no_terminal_is_one_sentence() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tui", "--demo"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", "TERM": "xterm"},
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("fortytwo: ")
    assert done.stderr.count("\n") == 1


def test_a_configuration_with_a_wrong_type_is_named_and_the_rest_used(
    tmp_path: Path, demo: DemoThread
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('theme = 7\nsystem_prompt = "Be kind"\n')
    with start(
        tmp_path, "--config", str(config), "--base-url", demo.base_url
    ) as program:
        program.wait_for("found 7")
        program.type(CTRL_Q)
        assert program.wait_ended() == 0


def test_a_theme_with_a_bad_colour_is_named_and_the_default_used(
    tmp_path: Path, demo: DemoThread
) -> None:
    themes = tmp_path / "home" / ".config" / "fortytwo" / "themes"
    themes.mkdir(parents=True)
    (themes / "mine.toml").write_text(
        'name = "mine"\nextends = "dusk"\n[colors]\naccent = "plaid"\n'
    )
    with start(tmp_path, "--theme", "mine", "--base-url", demo.base_url) as program:
        program.wait_for("mine.toml")
        program.type(CTRL_Q)
        assert program.wait_ended() == 0


def test_a_data_folder_that_cannot_be_written_keeps_the_prompt(
    tmp_path: Path, demo: DemoThread
) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with start(tmp_path, "--base-url", demo.base_url) as program:
        program.wait_for("Ask anything")
        program.type("precious words")
        program.wait_for("› precious words")
        program.type("\r")
        program.wait_for("ot saved")
        program.wait_for("precious words")
        program.type(CTRL_Q)
        program.wait_for("Not everything is saved")
        program.type("\r")
        assert program.wait_ended() == 1
    (rescued,) = tmp_path.rglob("fortytwo-rescued-*.md")
    assert "precious words" in rescued.read_text()


def test_the_version_and_bad_arguments() -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*FORTYTWO, *arguments], capture_output=True, text=True, cwd=ROOT
        )

    assert run("--version").stdout.startswith("fortytwo ")
    assert run("--no-such-flag").returncode == 2
    assert "usage" in run("--help").stdout


def test_words_that_no_file_takes_are_kept_elsewhere_and_told(
    tmp_path: Path, demo: DemoThread
) -> None:
    with start(tmp_path, "--base-url", demo.base_url) as program:
        program.wait_for("Ask anything")
        say(program, "long answer 900")
        program.wait_for("tok/s")
        folder = tmp_path / "data" / "conversations"
        folder.rename(tmp_path / "aside")
        folder.write_text("in the way")
        program.type(b"\x03")
        program.wait_for("Not saved")
        program.type(CTRL_Q)
        program.wait_for("Not everything is saved")
        program.type("\r")
        assert program.wait_ended() == 1
    (rescued,) = tmp_path.rglob("fortytwo-rescued-*.md")
    assert rescued.name.encode() in program.output
    assert "long answer 900" in rescued.read_text()
    assert len(rescued.read_text()) > 50
    assert rescued.stat().st_mode & 0o777 == 0o600


def test_a_first_run_makes_nothing_that_others_can_read(
    tmp_path: Path, demo: DemoThread
) -> None:
    with start(tmp_path, "--base-url", demo.base_url) as program:
        program.wait_for("Ask anything")
        say(program, "Hello there")
        program.wait_for("tokens")
        program.type(CTRL_Q)
        assert program.wait_ended() == 0
    data = tmp_path / "data"
    open_to_others = [
        path for path in (data, *data.rglob("*")) if path.stat().st_mode & 0o077
    ]
    assert open_to_others == []
