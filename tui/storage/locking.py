"""Advisory locks between running copies of the program.

They only make clashes rare. Nothing depends on them: every write compares first,
because editors, sync tools and network file systems know no locks.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE = 3.0
"""Seconds to wait for another copy; then we go on without the lock."""

_PAUSE = 0.002


def try_lock(fd: int) -> bool:
    """Lock an open file if nobody else holds it; held until the file is closed."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # A file system without locks must not stop us.
        return error.errno not in (errno.EAGAIN, errno.EACCES)
    return True


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file for a moment, if that is possible.

    The file is left behind: removing it would let two holders lock two files.
    """
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        yield
        return
    try:
        with contextlib.suppress(OSError):
            os.fchmod(fd, 0o600)
        patience = time.monotonic() + PATIENCE
        while not try_lock(fd) and time.monotonic() < patience:
            time.sleep(_PAUSE)
        yield
    finally:
        os.close(fd)
