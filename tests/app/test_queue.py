"""Prompts that wait behind an answer, and requests that wait for their turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.demo import DemoThread
from tests.support.desk import settings_for
from tests.support.driver import Driver
from tests.support.waiting import until
from tui.demo.pacing import Pace
from tui.domain.phase import Phase

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

SLOW = Pace(first=0.0, token=0.03)
LONG = "long answer 9000"


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[Driver]:
    with DemoThread(pace=SLOW) as demo:
        async with Driver(tmp_path, demo.base_url) as driver:
            yield driver
            for turn in driver.workspace.running():
                await driver.workspace.stop(turn.file)
            await until(lambda: not driver.workspace.running())


async def say(chat: Driver, text: str) -> None:
    """Write a prompt at once, for an answer streams meanwhile, and send it."""
    chat.app.main.composer.insert(text)
    await chat.pilot.pause()
    await chat.press("enter")


async def ask_and_queue(chat: Driver, *prompts: str, first: str = LONG) -> None:
    """Let an answer stream and send prompts that wait behind it."""
    await say(chat, first)
    await chat.sees("streaming")
    for count, prompt in enumerate(prompts, 1):
        await say(chat, prompt)
        await until(lambda count=count: len(chat.app.main.chat.queued) == count)  # type: ignore[misc]  # bound early
    await chat.pilot.pause()


async def test_a_prompt_behind_an_answer_is_seen_waiting(chat: Driver) -> None:
    await ask_and_queue(chat, "first of mine", "second of mine")
    await chat.sees(
        "first of mine", "second of mine", "queued", "Esc, then E takes it back"
    )
    lines = chat.screen.splitlines()
    answer = next(at for at, line in enumerate(lines) if "fortytwo-guide" in line)
    waiting = [at for at, line in enumerate(lines) if "of mine" in line]
    assert all(at > answer for at in waiting)
    assert chat.draft == ""


async def test_queued_prompts_stay_below_and_are_sent_in_order(chat: Driver) -> None:
    await ask_and_queue(chat, "long answer 6", "Hello", first="long answer 200")
    await chat.rests(3)
    said = [m["content"] for m in chat.shown_messages() if m["role"] == "user"]
    assert said == ["long answer 200", "long answer 6", "Hello"]
    await until(lambda: not chat.app.main.chat.queued)
    await chat.misses("takes it back")
    entries = chat.app.main.transcript.reading.entries
    assert [entry.id for entry in entries] == [m["id"] for m in chat.shown_messages()]


async def test_queued_prompts_are_taken_back_by_a_key(chat: Driver) -> None:
    await ask_and_queue(chat, "one", "two")
    await chat.press("escape", "E")
    await until(lambda: chat.draft == "one\n\ntwo", "they are in the composer")
    await chat.misses("takes it back")
    assert chat.app.main.composer.has_focus
    assert chat.workspace.running()


async def test_queued_prompts_are_taken_back_by_a_command(chat: Driver) -> None:
    await ask_and_queue(chat, "one")
    await say(chat, "/unqueue")
    await until(lambda: chat.draft == "one")
    await chat.press("escape", "E")
    await chat.sees("No prompt waits here.")


async def test_what_is_typed_stays_behind_prompts_that_come_back(chat: Driver) -> None:
    await ask_and_queue(chat, "one")
    await chat.write("half a thought")
    await chat.press("ctrl+c")
    await until(lambda: chat.draft == "one\n\nhalf a thought", "both texts")
    await chat.misses("takes it back")


async def test_queued_prompts_of_another_conversation_become_its_draft(
    chat: Driver,
) -> None:
    await ask_and_queue(chat, "one")
    file = chat.app.main.chat.file
    assert file is not None
    await chat.press("ctrl+n")
    await chat.sees("New conversation")
    await chat.write("elsewhere")
    await chat.workspace.stop(file)
    await until(lambda: not chat.workspace.running())
    assert chat.draft == "elsewhere"
    await chat.press("ctrl+down")
    await until(lambda: chat.draft == "one", "the draft")
    await chat.misses("takes it back")


async def test_an_opened_conversation_shows_what_waits(chat: Driver) -> None:
    await ask_and_queue(chat, "still waiting")
    await chat.press("ctrl+n")
    await chat.misses("still waiting")
    await chat.press("ctrl+down")
    await chat.sees("still waiting", "takes it back")


async def test_leaving_turns_queued_prompts_into_the_draft(
    chat: Driver, tmp_path: Path
) -> None:
    await ask_and_queue(chat, "for tomorrow")
    await chat.press("ctrl+q")
    await chat.sees("still on its way")
    await chat.press("enter")
    await until(lambda: not chat.app.is_running)
    async with Driver(tmp_path, "http://127.0.0.1:9/v1") as again:
        await again.sees(LONG)
        await again.press("ctrl+o", "enter")
        await until(lambda: again.draft == "for tomorrow", "the draft")


@pytest.fixture
async def one_at_a_time(tmp_path: Path) -> AsyncIterator[Driver]:
    with DemoThread(pace=SLOW) as demo:
        settings = settings_for(demo.base_url, concurrency=1)
        async with Driver(tmp_path, settings) as driver:
            for prompt in (LONG, "the second", "the third"):
                await driver.press("ctrl+n")
                await driver.sees("New conversation")
                await say(driver, prompt)
                await driver.sees("streaming" if prompt == LONG else "queued")
            yield driver
            for turn in driver.workspace.running():
                await driver.workspace.stop(turn.file)
            await until(lambda: not driver.workspace.running())


def places(driver: Driver) -> list[str]:
    """Return the titles of the queued conversations, the next one first."""
    waiting = [turn for turn in driver.workspace.running() if turn.place]
    queued = [turn for turn in waiting if turn.phase is Phase.QUEUED]
    queued.sort(key=lambda turn: turn.place)
    return [driver.app.main.router.title_of(turn.file) for turn in queued]


async def test_the_queue_shows_what_runs_and_what_waits(
    one_at_a_time: Driver,
) -> None:
    await one_at_a_time.press("escape", "Q")
    await one_at_a_time.sees("Requests", "queued 1st · for", "queued 2nd · for")
    lines = one_at_a_time.screen.splitlines()
    dialog = [line for line in lines if "queued 1st" in line]
    assert "the second" in dialog[0]


async def test_a_request_is_moved_up_in_the_queue(one_at_a_time: Driver) -> None:
    assert places(one_at_a_time) == ["the second", "the third"]
    await one_at_a_time.press("escape", "Q")
    await one_at_a_time.sees("Requests", "queued 2nd")
    await one_at_a_time.press("down", "down", "K")
    await until(lambda: places(one_at_a_time) == ["the third", "the second"])
    await until(
        lambda: any(
            "the third" in line and "queued 1st" in line
            for line in one_at_a_time.screen.splitlines()
        )
    )
    # The cursor stays with the request that was moved.
    await one_at_a_time.press("J")
    await until(lambda: places(one_at_a_time) == ["the second", "the third"])


async def test_a_queued_request_is_cancelled(one_at_a_time: Driver) -> None:
    await one_at_a_time.press("escape", "Q")
    await one_at_a_time.sees("Requests", "queued 1st")
    await one_at_a_time.press("down", "x")
    await until(lambda: len(one_at_a_time.workspace.running()) == 2)
    assert places(one_at_a_time) == ["the third"]
    # The one behind it moves up, and the cursor is on it.
    await until(lambda: "queued 2nd" not in one_at_a_time.screen, "it moved up")
    await one_at_a_time.press("x")
    await until(lambda: len(one_at_a_time.workspace.running()) == 1)


async def test_a_queued_request_is_sent_now(one_at_a_time: Driver) -> None:
    await one_at_a_time.say("/queue")
    await one_at_a_time.sees("Requests", "queued 1st")
    await one_at_a_time.press("down", "s")
    await until(lambda: "the second" not in places(one_at_a_time), "it runs")
    assert places(one_at_a_time) == ["the third"]


async def test_enter_opens_the_conversation_of_a_request(
    one_at_a_time: Driver,
) -> None:
    await one_at_a_time.press("escape", "Q")
    await one_at_a_time.sees("Requests", "queued 1st")
    await one_at_a_time.press("enter")
    await until(lambda: one_at_a_time.app.main.chat.title == LONG, "it is open")


async def test_an_empty_queue_says_so(chat: Driver) -> None:
    await chat.press("escape", "Q")
    await chat.sees("Nothing runs and nothing waits")


async def test_a_second_prompt_follows_the_first_before_that_has_a_file(
    chat: Driver,
) -> None:
    """However slow the disk, and however fast the fingers."""
    for prompt in ("long answer 60", "and another", "one more"):
        chat.app.main.composer.insert(prompt)
        chat.app.main.composer.action_send()
    await until(lambda: len(chat.app.main.chat.queued) == 2)
    assert chat.app.main.chat.queued == ("and another", "one more")
    assert len(chat.files) == 1


async def test_leaving_for_a_new_conversation_at_once_stays_there(
    chat: Driver,
) -> None:
    chat.app.main.composer.insert("long answer 60")
    await chat.press_quickly("enter", "ctrl+n")
    await until(lambda: len(chat.files) == 1)
    chat.app.main.composer.insert("elsewhere")
    chat.app.main.composer.action_send()
    await until(lambda: len(chat.files) == 2)
    await until(lambda: chat.app.main.chat.title == "elsewhere")
