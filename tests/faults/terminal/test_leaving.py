"""Leaving well: everything saved, the terminal restored, the right code, in time."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.faults.terminal.leaving import (
    LIMIT,
    MARGIN,
    WAYS,
    Way,
    ask,
    child_of,
    cpu_seconds,
    leave_once,
    modes_left,
    saved_messages,
    start,
    threads_of,
)
from tests.support.pty_program import FORTYTWO
from tests.support.waiting import until_blocking

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.demo import DemoThread
    from tests.support.promises import Measured

pytestmark = pytest.mark.promise


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("way", WAYS, ids=str)
def test_leaving_in_mid_stream(
    tmp_path: Path,
    slow_demo: DemoThread,
    way: Way,
    rounds: int,
    measured: Measured,
) -> None:
    seconds = []
    failures = []
    for count in range(rounds):
        left = leave_once(tmp_path / str(count), slow_demo.base_url, way)
        seconds.append(left.seconds)
        failures += [f"round {count}: {problem}" for problem in left.problems]
    good = rounds - len({failure.partition(":")[0] for failure in failures})
    median, worst = sorted(seconds)[len(seconds) // 2], max(seconds)
    measured(
        "P21", f"{way}: {good} of {rounds}, median {median:.2f} s, worst {worst:.2f} s"
    )
    measured("P5", f"{way}: {rounds} times, worst {worst:.2f} s")
    assert failures == []


@pytest.mark.timeout(200)
def test_a_terminal_that_stops_reading_stalls_nothing(
    tmp_path: Path,
    slow_demo: DemoThread,
    request: pytest.FixtureRequest,
    measured: Measured,
) -> None:
    """Nobody reads for a minute; the answer is on disk within a second of its end."""
    silence = 60.0 if request.config.getoption("--long") else 0.0
    status = tmp_path / "status"
    # When the first process of a terminal ends, the kernel throws away what nobody has
    # read. In life that is a shell, and it stays.
    shell = ("/bin/sh", "-c", f'"$@"; echo $? > {status}; exec cat', "sh")
    with start(tmp_path, slow_demo.base_url, (*shell, *FORTYTWO)) as program:
        ask(program, "long answer 250")
        program.wait_for("streaming")
        began = time.monotonic()
        # 250 tokens of 0.02 s; nothing is read from here on.
        until_blocking(lambda: len(saved_messages(tmp_path)) == 2, "the answer")
        saved = time.monotonic() - began
        assert saved < 250 * 0.02 * 1.3 + 1.0
        assert saved_messages(tmp_path)[1]["status"] == "complete"
        time.sleep(max(0.0, silence - saved))
        pid = child_of(program.pid)
        before = cpu_seconds(pid)
        time.sleep(2.0)
        assert cpu_seconds(pid) - before < 0.2
        os.kill(pid, signal.SIGTERM)
        began = time.monotonic()
        until_blocking(lambda: status.exists() and status.read_text(), "the end")
        took = time.monotonic() - began
        program.read(0.2)
    measured(
        "P22",
        f"not read for {max(silence, saved):.0f} s: a stream of 5 s was on disk after "
        f"{saved:.2f} s, SIGTERM took {took:.2f} s",
    )
    assert status.read_text() == "143\n"
    assert took < LIMIT + MARGIN
    assert modes_left(bytes(program.output)) == []


def test_a_terminal_that_reads_again_shows_everything(
    tmp_path: Path, slow_demo: DemoThread, measured: Measured
) -> None:
    with start(tmp_path, slow_demo.base_url) as program:
        ask(program, "long answer 250")
        program.wait_for("streaming")
        until_blocking(lambda: len(saved_messages(tmp_path)) == 2, "the answer")
        program.type("typed blind")
        program.wait_for("› typed blind")
        program.wait_for(lambda: "streaming" not in program.text)
        program.type(b"\x11")
        assert program.wait_ended() == 0
    measured("P22", "read again after a stall: the screen and the draft are there")


def test_stops_start_no_further_threads_and_the_screen_comes_back(
    tmp_path: Path, slow_demo: DemoThread, measured: Measured
) -> None:
    with start(tmp_path, slow_demo.base_url) as program:
        program.wait_for("Ask anything")
        program.type("a draft")
        program.wait_for("› a draft")
        until_blocking(lambda: quiet(program.pid), "it rests")
        program.read(0.1)
        picture = program.text
        before = threads_of(program.pid)
        for _ in range(20):
            program.kill(signal.SIGCONT)
            program.read(0.005)
        for _ in range(3):
            program.kill(signal.SIGSTOP)
            program.screen.reset()
            program.kill(signal.SIGCONT)
            program.wait_for(lambda: program.text == picture)
        assert threads_of(program.pid) <= before
        program.type(" and more")
        program.wait_for("› a draft and more")
        program.type(b"\x11")
        assert program.wait_ended() == 0
        assert modes_left(bytes(program.output)) == []
    measured("P24", "SIGCONT ×20, SIGSTOP/SIGCONT ×3: no thread more, the same screen")


def test_idle_takes_no_processor_time(
    tmp_path: Path, slow_demo: DemoThread, measured: Measured
) -> None:
    with start(tmp_path, slow_demo.base_url) as program:
        program.wait_for("Ask anything")
        until_blocking(lambda: quiet(program.pid), "it rests")
        before = cpu_seconds(program.pid)
        seconds = 4.0
        time.sleep(seconds)
        share = (cpu_seconds(program.pid) - before) / seconds
        measured("P23", f"at rest: {share:.1%} of a processor")
        assert share <= 0.02
        program.type(b"\x11")
        assert program.wait_ended() == 0


def test_nohup_and_a_closed_terminal_leave_nothing_behind(
    tmp_path: Path, slow_demo: DemoThread, measured: Measured
) -> None:
    """With SIGHUP ignored the kernel says nothing; the end of input must do."""
    shell = ("/bin/sh", "-c", 'trap "" HUP; exec "$0" -m tui "$@"')
    way = next(way for way in WAYS if way.name == "closed terminal")
    program = Way(
        "nohup", way.leave, 129, program=(*shell, sys.executable), terminal=False
    )
    assert leave_once(tmp_path, slow_demo.base_url, program).problems == ()
    measured("P23", "nohup and a closed terminal: no process left")


def quiet(pid: int) -> bool:
    before = cpu_seconds(pid)
    time.sleep(0.3)
    return cpu_seconds(pid) - before < 0.02
