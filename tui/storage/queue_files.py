"""Queued prompts on disk: a file for each running program, found again after a crash.

As long as a program runs it holds a lock beside its file, so that another copy that
starts meanwhile takes only what nobody will send any more.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.domain.errors import StorageError
from tui.storage.disk import make_folder, saving
from tui.storage.drafts_file import read_drafts, save_drafts
from tui.storage.locking import try_lock
from tui.storage.system_calls import SystemCalls

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SUFFIX = ".toml"
_LOCK = ".lock"


class QueueFile:
    """The prompts that this program has queued."""

    def __init__(self, folder: Path) -> None:
        """Make it without touching the disk.

        Args:
            folder: Where each program has its file.
        """
        self._path = folder / f"{secrets.token_hex(8)}{_SUFFIX}"
        self._fd: int | None = None

    def save(self, prompts: Mapping[str, str]) -> None:
        """Write all of them, durably and in one step.

        Args:
            prompts: By conversation file.

        Raises:
            NotSavedError: They can't be written; the old ones are intact.
        """
        if self._fd is None:
            calls = SystemCalls()
            make_folder(calls, self._path.parent)
            lock = self._path.with_suffix(_LOCK)
            with saving(lock):
                self._fd = calls.open(lock, os.O_RDWR | os.O_CREAT)
            try_lock(self._fd)
        save_drafts(self._path, prompts)

    def close(self, *, remove: bool) -> None:
        """Let go of the file.

        Args:
            remove: True when nothing in it is needed any more; False leaves it to the
                next start.
        """
        fd, self._fd = self._fd, None
        if fd is None:
            return
        if remove:
            _remove(self._path)
        os.close(fd)


@dataclass(frozen=True)
class LeftQueue:
    """What a program that is gone had queued; held until it is removed.

    Attributes:
        prompts: By conversation file.
    """

    prompts: dict[str, str]
    _path: Path
    _fd: int

    def remove(self) -> None:
        """Remove it: its prompts are somewhere else now."""
        _remove(self._path)
        os.close(self._fd)

    def leave(self) -> None:
        """Leave it to the next start."""
        os.close(self._fd)


def find_left_queues(folder: Path) -> list[LeftQueue]:
    """Return what programs that are gone had queued."""
    left: list[LeftQueue] = []
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        with contextlib.suppress(OSError):
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
            fd = os.open(path.with_suffix(_LOCK), flags, 0o600)
            prompts = _read_left(path) if try_lock(fd) else None
            if prompts is None:
                os.close(fd)
            else:
                left.append(LeftQueue(prompts, path, fd))
    return left


def _read_left(path: Path) -> dict[str, str] | None:
    """Return the prompts of a file, or None: what can't be read stays where it is."""
    try:
        return read_drafts(path)
    except StorageError:
        return None


def _remove(path: Path) -> None:
    names = (path, path.with_name(f".{path.name}.lock"), path.with_suffix(_LOCK))
    for name in names:
        with contextlib.suppress(OSError):
            name.unlink()
