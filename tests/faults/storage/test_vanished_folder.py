"""The folder of the library goes away while the program runs, and comes back."""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.demo import DemoThread
from tests.support.desk import Desk, settings_for
from tests.support.driver import Driver
from tests.support.waiting import until
from tests.unit.storage.samples import chat, prompt
from tui.demo.pacing import Pace
from tui.domain.errors import NotSavedError, StorageError
from tui.services.events import ActivityChanged, AnswerGrew, NoticeGiven
from tui.storage.library import Library

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.support.promises import Measured

LONG = "long answer 400"


@pytest.fixture
def demo() -> Iterator[DemoThread]:
    with DemoThread(pace=Pace(first=0.0, token=0.02)) as demo:
        yield demo


def move(source: Path, target: Path) -> None:
    source.rename(target)


def rename_conversations(data: Path) -> Callable[[], None]:
    folder = data / "conversations"
    aside = folder.rename(data / "aside")
    return lambda: move(aside, folder)


def rename_data(data: Path) -> Callable[[], None]:
    aside = data.rename(data.with_name("aside"))
    return lambda: move(aside, data)


def leave_a_mount_point(data: Path) -> Callable[[], None]:
    """An empty folder stays where the disk was, as after unmounting."""
    aside = data.rename(data.with_name("aside"))
    data.mkdir()

    def put_back() -> None:
        data.rmdir()
        move(aside, data)

    return put_back


def leave_another_library(data: Path) -> Callable[[], None]:
    aside = data.rename(data.with_name("aside"))
    Library(data).create(replace(chat(1), id="other", title="Another library"))

    def put_back() -> None:
        shutil.rmtree(data)
        move(aside, data)

    return put_back


def come_back_under_other_numbers(data: Path) -> Callable[[], None]:
    """A disk that is plugged in again: another device, other inodes."""
    aside = data.with_name("aside")
    shutil.copytree(data, aside)
    shutil.rmtree(data)
    return lambda: move(aside, data)


WAYS = (
    rename_conversations,
    rename_data,
    leave_a_mount_point,
    leave_another_library,
    come_back_under_other_numbers,
)


def said(desk: Desk) -> str:
    return "\n".join(notice.sentence for notice in desk.told(NoticeGiven))


def everything_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.promise
@pytest.mark.parametrize("vanish", WAYS, ids=lambda one: str(one.__name__))
async def test_words_wait_for_the_folder_and_nothing_is_made_in_its_place(
    tmp_path: Path,
    demo: DemoThread,
    measured: Measured,
    vanish: Callable[[Path], Callable[[], None]],
) -> None:
    async with Desk(tmp_path, settings_for(demo.base_url)) as desk:
        data = desk.places.data
        file = await desk.workspace.send(None, LONG)
        await until(lambda: len(desk.told(AnswerGrew)) > 3, "text arrives")
        put_back = vanish(data)
        before = everything_in(tmp_path)
        await desk.workspace.stop(file)
        answer = await desk.ending()
        await until(
            lambda: desk.told(ActivityChanged)[-1].activity.unsaved, "it is marked"
        )
        assert "Not saved" in desk.told(ActivityChanged)[-1].activity.unsaved
        asked = len(demo.server.requests)
        for where in (file, None):
            with pytest.raises(NotSavedError):
                await desk.workspace.send(where, "Are you there?")
        with pytest.raises(StorageError):
            await desk.workspace.retry(file, answer.id)
        desk.workspace.save_draft(file, "typed meanwhile")
        assert await desk.workspace.unsaved()
        assert len(demo.server.requests) == asked
        await until(lambda: "once the folder is back" in said(desk), "it is told")
        assert everything_in(tmp_path) == before
        put_back()
        _, saved = await desk.saved(file, 2)
        assert saved["id"] == answer.id
        assert saved["content"].strip() == answer.content.strip()
        assert saved["status"] == "stopped"
        await until(lambda: not desk.told(ActivityChanged)[-1].activity.unsaved)
        assert [path.name for path in (data / "conversations").glob("*.toml")] == [file]
        await desk.workspace.send(file, "And now?")
        await desk.saved(file, 3)
        drafts = desk.places.drafts_file
        await until(
            lambda: drafts.exists() and "typed meanwhile" in drafts.read_text(),
            "the draft is saved, too",
        )
    measured("P8", "the library's folder vanished in mid-stream: 0 words lost", 1)


def run(*words: str) -> bool:
    """Run a command of the system; returns whether it did what it was told."""
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


async def test_the_screen_keeps_the_conversation_while_its_disk_is_unmounted(
    tmp_path: Path, demo: DemoThread
) -> None:
    data, disk = tmp_path / "data", tmp_path / "disk"
    disk.mkdir()
    data.mkdir()
    if not run("mount", "--bind", str(disk), str(data)):
        pytest.skip("mounting is not allowed here")
    try:
        async with Driver(tmp_path, demo.base_url) as driver:
            await driver.say(LONG)
            await until(lambda: driver.files, "the prompt is saved")
            await driver.sees("long answer")
            await until(
                lambda: any((data / "journal").glob("*.journal")), "text arrives"
            )
            assert run("umount", "-l", str(data))
            await driver.press("escape", "escape")
            await until(lambda: not driver.workspace.running(), "it is stopped")
            await driver.sees("is gone", LONG)
            assert list(data.iterdir()) == []
            await driver.press("i")
            await driver.say("another prompt")
            await driver.sees("another prompt")
            assert list(data.iterdir()) == []
            assert run("mount", "--bind", str(disk), str(data))
            (path,) = driver.files
            await until(
                lambda: len(tomllib.loads(path.read_text())["messages"]) == 2,
                "it saves by itself",
            )
            assert "another prompt" in driver.draft
    finally:
        run("umount", "-l", str(data))


def test_a_folder_that_was_never_there_is_made(tmp_path: Path) -> None:
    library = Library(tmp_path / "data")
    assert library.scan() == []
    loaded = library.create(chat(1))
    assert library.append(loaded, [prompt(5)]).conversation.messages[-1] == prompt(5)


def test_git_may_do_what_it_likes_inside_the_folder(tmp_path: Path) -> None:
    library = Library(tmp_path)
    loaded = library.create(chat(1))

    def git(*words: str) -> None:
        who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        subprocess.run(
            ["git", *who, *words],
            cwd=library.conversations,
            check=True,
            capture_output=True,
        )

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    loaded = library.append(loaded, [prompt(5)])
    git("commit", "-qam", "two")
    git("checkout", "-q", "HEAD^")
    git("checkout", "-q", "-")
    loaded = library.append(library.load(loaded.file), [prompt(6)])
    assert loaded.conversation.messages[-1].content == prompt(6).content


def test_the_missing_folder_is_named(tmp_path: Path) -> None:
    library = Library(tmp_path / "data")
    loaded = library.create(chat(1))
    library.conversations.rename(tmp_path / "aside")
    with pytest.raises(NotSavedError, match="folder is gone"):
        library.append(loaded, [prompt(5)])
    with pytest.raises(NotSavedError, match="is gone"):
        library.create(chat(1))
    library.conversations.mkdir()
    with pytest.raises(NotSavedError, match="is another one"):
        library.append(loaded, [prompt(5)])
    assert list(library.conversations.iterdir()) == []
    again = Library(tmp_path / "data")
    assert again.load(again.create(chat(1)).file).conversation == chat(1)
