"""What others do wrong in a shown file is told, and told no more once mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.demo import DemoThread
from tests.support.driver import Driver
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

TEXT = """\
title = "By hand"
model = "some-model"

[[messages]]
role = "user"
content = "What is this?"

[[messages]]
role = "assistant"
content = "A file that was written by hand."
"""


@pytest.fixture
async def driver(tmp_path: Path) -> AsyncIterator[Driver]:
    folder = tmp_path / "data" / "conversations"
    folder.mkdir(parents=True)
    (folder / "hand.toml").write_text(TEXT)
    with DemoThread() as demo:
        async with Driver(tmp_path, demo.base_url, open_file="hand.toml") as driver:
            await driver.sees("written by hand")
            yield driver


async def test_a_wrong_value_is_told_with_its_line_and_goes_with_it(
    driver: Driver,
) -> None:
    (path,) = driver.files
    path.write_text(TEXT.replace('"some-model"', "7"))
    await driver.sees("hand.toml:2", "model")
    chat = driver.app.main.chat
    await until(lambda: [one.line for one in chat.problems] == [2], "it stands above")
    path.write_text(TEXT)
    await until(lambda: chat.problems == (), "it stands there no more")


async def test_a_file_that_can_be_read_again_is_told(driver: Driver) -> None:
    (path,) = driver.files
    path.write_text("<<<<<<< HEAD\n" + TEXT)
    await driver.sees("Line 1")
    path.write_text(TEXT)
    await driver.sees("can be read again")
