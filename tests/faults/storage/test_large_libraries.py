"""Size costs nothing that a person waits for: what the benchmarks say, made small.

Their figures are printed among the promises. A limit that does not hold fails the
test; but how fast a busy machine is proves nothing, so that it is measured anew, all of
it, up to three times in all. The figures of one run are printed, never a mixture.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.promises import Measured

CASES = {
    "library_start": (["--files", "2000", "--rounds", "5"], ["--files", "10000"]),
    "open_conversation": (["--rounds", "3"], []),
    "append_scale": ([], []),
    "search": (["--conversations", "2000"], ["--conversations", "10000"]),
}
MOST_RUNS = 3


@pytest.mark.promise
@pytest.mark.timeout(2600)
@pytest.mark.parametrize("name", CASES)
def test_size_costs_nothing(
    name: str, request: pytest.FixtureRequest, measured: Measured
) -> None:
    if "promise" not in request.config.getoption("-m"):
        pytest.skip("a benchmark: run with -m promise")
    few, many = CASES[name]
    arguments = many if request.config.getoption("--long") else few
    runs = 1
    while (done := run(name, arguments)).returncode != 0 and runs < MOST_RUNS:
        runs += 1
    for line in done.stdout.splitlines():
        if line.strip():
            measured("P19", " ".join(line.split()))
    if runs > 1:
        measured("P19", f"measured {runs} times, because a limit had not held")
    assert "limit" in done.stdout
    assert "BROKEN" not in done.stdout
    assert done.returncode == 0


def run(name: str, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a benchmark in a process of its own; it fails when a limit does not hold."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.bench.{name}", *arguments],
        capture_output=True,
        text=True,
        timeout=850,
        check=False,
    )
    assert done.stderr == ""
    return done
