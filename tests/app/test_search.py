"""Search over all conversations, as a person meets it: ctrl+o, words, Enter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.driver import Driver
from tests.support.waiting import until
from tui.domain.conversation import Conversation
from tui.domain.message import Message, Role, Status
from tui.storage import index_insides
from tui.storage.library import Library
from tui.ui.screens.search import SearchChats

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

NOWHERE = "http://127.0.0.1:9/v1"
LONG_AGO = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def write(
    folder: Path, title: str, *texts: str, created: datetime = LONG_AGO
) -> Conversation:
    """Put a conversation into the library; prompts and answers take turns."""
    messages: list[Message] = []
    for at, text in enumerate(texts):
        answer = at % 2 == 1
        messages.append(
            Message(
                id=f"{title[:3].lower()}{at}",
                role=Role.ASSISTANT if answer else Role.USER,
                content=text,
                created=created + timedelta(minutes=at),
                parent=messages[-1].id if messages else None,
                status=Status.COMPLETE if answer else None,
            )
        )
    made = Conversation(title, title, created, messages=tuple(messages))
    Library(folder / "data").create(made)
    return made


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[Driver]:
    write(
        tmp_path,
        "Borrow checker",
        "Why does it refuse my loop?",
        "Because **the iterator** holds a reference, and pushing would move the "
        "vector under its feet. " + "Clone it first. " * 40,
        "And with indices?",
        "Then nothing is borrowed between two turns of the loop.",
    )
    write(
        tmp_path,
        "Trip to Norway",
        "Which ferry goes to Å i Lofoten?",
        "The one from Bodø to Moskenes.",
        created=LONG_AGO + timedelta(days=30),
    )
    write(
        tmp_path, "Tax letter [/bold]", "x [red]", created=LONG_AGO + timedelta(days=60)
    )
    async with Driver(tmp_path, NOWHERE) as driver:
        await driver.sees("Tax letter")
        await until(lambda: driver.app.started)
        yield driver


async def indexed(driver: Driver, count: int = 3) -> None:
    """Wait until the texts of so many conversations are in the index."""
    while True:
        found = await driver.workspace.search("e")
        if found is not None and found.read >= count:
            return


async def find(driver: Driver, text: str) -> SearchChats:
    await driver.press("ctrl+o")
    await until(lambda: isinstance(driver.app.screen, SearchChats))
    await driver.write(text)
    dialog = driver.app.screen
    assert isinstance(dialog, SearchChats)
    return dialog


async def test_a_word_of_an_answer_opens_it_there(chat: Driver) -> None:
    await indexed(chat)
    await find(chat, "borrowed betw")
    await chat.sees("nothing is borrowed between two turns", "Answer · 2026-01-05")
    await chat.press("enter")
    await chat.sees("1 of 1")
    await until(lambda: chat.app.main.transcript.has_focus, "ready for n and N")
    assert chat.app.main.transcript.find_state is not None
    assert "Then nothing is borrowed" in chat.screen


async def test_titles_come_before_texts(chat: Driver) -> None:
    await indexed(chat)
    dialog = await find(chat, "to")
    await until(lambda: len(dialog._hits) > 1, "hits")
    assert dialog._hits[0].title == "Trip to Norway"
    assert dialog._hits[0].message_id == ""
    assert any(hit.message_id for hit in dialog._hits[1:])


async def test_accents_and_case_do_not_count(chat: Driver) -> None:
    await indexed(chat)
    await find(chat, "bodo MOSK")
    await chat.sees("The one from Bodø to Moskenes")


async def test_a_part_of_a_word_opens_it_there(chat: Driver) -> None:
    await indexed(chat)
    await find(chat, "kene")
    await chat.sees("The one from Bodø to Moskenes.")
    await chat.press("enter")
    await chat.sees("1 of 1", "Trip to Norway")


async def test_the_end_of_a_word_and_the_beginning_of_the_next(chat: Driver) -> None:
    await indexed(chat)
    await find(chat, '"ush its fe')
    await chat.sees("Nothing matches.")
    await chat.press(*(["backspace"] * 11))
    await chat.write('"hing would mo')
    await chat.sees("pushing would move")
    await chat.press("enter")
    await chat.sees("1 of 1", "Borrow checker")


async def test_it_is_said_when_not_all_was_looked_through(
    chat: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    await indexed(chat)
    monkeypatch.setattr(index_insides, "_READING", -1.0)
    monkeypatch.setattr(index_insides, "_STEPS", 1)
    await find(chat, "=>")
    await chat.sees("Not every text was looked through")


async def test_enter_before_the_answer_opens_the_first_hit(chat: Driver) -> None:
    await indexed(chat)
    await chat.press("ctrl+o")
    await until(lambda: isinstance(chat.app.screen, SearchChats))
    await chat.press_quickly(*"norway", "enter")
    await until(lambda: chat.app.main.chat.title == "Trip to Norway")


async def test_escape_changes_nothing(chat: Driver) -> None:
    await find(chat, "norway")
    await chat.sees("Trip to Norway")
    await chat.press("escape")
    await until(lambda: chat.app.screen is chat.app.main)
    assert chat.app.main.chat.file is None


async def test_nothing_is_said_to_match(chat: Driver) -> None:
    await indexed(chat)
    await find(chat, "zzzz")
    await chat.sees("Nothing matches.")


async def test_markup_in_titles_and_texts_is_shown(chat: Driver) -> None:
    await indexed(chat)
    await find(chat, "[red]")
    await chat.sees("x [red]", "Tax letter [/bold]")


async def test_what_is_said_now_is_found_soon(chat: Driver, tmp_path: Path) -> None:
    await indexed(chat)
    write(tmp_path, "From elsewhere", "A walrus named Otto", created=LONG_AGO)
    await indexed(chat, 4)
    await find(chat, "walrus")
    await chat.sees("A walrus named Otto")


async def test_without_a_cache_titles_are_found(tmp_path: Path) -> None:
    write(tmp_path, "Borrow checker", "Why?")
    cache = tmp_path / "data" / "cache"
    cache.write_text("in the way")
    async with Driver(tmp_path, NOWHERE) as driver:
        await driver.sees("Borrow checker")
        await until(lambda: driver.app.started)
        await find(driver, "check")
        await driver.sees("Only titles are searched")
        await driver.press("enter")
        await until(lambda: driver.app.main.chat.title == "Borrow checker")


async def test_the_second_start_lists_from_the_index(tmp_path: Path) -> None:
    write(tmp_path, "Borrow checker", "Why?")
    async with Driver(tmp_path, NOWHERE) as driver:
        await indexed(driver, 1)
    folder = tmp_path / "data" / "conversations"
    file = next(folder.iterdir())
    file.write_text(file.read_text().replace("Borrow checker", "Changed meanwhile"))
    write(tmp_path, "Made meanwhile", "What?")
    async with Driver(tmp_path, NOWHERE) as driver:
        await driver.sees("Changed meanwhile", "Made meanwhile")
        await driver.misses("Borrow checker")
