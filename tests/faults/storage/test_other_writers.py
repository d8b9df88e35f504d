"""Others write the same files at the same time: nothing is lost, nothing is torn."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.unit.storage.samples import answer, chat, prompt
from tui.domain.errors import ConflictError
from tui.storage.library import Library
from tui.storage.system_calls import SystemCalls

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.promises import Measured

WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from tests.unit.storage.samples import chat, prompt
from tui.storage.library import Library

root, file, name = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
library = Library(root, in_place_from=int(sys.argv[5]))
shared = library.load(file)
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[4])):
    message = prompt(number, f"{name} {number}", parent=shared.last_id)
    shared = library.append(shared, [replace(message, id=f"{name}-{number}")])
    if number % 10 == 0:
        library.create(replace(chat(1), id=f"{name}-{number}"))
library.close()
"""


def write_from_two_processes(root: Path, prompts: int, in_place_from: int) -> list[str]:
    library = Library(root)
    loaded = library.create(chat(1))
    command = [sys.executable, "-c", WRITER, str(root), loaded.file]
    processes = [
        subprocess.Popen(
            [*command, name, str(prompts), str(in_place_from)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    try:
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        path = library.conversations / loaded.file
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        views = 0
        while any(process.poll() is None for process in processes):
            if in_place_from:
                tomllib.loads(path.read_text("utf-8"))
            else:
                library.load(loaded.file)
            views += 1
        assert views > 0
        assert [process.wait() for process in processes] == [0, 0]
    finally:
        for process in processes:
            process.kill()
            process.communicate()
    return [m.content for m in library.load(loaded.file).conversation.messages]


def check_two_processes(root: Path, prompts: int, in_place_from: int) -> None:
    found = write_from_two_processes(root, prompts, in_place_from)
    for name in ("one", "two"):
        mine = [content for content in found if content.startswith(name)]
        assert mine == [f"{name} {number}" for number in range(prompts)]
    assert len(found) == 2 + 2 * prompts
    ids = {row.id for row in Library(root).scan()}
    assert len(ids) == 1 + 2 * len(range(0, prompts, 10))


@pytest.mark.promise
@pytest.mark.timeout(600)
@pytest.mark.parametrize("in_place_from", [0, 1_000_000])
def test_two_instances_on_one_file_lose_nothing(
    tmp_path: Path,
    in_place_from: int,
    request: pytest.FixtureRequest,
    measured: Measured,
) -> None:
    prompts = 200 if request.config.getoption("--long") else 50
    check_two_processes(tmp_path, prompts, in_place_from)
    measured("P10", "prompts of two processes in one conversation: 0 lost", 2 * prompts)


def edit_by_rename(path: Path, content: bytes) -> None:
    beside = path.with_name("edit.swp")
    beside.write_bytes(content)
    beside.replace(path)


def edit_in_place(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def edit_keeping_the_time(path: Path, content: bytes) -> None:
    status = path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


EDITS = (edit_by_rename, edit_in_place, edit_keeping_the_time)


@pytest.mark.promise
@pytest.mark.parametrize("edit", EDITS, ids=lambda one: str(one.__name__))
def test_200_edits_between_load_and_save_are_all_kept(
    tmp_path: Path, edit: Callable[[Path, bytes], None], measured: Measured
) -> None:
    library = Library(tmp_path)
    text = "xxxxxxxx"
    loaded = library.create(replace(chat(1), system_prompt=text))
    path = library.conversations / loaded.file
    chosen = random.Random(1)
    for number in range(200):
        new = "".join(chosen.choice("abcdefgh") for _ in range(8))
        edit(path, path.read_bytes().replace(text.encode(), new.encode()))
        text = new
        if number % 20:
            loaded = library.append(loaded, [prompt(number)])
        else:
            wanted = replace(loaded.conversation, title=f"Title {number}")
            loaded = library.replace(loaded, wanted)
        assert loaded.conversation.system_prompt == text
    again = library.load(loaded.file).conversation
    assert again.system_prompt == text
    assert again.title == "Title 180"
    measured("P9", "edits between reading and saving: 0 lost", 200)
    assert len(again.messages) == 2 + 190


@pytest.mark.parametrize("edit", EDITS, ids=lambda one: str(one.__name__))
@pytest.mark.parametrize("in_place_from", [0, 1_000_000])
def test_an_editor_at_the_same_time_loses_nothing_of_ours(
    tmp_path: Path, edit: Callable[[Path, bytes], None], in_place_from: int
) -> None:
    """The editor knows no lock: it may read before our message and save after it."""
    library = Library(tmp_path, in_place_from=in_place_from)
    loaded = library.create(chat(1))
    path = library.conversations / loaded.file
    stop = threading.Event()
    edits = 0

    def work() -> None:
        nonlocal edits
        while not stop.is_set():
            content = path.read_bytes()
            if content.count(b"\n[[messages]]") >= 2:
                edit(path, content.replace(b"Answer 0", b"Edited 0", 1) + b"# edit\n")
                edits += 1
            stop.wait(0.01)

    editor = threading.Thread(target=work)
    editor.start()
    kept: list[str] = []
    try:
        for number in range(60):
            try:
                loaded = library.append(loaded, [prompt(number + 10)])
            except ConflictError as error:
                kept.append(error.kept)
                loaded = library.load(error.kept)
                path = library.conversations / loaded.file
    finally:
        stop.set()
        editor.join()
    found: set[str] = set()
    for file in {loaded.file, *kept, *(row.file for row in library.scan())}:
        messages = library.load(file).conversation.messages
        found |= {message.content for message in messages}
    assert found >= {f"Prompt {number + 10}?" for number in range(60)}
    assert edits > 0


class Interrupted(SystemCalls):
    """Lets somebody else write right before one of our calls."""

    def __init__(self, name: str, nth: int, act: Callable[[], None]) -> None:
        self.name = name
        self.nth = nth
        self.act = act

    def _now(self, name: str) -> None:
        if name == self.name:
            self.nth -= 1
            if self.nth == 0:
                self.act()

    def write(self, fd: int, data: memoryview) -> int:
        self._now("write")
        return super().write(fd, data)

    def fsync(self, fd: int) -> None:
        self._now("fsync")
        super().fsync(fd)


@pytest.mark.promise
@pytest.mark.parametrize("nth", [1, 2, 3, 4])
@pytest.mark.parametrize("moment", ["write", "fsync"])
@pytest.mark.parametrize("edit", EDITS, ids=lambda one: str(one.__name__))
@pytest.mark.parametrize("rewrite", [False, True])
@pytest.mark.parametrize("in_place_from", [0, 1_000_000])
def test_an_edit_in_the_middle_of_our_save_is_kept(
    tmp_path: Path,
    moment: str,
    nth: int,
    edit: Callable[[Path, bytes], None],
    rewrite: bool,
    in_place_from: int,
    measured: Measured,
) -> None:
    file = Library(tmp_path).create(chat(1)).file
    path = tmp_path / "conversations" / file
    content = path.read_bytes().replace(b"Answer 0", b"Edited 0")
    calls = Interrupted(moment, nth, lambda: edit(path, content))
    library = Library(tmp_path, calls, in_place_from)
    loaded = library.load(file)
    if rewrite:
        done = library.replace(loaded, replace(loaded.conversation, title="New"))
    else:
        done = library.append(loaded, [answer(5)])
    if calls.nth > 0:
        # Our save needed fewer calls: nobody came in between.
        return
    measured("P9", "edits in the middle of a save: 0 lost", 1)
    again = library.load(file).conversation
    assert again.messages[1].content.startswith("Edited 0")
    # Who saves an older copy after our rename has the last word on the title.
    after_us = moment == "fsync" and nth > 1 and (rewrite or in_place_from > 0)
    if rewrite:
        assert again.title == "New" or after_us
    else:
        assert again.messages[-1].content == answer(5).content
        assert len(again.messages) == 3
    # An edit of the same size between comparing and writing in place is kept on disk;
    # it is seen when the file is next read, because every rewrite compares hashes.
    unseen = (moment, nth, in_place_from, rewrite) == ("write", 2, 0, False)
    assert done.conversation == again or after_us or unseen


@pytest.mark.promise
@pytest.mark.timeout(1800)
def test_a_reader_never_sees_a_torn_file(
    tmp_path: Path, request: pytest.FixtureRequest, measured: Measured
) -> None:
    saves = 10_000 if request.config.getoption("--long") else 300
    library = Library(tmp_path)
    loaded = library.create(chat(20))
    path = library.conversations / loaded.file
    stop = threading.Event()
    torn: list[str] = []
    views = 0

    def watch() -> None:
        nonlocal views
        while not stop.is_set():
            text = path.read_text("utf-8")
            views += 1
            try:
                tomllib.loads(text)
            except ValueError as error:
                torn.append(f"{len(text)}: {error}")

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        for number in range(saves):
            if number % 100 == 99:
                # The length of the file is not what is tested.
                loaded = library.replace(loaded, replace(chat(20), id="x"))
            elif number % 3:
                loaded = library.append(loaded, [prompt(number + 100)])
            else:
                wanted = replace(loaded.conversation, title=f"Title {number}")
                loaded = library.replace(loaded, wanted)
    finally:
        stop.set()
        watcher.join()
    measured("P6", f"{saves:,} saves, {views:,} views of others: {len(torn)} torn")
    assert torn == []
    assert views > 10
