"""Each system call of each operation fails, or is the last one: for n = 1, 2, 3, …"""

from __future__ import annotations

import errno
import os
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.faults.storage.breaking_calls import BreakingCalls, NoLinks, Stopped
from tests.unit.storage.samples import answer, chat, prompt
from tui.domain.errors import StorageError
from tui.domain.message import Message, Role
from tui.storage.journal import Journal, recover
from tui.storage.library import Library

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.promises import Measured
    from tui.storage.library import LoadedFile
    from tui.storage.system_calls import SystemCalls

ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES)
BEFORE = chat(2)
NEW = [prompt(7, "A new prompt.\n" * 300, parent="a1"), answer(7, parent="p7")]
"""Longer than a page, so that a torn write shows."""


def append(library: Library, loaded: LoadedFile) -> None:
    library.append(loaded, NEW)


def rename(library: Library, loaded: LoadedFile) -> None:
    library.replace(loaded, replace(loaded.conversation, title="Renamed"))


def append_in_place(library: Library, loaded: LoadedFile) -> None:
    library._writer.in_place_from = 0
    library.append(loaded, NEW)


def append_by_rewriting(library: Library, loaded: LoadedFile) -> None:
    library.append(replace(loaded, appendable=False), NEW)


def create(library: Library, loaded: LoadedFile) -> None:
    library.create(replace(BEFORE, id="second", title="Second"))


def clear(library: Library, loaded: LoadedFile) -> None:
    library.copy_to_trash(loaded.file)


def trash(library: Library, loaded: LoadedFile) -> None:
    library.trash(loaded.file)


def restore(library: Library, loaded: LoadedFile) -> None:
    library.restore(library.trash(loaded.file))


OPERATIONS: tuple[Callable[[Library, LoadedFile], None], ...] = (
    append,
    append_in_place,
    append_by_rewriting,
    rename,
    create,
    clear,
    trash,
    restore,
)


def prepared(root: Path, calls: SystemCalls) -> tuple[Library, LoadedFile]:
    created = Library(root).create(BEFORE)
    library = Library(root, calls)
    return library, library.load(created.file)


def conversations(root: Path) -> list[dict[str, object]]:
    """Every conversation as an independent reader sees it; each must be whole."""
    found = []
    for folder in ("conversations", "trash"):
        for path in sorted((root / folder).glob("*.toml")):
            content = path.read_text("utf-8")
            assert content, f"{path} is empty"
            found.append(tomllib.loads(content))
    return found


def check_nothing_lost(root: Path) -> None:
    """The old conversation is there, whole; what was added is whole or absent."""
    found = conversations(root)
    ids = [one["id"] for one in found]
    assert "conversation-1" in ids
    assert set(ids) <= {"conversation-1", "second"}
    for one in found:
        messages = one["messages"]
        assert isinstance(messages, list)
        contents = [message["content"] for message in messages]
        assert contents[:4] == [message.content for message in BEFORE.messages]
        assert contents[4:] in (
            [],
            [NEW[0].content],
            [message.content for message in NEW],
        )


@pytest.mark.promise
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: str(one.__name__))
@pytest.mark.parametrize("half_writes", [False, True])
@pytest.mark.parametrize("forever", [False, True])
def test_every_failing_call_leaves_the_old_file_and_can_be_repeated(
    tmp_path: Path,
    operation: Callable[[Library, LoadedFile], None],
    half_writes: bool,
    forever: bool,
    measured: Measured,
) -> None:
    for error in ERRORS:
        at = 0
        while True:
            at += 1
            root = tmp_path / f"{error}-{at}"
            calls = BreakingCalls(at, error, half_writes, forever)
            library, loaded = prepared(root, calls)
            try:
                operation(library, loaded)
                done = True
            except StorageError:
                done = False
            check_nothing_lost(root)
            assert not list(root.rglob(".*.fortytwo-tmp"))
            if not calls.broke:
                break
            calls.break_at, calls.forever = 0, False
            if not done and (library.conversations / loaded.file).exists():
                operation(library, loaded)
                check_nothing_lost(root)
                check_done(root, operation)
        measured("P8", "calls failed, each in its turn: 0 files damaged", at - 1)
        assert at > 3
        assert done


def check_done(root: Path, operation: Callable[[Library, LoadedFile], None]) -> None:
    found = {str(one["id"]): one for one in conversations(root)}
    if operation is not clear:
        assert len(conversations(root)) == len(found), "something is there twice"
    messages = found["conversation-1"]["messages"]
    assert isinstance(messages, list)
    if operation in (append, append_in_place, append_by_rewriting):
        assert len(messages) == 6
    if operation is rename:
        assert found["conversation-1"]["title"] == "Renamed"
    if operation is create:
        assert set(found) == {"conversation-1", "second"}


@pytest.mark.promise
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: str(one.__name__))
@pytest.mark.parametrize("half_writes", [False, True])
def test_the_end_of_the_world_after_any_call_loses_nothing(
    tmp_path: Path,
    operation: Callable[[Library, LoadedFile], None],
    half_writes: bool,
    measured: Measured,
) -> None:
    at = 0
    while True:
        at += 1
        root = tmp_path / str(at)
        calls = BreakingCalls(at, half_writes=half_writes)
        library, loaded = prepared(root, calls)
        done = False
        try:
            operation(library, loaded)
            done = True
        except Stopped:
            pass
        if not done:
            release(library)
        again = Library(root)
        recover(again)
        check_nothing_lost(root)
        for summary in again.scan():
            assert summary.problem == ""
            assert again.load(summary.file).problems == ()
        if done:
            break
    measured("P1", "calls were the last one, each in its turn: 0 unreadable", at - 1)
    assert at > 5


def release(library: Library) -> None:
    """Close what the dead process held, as the kernel does."""
    log = library._log
    if log._fd is not None:
        os.close(log._fd)
        log._fd = None


@pytest.mark.parametrize("half_writes", [False, True])
def test_journal_survives_any_failing_or_last_call(
    tmp_path: Path, half_writes: bool
) -> None:
    head = Message(id="a9", role=Role.ASSISTANT, content="", parent="a1")
    words = [f"word{number} " * 50 for number in range(3)]
    for error in (errno.ENOSPC, errno.EIO, 0):
        at = 0
        while True:
            at += 1
            root = tmp_path / f"{error}-{at}"
            calls = BreakingCalls(at, error, half_writes)
            library, loaded = prepared(root, type(calls)())
            flushed = 0
            journal = None
            try:
                journal = Journal.begin(root, loaded.file, head, calls)
                for word in words:
                    journal.add(word)
                    flushed_all = flush(journal)
                    flushed = flushed + 1 if flushed_all else flushed
            except (StorageError, Stopped):
                pass
            crash(journal)
            recovered = recover(library)
            text = recovered[0].message.content if recovered else ""
            assert "".join(words).startswith(text)
            if error == 0:
                assert len(text) >= len("".join(words[:flushed]))
            elif journal is not None:
                # One call failed and the next flush wrote what was left.
                assert text == "".join(words) or at >= calls.count - 1
            check = library.load(loaded.file).conversation.messages
            assert len(check) == 4 + bool(text)
            if not calls.broke:
                break
        assert text == "".join(words)


def flush(journal: Journal) -> bool:
    try:
        journal.flush()
    except StorageError:
        return False
    return True


def crash(journal: Journal | None) -> None:
    if journal is not None and journal._fd is not None:
        os.close(journal._fd)
        journal._fd = None


def test_after_a_failed_sync_the_file_is_written_anew(tmp_path: Path) -> None:
    """A second sync of the same pages may succeed although they are gone."""
    calls = BreakingCalls()
    library, loaded = prepared(tmp_path, calls)
    library._writer.in_place_from = 0
    loaded = library.append(loaded, [prompt(5)])
    path = library.conversations / loaded.file
    inode = path.stat().st_ino
    calls.log.clear()
    calls.break_at, calls.error = calls.count + 7, errno.EIO
    with pytest.raises(StorageError):
        library.append(loaded, [prompt(6)])
    assert calls.log[:7] == [
        *("truncate", "write", "fsync"),
        *("open", "write", "set_mtime", "fsync"),
    ]
    assert path.stat().st_ino == inode
    loaded = library.append(loaded, [prompt(6)])
    assert path.stat().st_ino != inode
    assert len(library.load(loaded.file).conversation.messages) == 6


def test_file_systems_without_hard_links_work(tmp_path: Path) -> None:
    library, loaded = prepared(tmp_path, NoLinks())
    library.create(replace(BEFORE, id="second"))
    trashed = library.trash(loaded.file)
    assert library.restore(trashed) == loaded.file
    check_nothing_lost(tmp_path)
    assert len(conversations(tmp_path)) == 2


def test_every_rename_follows_a_sync_and_is_followed_by_one(tmp_path: Path) -> None:
    calls = BreakingCalls()
    library, loaded = prepared(tmp_path, calls)
    library._writer.in_place_from = 0
    loaded = library.replace(loaded, replace(loaded.conversation, title="New"))
    library.create(chat(1))
    for name in ("replace", "link"):
        for place in [at for at, call in enumerate(calls.log) if call == name]:
            before = calls.log[:place]
            assert "fsync" in before[-4:]
            assert "write" not in before[len(before) - before[::-1].index("fsync") :]
            assert "fsync" in calls.log[place : place + 4]
    calls.log.clear()
    library.append(loaded, [prompt(9)])
    writes = [call for call in calls.log if call in ("write", "fsync", "replace")]
    assert writes[-2:] == ["write", "fsync"]
    assert "replace" not in writes
