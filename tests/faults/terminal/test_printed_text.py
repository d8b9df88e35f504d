"""What commands print on a terminal is clean, and to a pipe it is what it was."""

from __future__ import annotations

import re
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.faults.terminal.leaving import ROOT
from tests.faults.terminal.test_hostile_text import CODE_POINTS
from tests.support.pty_program import FORTYTWO, PtyProgram, program_env
from tests.support.wire_server import DONE, STOP, WireServer, delta, respond, stream
from tui.domain.conversation import Conversation
from tui.domain.message import Message, Role, Status
from tui.services.engine import Engine
from tui.storage.encoding import encode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.promises import Measured

pytestmark = pytest.mark.promise

EVIL = "".join(f"Ω{mark}" for mark in CODE_POINTS if mark not in "\u2028\u2029\x85")
RAW = re.compile(f"Ω[{re.escape(''.join(CODE_POINTS))}]")
OURS = re.compile("\x1b\\[(?:[0-9;]*m|K)|\r")
"""The colours and the line of our own that commands write."""

COMMANDS = (
    ("list",),
    ("show", "evil"),
    ("show", "evil", "--last"),
    ("grep", "Ω"),
    ("export", "evil"),
    ("ask", "hello"),
    ("ask", "--continue", "evil", "more"),
    ("doctor",),
    ("themes",),
    ("keys",),
    ("show", "no \x1b[31m such"),
)


@pytest.fixture
def base_url() -> Iterator[str]:
    """A server that says the worst: its answer, its model's name, its errors."""
    engine = Engine()
    engine.start()
    refusal = respond(418, f"<b>{EVIL}</b>", "text/plain")
    server = WireServer(stream(delta(EVIL), STOP, DONE), refusal)
    engine.run_blocking(server.__aenter__(), 5)
    yield server.base_url
    engine.run_blocking(server.__aexit__(None, None, None), 5)
    engine.stop(5)


def library(folder: Path) -> Path:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    messages = (
        Message("a", Role.USER, EVIL, now),
        Message("b", Role.ASSISTANT, EVIL, now, "a", EVIL, Status.COMPLETE),
    )
    conversation = Conversation("x", f"evil {EVIL}", now, EVIL, messages=messages)
    data = folder / "data"
    (data / "conversations").mkdir(parents=True)
    (data / "conversations" / "evil.toml").write_bytes(encode(conversation))
    (data / "conversations" / "bad\x1b[31m.toml").write_text(f"not {EVIL} toml")
    return data


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_terminal_gets_no_control_character_of_any_text(
    tmp_path: Path, base_url: str, words: tuple[str, ...], measured: Measured
) -> None:
    data = library(tmp_path)
    asks = words[0] in ("ask", "doctor")
    server = ["--base-url", base_url, "--model", "m"] if asks else []
    argv = [*FORTYTWO, *words, "--data-dir", str(data), *server]
    env = program_env(str(tmp_path / "home"))
    with PtyProgram(argv, env=env, cwd=ROOT, columns=200) as program:
        program.wait_ended()
    printed = OURS.sub("", bytes(program.output).decode())
    assert not RAW.search(printed)
    assert not set(printed) & set(CODE_POINTS)
    assert "Traceback" not in printed
    if words[0] in ("list", "show", "grep", "export", "ask"):
        assert "␛" in printed
    measured("P29", "commands on a terminal, no control character", 1)


def test_a_pipe_gets_the_text_as_it_is(tmp_path: Path) -> None:
    data = library(tmp_path)
    done = subprocess.run(
        [*FORTYTWO, "show", "evil", "--last", "--data-dir", str(data)],
        capture_output=True,
        check=True,
        env=program_env(str(tmp_path / "home")),
        cwd=ROOT,
    )
    assert done.stdout.decode().rstrip("\n") == EVIL
