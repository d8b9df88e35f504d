"""What every test needs: a home of its own, and no slow proofs unless asked for.

At the end, what the library promises is printed with what was measured of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.promises import Measured, note, print_promises

if TYPE_CHECKING:
    from pathlib import Path


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the slow proofs too")


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    if config.getoption("--long"):
        return
    skip = pytest.mark.skip(reason="a slow proof: run with --long")
    for item in items:
        if "long" in item.keywords:
            item.add_marker(skip)


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Measured:
    """Take a promise's name, a figure and perhaps a count, to be printed at the end."""

    def take(promise: str, figure: str, count: int = 0) -> None:
        note(request.node, promise, figure, count)

    return take


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [
        report
        for kind in ("passed", "failed")
        for report in terminalreporter.getreports(kind)
        if report.when == "call"
    ]
    print_promises(terminalreporter, reports)


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name in ("XDG_STATE_HOME", "TMUX", "SSH_TTY", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    for name in ("FORTYTWO_API_KEY", "FORTYTWO_BASE_URL", "FORTYTWO_MODEL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
