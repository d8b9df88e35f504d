"""The linear mode as a process: in a pty like a person, in a pipe like a program."""

from __future__ import annotations

import signal
import subprocess
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.demo import DemoThread
from tests.support.pty_program import FORTYTWO, PtyProgram, program_env
from tests.support.waiting import until_blocking
from tests.support.wire_server import DONE, STOP, WireServer, delta, stream
from tui.demo.pacing import Pace
from tui.services.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = str(Path(__file__).parents[2])
CONTROLS = "".join(map(chr, [*range(9), *range(11, 32), *range(0x7F, 0xA0), 0x202E]))


@pytest.fixture
def demo() -> Iterator[DemoThread]:
    with DemoThread(pace=Pace(first=0.0, token=0.01)) as demo:
        yield demo


def start(tmp_path: Path, base_url: str, *words: str, **extra: str) -> PtyProgram:
    data = str(tmp_path / "data")
    env = program_env(str(tmp_path / "home"), **{"TERM": "dumb", **extra})
    program = [*FORTYTWO, *words, "--data-dir", data, "--base-url", base_url]
    return PtyProgram(program, env=env, cwd=ROOT)


def pipe(
    tmp_path: Path, base_url: str, typed: str, *words: str
) -> subprocess.CompletedProcess[str]:
    data = str(tmp_path / "data")
    return subprocess.run(
        [*FORTYTWO, "--plain", *words, "--data-dir", data, "--base-url", base_url],
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=program_env(str(tmp_path / "home")),
        cwd=ROOT,
    )


def conversations(tmp_path: Path) -> list[dict[str, Any]]:
    folder = tmp_path / "data" / "conversations"
    return [tomllib.loads(path.read_text()) for path in sorted(folder.glob("*.toml"))]


def messages(tmp_path: Path) -> list[dict[str, Any]]:
    found = conversations(tmp_path)
    kept: list[dict[str, Any]] = found[0]["messages"] if found else []
    return kept


def test_a_conversation_line_by_line_is_in_the_same_library(
    tmp_path: Path, demo: DemoThread
) -> None:
    with start(tmp_path, demo.base_url, "--plain") as program:
        program.wait_for("You:")
        program.type("hello\n")
        program.wait_for("fortytwo-guide:")
        program.wait_for("[Done.")
        program.type("What can \\\n")
        program.wait_for("You, on:")
        program.type("you do?\n")
        program.wait_for(lambda: program.text.count("[Done.") == 2)
        program.type(b"\x04")
        assert program.wait_ended() == 0
    assert b"\x1b" not in program.output
    first, _, second, _ = messages(tmp_path)
    assert first["content"].strip() == "hello"
    assert second["content"].strip() == "What can \nyou do?"


def test_lines_that_come_at_once_are_never_sent_by_themselves(
    tmp_path: Path, demo: DemoThread
) -> None:
    with start(tmp_path, demo.base_url, "--plain") as program:
        program.wait_for("You:")
        program.type("one\ntwo\nthree\n")
        program.wait_for("[3 lines wait.")
        program.type("four\n")
        program.wait_for("[4 lines wait.")
        assert conversations(tmp_path) == []
        program.type("/quit\n")
        assert program.wait_ended() == 0
    with start(tmp_path, demo.base_url, "--plain") as program:
        program.wait_for("A text of 4 lines that was not sent waits here")
        program.type("/send\n")
        program.wait_for("[Done.")
        program.type("/quit\n")
        assert program.wait_ended() == 0
    assert messages(tmp_path)[0]["content"].strip() == "one\ntwo\nthree\nfour"


def test_a_line_that_was_begun_joins_the_text_that_waits(
    tmp_path: Path, demo: DemoThread
) -> None:
    with start(tmp_path, demo.base_url, "--plain") as program:
        program.wait_for("You:")
        program.type("one\ntwo\n")
        program.wait_for("[2 lines wait.")
        program.type("begun\\\n")
        program.wait_for("You, on:")
        program.type(b"\x04")
        assert program.wait_ended() == 0
    with start(tmp_path, demo.base_url, "--plain") as program:
        program.wait_for("A text of 3 lines that was not sent waits here")
        program.type("/quit\n")
        assert program.wait_ended() == 0


def test_ctrl_c_stops_the_answer_and_never_the_program(
    tmp_path: Path, demo: DemoThread
) -> None:
    with start(tmp_path, demo.base_url, "--plain") as program:
        program.wait_for("You:")
        program.type(b"\x03")
        program.wait_for("Nothing is being answered")
        program.type("long answer 900\n")
        program.wait_for("This is a long answer")
        program.type(b"\x03")
        program.wait_for("[Stopped; what had arrived is kept.")
        program.type("/continue\n")
        program.wait_for(lambda: len(messages(tmp_path)) == 4)
        program.type("/quit\n")
        assert program.wait_ended() == 0
    assert messages(tmp_path)[1]["status"] == "stopped"
    assert len(messages(tmp_path)[1]["content"]) > 20


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_saves_what_has_arrived(
    tmp_path: Path, demo: DemoThread, number: signal.Signals, code: int
) -> None:
    with start(tmp_path, demo.base_url, "--plain") as program:
        program.wait_for("You:")
        program.type("long answer 900\n")
        program.wait_for("This is a long answer")
        program.kill(number)
        assert program.wait_ended() == code
    assert messages(tmp_path)[1]["status"] == "stopped"


def test_the_environment_turns_it_on_and_a_simple_terminal_is_told_of_it(
    tmp_path: Path, demo: DemoThread
) -> None:
    with start(tmp_path, demo.base_url, ACCESSIBLE="1") as program:
        program.wait_for("line by line")
        program.type("/quit\n")
        assert program.wait_ended() == 0
    with start(tmp_path, demo.base_url) as program:
        assert program.wait_ended() == 2
    assert "fortytwo --plain" in program.text
    assert b"\x1b" not in program.output


def test_what_the_full_screen_can_this_mode_can(
    tmp_path: Path, demo: DemoThread
) -> None:
    script = (
        "hello\n/retry\n/previous\n/rename Greetings\n/system Be kind\n/system\n"
        "/find guide\n/list\n/new\n/open 1\n/read\n/model\n/delete\n/undo\n/list gree\n"
        "/help\n/nope\n/theme\n//etc\n/copy\n"
    )
    done = pipe(tmp_path, demo.base_url, script)
    assert done.returncode == 0
    said = done.stdout + done.stderr
    for part in (
        "[Answer 1 of 2]",
        "[It is “Greetings” now",
        "System prompt: Be kind",
        "1. Greetings (",
        "System prompt:\nBe kind",
        "fortytwo-guide",
        "in the trash",
        "“Greetings” is back.",
        "/continue: ",
        "There is no command /nope",
        "/theme needs the full screen",
    ):
        assert part in said, part
    assert "\x1b" not in said
    titles = {one["title"] for one in conversations(tmp_path)}
    assert "Greetings" in titles
    said_literally = [one["messages"][0]["content"] for one in conversations(tmp_path)]
    assert any("/etc" in text for text in said_literally)


def test_a_failure_is_a_sentence_and_the_next_prompt_works(tmp_path: Path) -> None:
    done = pipe(tmp_path, "http://127.0.0.1:9/v1", "hello\n/retry\n")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.count("Failed; /retry asks again") == 2


def test_hostile_answers_reach_no_terminal_raw(tmp_path: Path) -> None:
    evil = f"a{CONTROLS}b \x1b]52;c;aGk=\x07 [/] [red]"
    engine = Engine()
    engine.start()
    server = WireServer(stream(delta(evil), STOP, DONE))
    engine.run_blocking(server.__aenter__(), 5)
    try:
        with start(
            tmp_path, server.base_url, "--plain", "--model", "m\x1b[31m"
        ) as program:
            program.wait_for("You:")
            program.type("hello\n")
            program.wait_for("[Done.")
            program.type("/read\n")
            program.wait_for(lambda: program.text.count("[red]") == 2)
            program.type("/quit\n")
            assert program.wait_ended() == 0
    finally:
        engine.run_blocking(server.__aexit__(None, None, None), 5)
        engine.stop(5)
    shown = bytes(program.output).decode()
    assert not set(shown) & set(CONTROLS) - {"\r"}
    assert "␛]52;c;aGk=␇ [/] [red]" in shown
    assert messages(tmp_path)[1]["content"].count("\x1b") == 2


def test_bytes_that_are_no_text_and_the_end_of_input(
    tmp_path: Path, demo: DemoThread
) -> None:
    with start(tmp_path, demo.base_url, "--plain") as program:
        program.wait_for("You:")
        program.type(b"caf\xe9\n")
        until_blocking(lambda: len(messages(tmp_path)) == 2, "an answer")
        program.wait_for("[Done.")
        program.type(b"\x04")
        assert program.wait_ended() == 0
    assert messages(tmp_path)[0]["content"].strip() == "caf�"


def test_a_conversation_is_pinned_copied_cleared_and_back(
    tmp_path: Path, demo: DemoThread
) -> None:
    copy = tmp_path / "copy.md"
    typed = f"Hello there\n/pin\n/save {copy}\n/clear\n/undo\n/save\n"
    done = pipe(tmp_path, demo.base_url, typed)
    for part in ("stays at the top", "It is empty now", "The messages are back"):
        assert part in done.stderr
    assert "Hello there" in copy.read_text()
    (conversation,) = conversations(tmp_path)
    assert conversation["pinned"] is True
    assert len(conversation["messages"]) == 2


def test_the_last_prompt_is_written_anew_and_asked(
    tmp_path: Path, demo: DemoThread
) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho "in other words" > "$1"\n')
    editor.chmod(0o700)
    with start(tmp_path, demo.base_url, "--plain", VISUAL=str(editor)) as program:
        program.wait_for("You:")
        program.type("/revise\n")
        program.wait_for("Nothing has been asked here yet.")
        program.type("hello\n")
        program.wait_for("[Done.")
        program.type("/revise\n")
        program.wait_for(lambda: program.text.count("[Done.") == 2)
        program.type("/quit\n")
        assert program.wait_ended() == 0
    said = [one["content"].strip() for one in messages(tmp_path)]
    assert said[0] == "hello"
    assert said[2] == "in other words"
    assert len(said) == 4
