"""A conversation is deleted, renamed or moved while its answer streams: words stay."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.support.demo import DemoThread
from tests.support.desk import Desk, settings_for
from tests.support.waiting import until
from tui.demo.pacing import Pace
from tui.services.events import (
    ActivityChanged,
    AnswerGrew,
    NoticeGiven,
    SummaryChanged,
    SummaryRemoved,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tests.support.promises import Measured

PROMPT = "long answer 400"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    with DemoThread(pace=Pace(first=0.0, token=0.02)) as demo:
        async with Desk(tmp_path, settings_for(demo.base_url)) as desk:
            yield desk


async def streaming(desk: Desk) -> str:
    """Ask; returns the file of an answer that is on its way."""
    file = await desk.workspace.send(None, PROMPT)
    await until(lambda: len(desk.told(AnswerGrew)) > 3, "text arrives")
    return file


async def looked(desk: Desk, name: str) -> None:
    """Wait until the folder has been looked at, seen by a file that is new in it."""
    (desk.places.data / "conversations" / name).write_text('title = "A mark"\n')
    await until(
        lambda: any(one.summary.file == name for one in desk.told(SummaryChanged)),
        "a look at the folder",
    )


def texts(desk: Desk) -> list[str]:
    """Every message of every file."""
    return [
        message["content"].strip()
        for path in (desk.places.data / "conversations").glob("*.toml")
        for message in tomllib.loads(path.read_text()).get("messages", [])
    ]


async def test_deleting_saves_the_answer_and_undo_brings_both_back(desk: Desk) -> None:
    file = await streaming(desk)
    await desk.workspace.delete(file)
    assert texts(desk) == []
    await desk.workspace.undo()
    prompt, answer = desk.on_disk(file)["messages"]
    assert prompt["content"] == PROMPT
    assert answer["status"] == "stopped"
    assert answer["content"].strip()


def move_away(path: Path) -> None:
    path.rename(path.with_name("moved-by-hand.toml"))


def remove(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def spoil(path: Path) -> None:
    path.write_text("<<<<<<< HEAD\n" + path.read_text())


@pytest.mark.promise
@pytest.mark.parametrize("happens", [move_away, remove, empty, spoil])
async def test_what_others_do_to_the_file_costs_no_word(
    desk: Desk, measured: Measured, happens: Callable[[Path], None]
) -> None:
    file = await streaming(desk)
    happens(desk.places.data / "conversations" / file)
    await desk.workspace.stop(file)
    answer = await desk.ending()
    assert answer.content

    def everywhere() -> str:
        folder = desk.places.data / "conversations"
        return "\n".join(path.read_text() for path in folder.glob("*.toml"))

    await until(lambda: answer.content.strip() in everywhere(), "the answer is saved")
    assert PROMPT in everywhere()
    measured("P9", "files moved, removed or spoiled in mid-stream: 0 words lost", 1)


async def test_a_folder_out_of_reach_takes_nothing_from_the_screen(
    desk: Desk,
) -> None:
    file = await streaming(desk)
    await looked(desk, "2020-01-01-mark.toml")
    folder = desk.places.data / "conversations"
    aside = folder.rename(folder.with_name("aside"))
    folder.write_text("in the way")
    await until(
        lambda: any("can't be read" in one.sentence for one in desk.told(NoticeGiven)),
        "it is told",
    )
    assert desk.told(SummaryRemoved) == []
    await desk.workspace.stop(file)
    await desk.ending()
    await until(lambda: desk.told(ActivityChanged)[-1].activity.unsaved, "it is marked")
    folder.unlink()
    aside.rename(folder)
    await desk.saved(file, 2)
    await until(lambda: not desk.told(ActivityChanged)[-1].activity.unsaved)
    assert desk.told(SummaryRemoved) == []


async def test_a_file_removed_in_mid_stream_stays_listed_until_its_words_are_safe(
    desk: Desk,
) -> None:
    file = await streaming(desk)
    await looked(desk, "2020-01-01-mark.toml")
    (desk.places.data / "conversations" / file).unlink()
    await looked(desk, "2020-01-02-mark.toml")
    assert desk.told(SummaryRemoved) == []
    await desk.workspace.stop(file)
    answer = await desk.ending()
    await until(lambda: desk.told(SummaryRemoved), "the row goes")
    assert desk.told(SummaryRemoved)[0].file == file
    assert answer.content.strip() in "".join(texts(desk))
