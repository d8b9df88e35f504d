"""From the key press to the last message on the screen: 20,000 messages against 100.

    python -m tests.bench.open_conversation [--messages N] [--rounds N]

The program runs in a pty of 120×40 on a library of three conversations: the short one,
a tiny one and the long one. It stands on the tiny one; one key opens a neighbour. The
clock runs from that key until the neighbour's last line has been written to the
terminal. Rounds alternate, medians are compared; once with the index of all three, and
once where no index can be made. Beside it: how long after the key the long one's first
message can be reached by `gg`.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.bench.transcript_scale import conversation as entries
from tests.support.pty_program import FORTYTWO, PtyProgram, program_env
from tui.domain.conversation import Conversation
from tui.domain.message import Message, Role, Status
from tui.storage.encoding import encode

LIMIT = 2.0
FEW = 100
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MORE = "Swarms rank them all. " * 30
"""Makes 20,000 messages 15 MB."""

NEXT, PREVIOUS = "\x1b[1;5B", "\x1b[1;5A"
"""ctrl+down and ctrl+up."""


def write(folder: Path, name: str, count: int, age: int) -> int:
    """Write a conversation whose last line is `end of <name>`; returns its bytes."""
    messages: list[Message] = []
    above: str | None = None
    for entry in entries(count):
        mine = entry.id.startswith("p")
        messages.append(
            Message(
                entry.id,
                Role.USER if mine else Role.ASSISTANT,
                entry.text if mine else f"{entry.text}\n\n{MORE}",
                NOON - timedelta(days=age),
                above,
                model="" if mine else "some-model",
                status=None if mine else Status.COMPLETE,
            )
        )
        above = entry.id
    last = messages[-1]
    messages[0] = Message("p0", Role.USER, f"begin-of-{name}", last.created)
    messages[-1] = Message(
        last.id, last.role, f"Yes.\n\nend-of-{name}", last.created, last.parent
    )
    whole = Conversation("c" + name, name, NOON, messages=tuple(messages))
    content = encode(whole)
    (folder / f"2026-11-2{3 - age}-{name}.toml").write_bytes(content)
    return len(content)


def rest(program: PtyProgram) -> None:
    """Wait until the program has used no CPU time for a while."""
    used, since = -1.0, time.monotonic()
    while time.monotonic() - since < 0.4:
        program.read(0.05)
        fields = Path(f"/proc/{program.pid}/stat").read_text().rsplit(")", 1)[1].split()
        now = float(fields[11]) + float(fields[12])
        if now > used + 1:
            used, since = now, time.monotonic()


def opened(program: PtyProgram, key: str, name: str) -> float:
    """Press a key; return the seconds until the last line of a conversation came."""
    rest(program)
    at = len(program.output)
    begin = time.perf_counter()
    program.type(key)
    while f"end-of-{name}".encode() not in program.output[at:]:
        program.read(0.001)
        if not program.alive() or time.perf_counter() - begin > 20:
            raise SystemExit(f"{name} did not open:\n{program.text}")
    return time.perf_counter() - begin


def beginning(program: PtyProgram, key: str, name: str) -> float:
    """Open a conversation and go up until its first message came; return seconds."""
    begin = time.perf_counter() - opened(program, key, name)
    at = len(program.output)
    program.type("\x1b")
    # A letter at once would make it Alt and the letter.
    program.wait_for("? help")
    while f"begin-of-{name}".encode() not in program.output[at:]:
        program.type("gg")
        program.read(0.05)
    return time.perf_counter() - begin


def measure(messages: int, rounds: int, *, index: bool) -> float:
    """Print the figures of one run of the program; return the ratio."""
    with tempfile.TemporaryDirectory() as home:
        data = Path(home) / ".local/share/fortytwo/conversations"
        data.mkdir(parents=True)
        small = write(data, "few", FEW, 0)
        write(data, "tiny", 2, 1)
        large = write(data, "many", messages, 2)
        blocked = Path(home) / "no-folder"
        blocked.write_text("")
        cache = Path(home) / ".cache" if index else blocked
        env = program_env(
            home,
            XDG_CACHE_HOME=str(cache),
            FORTYTWO_API_KEY="none",
            FORTYTWO_BASE_URL="http://127.0.0.1:9/v1",
            PYTHONPATH=str(Path(__file__).parents[2]),
        )
        few: list[float] = []
        many: list[float] = []
        with PtyProgram([*FORTYTWO, "2026-11-22-tiny"], env=env, cwd=home) as program:
            program.wait_for("end-of-tiny")
            for round_number in range(rounds + 1):
                one = opened(program, PREVIOUS, "few")
                opened(program, NEXT, "tiny")
                other = opened(program, NEXT, "many")
                opened(program, PREVIOUS, "tiny")
                if round_number:  # the first round fills the caches
                    few.append(one)
                    many.append(other)
            first = beginning(program, NEXT, "many")
    ratio = statistics.median(many) / statistics.median(few)
    print(f"{'with' if index else 'without'} an index")
    for count, size, times in ((FEW, small, few), (messages, large, many)):
        print(
            f"  {count:7,} messages, {size / 1e6:6.2f} MB"
            f"  {statistics.median(times) * 1000:6.0f} ms"
            f"  (worst {max(times) * 1000:.0f})"
        )
    broken = "  BROKEN" if ratio > LIMIT else ""
    print(f"  ratio {ratio:.2f}  (limit {LIMIT}){broken}")
    print(f"  its first message reached after {first * 1000:.0f} ms")
    return ratio


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    ratios = [
        measure(arguments.messages, arguments.rounds, index=index)
        for index in (True, False)
    ]
    return 0 if max(ratios) <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
