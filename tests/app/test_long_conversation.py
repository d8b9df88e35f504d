"""A conversation of thousands of messages: its end at once, its beginning in reach."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.demo import DemoThread
from tests.support.driver import Driver
from tests.support.waiting import until
from tests.unit.storage.samples import answer, chat
from tui.services import reading_on
from tui.storage.encoding import encode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tui.domain.conversation import Conversation

FILE = "2026-11-23-long.toml"
PAIRS = 1_500


@pytest.fixture
def demo() -> Iterator[DemoThread]:
    with DemoThread() as demo:
        yield demo


def write(folder: Path, conversation: Conversation | str) -> None:
    path = folder / "data" / "conversations" / FILE
    path.parent.mkdir(parents=True)
    text = (
        conversation if isinstance(conversation, str) else encode(conversation).decode()
    )
    path.write_text(text)


def shown(driver: Driver) -> list[str]:
    """Return the ids of everything laid out, from top to bottom."""
    return [entry.id for entry in driver.app.main.transcript.reading.entries]


async def is_whole(driver: Driver) -> None:
    await until(
        lambda: driver.app.main.chat.complete and "system-prompt" in shown(driver)
    )


async def test_end_first_then_everything_in_its_order(
    tmp_path: Path, demo: DemoThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_on, "REST", 1.0)
    conversation = chat(PAIRS)
    write(tmp_path, conversation)
    async with Driver(tmp_path, demo.base_url, open_file=FILE) as driver:
        await driver.sees(f"Answer {PAIRS - 1}.")
        assert not driver.app.main.chat.complete
        assert shown(driver) == [one.id for one in conversation.messages[-100:]]
        await is_whole(driver)
        assert shown(driver) == [
            "system-prompt",
            *(message.id for message in conversation.messages),
        ]
        # The screen stayed where it was, and the beginning is one key away.
        await driver.sees(f"Answer {PAIRS - 1}.")
        await driver.press("escape", "g", "g")
        await driver.sees("You are a helpful assistant.", "Prompt 0?")


async def test_replying_before_the_beginning_is_read(
    tmp_path: Path, demo: DemoThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_on, "REST", 2.0)
    conversation = chat(PAIRS)
    write(tmp_path, conversation)
    async with Driver(tmp_path, demo.base_url, open_file=FILE) as driver:
        await driver.sees(f"Answer {PAIRS - 1}.")
        await driver.say("Hello again")
        await until(lambda: driver.shown_messages()[-1]["content"] == "Hello again")
        assert not driver.app.main.chat.complete
        await driver.rests(PAIRS + 1)
        await is_whole(driver)
        ids = [message["id"] for message in driver.shown_messages()]
        assert ids[:-2] == [message.id for message in conversation.messages]
        await until(lambda: shown(driver) == ["system-prompt", *ids])


async def test_siblings_are_counted_across_what_is_read_at_once(
    tmp_path: Path, demo: DemoThread
) -> None:
    conversation = chat(PAIRS)
    messages = list(conversation.messages)
    # Between the two answers stand messages of the first one's branch.
    at = next(at for at, one in enumerate(messages) if one.id == "p1400")
    branch = chat(90)
    under = [
        replace(
            one,
            id=f"x{one.id}",
            parent=f"x{one.parent}" if one.parent else "a1399",
        )
        for one in branch.messages
    ]
    retry = replace(answer(9_000), parent="p1399")
    messages[at] = replace(messages[at], parent="a9000")
    messages[at:at] = [*under, retry]
    whole = replace(conversation, messages=tuple(messages))
    write(tmp_path, whole)
    async with Driver(tmp_path, demo.base_url, open_file=FILE) as driver:
        await is_whole(driver)
        entries = driver.app.main.transcript.reading.entries
        assert [one.id for one in entries[1:]] == [one.id for one in whole.path]
        details = {one.id: one.details for one in entries}
        assert details["a9000"][0] == "2/2"


async def test_damage_found_later_shows_the_file_and_the_reason(
    tmp_path: Path, demo: DemoThread
) -> None:
    text = encode(chat(PAIRS)).decode()
    write(tmp_path, text.replace("Prompt 7?", 'Prompt 7? """ x'))
    async with Driver(tmp_path, demo.base_url, open_file=FILE) as driver:
        await until(lambda: shown(driver) == ["unreadable", "raw"])
        assert driver.app.main.chat.read_only


async def test_what_is_wrong_further_up_is_told_at_the_top(
    tmp_path: Path, demo: DemoThread
) -> None:
    text = encode(chat(PAIRS)).decode()
    write(tmp_path, text.replace('id = "p7"', 'id = "p7"\nstatus = "odd"'))
    async with Driver(tmp_path, demo.base_url, open_file=FILE) as driver:
        await is_whole(driver)
        await until(lambda: shown(driver)[0] == "problem-0")
        assert len(shown(driver)) == 2 * PAIRS + 2
