"""Folders that only the user may look into, made so that a power cut keeps them."""

from __future__ import annotations

import contextlib
import errno
import os
from typing import TYPE_CHECKING

from tui.storage.system_calls import SystemCalls

if TYPE_CHECKING:
    from pathlib import Path

FOLDER_MODE = 0o700

_NO_FOLDER_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP})


def make_private_folder(folder: Path, calls: SystemCalls | None = None) -> None:
    """Make a folder and its parents, each private to the user. Raises OSError.

    `Path.mkdir` gives its mode to the last folder alone; the parents that it makes can
    be read by everybody.
    """
    if folder.is_dir():
        return
    calls = calls or SystemCalls()
    missing = [folder]
    while not (parent := missing[-1].parent).exists():
        missing.append(parent)
    for path in reversed(missing):
        with contextlib.suppress(FileExistsError):
            calls.mkdir(path, FOLDER_MODE)
            sync_folder(calls, path.parent)
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))


def sync_folder(calls: SystemCalls, folder: Path) -> None:
    """Make the names in a folder durable, where the file system can."""
    fd = calls.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        calls.fsync(fd)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise
    finally:
        calls.close(fd)
