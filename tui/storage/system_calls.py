"""Every system call that changes the disk, in one object, so that tests can break it.

The rest of the storage layer never calls `os.write` and its kin directly. A test
hands in a subclass that fails, or stops, at the n-th call.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class SystemCalls:
    """Thin names for the operating system's calls. No policy lives here."""

    def open(self, path: Path, flags: int, mode: int = 0o600) -> int:
        """Open a file and return its descriptor.

        A new file gets exactly this mode, whatever the umask says.
        """
        fd = os.open(path, flags | os.O_CLOEXEC, mode)
        if flags & os.O_CREAT:
            os.fchmod(fd, mode)
        return fd

    def write(self, fd: int, data: memoryview) -> int:
        """Write some of the data and return how many bytes were taken."""
        return os.write(fd, data)

    def fsync(self, fd: int) -> None:
        """Make a file's content, or a folder's names, durable."""
        os.fsync(fd)

    def close(self, fd: int) -> None:
        """Close a descriptor; network file systems report write errors here."""
        os.close(fd)

    def chmod(self, fd: int, mode: int) -> None:
        """Set a file's permissions."""
        os.fchmod(fd, mode)

    def truncate(self, fd: int, size: int) -> None:
        """Cut a file to a size in bytes."""
        os.ftruncate(fd, size)

    def set_mtime(self, fd: int, mtime_ns: int) -> None:
        """Set a file's time of modification, in nanoseconds."""
        os.utime(fd, ns=(mtime_ns, mtime_ns))

    def link(self, source: Path, target: Path) -> None:
        """Give a file a second name, which must be free."""
        os.link(source, target, follow_symlinks=False)

    def replace(self, source: Path, target: Path) -> None:
        """Rename a file over another one in one step."""
        os.replace(source, target)  # noqa: PTH105

    def unlink(self, path: Path) -> None:
        """Remove a name."""
        os.unlink(path)  # noqa: PTH108 - all calls of this object look alike

    def mkdir(self, path: Path, mode: int) -> None:
        """Make a folder with exactly this mode, whatever the umask says."""
        os.mkdir(path, mode)  # noqa: PTH102
        os.chmod(path, mode)  # noqa: PTH101
