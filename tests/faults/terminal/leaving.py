"""Ways to leave the program in a real pty, and what must be true afterwards."""

from __future__ import annotations

import os
import re
import signal
import sys
import termios
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.support.pty_program import FORTYTWO, PtyProgram, program_env
from tests.support.waiting import until_blocking

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = str(Path(__file__).parents[3])
LIMIT = 2.0
"""Seconds from the wish to leave to the end of the process."""

MARGIN = 0.5
"""Seconds that a loaded machine may add."""

PROMPT = "long answer 2000"
CRASHING = (sys.executable, "-m", "tests.faults.terminal.crashing")
"""The program, with an exception in a handler at SIGUSR1."""

_OFF = (1049, 1000, 1002, 1003, 1006, 1015, 1016, 1004, 2004, 2048, 2026)
_ON = (25, 7)
_MODE = re.compile(rb"\x1b\[\?(\d+)([hl])")


@dataclass(frozen=True)
class Way:
    """One way to leave.

    Attributes:
        name: What happens.
        leave: Makes it happen.
        code: The exit code that must follow.
        program: What is run.
        terminal: False when there is no terminal left to be restored.
        answer: The status of the saved answer.
    """

    name: str
    leave: Callable[[PtyProgram], None]
    code: int
    program: tuple[str, ...] = FORTYTWO
    terminal: bool = True
    answer: str = "stopped"

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Left:
    """One time that the program was left.

    Attributes:
        seconds: How long it took to end.
        problems: What is not as it must be.
    """

    seconds: float
    problems: tuple[str, ...]


def _signal(number: signal.Signals) -> Callable[[PtyProgram], None]:
    return lambda program: program.kill(number)


def _quit(program: PtyProgram) -> None:
    program.type(b"\x11")
    program.wait_for("still on its way")
    program.type(b"\x11")


def _hang_and_quit(program: PtyProgram) -> None:
    program.kill(signal.SIGUSR2)
    _quit(program)


def _break_saving(program: PtyProgram) -> None:
    program.kill(signal.SIGURG)
    program.wait_for("Saving breaks.")
    program.kill(signal.SIGTERM)


def _close(program: PtyProgram) -> None:
    os.close(program.fd)
    program.fd = -1


def _bare_continues(program: PtyProgram) -> None:
    for _ in range(20):
        program.kill(signal.SIGCONT)
        program.read(0.002)
    program.kill(signal.SIGTERM)


def _stopped_and_continued(program: PtyProgram) -> None:
    program.kill(signal.SIGSTOP)
    until_blocking(lambda: state_of(program.pid) == "T", "stopped")
    program.kill(signal.SIGCONT)
    program.kill(signal.SIGTERM)


WAYS = (
    Way("ctrl+q", _quit, 0),
    Way("SIGTERM", _signal(signal.SIGTERM), 143),
    Way("SIGHUP", _signal(signal.SIGHUP), 129),
    Way("SIGINT", _signal(signal.SIGINT), 130),
    Way("SIGQUIT", _signal(signal.SIGQUIT), 131),
    Way("closed terminal", _close, 129, terminal=False),
    Way("crash", _signal(signal.SIGUSR1), 1, program=CRASHING),
    Way("ctrl+q with a thread that hangs", _hang_and_quit, 0, program=CRASHING),
    Way("SIGTERM when saving breaks", _break_saving, 143, program=CRASHING),
    Way("bare SIGCONT x20, SIGTERM", _bare_continues, 143),
    Way("SIGSTOP, SIGCONT, SIGTERM", _stopped_and_continued, 143),
)


def start(
    folder: Path, base_url: str, program: tuple[str, ...] = FORTYTWO, **extra: str
) -> PtyProgram:
    """Start the program in a pty on a library in a folder."""
    env = program_env(str(folder / "home"), **extra)
    return PtyProgram(
        [*program, "--data-dir", str(folder / "data"), "--base-url", base_url],
        env=env,
        cwd=ROOT,
    )


def ask(program: PtyProgram, prompt: str) -> None:
    """Send a prompt like a person does."""
    program.wait_for("Ask anything")
    program.type(prompt)
    program.wait_for(f"› {prompt}")
    program.type("\r")


def leave_once(folder: Path, base_url: str, way: Way) -> Left:
    """Start the program, leave it in mid-stream, and look at what is left."""
    with start(folder, base_url, way.program) as program:
        before = termios.tcgetattr(program.fd)
        ask(program, PROMPT)
        program.wait_for(lambda: answer_grows(folder))
        way.leave(program)
        began = time.monotonic()
        code = wait_ended(program)
        seconds = time.monotonic() - began
        problems = []
        if code != way.code:
            problems.append(f"exit code {code}, not {way.code}")
        if seconds > LIMIT + MARGIN:
            problems.append(f"took {seconds:.1f} s")
        if way.terminal:
            problems += modes_left(bytes(program.output))
            if termios.tcgetattr(program.fd) != before:
                problems.append("terminal attributes changed")
            if b"Traceback" in program.output:
                problems.append("a traceback on the screen")
        problems += [f"left behind: {name}" for name in session_of(program.pid)]
    problems += _not_saved(folder, way)
    return Left(seconds, tuple(problems))


def answer_grows(folder: Path) -> bool:
    """Return whether some of an answer is in its journal."""
    journals = (folder / "data" / "journal").glob("*.journal")
    return any(path.stat().st_size > 500 for path in journals)


def wait_ended(program: PtyProgram, patience: float = 20.0) -> int:
    """Wait for the end, reading as long as there is a terminal."""
    deadline = time.monotonic() + patience
    while program.alive():
        if time.monotonic() > deadline:
            raise AssertionError(f"still runs:\n{program.text}")
        if program.fd < 0:
            time.sleep(0.005)
        else:
            program.read(0.005)
    if program.fd >= 0:
        program.read()
    assert program.status is not None
    return program.status


def modes_left(output: bytes) -> list[str]:
    """Return what a terminal that was sent this is still in."""
    last = {int(mode): state == b"h" for mode, state in _MODE.findall(output)}
    left = [f"mode {mode} is on" for mode in _OFF if last.get(mode)]
    left += [f"mode {mode} is off" for mode in _ON if not last.get(mode, True)]
    if output.count(b"\x1b[>") > 0 and b"\x1b[<u" not in output:
        left.append("kitty keys are on")
    return left


def state_of(pid: int) -> str:
    """Return the letter of a process's state. Source: proc_pid_stat(5)."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def session_of(leader: int) -> list[str]:
    """Return the processes of a session that still run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = stat.read_text().rpartition(")")
        except OSError:
            continue
        if rest.split()[3] == str(leader) and rest.split()[0] != "Z":
            found.append(name)
    return found


def child_of(pid: int) -> int:
    """Return the one child of a process. Source: proc_pid_task(5)."""
    (child,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(child)


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used."""
    rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(rest[11]) + int(rest[12])) / os.sysconf("SC_CLK_TCK")


def threads_of(pid: int) -> int:
    """Return how many threads a process has."""
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def saved_messages(folder: Path) -> list[dict[str, Any]]:
    """Return the messages of the one conversation in a library, if there is one."""
    paths = list((folder / "data" / "conversations").glob("*.toml"))
    if not paths:
        return []
    (path,) = paths
    messages: list[dict[str, Any]] = tomllib.loads(path.read_text())["messages"]
    return messages


def _not_saved(folder: Path, way: Way) -> list[str]:
    prompt, *answers = saved_messages(folder)
    if prompt["content"] != PROMPT:
        return ["the prompt is not saved"]
    if len(answers) != 1 or not answers[0]["content"]:
        return ["the answer is not saved"]
    if answers[0]["status"] != way.answer:
        return [f"the answer is {answers[0]['status']}"]
    return []
