"""Others rename or remove the shown file: what is being typed stays in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.demo import DemoThread
from tests.support.driver import Driver
from tests.support.waiting import until
from tui.demo.pacing import Pace
from tui.storage.drafts_file import load_drafts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path


TEXT = """\
title = "By hand"
[[messages]]
role = "user"
content = "What is this?"
[[messages]]
role = "assistant"
content = "A file that was written by hand."
"""
DRAFT = "words not sent yet"


@pytest.fixture
async def typing(tmp_path: Path) -> AsyncIterator[Driver]:
    """The program with a conversation open and a text in its composer."""
    folder = tmp_path / "data" / "conversations"
    folder.mkdir(parents=True)
    (folder / "hand.toml").write_text(TEXT)
    (folder / "other.toml").write_text(TEXT.replace("By hand", "Another one"))
    with DemoThread() as demo:
        async with Driver(tmp_path, demo.base_url, open_file="hand.toml") as driver:
            await driver.sees("written by hand", "Another one")
            await driver.write(DRAFT)
            yield driver


def rename(path: Path) -> None:
    path.rename(path.with_name("renamed.toml"))


def write_anew(path: Path) -> None:
    """As git does: another file with the same conversation."""
    text = path.read_text()
    path.with_name("renamed.toml").write_text(text)
    path.unlink()


def drafts(driver: Driver) -> dict[str, str]:
    return load_drafts(driver.places.drafts_file)


@pytest.mark.parametrize("happens", [rename, write_anew])
async def test_a_text_moves_along_with_the_renamed_file(
    typing: Driver, happens: Callable[[Path], None]
) -> None:
    path = typing.places.data / "conversations" / "hand.toml"
    path.write_text('id = "b7e1"\n' + TEXT)
    await until(
        lambda: (
            (one := typing.app.main.chat.conversation) is not None and one.id == "b7e1"
        ),
        "the id is seen",
    )
    happens(path)
    await typing.sees("is called renamed.toml now", DRAFT)
    await until(lambda: typing.app.main.chat.file == "renamed.toml", "it is followed")
    await typing.write(" yet")
    await until(
        lambda: drafts(typing) == {"renamed.toml": f"{DRAFT} yet"}, "it is kept there"
    )
    await typing.press("enter")
    await typing.rests(2)
    assert [one["content"] for one in typing.shown_messages()][2] == f"{DRAFT} yet"


async def test_a_text_for_a_removed_file_is_in_a_new_conversation(
    typing: Driver,
) -> None:
    path = typing.places.data / "conversations" / "hand.toml"
    path.unlink()
    await typing.sees("was removed", "is in a new conversation now", DRAFT)
    await until(lambda: typing.app.main.chat.file is None, "nothing is shown")
    await until(lambda: drafts(typing) == {"": DRAFT}, "it is kept there")
    await typing.write("!")
    await typing.press("enter")
    await typing.rests()
    assert typing.shown_messages()[0]["content"] == f"{DRAFT}!"


async def test_what_waited_in_a_new_conversation_is_not_lost_by_that(
    typing: Driver,
) -> None:
    (typing.places.data / "conversations" / "other.toml").unlink()
    await typing.misses("Another one")
    await typing.press("ctrl+n")
    await typing.write("first thoughts")
    await typing.press("escape", "J")
    await until(lambda: typing.app.main.chat.file == "hand.toml", "back again")
    await typing.sees(DRAFT)
    (typing.places.data / "conversations" / "hand.toml").unlink()
    await typing.sees("is in a new conversation now")
    await until(lambda: typing.draft == f"first thoughts\n{DRAFT}", "both are there")


async def test_without_a_text_a_neighbour_is_shown(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "conversations"
    folder.mkdir(parents=True)
    for name in ("hand", "other"):
        (folder / f"{name}.toml").write_text(TEXT.replace("By hand", name))
    with DemoThread() as demo:
        async with Driver(tmp_path, demo.base_url, open_file="hand.toml") as driver:
            await driver.sees("written by hand")
            (folder / "hand.toml").unlink()
            await until(lambda: driver.app.main.chat.file == "other.toml", "the other")


async def test_the_draft_of_a_conversation_that_is_not_shown_moves_too(
    typing: Driver,
) -> None:
    await typing.press("ctrl+n")
    await until(lambda: drafts(typing) == {"hand.toml": DRAFT}, "it is kept")
    folder = typing.places.data / "conversations"
    folder.joinpath("hand.toml").rename(folder / "renamed.toml")
    await until(lambda: drafts(typing) == {"renamed.toml": DRAFT}, "it follows")


async def test_an_answer_is_followed_into_the_file_that_is_left_of_a_removed_one(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "data" / "conversations"
    folder.mkdir(parents=True)
    (folder / "hand.toml").write_text(f"# Mine\n{TEXT}")
    pace = Pace(first=0.0, token=0.02)
    with DemoThread(pace=pace) as demo:
        async with Driver(tmp_path, demo.base_url, open_file="hand.toml") as driver:
            await driver.sees("written by hand")
            await driver.say("long answer 400")
            await driver.sees("This is a long answer")
            (folder / "hand.toml").unlink()
            await driver.press("ctrl+c")
            await driver.sees("was removed by another program")
            await until(lambda: driver.app.main.chat.file != "hand.toml", "it is left")
            await driver.sees("long answer 400", "This is a long answer", "Stopped")
            (second,) = folder.iterdir()
            assert driver.app.main.chat.file == second.name
            assert second.read_text().startswith(f"# Mine\n{TEXT}")
