"""Prints every case of the wire with its outcome when the run is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

NUMBERED = 82
"""Cases of the contract; each has one row or more."""

ROWS = pytest.StashKey[list[tuple[str, str]]]()


@pytest.fixture
def note(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Return a function that notes a case's name and its outcome for the table."""

    def note_row(case: str, outcome: str) -> None:
        request.config.stash.setdefault(ROWS, []).append((case, outcome))

    return note_row


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    rows = config.stash.get(ROWS, [])
    if not rows:
        return
    terminalreporter.section("what servers do, and what their user gets")
    for case, outcome in sorted(rows):
        terminalreporter.write_line(f"{case:<38} {outcome}")
    numbers = {case.split()[0] for case, _ in rows if case[:1].isdigit()}
    bounds = sum(case.startswith("bounds") for case, _ in rows)
    terminalreporter.write_line(
        f"{len(numbers)} of {NUMBERED} numbered cases, {len(rows) - bounds} rows; "
        f"{bounds} bounds"
    )
