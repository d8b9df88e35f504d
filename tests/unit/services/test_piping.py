from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tui.domain.errors import UsageError
from tui.services.piping import MOST_KEPT, pipe

SHELL = {"SHELL": "/bin/sh", "PATH": os.environ["PATH"]}


def _lives(pid: int) -> bool:
    """Return whether a process runs; a zombie that nobody waits for does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def test_the_command_gets_the_text_and_its_output_is_told() -> None:
    piped = pipe("one\ntwo", "wc -l", SHELL)
    assert piped.status == 0
    assert piped.output.strip() == "2"
    assert piped.sentence == "| wc -l: 2"


def test_several_lines_are_counted() -> None:
    piped = pipe("b\na\n", "sort", SHELL)
    assert piped.sentence == "| sort: a … 2 lines"


def test_no_output_is_said() -> None:
    assert pipe("x", "true", SHELL).sentence == "| true: no output"


def test_a_failure_is_told_with_what_it_wrote() -> None:
    piped = pipe("x", "echo wrong >&2; exit 3", SHELL)
    assert piped.status == 3
    assert "ended with status 3: wrong" in piped.sentence


def test_a_signal_is_told() -> None:
    assert "signal 9" in pipe("x", "kill -9 $$", SHELL).sentence


def test_the_environment_holds_no_key() -> None:
    environ = SHELL | {"THE_KEY": "secret", "OTHER": "kept"}
    piped = pipe("", "env", environ, {"THE_KEY"})
    assert "secret" not in piped.output
    assert "OTHER=kept" in piped.output


def test_a_command_that_does_not_end_is_ended_with_its_children(
    tmp_path: Path,
) -> None:
    mark = tmp_path / "pid"
    command = f"sleep 60 & echo $! > {mark}; wait"
    started = time.monotonic()
    piped = pipe("x", command, SHELL, patience=0.5)
    assert piped.status is None
    assert "stopped after" in piped.sentence
    assert time.monotonic() - started < 10
    child = int(mark.read_text())
    while _lives(child):
        assert time.monotonic() - started < 10
        time.sleep(0.001)


def test_endless_output_fills_no_memory() -> None:
    piped = pipe("x", "yes", SHELL, patience=0.3)
    assert piped.status is None
    assert len(piped.output) == MOST_KEPT


def test_a_child_that_stays_behind_holds_nothing_up() -> None:
    started = time.monotonic()
    piped = pipe("x", "sleep 3 & echo begun", SHELL, patience=30)
    assert piped.output == "begun\n"
    assert time.monotonic() - started < 3


def test_a_command_that_reads_nothing_is_no_failure() -> None:
    assert pipe("x" * 1_000_000, "true", SHELL).status == 0


def test_a_shell_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(UsageError, match="shell could not be started"):
        pipe("x", "true", {"SHELL": "/nowhere/sh"})
