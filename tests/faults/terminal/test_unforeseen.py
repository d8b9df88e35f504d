"""An exception at every kind of place: nothing lost, nothing shown raw, a report."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from tests.faults.terminal.breaking_places import PLACES, SECRET, Breaking, exists
from tests.support.driver import Driver
from tests.support.waiting import until
from tui.ui.crash import Crash

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.demo import DemoThread
    from tests.support.promises import Measured

PROMPT = "precious prompt"
DRAFT = "precious draft"
SETTLING = 6.0
"""Seconds in which the effects of the break must have come about."""

QUICK = 6
"""Without `--long` only every sixth place breaks."""


def test_every_place_exists() -> None:
    assert list(exists()) == []
    assert len(PLACES) == len(set(PLACES)) >= 50


async def tour(driver: Driver) -> None:
    """Send, read, look around, write: enough to pass every place."""
    app = driver.app
    await driver.press("enter")
    await until(lambda: not app.is_running or settled(driver), "rest", SETTLING)
    for key in ("ctrl+o", "escape", "f2", *DRAFT.replace(" ", "_")):
        if not app.is_running:
            return
        await driver.press({"_": "underscore"}.get(key, key))
    for key in ("escape", "y", "i"):
        if app.is_running:
            await driver.press(key)


def settled(driver: Driver) -> bool:
    return bool(driver.files) and not driver.workspace.running()


@pytest.mark.promise
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize(
    "place",
    [
        place if nth % QUICK == 0 else pytest.param(place, marks=pytest.mark.long)
        for nth, place in enumerate(PLACES)
    ],
)
async def test_the_unforeseen_loses_nothing_and_shows_no_traceback(
    tmp_path: Path,
    quick_demo: DemoThread,
    place: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    measured: Measured,
) -> None:
    breaking = Breaking(place, monkeypatch)
    ended: Crash | None = None
    try:
        async with Driver(tmp_path, quick_demo.base_url) as driver:
            await until(lambda: driver.app.started, "the start")
            await driver.write(PROMPT)
            await driver.sees(PROMPT)
            breaking.arm()
            try:
                await tour(driver)
            except AssertionError:
                assert breaking.broke
            alive = driver.app.is_running
            await until(
                lambda: reports(tmp_path) or not breaking.broke, "a report", SETTLING
            )
            shown = driver.screen if alive else ""
            typed = driver.draft if alive else ""
    except Crash as crash:
        ended, alive, shown, typed = crash, False, "", ""
    assert breaking.broke, "the tour does not pass here"
    kept = everything_below(tmp_path)
    assert PROMPT in kept + typed
    (report, *_) = reports(tmp_path)
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert "LookupError" in report.read_text()
    if ended is not None:
        assert ended.sentence.startswith("fortytwo broke off (LookupError).")
        assert str(report) in ended.sentence
    else:
        assert alive
    out, err = capfd.readouterr()
    for text in (kept, shown, out, err, report.read_text()):
        assert SECRET not in text
        assert "Traceback" not in text
    outcome = "went on" if ended is None else "ended with one sentence"
    measured("P26", f"places broke; it {outcome}, with a report, nothing lost", 1)


def reports(tmp_path: Path) -> list[Path]:
    return sorted(tmp_path.rglob("reports/*.txt"))


def everything_below(folder: Path) -> str:
    return "\n".join(
        path.read_text(errors="replace")
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in (".db", ".sqlite")
    )
