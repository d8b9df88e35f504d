"""A long conversation opens at its end; the rest follows, and nothing waits for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.demo import DemoThread
from tests.support.desk import Desk, settings_for
from tests.support.waiting import until
from tests.unit.storage.samples import answer, chat, prompt
from tui.domain.message import Status
from tui.services import reading_on
from tui.services.events import (
    ConversationChanged,
    ConversationUnreadable,
    EarlierLoaded,
)
from tui.storage.encoding import encode

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from tui.domain.conversation import Conversation

FILE = "2026-11-23-long.toml"
PAIRS = 1_500


def write(folder: Path, conversation: Conversation | str) -> Path:
    path = folder / "data" / "conversations" / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    if not isinstance(conversation, str):
        conversation = encode(conversation).decode()
    path.write_text(conversation)
    return path


@pytest.fixture
def demo() -> Iterator[DemoThread]:
    with DemoThread() as demo:
        yield demo


@pytest.fixture
async def desk(tmp_path: Path, demo: DemoThread) -> AsyncIterator[Desk]:
    async with Desk(tmp_path, settings_for(demo.base_url)) as desk:
        yield desk


async def completed(desk: Desk) -> EarlierLoaded:
    """Wait until the whole conversation has been told."""
    await until(lambda: any(event.complete for event in desk.told(EarlierLoaded)))
    return next(event for event in desk.told(EarlierLoaded) if event.complete)


async def test_the_end_comes_first_and_the_rest_follows(
    tmp_path: Path, desk: Desk
) -> None:
    whole = chat(PAIRS)
    write(tmp_path, whole)
    opened = await desk.workspace.open(FILE)
    assert not opened.complete
    assert opened.conversation.messages == whole.messages[-100:]
    assert opened.conversation.title == whole.title
    end = await completed(desk)
    assert end.conversation.messages == whole.messages
    slices = [event for event in desk.told(EarlierLoaded) if not event.complete]
    assert len(slices) > 2
    above = [message for event in reversed(slices) for message in event.messages]
    assert (*above, *opened.conversation.messages) == whole.messages
    below = opened.conversation.messages[0].id
    for event in slices:
        assert event.below == below
        below = event.messages[0].id
    assert not desk.told(ConversationChanged)


async def test_a_short_conversation_comes_at_once(tmp_path: Path, desk: Desk) -> None:
    write(tmp_path, chat(20))
    opened = await desk.workspace.open(FILE)
    assert opened.complete
    assert len(opened.conversation.messages) == 40


async def test_a_prompt_is_durable_before_the_beginning_is_read(
    tmp_path: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing is read on while the prompt is sent.
    monkeypatch.setattr(reading_on, "REST", 0.5)
    whole = replace(chat(PAIRS), model="")
    write(tmp_path, whole)
    opened = await desk.workspace.open(FILE)
    assert not opened.complete
    await desk.workspace.send(FILE, "What can you do?")
    message = await desk.ending()
    assert message.status is Status.COMPLETE
    saved = await desk.saved(FILE, 2 * PAIRS + 2)
    assert len(saved) == 2 * PAIRS + 2
    assert saved[-2]["content"] == "What can you do?"
    assert "parent" not in saved[-2]
    known = (await completed(desk)).conversation.messages
    assert known[: 2 * PAIRS] == whole.messages
    assert known[2 * PAIRS].content == "What can you do?"
    # The model was sent everything, from the first prompt on.
    inspection = await desk.workspace.inspect(message.id)
    assert inspection is not None
    assert "Prompt 0?" in inspection.request_json
    assert not desk.told(ConversationChanged)


async def test_changes_wait_for_the_whole_file(tmp_path: Path, desk: Desk) -> None:
    write(tmp_path, chat(PAIRS))
    await desk.workspace.open(FILE)
    await desk.workspace.rename(FILE, "Another title")
    on_disk = desk.on_disk(FILE)
    assert on_disk["title"] == "Another title"
    assert len(on_disk["messages"]) == 2 * PAIRS


async def test_what_others_append_meanwhile_is_seen_and_kept(
    tmp_path: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_on, "REST", 0.5)
    path = write(tmp_path, chat(PAIRS))
    await desk.workspace.open(FILE)
    with path.open("a") as file:
        file.write('\n[[messages]]\nid = "t"\nrole = "user"\ncontent = "Theirs"\n')
    await desk.workspace.send(FILE, "Ours")
    await desk.ending()
    saved = await desk.saved(FILE, 2 * PAIRS + 3)
    assert [message["content"] for message in saved[-3:-1]] == ["Theirs", "Ours"]


async def test_damage_above_the_end_is_told(tmp_path: Path, desk: Desk) -> None:
    text = encode(chat(PAIRS)).decode()
    path = write(tmp_path, text.replace("Prompt 7?", 'Prompt 7? """ x'))
    before = path.read_bytes()
    opened = await desk.workspace.open(FILE)
    assert not opened.complete
    await until(lambda: desk.told(ConversationUnreadable))
    assert "Line " in desk.told(ConversationUnreadable)[0].sentence
    assert path.read_bytes() == before


async def test_wrong_values_above_the_end_are_told(tmp_path: Path, desk: Desk) -> None:
    text = encode(chat(PAIRS)).decode()
    write(tmp_path, text.replace('id = "p7"', 'id = "p7"\nstatus = "odd"'))
    opened = await desk.workspace.open(FILE)
    assert opened.problems == ()
    end = await completed(desk)
    assert [problem.key for problem in end.problems] == ["status"]
    assert len(end.conversation.messages) == 2 * PAIRS


async def test_another_conversation_ends_the_reading(
    tmp_path: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_on, "REST", 0.2)
    path = write(tmp_path, chat(PAIRS))
    path.with_name("2026-11-23-short.toml").write_bytes(encode(chat(2)))
    await desk.workspace.open(FILE)
    await desk.workspace.open("2026-11-23-short.toml")
    opened = await desk.workspace.open(FILE)
    assert not opened.complete
    await completed(desk)
    assert len([event for event in desk.told(EarlierLoaded) if event.complete]) == 1


async def test_branches_come_as_one_path(tmp_path: Path, desk: Desk) -> None:
    conversation = chat(PAIRS)
    messages = list(conversation.messages)
    # A retry in the middle, of which the first answer went on to be answered.
    retry = replace(answer(9_000), parent="p700")
    follow = prompt(9_001, parent="a9000")
    messages[1_402:1_402] = [retry]
    at = next(at for at, one in enumerate(messages) if one.id == "p701")
    messages[at] = replace(messages[at], parent="a9000")
    messages.insert(at, replace(follow, parent="a700"))
    whole = replace(conversation, messages=tuple(messages))
    write(tmp_path, whole)
    opened = await desk.workspace.open(FILE)
    end = await completed(desk)
    assert end.conversation.messages == whole.messages
    slices = [event for event in desk.told(EarlierLoaded) if not event.complete]
    above = [message for event in reversed(slices) for message in event.messages]
    assert (*above, *opened.conversation.path) == whole.path
