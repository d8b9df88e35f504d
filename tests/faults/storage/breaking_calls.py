"""System calls that fail, stop short, or end the world at the n-th one."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Any

from tui.storage.system_calls import SystemCalls

if TYPE_CHECKING:
    from pathlib import Path


class Stopped(BaseException):
    """The process is gone from here on: nothing after it reaches the disk."""


class BreakingCalls(SystemCalls):
    """Counts the calls and breaks one of them.

    Attributes:
        count: How many calls came in so far.
        log: What they were.
    """

    def __init__(
        self,
        break_at: int = 0,
        error: int = 0,
        half_writes: bool = False,
        forever: bool = False,
    ) -> None:
        """Choose what breaks.

        Args:
            break_at: Which call breaks, counted from 1; 0 breaks none.
            error: The error it fails with; 0 stops the world there instead.
            half_writes: True lets every write take half of its data, and a write that
                breaks take half of it before.
            forever: True lets all later calls fail as well, as a full disk does.
        """
        self.break_at = break_at
        self.error = error
        self.half_writes = half_writes
        self.forever = forever
        self.count = 0
        self.stopped = False
        self.broke = False
        self.log: list[str] = []

    def _step(self, name: str) -> bool:
        """Count a call; True when it has to break."""
        if self.stopped:
            raise Stopped
        self.count += 1
        self.log.append(name)
        again = self.forever and self.broke and name in ("open", "write", "fsync")
        if self.count != self.break_at and not again:
            return False
        self.broke = True
        return True

    def _break(self) -> None:
        if not self.error:
            self.stopped = True
            raise Stopped
        raise OSError(self.error, os.strerror(self.error))

    def open(self, path: Path, flags: int, mode: int = 0o600) -> int:
        if self._step("open"):
            self._break()
        return super().open(path, flags, mode)

    def write(self, fd: int, data: memoryview) -> int:
        half = data[: max(1, len(data) // 2)]
        if self._step("write"):
            if self.half_writes:
                super().write(fd, half)
            self._break()
        return super().write(fd, half if self.half_writes else data)

    def fsync(self, fd: int) -> None:
        if self._step("fsync"):
            self._break()
        super().fsync(fd)

    def close(self, fd: int) -> None:
        broken = self._step("close") if not self.stopped else True
        super().close(fd)
        if broken:
            self._break()

    def chmod(self, fd: int, mode: int) -> None:
        self._do("chmod", super().chmod, fd, mode)

    def truncate(self, fd: int, size: int) -> None:
        self._do("truncate", super().truncate, fd, size)

    def set_mtime(self, fd: int, mtime_ns: int) -> None:
        self._do("set_mtime", super().set_mtime, fd, mtime_ns)

    def link(self, source: Path, target: Path) -> None:
        self._do("link", super().link, source, target)

    def replace(self, source: Path, target: Path) -> None:
        self._do("replace", super().replace, source, target)

    def unlink(self, path: Path) -> None:
        self._do("unlink", super().unlink, path)

    def mkdir(self, path: Path, mode: int) -> None:
        self._do("mkdir", super().mkdir, path, mode)

    def _do(self, name: str, call: Any, *arguments: Any) -> None:
        if self._step(name):
            self._break()
        call(*arguments)


class NoLinks(SystemCalls):
    """A file system without hard links."""

    def link(self, source: Path, target: Path) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))
