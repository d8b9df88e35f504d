"""Reads files that anybody may have put there: pipes, giants, folders, broken links."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from tui.domain.errors import MissingError, UnreadableError
from tui.storage.stamp import (
    Identity,
    Stamp,
    hash_content,
    is_regular,
    is_young,
    stamp_content,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

from contextlib import contextmanager

LARGEST = 256 * 1024 * 1024
"""Bytes. A larger file is listed but never read.

Opened by its end, a conversation of any size is on the screen within 40 ms; reading
the rest takes 35 ms and 2.3 MB of memory for each of its megabytes, and adding to it
twice as much for a moment. Measured at 64, 200 and 500 MB: the last one takes a
gigabyte, which is too much for a file that may be there by accident.
"""

_STEP = 1024 * 1024

_ATTEMPTS = 8
"""How often a file is read that changes meanwhile."""

_READ_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


@contextmanager
def opened(path: Path) -> Iterator[tuple[int, os.stat_result]]:
    """Open an ordinary file of bearable size for reading.

    A pipe is opened without waiting for a writer, and refused.

    Raises:
        MissingError: There is no such file.
        UnreadableError: It is no ordinary file, too large, or not ours to read.
    """
    try:
        fd = os.open(path, _READ_FLAGS)
    except FileNotFoundError as error:
        if path.is_symlink():
            raise UnreadableError("It is a link to a file that is gone.") from error
        raise MissingError(f"{path.name} is gone.") from error
    except OSError as error:
        raise UnreadableError(_why_unreadable(error)) from error
    try:
        status = os.fstat(fd)
        if not is_regular(status):
            raise UnreadableError("It is not an ordinary file.")
        if status.st_size > LARGEST:
            size = status.st_size // (1024 * 1024)
            limit = LARGEST // (1024 * 1024)
            raise UnreadableError(
                f"It is too large: {size} MB, and only {limit} MB can be opened. Cut "
                "it in two with an editor."
            )
        yield fd, status
    finally:
        os.close(fd)


def read_span(fd: int, start: int, end: int) -> bytes:
    """Return the bytes from `start` up to `end`, or up to the end of the file."""
    pieces: list[bytes] = []
    while start < end:
        piece = os.pread(fd, min(end - start, _STEP), start)
        if not piece:
            break
        pieces.append(piece)
        start += len(piece)
    return b"".join(pieces)


def read_bytes(path: Path) -> tuple[bytes, Stamp]:
    """Return a file's content and the stamp of exactly that version.

    Raises:
        MissingError: There is no such file.
        UnreadableError: It can't be read.
    """
    content, identity = _read_version(path)
    return content, stamp_content(identity, content)


def read_content(path: Path) -> bytes:
    """Return a file's content when its version does not matter.

    Raises:
        MissingError: There is no such file.
        UnreadableError: It can't be read.
    """
    content, _ = _read_version(path)
    return content


def _read_version(path: Path) -> tuple[bytes, Identity]:
    """Return a file's content, as it was at one moment."""
    try:
        for _ in range(_ATTEMPTS):
            with opened(path) as (fd, before):
                content = read_span(fd, 0, LARGEST + 1)
                after = os.fstat(fd)
            identity = Identity.of(after)
            if identity == Identity.of(before) and len(content) == after.st_size:
                break
    except OSError as error:
        raise UnreadableError(_why_unreadable(error)) from error
    return content, identity


def read_stamp(path: Path) -> Stamp:
    """Return the stamp of a file's version without holding its content.

    Raises:
        MissingError: There is no such file.
        UnreadableError: It can't be read.
    """
    try:
        for _ in range(_ATTEMPTS):
            digest = hash_content()
            with opened(path) as (fd, before):
                size = 0
                while size <= LARGEST and (piece := os.pread(fd, _STEP, size)):
                    digest.update(piece)
                    size += len(piece)
                identity = Identity.of(os.fstat(fd))
            if identity == Identity.of(before) and size == identity.size:
                break
    except OSError as error:
        raise UnreadableError(_why_unreadable(error)) from error
    return Stamp(identity, digest, racy=is_young(identity))


def decode_text(content: bytes) -> str:
    """Return UTF-8 text without a byte order mark.

    Raises:
        UnreadableError: It is in another encoding.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableError("It is UTF-16 text; save it as UTF-8.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableError(f"Line {line} is not UTF-8 text.") from error


def _why_unreadable(error: OSError) -> str:
    match error.errno:
        case errno.ELOOP:
            return "It is a link that leads to itself."
        case errno.EACCES | errno.EPERM:
            return "It must not be read: permission denied."
        case errno.EISDIR:
            return "It is a folder."
        case errno.ENXIO | errno.ENODEV:
            return "It is not an ordinary file."
        case _:
            return f"It can't be read: {error.strerror or error}."
