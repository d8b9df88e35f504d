"""A broken configuration: the program opens, and sends nothing to another server."""

from __future__ import annotations

import select
import socket
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.demo import DemoThread
from tests.support.pty_program import FORTYTWO, PtyProgram, program_env
from tests.support.waiting import until_blocking

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = str(Path(__file__).parents[2])


@pytest.fixture
def witness() -> Iterator[socket.socket]:
    """A proxy for everything that is not on loopback; it only notices."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def start(folder: Path, witness: socket.socket, *words: str) -> PtyProgram:
    proxy = f"http://127.0.0.1:{witness.getsockname()[1]}"
    env = program_env(
        str(folder / "home"),
        FORTYTWO_API_KEY="sk-test-4242424242424242",
        HTTPS_PROXY=proxy,
        NO_PROXY="127.0.0.1",
    )
    places = ["--config", str(folder / "config.toml"), "--data-dir", str(folder / "d")]
    return PtyProgram([*FORTYTWO, *words, *places], env=env, cwd=ROOT)


def messages(folder: Path) -> list[dict[str, Any]]:
    found = (folder / "d" / "conversations").glob("*.toml")
    return [
        one for path in found for one in tomllib.loads(path.read_text())["messages"]
    ]


def test_nothing_is_sent_until_the_file_says_where(
    tmp_path: Path, witness: socket.socket
) -> None:
    config = tmp_path / "config.toml"
    with DemoThread() as demo:
        mended = f'[endpoints.mine]\nbase_url = "{demo.base_url}"\n'
        config.write_text(mended.replace('v1"', "v1"))
        with start(tmp_path, witness) as program:
            program.wait_for("config.toml:2")
            program.type("hello there")
            program.wait_for("hello there")
            program.type("\r")
            program.wait_for("Not sent: it is not certain which server is meant")
            assert "› hello there" in program.text
            assert messages(tmp_path) == []

            config.write_text(mended)
            program.type("\r")
            until_blocking(lambda: len(messages(tmp_path)) == 2, "an answer")
            program.wait_for("The configuration was read anew.")
            program.type(b"\x11")
            assert program.wait_ended() == 0
    assert messages(tmp_path)[0]["content"] == "hello there"
    assert not select.select([witness], [], [], 0)[0]


def test_the_linear_mode_keeps_the_text_and_sends_it_afterwards(
    tmp_path: Path, witness: socket.socket
) -> None:
    config = tmp_path / "config.toml"
    with DemoThread() as demo:
        mended = f'endpoint = "mine"\n[endpoints.mine]\nbase_url = "{demo.base_url}"\n'
        config.write_text(mended.replace('"mine"', '"nowhere"'))
        with start(tmp_path, witness, "--plain") as program:
            program.wait_for("You:")
            program.type("hello there\n")
            program.wait_for("config.toml:1: endpoint: there is no endpoint")
            program.wait_for("[The text waits; /send tries again.]")
            config.write_text(mended)
            program.type("/send\n")
            program.wait_for("[Done.")
            program.type("/quit\n")
            assert program.wait_ended() == 0
    assert messages(tmp_path)[0]["content"] == "hello there"
    assert not select.select([witness], [], [], 0)[0]
