"""Who of several running copies of the program writes the index."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tui.storage.locking import try_lock
from tui.storage.private_folder import make_private_folder

if TYPE_CHECKING:
    from pathlib import Path


class IndexLock:
    """Whoever holds it may write the index; freed when the process ends."""

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(path.name + ".lock")
        self._fd = -1

    def take(self) -> bool:
        """Return whether we hold it now."""
        if self._fd >= 0:
            return True
        try:
            make_private_folder(self._path.parent)
            fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            return False
        if not try_lock(fd):
            os.close(fd)
            return False
        self._fd = fd
        return True

    def free(self) -> None:
        """Let another process write."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
