"""The stored API key of an endpoint: a file that only its user can read."""

from __future__ import annotations

import contextlib
import stat
from typing import TYPE_CHECKING

from tui.domain.errors import MissingError, UnreadableError
from tui.domain.settings import Problem
from tui.storage import disk
from tui.storage.reading import decode_text, read_content
from tui.storage.system_calls import SystemCalls

if TYPE_CHECKING:
    from pathlib import Path


def read_key(path: Path) -> str:
    """Return the stored key, or "" when there is none.

    Raises:
        UnreadableError: The file is there but can't be read.
    """
    try:
        return decode_text(read_content(path)).strip()
    except MissingError:
        return ""
    except UnreadableError as error:
        raise UnreadableError(f"{path}: {error.sentence}") from None


def write_key(path: Path, key: str) -> None:
    """Store a key, durably, readable and writable by its user alone.

    Raises:
        NotSavedError: It can't be written. The sentence does not hold the key.
    """
    calls = SystemCalls()
    disk.make_folder(calls, path.parent)
    with disk.saving(path), contextlib.suppress(FileNotFoundError):
        # A wider mode of an older file would be kept by the replacement.
        path.chmod(disk.FILE_MODE)
    disk.write_over(calls, path, f"{key.strip()}\n".encode())


def check_mode(path: Path) -> Problem | None:
    """Return a warning when others may read the key file."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return None
    if not mode & 0o077:
        return None
    return Problem(
        f"others may read this key (mode {mode:04o}); run: chmod 600 {path}", str(path)
    )
