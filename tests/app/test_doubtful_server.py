"""A broken configuration: the program opens, and sends nothing to another server."""

from __future__ import annotations

import select
import socket
import tempfile
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


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose path breaks in no line of the screen."""
    with tempfile.TemporaryDirectory() as path:
        yield Path(path)


def start(
    folder: Path, witness: socket.socket, *words: str, key: str = "sk-test-42424242"
) -> PtyProgram:
    proxy = f"http://127.0.0.1:{witness.getsockname()[1]}"
    env = program_env(
        str(folder / "home"),
        FORTYTWO_API_KEY=key,
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


@pytest.mark.parametrize("key", ["sk-test-42424242", ""])
def test_nothing_is_sent_until_the_file_says_where(
    folder: Path, witness: socket.socket, key: str
) -> None:
    config = folder / "config.toml"
    with DemoThread() as demo:
        mended = f'[endpoints.mine]\nbase_url = "{demo.base_url}"\n'
        config.write_text(mended.replace('v1"', "v1"))
        # Without a key, none is asked for: nobody knows yet whose it would be.
        with start(folder, witness, key=key) as program:
            program.wait_for("config.toml:2")
            program.type("hello there")
            program.wait_for("hello there")
            program.type("\r")
            program.wait_for("Not sent: it is not certain which server is meant")
            assert "› hello there" in program.text
            assert messages(folder) == []

            config.write_text(mended)
            program.type("\r")
            until_blocking(lambda: len(messages(folder)) == 2, "an answer")
            program.wait_for("The configuration was read anew.")
            program.type(b"\x11")
            assert program.wait_ended() == 0
    assert messages(folder)[0]["content"] == "hello there"
    assert not select.select([witness], [], [], 0)[0]


def test_the_linear_mode_keeps_the_text_and_sends_it_afterwards(
    folder: Path, witness: socket.socket
) -> None:
    config = folder / "config.toml"
    with DemoThread() as demo:
        mended = f'endpoint = "mine"\n[endpoints.mine]\nbase_url = "{demo.base_url}"\n'
        config.write_text(mended.replace('"mine"', '"nowhere"'))
        with start(folder, witness, "--plain") as program:
            program.wait_for("You:")
            program.type("hello there\n")
            program.wait_for("config.toml:1: endpoint: there is no endpoint")
            program.wait_for("[The text waits; /send tries again.]")
            config.write_text(mended)
            program.type("/send\n")
            program.wait_for("[Done.")
            program.type("/quit\n")
            assert program.wait_ended() == 0
    assert messages(folder)[0]["content"] == "hello there"
    assert not select.select([witness], [], [], 0)[0]
