"""Crash reports: what broke and where, and nothing of what the user wrote.

A report holds the types of the exceptions and the lines of the program they passed.
No local variables and no exception texts: both may quote a message or a key.
"""

from __future__ import annotations

import os
import platform
import traceback
from typing import TYPE_CHECKING

from tui import __version__
from tui.storage.private_folder import make_private_folder

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

FOLDER = "reports"

MOST_AT_ONCE = 20
"""Reports of one second; what breaks more often says nothing new."""


def write_report(state: Path, error: BaseException, now: datetime) -> Path | None:
    """Write a report that only the user can read.

    Args:
        state: The program's state folder; `reports` is made inside.
        error: What broke.
        now: The time of day, for the file's name.

    Returns:
        The report's path, or None when the disk says no: a crash must not crash.
    """
    folder = state / FOLDER
    for count in range(MOST_AT_ONCE):
        path = folder / f"{now:%Y-%m-%d-%H%M%S}-{os.getpid()}-{count}.txt"
        try:
            make_private_folder(folder)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
                file.write(describe_crash(error))
        except FileExistsError:
            continue
        except OSError:
            return None
        return path
    return None


def describe_crash(error: BaseException) -> str:
    """Return what broke: versions, types, places."""
    lines = [
        f"fortytwo {__version__}",
        f"Python {platform.python_version()} on {platform.system()}",
        f"TERM={os.environ.get('TERM', '')}",
    ]
    seen: set[int] = set()
    step: BaseException | None = error
    while step is not None and id(step) not in seen:
        seen.add(id(step))
        lines += ["", f"{type(step).__module__}.{type(step).__qualname__}"]
        lines += [
            f"  {frame.filename}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(step.__traceback__)
        ]
        step = step.__cause__ or step.__context__
    return "\n".join(lines) + "\n"
