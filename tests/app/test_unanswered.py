"""A prompt that nothing answers says so, and can be sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.demo import DemoThread
from tests.support.driver import Driver

if TYPE_CHECKING:
    from pathlib import Path

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
