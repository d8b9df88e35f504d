"""Start to first usable frame, as a ratio to a minimal Textual app in the same run.

    python -m tests.bench.start [--rounds N]

Both programs start in a pty of 120×40; the clock runs from the fork until a typed
letter has come back on the screen. Rounds alternate, the medians are compared.
Then the CPU time of `fortytwo --help` is held against that of an empty program.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.support.pty_program import PtyProgram, program_env

LIMIT = 1.5
HELP_LIMIT = 0.080
"""Seconds of CPU that `fortytwo --help` may take beyond `python -c pass`."""

MINIMAL = """
from textual.app import App
from textual.widgets import TextArea

class Minimal(App):
    def compose(self):
        yield TextArea(placeholder="minimal app")

Minimal().run()
"""


def first_echo(argv: list[str], ready: str, home: str) -> float:
    """Return the seconds until a letter typed at the first frame is echoed."""
    begin = time.perf_counter()
    with PtyProgram(argv, env=program_env(home), cwd=home) as program:
        while ready.encode() not in program.output:
            program.read(0.002)
        typed_at = len(program.output)
        program.type("Z")
        while b"Z" not in program.output[typed_at:]:
            program.read(0.002)
            if not program.alive():
                raise SystemExit(f"{argv} ended:\n{program.text}")
        return time.perf_counter() - begin


def cpu_time(argv: list[str]) -> float:
    """Return the CPU seconds, user and system, that a program takes to its end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure_help(launch: list[str], rounds: int) -> bool:
    """Print what `--help` costs; return whether that is within its limit."""
    empty = [sys.executable, "-c", "pass"]
    pairs = [(cpu_time(empty), cpu_time([*launch, "--help"])) for _ in range(rounds)]
    base = statistics.median(pair[0] for pair in pairs)
    full = statistics.median(pair[1] for pair in pairs)
    print(f"python -c pass        {base * 1000:6.0f} ms of CPU")
    print(f"fortytwo --help       {full * 1000:6.0f} ms of CPU")
    print(
        f"beyond                {(full - base) * 1000:6.0f} ms"
        f"  (limit {HELP_LIMIT * 1000:.0f})"
    )
    return full - base <= HELP_LIMIT


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    minimal: list[float] = []
    ours: list[float] = []
    with tempfile.TemporaryDirectory() as home:
        script = Path(home) / "minimal.py"
        script.write_text(MINIMAL)
        root = str(Path(__file__).parents[2])
        launch = [
            sys.executable,
            "-c",
            f"import sys; sys.path.insert(0, {root!r}); from tui.cli import main; "
            "sys.exit(main())",
        ]
        for round_number in range(rounds + 1):
            one = first_echo([sys.executable, str(script)], "minimal app", home)
            other = first_echo([*launch, "--demo"], "›", home)
            if round_number:  # the first round fills the caches
                minimal.append(one)
                ours.append(other)
    base, full = statistics.median(minimal), statistics.median(ours)
    print(f"minimal Textual app   {base * 1000:6.0f} ms")
    print(f"fortytwo --demo       {full * 1000:6.0f} ms")
    print(f"ratio                 {full / base:6.2f}  (limit {LIMIT})")
    helps = measure_help(launch, rounds)
    return 0 if full / base <= LIMIT and helps else 1


if __name__ == "__main__":
    sys.exit(main())
