"""What went over the wire is one key away, and never holds the key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.demo import DemoThread
from tests.support.desk import settings_for
from tests.support.driver import Driver
from tests.support.waiting import until
from tui.demo.pacing import Pace
from tui.domain.inspection import Inspection
from tui.domain.message import Message, Role, Status, Timing, Usage
from tui.ui.inspection_entries import LARGEST_REQUEST, inspection_entries
from tui.ui.transcript import Transcript

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

KEY = "sk-test-4242424242424242"


@pytest.fixture
def demo() -> Iterator[DemoThread]:
    with DemoThread(key=KEY) as demo:
        yield demo


@pytest.fixture
async def chat(tmp_path: Path, demo: DemoThread) -> AsyncIterator[Driver]:
    settings = settings_for(demo.base_url, api_key_env="SECRET")
    async with Driver(tmp_path, settings, environ={"SECRET": KEY}) as driver:
        yield driver


async def test_an_answer_shows_its_exchange_without_the_key(chat: Driver) -> None:
    await chat.say("Hello")
    await chat.rests()
    await chat.press("escape", "I")
    await chat.sees("How this answer came", "Finish reason", "POST", "Bearer ")
    await chat.sees('"content": "Hello"')
    assert KEY not in chat.screen
    await chat.press("G")
    await chat.sees("[DONE]")
    await chat.press("escape")
    await chat.misses("How this answer came")


async def test_a_failure_names_the_key_to_its_raw_answer(chat: Driver) -> None:
    await chat.say("fail with 401")
    await chat.rests()
    await chat.sees("Esc, then r asks again · I inspects")
    await chat.say("/inspect")
    await chat.sees("HTTP 401", "authentication_error")


async def test_the_request_is_copied_as_curl(chat: Driver) -> None:
    await chat.say("Hello")
    await chat.rests()
    await chat.press("escape", "I")
    await chat.sees("copies as curl")
    await chat.press("c")
    await until(lambda: chat.app.clipboard.startswith("curl "), "copied")
    assert "$SECRET" in chat.app.clipboard
    assert KEY not in chat.app.clipboard


async def test_a_part_is_copied(chat: Driver) -> None:
    await chat.say("Hello")
    await chat.rests()
    await chat.press("escape", "I")
    await chat.sees("How this answer came")
    await chat.press("y")
    await until(lambda: "complete" in chat.app.clipboard, "all of it")
    assert "/chat/completions" in chat.app.clipboard


async def test_an_answer_of_an_earlier_run_shows_what_the_file_has(
    chat: Driver, tmp_path: Path, demo: DemoThread
) -> None:
    await chat.say("fail with 401")
    await chat.rests()
    async with Driver(tmp_path, demo.base_url) as later:
        await later.sees("fail with 401")
        await later.press("ctrl+o", "enter")
        await later.sees("I inspects")
        await later.press("escape", "I")
        await later.sees("not made since the program started", "failed")
        await later.press("c")
        await later.sees("not known any more")


async def test_there_is_nothing_to_inspect_before_the_first_prompt(
    chat: Driver,
) -> None:
    await chat.press("escape", "I")
    await chat.sees("There is no answer here to inspect.")


async def test_an_answer_on_its_way_is_followed_to_its_end(tmp_path: Path) -> None:
    with DemoThread(pace=Pace(first=0.3, token=0.02)) as demo:
        async with Driver(tmp_path, demo.base_url, size=(100, 90)) as chat:
            await chat.say("long answer 150")
            await until(lambda: chat.app.main.chat.turn_runs, "asked")
            await chat.press("escape", "I")
            await chat.sees("How this answer came", "still on its way")
            await chat.sees("First token", "Received", "data:")
            inspector = chat.app.screen
            body = inspector.query_one(Transcript)
            await until(lambda: body.source_of("Response body").count("data:") > 20)
            grown = len(body.source_of("Response body"))
            await until(lambda: len(body.source_of("Response body")) > grown, "more")
            # Who reads at the top stays there, and what the keys chose stays chosen.
            assert "still on its way" in chat.screen
            await chat.press("j")
            await chat.sees("complete", "Finish reason", "Tokens")
            assert "still on its way" not in chat.screen
            assert body.current_entry == "Answer"
            assert body.source_of("Response body").rstrip().endswith("data: [DONE]")
            await chat.press("c")
            await until(lambda: chat.app.clipboard.startswith("curl "), "copied")


async def test_a_stopped_answer_is_followed_when_its_request_waits_first(
    tmp_path: Path,
) -> None:
    with DemoThread(pace=Pace(first=1.5, token=0.02)) as demo:
        async with Driver(tmp_path, demo.base_url) as chat:
            await chat.say("long answer 500")
            await until(lambda: chat.app.main.chat.turn_runs, "asked")
            await chat.press("escape", "I")
            await chat.sees("still on its way", "HTTP status    200")
            assert "First token" not in chat.screen
            await chat.sees("First token")
            file = chat.app.main.chat.file
            assert file
            assert await chat.workspace.stop(file)
            await chat.sees("Ending         stopped")
            await chat.press("escape")
            await chat.misses("How this answer came")


def inspection(**changes: object) -> Inspection:
    fields: dict[str, object] = {
        "method": "POST",
        "url": "http://127.0.0.1/v1/chat/completions",
        "request_headers": {"Accept": "text/event-stream"},
        "request_json": "{}",
        "attempts": 2,
        "status": 200,
        "response_headers": {"server": "demo"},
        "moments": {"sent": 0.01, "first token": 0.5},
        "ended": None,
        "raw": "data: [DONE]",
        "curl": "curl http://127.0.0.1",
        **changes,
    }
    return Inspection(**fields)  # type: ignore[arg-type]  # fields by name


def test_every_fact_has_its_line() -> None:
    message = Message(
        "a",
        Role.ASSISTANT,
        "Hi",
        status=Status.COMPLETE,
        finish_reason="stop",
        response_id="cmpl-1",
        usage=Usage(10, 100, 110),
        timing=Timing(first_token=0.5, total=2.5, speed=50.0),
    )
    texts = {e.label: e.text for e in inspection_entries(message, inspection())}
    answer = texts["Answer"].splitlines()
    assert "Finish reason  stop" in answer
    assert "Tokens         10 sent · 100 received · 110 in all" in answer
    assert "Requests sent  2" in answer
    assert texts["Times"].splitlines() == [
        "Sent         0.010 s",
        "First token  0.500 s",
        "Speed        50 tokens/s",
    ]
    assert texts["Response"] == "HTTP 200\nserver: demo"


def test_a_running_answer_can_be_inspected() -> None:
    entries = inspection_entries(None, inspection(status=None, response_headers={}))
    texts = {entry.label: entry.text for entry in entries}
    assert "still on its way" in texts["Answer"]
    assert texts["Response"] == "No response came yet."


def test_a_huge_request_is_shown_in_bounds() -> None:
    huge = "x" * (LARGEST_REQUEST + 1000)
    entries = inspection_entries(None, inspection(request_json=huge))
    body = next(entry for entry in entries if entry.label == "Request body")
    assert len(body.text) < LARGEST_REQUEST + 100
    assert "1,000 characters left out" in body.text
