from __future__ import annotations

import stat
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from textual.app import App

from tests.support.desk import places_below
from tests.support.waiting import until
from tests.unit.ui.program import running_program
from tui.services.reports import describe_crash, write_report
from tui.ui.app import FortytwoApp
from tui.ui.crash import Crash

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "sk-this-must-not-be-seen"


def break_off(text: str) -> None:
    key = SECRET
    raise RuntimeError(f"{text} {key}")


def test_textual_still_has_the_handler_that_we_replace() -> None:
    assert callable(App._handle_exception)
    assert FortytwoApp._handle_exception is not App._handle_exception


async def test_the_unforeseen_ends_with_one_sentence_and_a_report(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        async with running_program(tmp_path) as program:
            await program.write("a draft that must live on")
            program.app.call_later(break_off, "in a handler")
            await until(lambda: not program.app.is_running, "the end")

    with pytest.raises(Crash) as caught:
        await run()
    sentence = caught.value.sentence
    assert sentence.startswith("fortytwo broke off (RuntimeError).")
    assert "Everything was saved." in sentence
    assert SECRET not in sentence
    (report,) = (places_below(tmp_path).state / "reports").iterdir()
    text = report.read_text()
    assert "break_off" in text
    assert SECRET not in text
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert str(report) in sentence


async def test_a_crash_during_which_saving_breaks_ends_with_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        async with running_program(tmp_path) as program:
            await program.write("a draft")
            services = program.app.workspace._services
            monkeypatch.setattr(services, "_settle", lambda: broken())
            program.app.call_later(break_off, "in a handler")
            await until(lambda: not program.app.is_running, "the end")

    async def broken() -> None:
        break_off("while saving")

    with pytest.raises(Crash) as caught:
        await run()
    assert "Not everything was saved" in caught.value.sentence


async def test_an_action_that_breaks_leaves_the_program_alive(
    tmp_path: Path,
) -> None:
    async with running_program(tmp_path) as program:

        async def broken() -> None:
            break_off("in an action")

        program.main.work(broken())
        await program.toast("Something unforeseen went wrong (RuntimeError)")
        assert not any(SECRET in toast for toast in program.toasts())
        await program.write("still here")
        assert program.main.composer.full_text == "still here"


def test_a_report_names_places_and_nothing_else() -> None:
    try:
        break_off("message text")
    except RuntimeError as error:
        text = describe_crash(error)
    assert "builtins.RuntimeError" in text
    assert "message text" not in text
    assert SECRET not in text


def test_a_report_that_cannot_be_written_is_no_second_crash(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("in the way")
    error = RuntimeError("x")
    assert write_report(tmp_path, error, datetime(2026, 1, 1, tzinfo=UTC)) is None
