"""The first second: somebody types faster than the disk reads."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.support.desk import places_below, settings_for
from tests.support.waiting import until
from tests.unit.ui.program import NOWHERE, running_program
from tui.services.workspace import Workspace
from tui.ui.app import FortytwoApp

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tui.services.workspace import OpenConversation


async def test_a_text_typed_before_the_draft_is_read_stands_behind_it(
    tmp_path: Path,
) -> None:
    async with running_program(tmp_path) as program:
        await program.write("the old draft")
        await program.pilot.press("ctrl+q")
        await until(lambda: not program.app.is_running, "left")
    app = FortytwoApp(Workspace(settings_for(NOWHERE), places_below(tmp_path), {}), [])
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app.main.composer.insert("typed at once")
        await until(lambda: app.started, "started")
        await pilot.pause()
        assert app.main.composer.full_text == "the old draft\ntyped at once"


async def test_leaving_in_the_first_moment_loses_neither(tmp_path: Path) -> None:
    async with running_program(tmp_path) as program:
        await program.write("the old draft")
        await program.pilot.press("ctrl+q")
        await until(lambda: not program.app.is_running, "left")
    app = FortytwoApp(Workspace(settings_for(NOWHERE), places_below(tmp_path), {}), [])
    async with app.run_test(size=(80, 24)) as pilot:
        app.main.composer.insert("typed at once")
        await pilot.press("ctrl+q")
        await until(lambda: not app.is_running, "left")
    async with running_program(tmp_path) as program:
        await until(
            lambda: program.main.composer.full_text == "the old draft\ntyped at once"
        )


async def test_a_data_folder_that_cannot_be_used_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    async with running_program(tmp_path) as program:
        await program.write("Hello?")
        await program.press("enter")
        await until(lambda: program.toasts(), "a sentence")
        assert program.main.composer.full_text == "Hello?"
        assert program.app.is_running


async def test_words_typed_while_the_first_prompt_gets_its_file_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_program(tmp_path) as program:
        workspace, composer = program.app.workspace, program.main.composer
        slow_open, opened = workspace.open, asyncio.Event()

        async def open_slowly(file: str) -> OpenConversation:
            composer.insert("typed meanwhile")
            await asyncio.sleep(0)
            opened.set()
            return await slow_open(file)

        monkeypatch.setattr(workspace, "open", open_slowly)
        await program.write("The first prompt")
        await program.pilot.press("enter")
        await until(lambda: program.main.chat.file is not None, "shown")
        assert opened.is_set()
        await program.pilot.pause()
        assert composer.full_text == "typed meanwhile"
