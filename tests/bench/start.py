"""Start to first usable frame, as a ratio to a minimal Textual app in the same run.

    python -m tests.bench.start [--rounds N]

Both programs start in a pty of 120×40; the clock runs from the fork until a typed
letter has come back on the screen. Rounds alternate, the medians are compared.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.support.pty_program import PtyProgram, program_env

LIMIT = 1.5

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
        program.type("ZQ")
        while b"ZQ" not in program.output and b"Z" not in program.read(0.002):
            if not program.alive():
                raise SystemExit(f"{argv} ended:\n{program.text}")
        return time.perf_counter() - begin


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
            "--demo",
        ]
        for round_number in range(rounds + 1):
            one = first_echo([sys.executable, str(script)], "minimal app", home)
            other = first_echo(launch, "›", home)
            if round_number:  # the first round fills the caches
                minimal.append(one)
                ours.append(other)
    base, full = statistics.median(minimal), statistics.median(ours)
    print(f"minimal Textual app   {base * 1000:6.0f} ms")
    print(f"fortytwo --demo       {full * 1000:6.0f} ms")
    print(f"ratio                 {full / base:6.2f}  (limit {LIMIT})")
    return 0 if full / base <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
