"""Power fails at any call: what was not synced is lost, cut short, or full of zeros."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.faults.storage.breaking_calls import BreakingCalls, Stopped
from tests.faults.storage.test_every_call_breaks import (
    OPERATIONS,
    append,
    append_by_rewriting,
    append_in_place,
    check_done,
    check_nothing_lost,
    prepared,
    release,
)
from tui.domain.message import Message, Role
from tui.storage.journal import Journal, recover
from tui.storage.library import Library

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.promises import Measured

STATES = ("lost", "half", "zeros", "half zeros")


class PowerCut(BreakingCalls):
    """Knows what has been written and not synced when the power fails."""

    def __init__(self, break_at: int, half_writes: bool = False) -> None:
        super().__init__(break_at, half_writes=half_writes)
        self.safe: dict[int, int] = {}
        """The size in bytes up to which a file (by inode) is safe."""

    def open(self, path: Path, flags: int, mode: int = 0o600) -> int:
        fd = super().open(path, flags, mode)
        status = os.fstat(fd)
        if flags & (os.O_WRONLY | os.O_RDWR):
            self.safe.setdefault(status.st_ino, status.st_size)
        return fd

    def truncate(self, fd: int, size: int) -> None:
        super().truncate(fd, size)
        inode = os.fstat(fd).st_ino
        self.safe[inode] = min(self.safe.get(inode, size), size)

    def fsync(self, fd: int) -> None:
        super().fsync(fd)
        status = os.fstat(fd)
        self.safe[status.st_ino] = status.st_size

    def fail(self, root: Path, state: str) -> None:
        """Leave every file as the disk may have it after the power failed."""
        for path in root.rglob("*"):
            if not path.is_file() or path.is_symlink():
                continue
            safe = self.safe.get(path.stat().st_ino)
            size = path.stat().st_size
            if safe is None or size <= safe:
                continue
            kept = safe + (size - safe) // 2 if "half" in state else safe
            with path.open("r+b") as file:
                file.truncate(kept)
                if "zeros" in state:
                    file.truncate(size)


@pytest.mark.promise
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: str(one.__name__))
@pytest.mark.parametrize("state", STATES)
def test_power_cut_after_any_call_loses_nothing_that_was_saved(
    tmp_path: Path, operation: object, state: str, measured: Measured
) -> None:
    assert callable(operation)
    at = 0
    done = False
    while not done:
        at += 1
        root = tmp_path / str(at)
        calls = PowerCut(at, half_writes=True)
        library, loaded = prepared(root, calls)
        try:
            operation(library, loaded)
            done = True
        except Stopped:
            pass
        release(library)
        calls.fail(root, state)
        again = Library(root)
        recover(again)
        check_nothing_lost(root)
        if done and operation in (append, append_in_place, append_by_rewriting):
            check_done(root, operation)
    measured("P1", "power cuts, what was not synced gone: 0 unreadable", at)
    assert at > 5


@pytest.mark.parametrize("state", STATES)
def test_power_cut_keeps_every_flushed_word(tmp_path: Path, state: str) -> None:
    head = Message(id="a9", role=Role.ASSISTANT, content="", parent="a1")
    at = 0
    finished = False
    while not finished:
        at += 1
        root = tmp_path / str(at)
        calls = PowerCut(at, half_writes=True)
        _library, loaded = prepared(root, calls)
        whole, flushed = "", ""
        journal = None
        try:
            journal = Journal.begin(root, loaded.file, replace(head), calls)
            for number in range(3):
                word = f"word{number} " * 20
                whole += word
                journal.add(word)
                journal.flush()
                flushed = whole
            finished = True
        except Stopped:
            pass
        if journal is not None and journal._fd is not None:
            os.close(journal._fd)
        calls.fail(root, state)
        again = Library(root)
        found = recover(again)
        text = found[0].message.content if found else ""
        assert text.startswith(flushed)
        assert whole.startswith(text)
    assert at > 5
