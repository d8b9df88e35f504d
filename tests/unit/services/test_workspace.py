from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING

import pytest

from tests.support.demo import DemoThread
from tests.support.desk import Desk, settings_for
from tests.support.waiting import until
from tui.demo.pacing import Pace
from tui.domain.errors import StorageError, UsageError
from tui.domain.message import Status
from tui.domain.phase import Phase
from tui.services.events import (
    ActivityChanged,
    AnswerEnded,
    AnswerGrew,
    ConversationChanged,
    DraftChanged,
    LibraryListed,
    MessageAdded,
    NoticeGiven,
    PromptsQueued,
    SummaryChanged,
    SummaryRemoved,
    TurnChanged,
)
from tui.services.opened import NewConversation

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

SLOW = Pace(first=0.0, token=0.05)
LONG = "long answer 400"


@pytest.fixture
def demo() -> Iterator[DemoThread]:
    with DemoThread() as demo:
        yield demo


@pytest.fixture
async def desk(tmp_path: Path, demo: DemoThread) -> AsyncIterator[Desk]:
    async with Desk(tmp_path, settings_for(demo.base_url)) as desk:
        yield desk


@pytest.fixture
async def slow_desk(tmp_path: Path) -> AsyncIterator[Desk]:
    with DemoThread(pace=SLOW) as demo:
        async with Desk(tmp_path, settings_for(demo.base_url)) as desk:
            yield desk


async def streaming(desk: Desk, count: int = 1) -> None:
    await until(
        lambda: len({e.message_id for e in desk.told(AnswerGrew)}) >= count,
        "text arrives",
    )


async def test_a_prompt_is_on_disk_when_sending_returns(slow_desk: Desk) -> None:
    file = await slow_desk.workspace.send(None, LONG)
    messages = slow_desk.on_disk(file)["messages"]
    assert [(m["role"], m["content"]) for m in messages] == [("user", LONG)]
    assert slow_desk.told(MessageAdded)[0].message.content == LONG


async def test_an_answer_ends_in_the_file_with_what_the_server_said(desk: Desk) -> None:
    file = await desk.workspace.send(None, "What can you do?")
    message = await desk.ending()
    assert message.status is Status.COMPLETE
    _, saved = await desk.saved(file, 2)
    assert saved["content"].strip() == message.content.strip()
    assert saved["status"] == "complete"
    assert saved["finish_reason"] == "stop"
    assert saved["response_id"]
    assert saved["model"]
    assert saved["completion_tokens"] > 0
    grown = "".join(event.text for event in desk.told(AnswerGrew))
    assert grown == message.content


async def test_the_title_is_the_first_line(desk: Desk) -> None:
    file = await desk.workspace.send(None, "Hello there\nand more")
    await desk.ending()
    assert desk.on_disk(file)["title"] == "Hello there"
    assert desk.told(SummaryChanged)[-1].summary.title == "Hello there"


async def test_the_system_prompt_is_saved_and_leads_the_request(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with Desk(tmp_path, settings_for(demo.base_url)) as desk:
        new = NewConversation(system_prompt="Be brief.")
        file = await desk.workspace.send(None, "Hi", new)
        await desk.ending()
        assert desk.on_disk(file)["system_prompt"].strip() == "Be brief."
        chat = demo.server.requests[-1].chat
        assert chat is not None
        assert [m.role for m in chat.messages] == ["system", "user"]


async def test_stopping_keeps_the_text(slow_desk: Desk) -> None:
    file = await slow_desk.workspace.send(None, LONG)
    await streaming(slow_desk)
    assert await slow_desk.workspace.stop(file)
    message = await slow_desk.ending()
    assert message.status is Status.STOPPED
    assert message.content
    _, saved = await slow_desk.saved(file, 2)
    assert saved["status"] == "stopped"
    assert not await slow_desk.workspace.stop(file)


async def test_a_failure_is_an_entry_with_its_reason(desk: Desk) -> None:
    file = await desk.workspace.send(None, "fail with 401")
    message = await desk.ending()
    assert message.status is Status.FAILED
    assert "key" in message.error
    _, saved = await desk.saved(file, 2)
    assert saved["error"] == message.error
    await desk.workspace.send(file, "Hi again")
    assert (await desk.ending(2)).status is Status.COMPLETE


async def test_a_retry_is_a_sibling(desk: Desk) -> None:
    file = await desk.workspace.send(None, "fail with 401 once")
    first = await desk.ending()
    await desk.workspace.retry(file, first.id)
    second = await desk.ending(2)
    assert second.status is Status.COMPLETE
    assert second.parent == first.parent
    opened = await desk.workspace.open(file)
    assert [m.id for m in opened.conversation.path][-1] == second.id
    await desk.workspace.flip(file, second.id, -1)
    opened = await desk.workspace.open(file)
    assert [m.id for m in opened.conversation.path][-1] == first.id


async def test_continuing_asks_on(slow_desk: Desk) -> None:
    file = await slow_desk.workspace.send(None, LONG)
    await streaming(slow_desk)
    await slow_desk.workspace.stop(file)
    message = await slow_desk.ending()
    await slow_desk.workspace.continue_answer(file, message.id)
    await until(lambda: len(slow_desk.told(MessageAdded)) == 2)
    await slow_desk.workspace.stop(file)
    await slow_desk.ending(2)


async def test_a_prompt_queues_behind_a_running_answer(slow_desk: Desk) -> None:
    desk = slow_desk
    file = await desk.workspace.send(None, "long answer 20")
    await streaming(desk)
    assert await desk.workspace.send(file, "long answer 10") == file
    assert desk.told(PromptsQueued)[-1].prompts == ("long answer 10",)
    await desk.ending(2)
    messages = await desk.saved(file, 4)
    assert [m["role"] for m in messages] == ["user", "assistant"] * 2
    assert desk.told(PromptsQueued)[-1].prompts == ()


async def test_queued_prompts_become_the_draft_when_stopped(slow_desk: Desk) -> None:
    desk = slow_desk
    file = await desk.workspace.send(None, LONG)
    await streaming(desk)
    await desk.workspace.send(file, "and then?")
    await desk.workspace.stop(file)
    await desk.ending()
    await until(lambda: desk.told(DraftChanged), "the draft")
    assert desk.told(DraftChanged)[-1].text == "and then?"
    assert (await desk.workspace.open(file)).draft == "and then?"


async def test_queued_prompts_can_be_taken_back(slow_desk: Desk) -> None:
    desk = slow_desk
    file = await desk.workspace.send(None, LONG)
    await streaming(desk)
    await desk.workspace.send(file, "one")
    await desk.workspace.send(file, "two")
    assert await desk.workspace.take_back_queued(file) == "one\n\ntwo"
    assert await desk.workspace.take_back_queued(file) == ""
    await desk.workspace.stop(file)
    await desk.ending()


async def test_one_request_at_a_time_and_the_rest_in_order(slow_desk: Desk) -> None:
    desk = slow_desk
    first = await desk.workspace.send(None, LONG)
    await streaming(desk)
    second = await desk.workspace.send(None, "Hi")
    turn = desk.workspace.turn(second)
    assert turn is not None
    assert turn.phase is Phase.QUEUED
    await until(lambda: (desk.workspace.turn(second) or turn).place == 1)
    await desk.workspace.stop(first)
    await desk.ending(2)
    assert desk.told(AnswerEnded)[-1].turn.file == second


async def test_several_answers_run_at_once_where_allowed(tmp_path: Path) -> None:
    with DemoThread(pace=SLOW) as demo:
        settings = settings_for(demo.base_url, concurrency=4)
        async with Desk(tmp_path, settings) as desk:
            files = [await desk.workspace.send(None, LONG) for _ in range(4)]
            await streaming(desk, 4)
            assert {turn.phase for turn in desk.workspace.running()} == {
                Phase.STREAMING
            }
            for file in files:
                await desk.workspace.stop(file)
            await desk.ending(4)


async def test_a_queued_request_can_be_stopped(slow_desk: Desk) -> None:
    desk = slow_desk
    first = await desk.workspace.send(None, LONG)
    await streaming(desk)
    second = await desk.workspace.send(None, "Hi")
    await desk.workspace.stop(second)
    await until(lambda: desk.told(AnswerEnded))
    assert desk.told(AnswerEnded)[0].turn.file == second
    assert desk.told(AnswerEnded)[0].message.status is Status.STOPPED
    await desk.workspace.stop(first)
    await desk.ending(2)


async def test_answers_count_as_unread_until_their_conversation_is_opened(
    desk: Desk,
) -> None:
    file = await desk.workspace.send(None, "Hi")
    await desk.workspace.show_nothing()
    await desk.ending()
    await until(lambda: desk.told(ActivityChanged)[-1].activity.unread == 1)
    await desk.workspace.open(file)
    assert desk.told(ActivityChanged)[-1].activity.unread == 0


async def test_a_restart_shows_everything_again(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with Desk(tmp_path, settings_for(demo.base_url)) as desk:
        file = await desk.workspace.send(None, "Hi")
        answer = await desk.ending()
        desk.workspace.save_draft(file, "half a thou")
    async with Desk(tmp_path, settings_for(demo.base_url)) as desk:
        assert [s.title for s in desk.told(LibraryListed)[0].summaries] == ["Hi"]
        opened = await desk.workspace.open(file)
        assert [m.content for m in opened.conversation.path] == ["Hi", answer.content]
        assert opened.draft == "half a thou"


async def test_leaving_in_mid_stream_saves_what_has_arrived(tmp_path: Path) -> None:
    with DemoThread(pace=SLOW) as demo:
        async with Desk(tmp_path, settings_for(demo.base_url)) as desk:
            file = await desk.workspace.send(None, LONG)
            await streaming(desk)
        _, saved = desk.on_disk(file)["messages"]
        assert saved["status"] == "stopped"
        assert saved["content"].strip()
        await until(lambda: demo.server.generating == 0, "the server notices")


async def test_changes_can_be_undone(desk: Desk) -> None:
    workspace = desk.workspace
    file = await workspace.send(None, "Hi")
    await desk.ending()
    await workspace.rename(file, "Greetings")
    await workspace.set_system_prompt(file, "Be brief.")
    assert desk.on_disk(file)["title"] == "Greetings"
    await workspace.delete(file)
    assert desk.told(SummaryRemoved)[-1].file == file
    assert not (desk.places.data / "conversations" / file).exists()
    assert "is back" in await workspace.undo()
    assert desk.on_disk(file)["title"] == "Greetings"
    assert await workspace.undo()
    assert not desk.on_disk(file).get("system_prompt", "").strip()
    assert await workspace.undo()
    assert desk.on_disk(file)["title"] == "Hi"
    assert await workspace.undo() == ""


async def test_a_prompt_that_cannot_be_saved_is_not_sent(
    desk: Desk, demo: DemoThread
) -> None:
    file = await desk.workspace.send(None, "Hi")
    await desk.ending()
    asked = len(demo.server.requests)
    folder = desk.places.data / "conversations"
    aside = folder.with_name("aside")
    folder.rename(aside)
    folder.write_text("in the way")
    with pytest.raises(StorageError):
        await desk.workspace.send(file, "Are you there?")
    with pytest.raises(StorageError):
        await desk.workspace.send(None, "Are you there?")
    assert len(demo.server.requests) == asked
    folder.unlink()
    aside.rename(folder)


async def test_an_answer_the_disk_refuses_is_kept_and_saved_later(
    slow_desk: Desk,
) -> None:
    desk = slow_desk
    file = await desk.workspace.send(None, LONG)
    await streaming(desk)
    folder = desk.places.data / "conversations"
    aside = folder.with_name("aside")
    folder.rename(aside)
    folder.write_text("in the way")
    await desk.workspace.stop(file)
    answer = await desk.ending()
    await until(
        lambda: desk.told(ActivityChanged)[-1].activity.unsaved, "the lasting mark"
    )
    folder.unlink()
    aside.rename(folder)
    _, saved = await desk.saved(file, 2)
    assert saved["content"].strip() == answer.content.strip()
    await until(lambda: not desk.told(ActivityChanged)[-1].activity.unsaved)
    assert any("saved again" in notice.sentence for notice in desk.told(NoticeGiven))


async def test_an_edit_that_leaves_size_and_time_as_they_were_shows_up(
    tmp_path: Path, demo: DemoThread
) -> None:
    path = tmp_path / "data" / "conversations" / "hand.toml"
    path.parent.mkdir(parents=True)
    path.write_text("[[messages]]\nrole = 'user'\ncontent = 'a robot'\n")
    before = path.stat()
    async with Desk(tmp_path, settings_for(demo.base_url)) as desk:
        await until(lambda: desk.told(SummaryChanged) or desk.told(LibraryListed))
        await desk.workspace.open("hand.toml")
        with path.open("r+") as file:
            file.write(path.read_text().replace("robot", "ROBOT"))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        await until(lambda: desk.told(ConversationChanged), "the edit is seen")
        (message,) = desk.told(ConversationChanged)[-1].conversation.messages
        assert message.content == "a ROBOT"


async def test_outside_changes_show_up_by_themselves(desk: Desk) -> None:
    file = await desk.workspace.send(None, "Hi")
    await desk.ending()
    await desk.saved(file, 2)
    await desk.workspace.open(file)
    path = desk.places.data / "conversations" / file
    path.write_text(path.read_text().replace('title = "Hi"', 'title = "By hand"'))
    await until(lambda: desk.told(ConversationChanged), "the edit is seen")
    assert desk.told(ConversationChanged)[-1].conversation.title == "By hand"
    await until(lambda: desk.told(SummaryChanged)[-1].summary.title == "By hand")
    path.rename(path.with_name("2020-01-01-moved.toml"))
    await until(lambda: desk.told(SummaryRemoved))
    await until(lambda: desk.told(SummaryChanged)[-1].summary.file.startswith("2020"))


async def test_a_file_of_a_large_library_that_nobody_opened_is_seen_too(
    tmp_path: Path, demo: DemoThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written in place it leaves no trace in its folder; the system tells of it."""
    pytest.importorskip("watchfiles")
    monkeypatch.setattr("tui.services.watching.SMALL", 0)
    monkeypatch.setattr("tui.services.watching.THOROUGH", 10_000)
    folder = tmp_path / "data" / "conversations"
    folder.mkdir(parents=True)
    path = folder / "2026-01-01-other.toml"
    path.write_text('title = "Before"\n')
    async with Desk(tmp_path, settings_for(demo.base_url)) as desk:
        await until(lambda: desk.told(LibraryListed), "it is listed")

        def seen() -> bool:
            # Whoever listens may not have begun to: it is written until it is seen.
            path.write_text(f'title = "After {time.monotonic()}"\n')
            changed = [event.summary.title for event in desk.told(SummaryChanged)]
            return any(title.startswith("After") for title in changed)

        await until(seen, "the edit is seen")


async def test_an_unreachable_server_is_a_sentence(tmp_path: Path) -> None:
    settings = settings_for("http://127.0.0.1:9/v1", model="m")
    async with Desk(tmp_path, settings) as desk:
        file = await desk.workspace.send(None, "Hi")
        await until(
            lambda: any(e.turn.phase is Phase.RETRYING for e in desk.told(TurnChanged)),
            "the retry is announced",
        )
        await desk.workspace.stop(file)
        assert (await desk.ending()).status is Status.STOPPED


async def test_without_a_model_list_the_reason_is_told(tmp_path: Path) -> None:
    settings = settings_for("http://127.0.0.1:9/v1")
    async with Desk(tmp_path, settings) as desk:
        await desk.workspace.send(None, "Hi")
        message = await desk.ending()
        assert message.status is Status.FAILED
        assert "127.0.0.1" in message.error


async def test_an_unknown_endpoint_is_a_sentence(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with Desk(tmp_path, settings_for(demo.base_url)) as desk:
        await desk.workspace.send(None, "Hi", NewConversation(endpoint="gone"))
        message = await desk.ending()
        assert message.status is Status.FAILED
        assert "gone" in message.error


async def test_blank_prompts_and_titles_are_refused(desk: Desk) -> None:
    with pytest.raises(UsageError):
        await desk.workspace.send(None, " \n ")
    file = await desk.workspace.send(None, "Hi")
    await desk.ending()
    with pytest.raises(UsageError):
        await desk.workspace.rename(file, "  ")


async def test_standard_mode_gives_the_same_ending(
    tmp_path: Path, demo: DemoThread
) -> None:
    async with Desk(tmp_path, settings_for(demo.base_url, stream=False)) as desk:
        await desk.workspace.send(None, "What can you do?")
        message = await desk.ending()
        assert message.status is Status.COMPLETE
        assert message.usage is not None
        assert not message.usage.estimated
        chat = demo.server.requests[-1].chat
        assert chat is not None
        assert chat.stream is False


async def test_a_wrong_key_is_named(tmp_path: Path) -> None:
    with DemoThread(key="right") as demo:
        settings = settings_for(demo.base_url)
        async with Desk(tmp_path, settings) as desk:
            endpoint = settings.endpoints["local"]
            with pytest.raises(Exception, match="key"):
                await desk.workspace.check_endpoint(endpoint, "wrong")
            models = await desk.workspace.check_endpoint(endpoint, "right")
            assert models
            path = await desk.workspace.store_key("local", "right")
            assert (desk.places.key_file("local").stat().st_mode & 0o777) == 0o600
            assert path == str(desk.places.key_file("local"))
            await desk.workspace.send(None, "Hi")
            assert (await desk.ending()).status is Status.COMPLETE


async def test_an_exchange_can_be_inspected(desk: Desk) -> None:
    await desk.workspace.send(None, "What can you do?")
    message = await desk.ending()
    seen = await desk.workspace.inspect(message.id)
    assert seen is not None
    assert seen.status == 200
    assert "What can you do?" in seen.request_json
    assert "data:" in seen.raw
    assert "curl" in seen.curl
    assert await desk.workspace.inspect("gone") is None


async def test_a_clash_makes_a_second_file_and_a_sentence(slow_desk: Desk) -> None:
    desk = slow_desk
    file = await desk.workspace.send(None, LONG)
    await streaming(desk)
    path = desk.places.data / "conversations" / file
    path.write_text("somebody broke this file [")
    await desk.workspace.stop(file)
    answer = await desk.ending()
    await until(lambda: len(list(path.parent.glob("*.toml"))) == 2, "a second file")
    other = next(p for p in path.parent.glob("*.toml") if p != path)
    assert answer.content.split()[0] in other.read_text()
    assert path.read_text() == "somebody broke this file ["
    await until(lambda: any(other.name in n.sentence for n in desk.told(NoticeGiven)))
    with pytest.raises(StorageError):
        await desk.workspace.send(file, "more")
    assert len(list(path.parent.glob("*.toml"))) == 2


async def test_two_copies_of_the_program_share_a_conversation(
    tmp_path: Path, demo: DemoThread
) -> None:
    settings = settings_for(demo.base_url)
    async with Desk(tmp_path, settings) as one, Desk(tmp_path, settings) as two:
        file = await one.workspace.send(None, "Hi from one")
        await one.ending()
        await one.saved(file, 2)
        await until(
            lambda: any(e.summary.file == file for e in two.told(SummaryChanged))
        )
        await two.workspace.open(file)
        await two.workspace.send(file, "Hi from two")
        await two.ending()
        await two.saved(file, 4)
        await one.workspace.send(file, "One again")
        await one.ending(2)
        messages = await one.saved(file, 6)
        prompts = [m["content"] for m in messages if m["role"] == "user"]
        assert prompts == ["Hi from one", "Hi from two", "One again"]


async def test_two_prompts_at_once_follow_one_another(slow_desk: Desk) -> None:
    desk = slow_desk
    file = await desk.workspace.send(None, "long answer 3")
    await desk.ending()
    send = desk.workspace.send
    await asyncio.gather(send(file, "long answer 4"), send(file, "long answer 5"))
    await desk.ending(3)
    messages = await desk.saved(file, 6)
    assert [m["role"] for m in messages] == ["user", "assistant"] * 3
    assert "parent" not in messages[-2]


async def test_asking_again_twice_at_once_asks_once(slow_desk: Desk) -> None:
    desk = slow_desk
    file = await desk.workspace.send(None, LONG)
    await streaming(desk)
    await desk.workspace.stop(file)
    first = await desk.ending()
    retry = desk.workspace.retry
    done = await asyncio.gather(
        retry(file, first.id), retry(file, first.id), return_exceptions=True
    )
    assert [type(one) for one in done if one is not None] == [UsageError]
    await desk.workspace.stop(file)
    await desk.ending(2)


async def test_a_growing_answer_that_cannot_be_kept_is_told_at_once(
    slow_desk: Desk,
) -> None:
    desk = slow_desk
    journal = desk.places.data / "journal"
    file = await desk.workspace.send(None, LONG)
    folder = journal.with_name("aside")
    if journal.exists():
        journal.rename(folder)
    journal.write_text("in the way")
    await until(
        lambda: any(e.activity.unsaved for e in desk.told(ActivityChanged)), "the mark"
    )
    assert desk.workspace.running()
    journal.unlink()
    await until(lambda: not desk.told(ActivityChanged)[-1].activity.unsaved, "cleared")
    await desk.workspace.stop(file)
    await desk.ending()
    assert len(await desk.saved(file, 2)) == 2


async def test_a_server_named_by_a_flag_is_in_no_file(
    tmp_path: Path, demo: DemoThread
) -> None:
    settings = settings_for(demo.base_url, ad_hoc=True)
    async with Desk(tmp_path, settings) as desk:
        file = await desk.workspace.send(None, "Hi")
        await desk.ending()
        assert not desk.on_disk(file).get("endpoint")


async def test_an_answer_on_its_way_to_its_file_does_not_count_as_unsaved(
    desk: Desk,
) -> None:
    loop = asyncio.get_running_loop()
    found = []

    def ask_at_once() -> None:
        found.append(asyncio.run_coroutine_threadsafe(desk.workspace.unsaved(), loop))

    desk.workspace.connect(ask_at_once)
    file = None
    for count in range(1, 6):
        file = await desk.workspace.send(file, "What can you do?")
        await desk.ending(count)
        await desk.saved(file, 2 * count)
    titles = await asyncio.gather(*map(asyncio.wrap_future, found))
    assert found
    assert set(titles) == {()}
