"""The main job: type, send, watch the answer stream, find it again tomorrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.demo import DemoThread
from tests.support.driver import Driver
from tests.support.waiting import until
from tui.demo.pacing import Pace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

SLOW = Pace(first=0.0, token=0.03)
LONG = "long answer 500"


@pytest.fixture
def demo() -> Iterator[DemoThread]:
    with DemoThread() as demo:
        yield demo


@pytest.fixture
async def chat(tmp_path: Path, demo: DemoThread) -> AsyncIterator[Driver]:
    async with Driver(tmp_path, demo.base_url) as driver:
        yield driver


@pytest.fixture
async def slow_chat(tmp_path: Path) -> AsyncIterator[Driver]:
    with DemoThread(pace=SLOW) as demo:
        async with Driver(tmp_path, demo.base_url) as driver:
            yield driver


async def test_a_first_prompt_makes_a_conversation(chat: Driver) -> None:
    assert chat.files == []
    await chat.sees("No conversations yet")
    await chat.say("Hello there")
    await chat.rests()
    await chat.sees("Hello there", "You", "fortytwo-guide")
    assert len(chat.files) == 1
    assert [m["role"] for m in chat.shown_messages()] == ["user", "assistant"]
    assert chat.draft == ""


async def test_an_answer_is_seen_while_it_streams(slow_chat: Driver) -> None:
    await slow_chat.say(LONG)
    await slow_chat.sees("streaming")
    await slow_chat.press("ctrl+c")
    await slow_chat.rests()
    await slow_chat.sees("stopped")
    assert slow_chat.shown_messages()[-1]["status"] == "stopped"


async def test_esc_esc_stops_and_keeps_the_text(slow_chat: Driver) -> None:
    await slow_chat.say(LONG)
    await slow_chat.sees("streaming")
    await slow_chat.press_quickly("escape", "escape")
    await slow_chat.rests()
    assert slow_chat.shown_messages()[-1]["status"] == "stopped"
    await slow_chat.press("i")
    await slow_chat.write("still here")
    assert slow_chat.draft == "still here"


async def test_a_failure_is_an_entry_with_a_retry_key(chat: Driver) -> None:
    await chat.say("fail with 401 once")
    await chat.rests()
    await chat.sees("key")
    assert chat.shown_messages()[-1]["status"] == "failed"
    await chat.press("escape")
    await chat.press("r")
    await chat.rests(2)
    assert chat.shown_messages()[-1]["status"] == "complete"
    await chat.sees("2/2")
    await chat.press("less_than_sign")
    await chat.sees("1/2")


async def test_the_composer_works_after_a_failure(chat: Driver) -> None:
    await chat.say("fail with 500 html")
    await chat.say("cut off")
    await chat.write("next")
    assert chat.draft == "next"


async def test_two_conversations_answer_at_once(slow_chat: Driver) -> None:
    await slow_chat.say(LONG)
    await slow_chat.sees("streaming")
    await slow_chat.press("ctrl+n")
    await slow_chat.sees("New conversation")
    await slow_chat.say("long answer 501")
    await until(lambda: len(slow_chat.workspace.running()) == 2, "both run")
    await slow_chat.press("ctrl+down")
    await slow_chat.sees(LONG)
    for turn in slow_chat.workspace.running():
        await slow_chat.workspace.stop(turn.file)
    await until(lambda: not slow_chat.workspace.running())


async def test_a_draft_belongs_to_its_conversation(chat: Driver) -> None:
    await chat.say("First talk")
    await chat.rests()
    await chat.write("half a thought")
    await chat.press("ctrl+n")
    await until(lambda: chat.draft == "")
    await chat.press("ctrl+down")
    await until(lambda: chat.draft == "half a thought", "the draft is back")


async def test_tomorrow_everything_is_there_again(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with Driver(tmp_path, demo.base_url) as driver:
        await driver.say("Remember me")
        await driver.rests()
        answer = driver.shown_messages()[-1]["content"].split()[0]
    async with Driver(tmp_path, demo.base_url) as driver:
        await driver.sees("Remember me")
        await driver.press("ctrl+o")
        await driver.press("enter")
        await driver.sees("You", answer.strip("*#"))


async def test_rename_delete_and_undo(chat: Driver) -> None:
    await chat.say("Hello there")
    await chat.rests()
    await chat.press("escape", "R")
    await chat.sees("Rename")
    await chat.press("ctrl+a", "ctrl+k")
    await chat.write("Greetings")
    await chat.press("enter")
    await until(lambda: 'title = "Greetings"' in chat.files[0].read_text())
    await chat.sees("Greetings")
    await chat.press("D")
    await until(lambda: chat.files == [], "deleted")
    await chat.press("escape", "u")
    await until(lambda: len(chat.files) == 1, "undone")


async def test_the_system_prompt_is_edited_saved_and_sent(
    chat: Driver, demo: DemoThread
) -> None:
    await chat.press("ctrl+t")
    await chat.write("Be very brief")
    await chat.press("ctrl+s")
    await chat.say("Hello")
    await chat.rests()
    await chat.sees("System prompt", "Be very brief")
    assert "Be very brief" in chat.files[0].read_text()
    request = demo.server.requests[-1].chat
    assert request is not None
    assert request.messages[0].role == "system"


@pytest.mark.parametrize("newline", ["ctrl+j", "shift+enter", "alt+enter"])
async def test_every_newline_key_makes_a_newline(chat: Driver, newline: str) -> None:
    await chat.write("a")
    await chat.press(newline)
    await chat.write("b")
    assert chat.draft == "a\nb"


async def test_a_backslash_before_enter_makes_a_newline(chat: Driver) -> None:
    await chat.write("a")
    await chat.press("backslash")
    await chat.pilot.pause()
    await chat.press("enter")
    await chat.write("b")
    assert chat.draft == "a\nb"


async def test_quitting_says_what_still_streams(slow_chat: Driver) -> None:
    await slow_chat.say(LONG)
    await slow_chat.sees("streaming")
    await slow_chat.press("ctrl+q")
    await slow_chat.sees("stream")
    await slow_chat.press("escape")
    await slow_chat.press("ctrl+c")
    await slow_chat.rests()


async def test_the_window_may_be_small_and_change_in_mid_stream(
    slow_chat: Driver,
) -> None:
    await slow_chat.say(LONG)
    await slow_chat.sees("streaming")
    for columns, rows in ((40, 12), (250, 80), (20, 5), (80, 24)):
        await slow_chat.resize(columns, rows)
    await slow_chat.sees("streaming")
    await slow_chat.press("ctrl+c")
    await slow_chat.rests()


async def test_help_and_themes_open(chat: Driver) -> None:
    await chat.press("f1")
    await chat.sees("All keys", "ctrl+j")
    await chat.press("escape")
    await chat.write("/theme")
    await chat.pilot.pause()
    await chat.press("enter")
    await chat.sees("Paper")
    await chat.press("escape")


async def test_a_file_that_cannot_be_read_is_listed_and_left_alone(
    tmp_path: Path, demo: DemoThread
) -> None:
    folder = tmp_path / "data" / "conversations"
    folder.mkdir(parents=True)
    broken = folder / "2026-01-01-broken.toml"
    broken.write_text('title = "cut in ha')
    async with Driver(tmp_path, demo.base_url) as driver:
        await driver.sees("broken")
        await driver.press("ctrl+o", "enter")
        await driver.sees("cut in ha")
        assert broken.read_text() == 'title = "cut in ha'


@pytest.mark.parametrize("hostile", ["[/]", "[@click=app.quit]x", '[x="y'])
async def test_markup_is_shown_as_it_is(chat: Driver, hostile: str) -> None:
    chat.app.main.composer.set_text(hostile)
    await chat.press("enter")
    await chat.rests()
    await chat.sees(hostile)


async def test_a_new_conversation_has_neighbours_too(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with Driver(tmp_path, demo.base_url) as driver:
        await driver.say("Remember me")
        await driver.rests()
    async with Driver(tmp_path, demo.base_url) as driver:
        await driver.sees("Remember me")
        await driver.press("ctrl+down")
        await driver.sees("You")


async def test_the_list_comes_back_when_the_window_grows(chat: Driver) -> None:
    await chat.say("Hello there")
    await chat.rests()
    await chat.resize(80, 24)
    await chat.misses("Conversations")
    await chat.press("f2")
    await chat.sees("Conversations")
    await chat.press("enter")
    await chat.misses("Conversations")
    await chat.resize(120, 40)
    await chat.sees("Conversations")


async def test_a_file_that_gives_nothing_is_explained_and_chatting_goes_on(
    tmp_path: Path, demo: DemoThread
) -> None:
    folder = tmp_path / "data" / "conversations"
    folder.mkdir(parents=True)
    (folder / "2026-01-01-loop.toml").symlink_to("2026-01-01-loop.toml")
    async with Driver(tmp_path, demo.base_url) as driver:
        await driver.sees("loop")
        await driver.press("ctrl+down")
        await driver.sees("link")
        await driver.press("ctrl+n")
        await driver.say("Hello there")
        await driver.rests()
        await driver.sees("You", "Hello there")
