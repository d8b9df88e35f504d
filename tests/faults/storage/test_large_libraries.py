"""Size costs nothing that a person waits for: what the benchmarks say, made small.

Their figures are printed among the promises. Whether a limit holds is theirs to say:
how fast a busy machine is proves nothing, so that no test fails by it.
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
    "open_conversation": (["--messages", "5000", "--rounds", "3"], []),
    "append_scale": ([], []),
    "search": (["--conversations", "500"], ["--conversations", "10000"]),
}


@pytest.mark.promise
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", CASES)
def test_size_costs_nothing(
    name: str, request: pytest.FixtureRequest, measured: Measured
) -> None:
    if "promise" not in request.config.getoption("-m"):
        pytest.skip("a benchmark: run with -m promise")
    few, many = CASES[name]
    arguments = many if request.config.getoption("--long") else few
    done = subprocess.run(
        [sys.executable, "-m", f"tests.bench.{name}", *arguments],
        capture_output=True,
        text=True,
        timeout=850,
        check=False,
    )
    for line in done.stdout.splitlines():
        if line.strip():
            measured("P19", " ".join(line.split()))
    assert done.stderr == ""
    assert "limit" in done.stdout
