"""`fortytwo ask` as a script meets it."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest

from tests.support.demo import DemoThread
from tests.support.pty_program import PtyProgram
from tests.unit.cli.running import ROOT, Desk

if TYPE_CHECKING:
    from pathlib import Path


def test_the_answer_goes_to_stdout_and_both_into_the_library(online: Desk) -> None:
    done = online.run("ask", "hello")
    assert done.returncode == 0
    assert done.stderr == ""
    (file,) = online.files()
    prompt, answer = file["messages"]
    assert prompt["content"] == "hello"
    assert answer["status"] == "complete"
    assert done.stdout == answer["content"].rstrip("\n") + "\n"
    assert not list((online.data / "journal").iterdir())


def test_stdin_is_appended(online: Desk) -> None:
    online.run("ask", "Summarise:", stdin="one\ntwo\n")
    assert online.files()[0]["messages"][0]["content"] == "Summarise:\n\none\ntwo"


def test_stdin_alone_is_a_prompt(online: Desk) -> None:
    assert online.run("ask", stdin="hello there").returncode == 0
    assert online.files()[0]["title"] == "hello there"


def test_nothing_to_ask_is_misuse(online: Desk) -> None:
    done = online.run("ask", stdin=" \n")
    assert done.returncode == 2
    assert "nothing to ask" in done.stderr
    assert not online.conversations.exists()


def test_bytes_that_are_no_text_are_misuse(online: Desk) -> None:
    done = online.run("ask", stdin=b"\x80\xff")
    assert done.returncode == 2
    assert "UTF-8" in done.stderr


def test_a_conversation_goes_on(online: Desk) -> None:
    online.run("ask", "First question", "--system", "Be kind.")
    done = online.run("ask", "and then?", "--continue", "first q")
    assert done.returncode == 0
    (file,) = online.files()
    assert [one["role"] for one in file["messages"]] == [
        "user",
        "assistant",
        "user",
        "assistant",
    ]
    assert file["system_prompt"] == "Be kind."


@pytest.mark.parametrize("flag", ["--json", "--no-stream"])
def test_one_piece(online: Desk, flag: str) -> None:
    done = online.run("ask", "hello", flag)
    assert done.returncode == 0
    content = online.files()[0]["messages"][1]["content"]
    if flag == "--json":
        told = json.loads(done.stdout)
        assert told["content"] == content
        assert told["status"] == "complete"
        assert told["file"] == next(online.conversations.iterdir()).name
    else:
        assert done.stdout == content.rstrip("\n") + "\n"


def test_a_failure_is_a_sentence_and_1(online: Desk) -> None:
    done = online.run("ask", "fail with 500")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("fortytwo: ")
    assert online.files()[0]["messages"][1]["status"] == "failed"


def test_what_came_before_a_break_is_printed_and_kept(online: Desk) -> None:
    done = online.run("ask", "cut off")
    assert done.returncode == 1
    answer = online.files()[0]["messages"][1]
    assert answer["status"] == "incomplete"
    assert done.stdout == answer["content"].rstrip("\n") + "\n"


@pytest.mark.parametrize(
    "config",
    [
        'endpoint = "mine\n',
        'endpoint = "nowhere"\n',
        'endpoint = "mine"\n[endpoints.mine]\nbase_url = 7\n',
    ],
)
def test_no_words_go_to_a_server_that_was_not_meant(desk: Desk, config: str) -> None:
    path = desk.folder / "config.toml"
    path.write_text(config)
    desk.extra["FORTYTWO_API_KEY"] = "a-key"
    done = desk.run("ask", "--config", path, "hello")
    assert done.returncode == 2
    assert "config.toml:" in done.stderr
    assert "Not sent: it is not certain which server is meant" in done.stderr
    assert not desk.conversations.exists()


def test_a_missing_key_is_configuration_and_nothing_is_kept(desk: Desk) -> None:
    done = desk.run("ask", "hello")
    assert done.returncode == 2
    assert "FORTYTWO_API_KEY" in done.stderr
    assert not desk.conversations.exists()


def test_a_wrong_key_is_a_failure_that_never_shows_it(tmp_path: Path) -> None:
    with DemoThread(key="right-key") as demo:
        desk = Desk(tmp_path, demo.base_url)
        desk.extra["FORTYTWO_API_KEY"] = "wrong-key-4242"
        done = desk.run("ask", "hello")
    assert done.returncode == 1
    assert "key" in done.stderr
    assert "wrong-key-4242" not in done.stderr + done.stdout
    assert "wrong-key-4242" not in str(desk.files())


def test_an_unwritable_library_refuses_before_anything_is_sent(online: Desk) -> None:
    online.data.write_text("a file where the folder should be")
    done = online.run("ask", "hello")
    assert done.returncode == 1
    assert "Not saved" in done.stderr
    assert not online.data.is_dir()


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_an_interruption_keeps_the_text(slow: Desk, number: int, code: int) -> None:
    with slow.begin("ask", "long answer 900") as process:
        assert process.stdout
        seen = process.stdout.read(40)
        process.send_signal(number)
        rest, errors = process.communicate(timeout=30)
    assert process.returncode == code
    assert b"Traceback" not in errors
    answer = slow.files()[0]["messages"][1]
    assert answer["status"] == "stopped"
    printed = (seen + rest).decode().rstrip("\n")
    assert answer["content"].startswith(printed)
    assert not list((slow.data / "journal").iterdir())


def test_a_reader_that_leaves_ends_it_quietly(slow: Desk) -> None:
    with slow.begin("ask", "long answer 900") as process:
        assert process.stdout
        assert process.stderr
        process.stdout.read(20)
        process.stdout.close()
        errors = process.stderr.read()
        assert process.wait(30) == 0
    assert errors == b""
    assert slow.files()[0]["messages"][1]["status"] == "stopped"


def test_an_unknown_conversation_is_misuse(online: Desk) -> None:
    done = online.run("ask", "hello", "--continue", "no such thing")
    assert done.returncode == 2
    assert "no such thing" in done.stderr


def test_a_person_sees_what_is_waited_for_and_no_escapes(slow: Desk) -> None:
    program = PtyProgram(
        slow.command("ask", "fail with 503"), env=slow.environ, cwd=str(ROOT)
    )
    with program:
        program.wait_for("trying again in")
        program.wait_for("Tried 3 times")
        assert program.wait_ended() == 1


def test_escape_sequences_of_an_answer_never_reach_a_terminal(online: Desk) -> None:
    path = online.conversations / "2026-01-01-evil-aaaa.toml"
    path.parent.mkdir(parents=True)
    path.write_text(
        'title = "Evil"\n[[messages]]\nid = "1"\nrole = "assistant"\n'
        'content = "\\u001B]0;owned\\u0007\\u202Eabc"\n'
    )
    program = PtyProgram(
        online.command("show", "evil", "--last"), env=online.environ, cwd=str(ROOT)
    )
    with program:
        program.wait_for("␛]0;owned␇")
        program.wait_ended()
        assert b"\x1b]0;" not in bytes(program.output)
    # A pipe gets exactly what the file holds.
    assert online.run("show", "evil", "--last").stdout == "\x1b]0;owned\x07\u202eabc\n"
