"""A prompt that nothing answers says so, and can be sent again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.support.demo import DemoThread
from tests.support.driver import Driver
from tests.support.waiting import until
from tests.unit.ui.program import NOWHERE
from tui.services.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tui.services.opened import OpenConversation

FILE = """
format = 1
id = "one"
title = "Left alone"

[[messages]]
id = "p"
role = "user"
content = "Hello"
"""


async def test_a_prompt_without_an_answer_says_so_until_it_has_one(
    tmp_path: Path,
) -> None:
    with DemoThread() as demo:
        driver = Driver(tmp_path, demo.base_url, open_file="left-alone")
        folder = driver.places.data / "conversations"
        folder.mkdir(parents=True)
        (folder / "left-alone.toml").write_text(FILE)
        async with driver:
            await driver.sees("Left alone", "not answered · Esc, then r asks again")
            await driver.press("escape", "r")
            await driver.rests()
            await driver.misses("not answered")
            await driver.press("ctrl+n")
            await driver.say("And this one?")
            await driver.rests()
            await driver.misses("not answered")


async def test_what_is_only_shown_names_no_key_that_would_change_it(
    tmp_path: Path,
) -> None:
    driver = Driver(tmp_path, NOWHERE, open_file="left-alone")
    folder = driver.places.data / "conversations"
    folder.mkdir(parents=True)
    (folder / "left-alone.toml").write_text(FILE.replace("format = 1", "format = 9"))
    async with driver:
        await driver.sees("Left alone", "read-only", "Hello")
        await driver.misses("asks again")


async def test_an_answer_that_failed_before_it_was_shown_is_told_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = asyncio.Event()
    show = Workspace.open

    async def late(self: Workspace, file: str) -> OpenConversation:
        await failed.wait()
        return await show(self, file)

    monkeypatch.setattr(Workspace, "open", late)
    with DemoThread() as demo:
        async with Driver(tmp_path, demo.base_url) as driver:
            await driver.say("fail with 401")
            await until(lambda: len(driver.files) == 1)
            await until(lambda: "status" in driver.files[0].read_text())
            failed.set()
            await driver.sees("failed: ", "r asks again")
