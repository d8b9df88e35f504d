"""Words that the disk refuses, or that are on their way: none of them goes lost."""

from __future__ import annotations

import asyncio
import errno
import threading
import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.support.demo import DemoThread
from tests.support.desk import Desk, settings_for
from tests.support.failing_disk import Trouble
from tests.support.waiting import until
from tests.unit.storage.samples import chat
from tui.demo.pacing import Pace
from tui.domain.errors import NotSavedError, StorageError
from tui.domain.message import Message, Role
from tui.services.answer_journal import AnswerJournal
from tui.services.drafts import Drafts
from tui.services.engine import Disk
from tui.services.events import (
    AnswerGrew,
    LibraryListed,
    NoticeGiven,
    PromptsQueued,
)
from tui.services.parts import Parts
from tui.services.watching import Watching
from tui.storage.drafts_file import load_drafts, save_drafts
from tui.storage.journal import Journal, read_journal
from tui.storage.library import Library
from tui.storage.queue_files import QueueFile

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

LONG = "long answer 400"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    with DemoThread(pace=Pace(first=0.0, token=0.02)) as demo:
        async with Desk(tmp_path, settings_for(demo.base_url)) as desk:
            yield desk


async def refused(desk: Desk, trouble: Trouble, file: str, count: int) -> Message:
    """Stop a conversation's answer while the disk says no; returns it."""
    await until(
        lambda: len({one.message_id for one in desk.told(AnswerGrew)}) >= count, "text"
    )
    trouble.error = errno.ENOSPC
    await desk.workspace.stop(file)
    return await desk.ending(count)


def has_text_in_journal(desk: Desk) -> bool:
    """Whether a journal holds words: the file alone may still be in the making."""
    found = [read_journal(path.read_bytes()) for path in journals(desk)]
    return any(one is not None and one[1].content for one in found)


def journals(desk: Desk) -> list[Path]:
    return list((desk.places.data / "journal").glob("*.journal"))


async def test_an_answer_that_is_saved_later_leaves_no_journal(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    trouble = Trouble(monkeypatch)
    file = await desk.workspace.send(None, LONG)
    await until(lambda: has_text_in_journal(desk), "the journal")
    await refused(desk, trouble, file, 1)
    assert journals(desk)
    trouble.error = 0
    await desk.saved(file, 2)
    # The next start would write it over what the user made of the answer since.
    await until(lambda: not journals(desk), "no journal")


async def test_a_full_disk_is_nothing_unforeseen(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    trouble = Trouble(monkeypatch)
    file = await desk.workspace.send(None, LONG)
    await until(lambda: journals(desk), "the journal")
    trouble.error = errno.ENOSPC
    await asyncio.sleep(1.0)
    await refused(desk, trouble, file, 1)
    trouble.error = 0
    await desk.saved(file, 2)
    said = [one.sentence for one in desk.told(NoticeGiven)]
    assert not [one for one in said if "unforeseen" in one]


async def test_a_second_file_holds_all_answers_that_were_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    trouble = Trouble(monkeypatch)
    file = await desk.workspace.send(None, LONG)
    first = await refused(desk, trouble, file, 1)
    await desk.workspace.retry(file, first.id)
    second = await refused(desk, trouble, file, 2)
    path = desk.places.data / "conversations" / file
    path.write_text("somebody broke this file [")
    trouble.error = 0
    await until(lambda: len(list(path.parent.glob("*.toml"))) > 1, "a second file")
    (other,) = (one for one in path.parent.glob("*.toml") if one != path)
    kept = {one["id"] for one in desk.on_disk(other.name)["messages"]}
    assert {first.id, second.id} <= kept


async def test_what_is_not_saved_yet_is_not_deleted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    trouble = Trouble(monkeypatch, ("write",))
    file = await desk.workspace.send(None, LONG)
    answer = await refused(desk, trouble, file, 1)
    with pytest.raises(NotSavedError):
        await desk.workspace.delete(file)
    assert await desk.workspace.unsaved()
    trouble.error = 0
    await desk.workspace.delete(file)
    (trashed,) = (desk.places.data / "trash").glob("*.toml")
    assert answer.id in trashed.read_text()


async def test_a_queued_prompt_is_sent_although_its_file_can_not_be_changed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await desk.workspace.send(None, "long answer 3")
    await desk.workspace.send(file, "long answer 2")
    real = QueueFile.save

    def save(queue: QueueFile, prompts: Mapping[str, str]) -> None:
        if not prompts:
            raise NotSavedError("Not saved: the disk is full.")
        real(queue, prompts)

    monkeypatch.setattr(QueueFile, "save", save)
    await desk.ending(2)
    await desk.saved(file, 4)
    assert desk.told(PromptsQueued)[-1].prompts == ()
    said = [one.sentence for one in desk.told(NoticeGiven)]
    assert not [one for one in said if "unforeseen" in one]


async def test_a_refused_queue_is_not_kept_for_the_next_start(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    trouble = Trouble(monkeypatch)
    one = await desk.workspace.send(None, LONG)
    two = await desk.workspace.send(None, LONG)
    trouble.error = errno.ENOSPC
    with pytest.raises(StorageError):
        await desk.workspace.send(one, "refused")
    trouble.error = 0
    await desk.workspace.send(two, "queued")
    (queue,) = (desk.places.state / "queued").glob("*.toml")
    assert load_drafts(queue) == {two: "queued"}


async def test_a_prompt_leaves_the_queue_on_disk_only_for_a_draft_on_disk(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise NotSavedError("Not saved: permission denied.")

    file = await desk.workspace.send(None, LONG)
    await desk.workspace.send(file, "precious")
    monkeypatch.setattr("tui.services.drafts.save_drafts", refuse)
    assert await desk.workspace.take_back_queued(file) == "precious"
    assert desk.told(PromptsQueued)[-1].prompts == ()
    (queue,) = (desk.places.state / "queued").glob("*.toml")
    assert load_drafts(queue) == {file: "precious"}


async def test_a_copy_of_a_long_conversation_has_its_beginning_too(
    desk: Desk, tmp_path: Path
) -> None:
    whole = chat(2000)
    file = Library(desk.places.data).create(whole).file
    opened = await desk.workspace.open(file)
    assert not opened.complete
    copy = await desk.workspace.save_copy(file, str(tmp_path / "copy.toml"))
    assert len(tomllib.loads(copy.read_text())["messages"]) == len(whole.messages)


async def test_drafts_come_back_although_looking_for_a_crash_breaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def recover(_: Library) -> list[object]:
        raise RuntimeError

    monkeypatch.setattr("tui.storage.journal.recover", recover)
    with DemoThread() as demo:
        desk = Desk(tmp_path, settings_for(demo.base_url))
        save_drafts(desk.places.drafts_file, {"": "precious"})
        async with desk:
            assert await desk.workspace.show_nothing() == "precious"


async def test_a_list_that_can_not_be_made_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def begin(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(Watching, "begin", begin)
    with DemoThread() as demo:
        async with Desk(tmp_path, settings_for(demo.base_url)) as desk:
            await until(lambda: desk.told(LibraryListed), "a list")
            said = [one.sentence for one in desk.told(NoticeGiven)]
            assert [one for one in said if "unforeseen" in one]


async def test_words_are_rescued_even_when_leaving_breaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Parts) -> list[tuple[str, str]]:
        return [("A chat", "precious")]

    async def settle(_: Parts) -> None:
        raise RuntimeError

    with DemoThread() as demo:
        desk = Desk(tmp_path, settings_for(demo.base_url))
        async with desk:
            monkeypatch.setattr(Parts, "settle", settle)
            monkeypatch.setattr(Parts, "unsaved_words", broken)
            await desk.workspace.close()
    assert "Some words" in desk.workspace.last_words
    (rescued,) = desk.places.state.glob("fortytwo-rescued-*.md")
    assert "precious" in rescued.read_text()


async def test_text_whose_write_was_given_up_is_in_the_one_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    real = Journal.begin

    def begin(root: Path, file: str, head: Message) -> Journal:
        go_on.wait(10)
        return real(root, file, head)

    monkeypatch.setattr(Journal, "begin", begin)
    head = Message("a1", Role.ASSISTANT, "", parent="p1")
    journal = AnswerJournal(
        Library(tmp_path), "chat.toml", Disk(), head=lambda: head, kept=lambda _: None
    )
    journal.add("The begin", "")
    writing = asyncio.create_task(journal.write())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    go_on.set()
    journal.add("ning.", "")
    await journal.write()
    (path,) = (tmp_path / "journal").glob("*.journal")
    read = read_journal(path.read_bytes())
    assert read is not None
    assert read[1].content == "The beginning."
    await journal.discard()
    assert not path.exists()


async def test_a_draft_that_fails_while_leaving_is_known_to_be_unsaved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def save(*_: object) -> None:
        go_on.wait(10)
        raise NotSavedError("Not saved: the disk is full.")

    monkeypatch.setattr("tui.services.drafts.save_drafts", save)
    monkeypatch.setattr("tui.services.drafts.SAVE_PAUSE", 0.0)
    drafts = Drafts(tmp_path / "drafts.toml", Disk(), Library(tmp_path).folder)
    drafts.put("", "precious")
    await asyncio.sleep(0.05)
    closing = asyncio.create_task(drafts.close())
    await asyncio.sleep(0.05)
    go_on.set()
    await closing
    assert drafts.unsaved() == {"": "precious"}


async def test_drafts_that_are_read_while_one_is_saved_are_no_other_copys(
    tmp_path: Path,
) -> None:
    path = tmp_path / "drafts.toml"
    drafts = Drafts(path, Disk(), Library(tmp_path).folder)
    loading = asyncio.create_task(drafts.load())
    await asyncio.sleep(0)
    drafts.put("chat.toml", "typed at once")
    saving = asyncio.create_task(drafts.save())
    await asyncio.gather(loading, saving)
    drafts.put("chat.toml", "typed on")
    await drafts.close()
    assert load_drafts(path) == {"chat.toml": "typed on"}
