"""Editing, clearing, pinning, deleting: by key, undone by `u`, never losing a word."""

from __future__ import annotations

import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.support.demo import DemoThread
from tests.support.driver import Driver
from tests.support.pty_program import FORTYTWO, PtyProgram, program_env
from tests.support.waiting import until
from tui.demo.pacing import Pace
from tui.storage.library import Library

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path


@pytest.fixture
def demo() -> Iterator[DemoThread]:
    with DemoThread() as demo:
        yield demo


@pytest.fixture
async def chat(tmp_path: Path, demo: DemoThread) -> AsyncIterator[Driver]:
    async with Driver(tmp_path, demo.base_url) as driver:
        yield driver


async def test_a_cleared_conversation_comes_back(chat: Driver) -> None:
    await chat.say("Hello there")
    await chat.rests()
    await chat.say("/clear")
    await chat.sees("/undo brings the messages back")
    await until(lambda: not chat.app.main.chat.conversation.messages, "it is empty")  # type: ignore[union-attr]  # it is open
    assert len(Library(chat.places.data).trashed()) == 1
    await chat.press("escape", "u")
    await chat.sees("The messages are back", "fortytwo-guide")
    assert len(chat.shown_messages()) == 2
    assert Library(chat.places.data).trashed() == []


async def test_a_hand_written_file_comes_back_from_clearing_as_it_was(
    tmp_path: Path, demo: DemoThread
) -> None:
    text = (
        "# Mine\ntitle = 'Notes' # why\n[[messages]] # one\nrole = 'user'\n"
        "content = 'My own words'\n[after] # tail\nq = 1\n# the end"
    )
    path = tmp_path / "data" / "conversations" / "notes.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    async with Driver(tmp_path, demo.base_url, open_file="notes.toml") as chat:
        await chat.sees("My own words")
        await chat.misses("Ask something and press")
        await chat.say("/clear")
        await chat.sees("/undo brings the messages back", "Ask something and press")
        await chat.misses("My own words")
        cleared = path.read_text()
        assert "# Mine" in cleared
        assert cleared.endswith("[after] # tail\nq = 1\n# the end")
        await chat.press("escape", "u")
        await chat.sees("The messages are back", "My own words")
        await chat.misses("Ask something and press")
    assert path.read_text() == text
    assert Library(tmp_path / "data").trashed() == []


async def test_a_pinned_conversation_stays_on_top(chat: Driver) -> None:
    await chat.say("the first")
    await chat.rests()
    await chat.press("escape", "p")
    await chat.sees("stays at the top", "Pinned")
    await chat.press("n")
    await chat.say("the second")
    await chat.rests()
    lines = [line[:25] for line in chat.screen.splitlines()]
    first = next(at for at, line in enumerate(lines) if "the first" in line)
    second = next(at for at, line in enumerate(lines) if "the second" in line)
    assert first < second
    await chat.press("escape", "u")
    await chat.sees("no longer pinned")
    await chat.misses("Pinned")


async def test_the_last_conversation_comes_back_with_the_key_that_is_named(
    chat: Driver,
) -> None:
    await chat.say("the only one")
    await chat.rests()
    await chat.press("escape", "D")
    await chat.sees("is in the trash; u brings it back", "Ask something and press")
    await chat.press("u")
    await chat.sees("“the only one” is back")
    await chat.misses("› u")
    await chat.press("i")
    await chat.say("another one")
    await chat.rests()
    await chat.say("/delete")
    await chat.sees("is in the trash; /undo brings it back")
    await chat.say("/undo")
    await chat.sees("“another one” is back")


async def test_the_trash_brings_back_and_removes_for_good(chat: Driver) -> None:
    for title in ("one to keep", "one to lose"):
        await chat.press("ctrl+n")
        await chat.say(title)
        await chat.rests()
        await chat.press("escape", "D")
        await chat.sees("is in the trash")
    await chat.press("escape", "T")
    await chat.sees("Trash · kept for 30 days", "one to keep", "one to lose")
    await chat.press("delete")
    await chat.sees("Remove it for good?", "one to lose")
    await chat.press("enter")
    await until(lambda: len(Library(chat.places.data).trashed()) == 1, "one is left")
    await chat.sees("Trash · kept")
    await chat.press("enter")
    await until(lambda: chat.app.main.chat.file is not None, "it is open again")
    assert len(chat.files) == 1
    assert Library(chat.places.data).trashed() == []
    assert chat.shown_messages()[0]["content"].strip() == "one to keep"


async def test_a_copy_is_saved_where_it_is_asked_for(
    chat: Driver, tmp_path: Path
) -> None:
    await chat.say("Hello there")
    await chat.rests()
    await chat.say(f"/save {tmp_path}/copy.md")
    await until((tmp_path / "copy.md").exists, "the copy")
    assert "Hello there" in (tmp_path / "copy.md").read_text()


async def test_what_the_disk_refuses_is_marked_and_saved_elsewhere(
    tmp_path: Path,
) -> None:
    with DemoThread(pace=Pace(first=0.0, token=0.02)) as demo:
        async with Driver(tmp_path, demo.base_url) as chat:
            await chat.say("long answer 400")
            await chat.sees("This is a long answer")
            folder = chat.places.data / "conversations"
            aside = folder.rename(folder.with_name("aside"))
            folder.write_text("in the way")
            await chat.press("ctrl+c")
            await chat.sees("Not saved", "/save saves a copy")
            await chat.say(f"/save {tmp_path}/copy.toml")
            await until((tmp_path / "copy.toml").exists, "the copy")
            copied = tomllib.loads((tmp_path / "copy.toml").read_text())
            assert [one["role"] for one in copied["messages"]] == ["user", "assistant"]
            assert copied["messages"][1]["content"].strip()
            folder.unlink()
            aside.rename(folder)
            await chat.sees("is saved again")
            await chat.misses("/save saves a copy")
            await chat.rests()


EDITOR = """
import pathlib, sys
path = pathlib.Path(sys.argv[1])
path.write_text(path.read_text().replace("first", "better"))
"""


def test_an_edited_prompt_is_asked_anew(tmp_path: Path) -> None:
    (tmp_path / "editor.py").write_text(EDITOR)
    env = program_env(str(tmp_path), EDITOR=f"{sys.executable} {tmp_path}/editor.py")
    with PtyProgram([*FORTYTWO, "--demo"], env=env) as program:
        program.wait_for("Ask anything")
        program.type("what first words\r")
        program.wait_for("tokens")
        program.type(b"\x1b")
        program.wait_for("write")
        program.type("k")
        program.type("k")
        program.type("e")
        program.wait_for("what better words")
        program.wait_for(lambda: "2/2" in program.text and "tokens" in program.text)
        program.type("u")
        program.wait_for("what first words")
        program.type(b"\x11")
        program.wait_ended()
