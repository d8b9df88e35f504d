"""Durable writing: the recipes that survive kills, full disks and other writers.

A whole file is written beside its target, made durable, checked, and renamed over
it; the folder is made durable after that. A message is appended in place. Whatever
fails leaves the old file as it was and raises one sentence.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import time
from typing import TYPE_CHECKING

from tui.domain.errors import NotSavedError, ReadOnlyError
from tui.storage.private_folder import make_private_folder, sync_folder
from tui.storage.reading import read_content
from tui.storage.stamp import Identity, Stamp, stamp_content

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tui.storage.system_calls import SystemCalls

FILE_MODE = 0o600

_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})
_READ_ONLY = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


class ChangedOnDisk(Exception):
    """Somebody else wrote the file since the expected version."""


def make_folder(calls: SystemCalls, folder: Path) -> None:
    """Make a folder and its parents, each private to the user.

    Raises:
        NotSavedError: It can't be made.
    """
    with saving(folder, str(folder)):
        make_private_folder(folder, calls)


def write_new(calls: SystemCalls, path: Path, content: bytes) -> Stamp:
    """Write a file under a name that must be free, all of it or nothing.

    Raises:
        FileExistsError: The name is taken.
        NotSavedError: It can't be written.
    """
    with saving(path):
        temp, stamp = _write_beside(calls, path, content, FILE_MODE)
        try:
            _name_without_overwriting(calls, temp, path)
        except BaseException:
            _discard(calls, temp)
            raise
        try:
            sync_folder(calls, path.parent)
        except BaseException:
            _discard(calls, path)
            raise
        return _renamed(stamp, path)


def write_over(
    calls: SystemCalls, path: Path, content: bytes, expected: Stamp | None = None
) -> Stamp:
    """Replace a file's content in one step; a symbolic link stays a link.

    Args:
        calls: The system calls.
        path: The file; it may be missing when no version is expected.
        content: The whole new content.
        expected: The version that may be replaced; None replaces any.

    Raises:
        ChangedOnDisk: Another version, or none, is there.
        NotSavedError: It can't be written; the old file is intact.
    """
    with saving(path):
        target = path.resolve()
        try:
            mode = stat.S_IMODE(target.stat().st_mode)
        except FileNotFoundError:
            mode = FILE_MODE
        temp, stamp = _write_beside(calls, target, content, mode)
        try:
            if expected is not None:
                check_unchanged(target, expected)
            calls.replace(temp, target)
        except BaseException:
            _discard(calls, temp)
            raise
        sync_folder(calls, target.parent)
        return _renamed(stamp, target)


def append(calls: SystemCalls, path: Path, piece: bytes, expected: Stamp) -> Stamp:
    """Append to a file in place, durably, in a time that its size doesn't change.

    A write that fails half-way is cut off again.

    Raises:
        ChangedOnDisk: Another version, or none, is there; the piece may or may not
            have come in.
        NotSavedError: It can't be written; the old content is intact.
    """
    with saving(path):
        try:
            fd = calls.open(path, os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK)
        except FileNotFoundError as error:
            raise ChangedOnDisk from error
        try:
            status = os.fstat(fd)
            if not _is_version(path, Identity.of(status), expected):
                raise ChangedOnDisk
            try:
                write_all(calls, fd, piece)
                unique = _make_unique(calls, fd)
                calls.fsync(fd)
            except OSError:
                _cut_back(calls, fd, status.st_size, len(piece))
                raise
            after = Identity.of(os.fstat(fd))
        finally:
            calls.close(fd)
        digest = expected.digest.copy()
        digest.update(piece)
        stamp = Stamp(after, digest, racy=not unique)
        if after.size != expected.size + len(piece):
            raise ChangedOnDisk
        check_unchanged(path, stamp)
        return stamp


def check_unchanged(path: Path, expected: Stamp) -> None:
    """Compare a file with the version that is expected: identity, then content.

    Raises:
        ChangedOnDisk: It is another one, or gone.
    """
    try:
        identity = Identity.of(path.stat())
    except FileNotFoundError as error:
        raise ChangedOnDisk from error
    if not _is_version(path, identity, expected):
        raise ChangedOnDisk


def move(calls: SystemCalls, source: Path, target: Path) -> None:
    """Rename a file to a free name, durably in both folders.

    Raises:
        FileExistsError: The name is taken.
        NotSavedError: It can't be moved; it is where it was.
    """
    with saving(source):
        _name_without_overwriting(calls, source, target)
        sync_folder(calls, target.parent)
        sync_folder(calls, source.parent)


def remove_stale_temps(calls: SystemCalls, folder: Path, age: float = 86_400) -> None:
    """Remove our own temporary files that a killed program left behind.

    Args:
        calls: The system calls.
        folder: Where to look.
        age: How old one must be, in seconds.
    """
    oldest = time.time() - age
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            if name.startswith(".") and name.endswith(".fortytwo-tmp"):
                status = entry.stat(follow_symlinks=False)
                if status.st_mtime < oldest and stat.S_ISREG(status.st_mode):
                    calls.unlink(folder / name)


def _is_version(path: Path, identity: Identity, expected: Stamp) -> bool:
    if identity == expected.identity and not expected.racy:
        return True
    if identity.size != expected.size:
        return False
    content = read_content(path)
    return expected.matches(content)


def _write_beside(
    calls: SystemCalls, target: Path, content: bytes, mode: int
) -> tuple[Path, Stamp]:
    temp = target.with_name(f".{secrets.token_hex(8)}.fortytwo-tmp")
    fd = calls.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW)
    try:
        try:
            if mode != FILE_MODE:
                calls.chmod(fd, mode)
            write_all(calls, fd, content)
            unique = _make_unique(calls, fd)
            calls.fsync(fd)
            identity = Identity.of(os.fstat(fd))
            if identity.size != len(content):
                raise OSError(errno.EIO, "the file came out shorter than written")
        finally:
            calls.close(fd)
    except BaseException:
        _discard(calls, temp)
        raise
    stamp = stamp_content(identity, content)
    return temp, Stamp(identity, stamp.digest, racy=not unique)


def write_all(calls: SystemCalls, fd: int, content: bytes) -> None:
    """Write everything: a single write may stop short without an error."""
    rest = memoryview(content)
    while rest:
        taken = calls.write(fd, rest)
        if taken <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        rest = rest[taken:]


def _make_unique(calls: SystemCalls, fd: int) -> bool:
    """Give the file a time of modification that no kernel would give it by chance.

    The kernel's own stamps are a few milliseconds apart, so a stranger's write right
    after ours could leave the same time behind. One with random nanoseconds shows it.
    """
    now = time.time_ns()
    chosen = now - now % 1_000_000 + secrets.randbelow(1_000_000)
    try:
        calls.set_mtime(fd, chosen)
    except OSError:
        return False
    return os.fstat(fd).st_mtime_ns == chosen


def _cut_back(calls: SystemCalls, fd: int, size: int, length: int) -> None:
    with contextlib.suppress(OSError):
        if size < os.fstat(fd).st_size <= size + length:
            calls.truncate(fd, size)


def _name_without_overwriting(calls: SystemCalls, source: Path, target: Path) -> None:
    try:
        calls.link(source, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # This file system has no hard links: reserve the name, then rename over it.
        calls.close(calls.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
        try:
            calls.replace(source, target)
        except BaseException:
            _discard(calls, target)
            raise
    else:
        try:
            calls.unlink(source)
        except BaseException:
            _discard(calls, target)
            raise


def _renamed(stamp: Stamp, path: Path) -> Stamp:
    """Return the stamp after a rename, which changes the inode's change time."""
    identity = Identity.of(path.stat())
    old = stamp.identity
    same = (identity.inode, identity.size, identity.mtime_ns) == (
        old.inode,
        old.size,
        old.mtime_ns,
    )
    return Stamp(identity if same else old, stamp.digest, racy=stamp.racy)


def _discard(calls: SystemCalls, temp: Path) -> None:
    with contextlib.suppress(OSError):
        calls.unlink(temp)


@contextlib.contextmanager
def saving(path: Path, place: str = "") -> Iterator[None]:
    """Turn the system's errors into one sentence about a file that wasn't saved.

    Args:
        path: The file, or the folder that can't be made.
        place: What the sentence calls it; "" is its name without the folder's.

    Raises:
        ReadOnlyError: The file or its folder must not be written to.
        NotSavedError: Anything else went wrong.
    """
    try:
        yield
    except FileExistsError:
        raise
    except OSError as error:
        reason = why_not_saved(error)
        sentence = f"Not saved: {reason} ({place or path.name})."
        if error.errno in _READ_ONLY:
            raise ReadOnlyError(sentence) from error
        raise NotSavedError(sentence) from error


def why_not_saved(error: OSError) -> str:
    """Return the reason of a failed write in a few words."""
    match error.errno:
        case errno.ENOSPC:
            return "the disk is full"
        case errno.EDQUOT:
            return "your disk quota is used up"
        case errno.EROFS:
            return "the disk is read-only"
        case errno.EACCES | errno.EPERM:
            return "permission denied"
        case errno.EFBIG:
            return "the file would become larger than allowed"
        case errno.EIO:
            return "the disk reported an error"
        case _:
            return error.strerror or str(error)
