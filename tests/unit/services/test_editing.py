"""Changes that can be undone: edit, clear, pin, rename; and the trash."""

from __future__ import annotations

import asyncio
import shutil
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.demo import DemoThread
from tests.support.desk import Desk, settings_for
from tests.support.waiting import until
from tui.demo.pacing import Pace
from tui.domain.errors import MissingError, NotSavedError, StorageError, UsageError
from tui.domain.message import Role, Status
from tui.services.events import (
    AnswerGrew,
    ConversationChanged,
    SummaryChanged,
    TurnChanged,
)
from tui.storage.library import Library

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from tests.support.promises import Measured

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


async def asked(desk: Desk, *prompts: str) -> str:
    """Ask one after the other in one conversation; returns its file."""
    file: str | None = None
    for count, prompt in enumerate(prompts, 1):
        file = await desk.workspace.send(file, prompt)
        await desk.ending(count)
        await desk.saved(file, 2 * count)
    assert file is not None
    return file


async def path_of(desk: Desk, file: str) -> list[Any]:
    opened = await desk.workspace.open(file)
    return [(one.role, one.content) for one in opened.conversation.path]


async def test_an_edited_prompt_is_asked_anew_beside_the_old_one(
    desk: Desk, demo: DemoThread
) -> None:
    file = await asked(desk, "first", "second")
    before = await path_of(desk, file)
    prompt = desk.on_disk(file)["messages"][0]
    await desk.workspace.edit(file, prompt["id"], "first, but better")
    await desk.ending(3)
    await desk.saved(file, 6)
    path = await path_of(desk, file)
    assert [role for role, _ in path] == [Role.USER, Role.ASSISTANT]
    assert path[0][1] == "first, but better"
    request = demo.server.requests[-1].chat
    assert request is not None
    assert [one.content for one in request.messages] == ["first, but better"]
    assert "words from before" in await desk.workspace.undo()
    assert await path_of(desk, file) == before
    assert len(desk.on_disk(file)["messages"]) == 6, "nothing is thrown away"


async def test_an_edited_answer_is_what_is_sent_from_then_on(
    desk: Desk, demo: DemoThread
) -> None:
    file = await asked(desk, "first", "second")
    before = await path_of(desk, file)
    answer = desk.on_disk(file)["messages"][3]
    await desk.workspace.edit(file, answer["id"], "My own words.")
    edited = desk.on_disk(file)["messages"][4]
    assert (edited["content"], edited["edited"]) == ("My own words.", True)
    assert edited["parent"] == desk.on_disk(file)["messages"][2]["id"]
    await desk.workspace.send(file, "third")
    await desk.ending(3)
    request = demo.server.requests[-1].chat
    assert request is not None
    assert [one.content for one in request.messages][-2:] == ["My own words.", "third"]
    await desk.saved(file, 7)
    await desk.workspace.undo()
    assert await path_of(desk, file) == before


async def test_what_can_not_be_edited_is_refused_and_nothing_changes(
    desk: Desk, tmp_path: Path
) -> None:
    file = await asked(desk, "first")
    message = desk.on_disk(file)["messages"][0]
    path = desk.places.data / "conversations" / file
    content = path.read_bytes()
    for wrong_id, text in ((message["id"], " \n"), ("no such id", "words")):
        with pytest.raises(UsageError):
            await desk.workspace.edit(file, wrong_id, text)
    with pytest.raises(UsageError):
        await desk.workspace.flip(file, "no such id", 1)
    assert path.read_bytes() == content
    with DemoThread(pace=SLOW) as demo:
        async with Desk(tmp_path / "slow", settings_for(demo.base_url)) as slow:
            file = await slow.workspace.send(None, LONG)
            await until(lambda: slow.told(AnswerGrew), "text arrives")
            prompt = slow.on_disk(file)["messages"][0]
            with pytest.raises(UsageError, match="still on its way"):
                await slow.workspace.edit(file, prompt["id"], "other words")
            with pytest.raises(UsageError, match="still on its way"):
                await slow.workspace.clear(file)
            await slow.workspace.stop(file)
            await slow.ending()


async def test_of_a_prompt_the_answers_are_flipped_through(desk: Desk) -> None:
    file = await asked(desk, "first")
    prompt, answer = (await desk.workspace.open(file)).conversation.path
    with pytest.raises(UsageError, match="only one answer"):
        await desk.workspace.flip(file, prompt.id, 1)
    await desk.workspace.retry(file, answer.id)
    await desk.ending(2)
    await desk.saved(file, 3)
    await desk.workspace.flip(file, prompt.id, -1)
    shown = (await desk.workspace.open(file)).conversation.path
    assert [message.id for message in shown] == [prompt.id, answer.id]


@pytest.mark.promise
async def test_clearing_keeps_a_copy_and_is_undone_with_what_was_said_since(
    desk: Desk, measured: Measured
) -> None:
    measured("P20", "clearing keeps a copy in the trash, and is undone")
    file = await asked(desk, "first", "second")
    before = await path_of(desk, file)
    await desk.workspace.clear(file)
    assert desk.on_disk(file).get("messages", []) == []
    (copy,) = await desk.workspace.trashed()
    assert len(Library(desk.places.data).trashed()) == 1
    kept = (desk.places.data / "trash" / copy.name).read_text()
    assert "first" in kept
    assert "second" in kept
    await desk.workspace.send(file, "a fresh start")
    await desk.ending(3)
    await desk.saved(file, 2)
    assert "back" in await desk.workspace.undo()
    path = await path_of(desk, file)
    assert path[:4] == before
    assert path[4] == (Role.USER, "a fresh start")
    assert len(path) == 6
    assert await desk.workspace.trashed() == ()
    with pytest.raises(UsageError):
        await desk.workspace.clear(await empty(desk))


async def empty(desk: Desk) -> str:
    folder = desk.places.data / "conversations"
    (folder / "2026-01-01-empty.toml").write_text('title = "Empty"\n')
    return "2026-01-01-empty.toml"


async def test_a_clear_that_can_not_keep_its_copy_clears_nothing(desk: Desk) -> None:
    file = await asked(desk, "first")
    (desk.places.data / "trash").write_text("no folder")
    with pytest.raises(StorageError):
        await desk.workspace.clear(file)
    assert len(desk.on_disk(file)["messages"]) == 2


async def test_pinning_is_kept_in_the_file_and_undone(desk: Desk) -> None:
    file = await asked(desk, "first")
    assert await desk.workspace.pin(file)
    assert desk.on_disk(file)["pinned"] is True
    assert desk.told(SummaryChanged)[-1].summary.pinned
    assert not await desk.workspace.pin(file)
    assert "pinned" not in desk.on_disk(file)
    assert "pinned" in await desk.workspace.undo()
    assert desk.on_disk(file)["pinned"] is True
    await desk.workspace.undo()
    assert not desk.told(SummaryChanged)[-1].summary.pinned


async def test_two_undos_at_once_undo_two_changes(desk: Desk) -> None:
    file = await asked(desk, "first")
    await desk.workspace.rename(file, "Two")
    await desk.workspace.rename(file, "Three")
    said = await asyncio.gather(*(desk.workspace.undo() for _ in range(3)))
    assert said[:2] == ["The title is “Two” again.", "The title is “first” again."]
    assert said[2] == ""
    assert desk.on_disk(file)["title"] == "first"


@pytest.mark.promise
async def test_the_trash_is_listed_restored_and_removed(
    desk: Desk, measured: Measured
) -> None:
    measured("P20", "the trash is listed, restored from, and removed from for good")
    files = [await asked_new(desk, count, text) for count, text in enumerate("abc", 1)]
    for file in files:
        await desk.workspace.delete(file)
    trashed = await desk.workspace.trashed()
    assert {one.summary.title for one in trashed} == {"a", "b", "c"}
    names = {one.summary.title: one.name for one in trashed}
    assert await desk.workspace.restore(names["b"]) == files[1]
    assert desk.on_disk(files[1])["title"] == "b"
    await desk.workspace.remove_trashed(names["a"])
    left = await desk.workspace.trashed()
    assert [one.summary.title for one in left] == ["c"]
    assert "“c” is back" in await desk.workspace.undo()
    # What came back already can't come back again, and blocks no older undo.
    for _ in range(2):
        with pytest.raises(MissingError):
            await desk.workspace.undo()
    assert await desk.workspace.undo() == ""


async def asked_new(desk: Desk, count: int, prompt: str) -> str:
    file = await desk.workspace.send(None, prompt)
    await desk.ending(count)
    await desk.saved(file, 2)
    return file


async def test_a_change_at_the_moment_an_answer_ends_loses_no_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The interface must be told of both, whichever is written first."""
    held, ended = threading.Event(), threading.Event()
    real = Library.replace

    def replace(self: Library, loaded: Any, conversation: Any) -> Any:
        held.set()
        assert ended.wait(10)
        return real(self, loaded, conversation)

    with DemoThread(pace=Pace(first=60.0, token=0.0)) as demo:
        async with Desk(tmp_path, settings_for(demo.base_url)) as desk:
            file = await desk.workspace.send(None, LONG)
            await until(lambda: desk.told(TurnChanged), "it is asked")
            monkeypatch.setattr(Library, "replace", replace)
            renaming = asyncio.create_task(desk.workspace.rename(file, "Other"))
            await until(held.is_set, "the file is being written")
            await desk.workspace.stop(file)
            message = await desk.ending()
            ended.set()
            await renaming
            await desk.saved(file, 2)
            assert desk.on_disk(file)["title"] == "Other"

            def last_told() -> Any:
                return desk.told(ConversationChanged)[-1].conversation

            await until(lambda: last_told().find(message.id), "it is told")
            assert last_told().title == "Other"


async def test_a_copy_elsewhere_holds_what_is_not_saved(
    desk: Desk, tmp_path: Path
) -> None:
    file = await asked(desk, "first")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    path = await desk.workspace.save_copy(file, str(elsewhere))
    assert path == elsewhere / file
    assert path.read_bytes() == (desk.places.data / "conversations" / file).read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(NotSavedError, match="there already"):
        await desk.workspace.save_copy(file, str(path))
    markdown = await desk.workspace.save_copy(file, str(elsewhere / "x.md"))
    assert markdown.read_text().startswith("# first")
    with pytest.raises(NotSavedError):
        await desk.workspace.save_copy(file, str(tmp_path / "no" / "such"))


async def test_a_copy_of_a_running_answer_has_its_text_so_far(tmp_path: Path) -> None:
    with DemoThread(pace=SLOW) as demo:
        async with Desk(tmp_path, settings_for(demo.base_url)) as desk:
            file = await desk.workspace.send(None, LONG)
            await until(lambda: desk.told(AnswerGrew), "text arrives")
            where = str(tmp_path / "copy.toml")
            await desk.workspace.save_copy(file, where)
            copied = Library(tmp_path / "other")
            copied.conversations.mkdir(parents=True)
            shutil.copy(where, copied.conversations / "copy.toml")
            _, answer = copied.load("copy.toml").conversation.messages
            assert answer.status is Status.INCOMPLETE
            assert answer.content
            await desk.workspace.stop(file)
            await desk.ending()
