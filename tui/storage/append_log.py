"""Repairs a message that a crash cut in half while it was appended in place.

Before a file is appended to, what will be appended, and where, goes into a small log
of this process, durably. After a crash the log of a dead process tells whether a file
ends in the beginning of such a piece; the rest of it is then written.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from typing import TYPE_CHECKING

from tui.domain.errors import StorageError
from tui.storage.disk import make_folder, saving, write_all
from tui.storage.locking import try_lock
from tui.storage.private_folder import sync_folder
from tui.storage.reading import read_content
from tui.storage.records import pack_record, unpack_records

if TYPE_CHECKING:
    from pathlib import Path

    from tui.storage.system_calls import SystemCalls

_SUFFIX = ".append"


class AppendLog:
    """What this process is appending right now. One file, kept open."""

    def __init__(self, calls: SystemCalls, folder: Path) -> None:
        self._calls = calls
        self._folder = folder
        self._fd: int | None = None
        self._path: Path | None = None

    def begin(self, file: str, size: int, piece: bytes) -> None:
        """Note durably that a piece is about to follow a file's first `size` bytes.

        Raises:
            NotSavedError: It can't be noted.
        """
        note = json.dumps({"file": file, "size": size}).encode()
        record = pack_record(note) + pack_record(piece)
        with saving(self._folder / file):
            fd = self._fd if self._fd is not None else self._open()
            self._calls.truncate(fd, 0)
            write_all(self._calls, fd, record)
            self._calls.fsync(fd)

    def done(self) -> None:
        """Forget the note: the piece is whole, or cut off again."""
        if self._fd is not None:
            with contextlib.suppress(OSError):
                self._calls.truncate(self._fd, 0)

    def close(self) -> None:
        """Remove the log: everything it noted is whole."""
        if self._fd is not None and self._path is not None:
            with contextlib.suppress(OSError):
                self._calls.unlink(self._path)
            with contextlib.suppress(OSError):
                self._calls.close(self._fd)
        self._fd = self._path = None

    def _open(self) -> int:
        make_folder(self._calls, self._folder)
        path = self._folder / f"{secrets.token_hex(8)}{_SUFFIX}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
        fd = self._calls.open(path, flags)
        try_lock(fd)
        self._fd, self._path = fd, path
        sync_folder(self._calls, self._folder)
        return fd


def repair_appends(calls: SystemCalls, folder: Path, conversations: Path) -> list[str]:
    """Complete the pieces that dead processes left half-written.

    Only a file that ends in a proper beginning of the noted piece (or in the zeros a
    power cut leaves in its place) is touched.

    Returns:
        The names of the files that were repaired.
    """
    repaired: list[str] = []
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        with contextlib.suppress(OSError, StorageError, ValueError):
            fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
            try:
                if not try_lock(fd):
                    continue
                records = unpack_records(os.pread(fd, os.fstat(fd).st_size, 0))
                if len(records) == 2:
                    note = json.loads(records[0])
                    target = conversations / os.path.basename(note["file"])  # noqa: PTH119
                    if _complete(calls, target, note["size"], records[1]):
                        repaired.append(target.name)
                calls.unlink(path)
            finally:
                os.close(fd)
    return repaired


def _complete(calls: SystemCalls, path: Path, size: int, piece: bytes) -> bool:
    content = read_content(path)
    torn = content[size:]
    if not torn or len(content) < size or torn == piece:
        return False
    came = torn.rstrip(b"\0")
    if len(torn) > len(piece) or not piece.startswith(came):
        return False
    fd = calls.open(path, os.O_WRONLY | os.O_APPEND)
    try:
        calls.truncate(fd, size + len(came))
        write_all(calls, fd, piece[len(came) :])
        calls.fsync(fd)
    finally:
        calls.close(fd)
    return True
