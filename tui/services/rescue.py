"""The last resort: words that their own files refused, kept somewhere else."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime


def write_rescue(
    words: Sequence[tuple[str, str]], folders: Iterable[Path], now: datetime
) -> Path | None:
    """Write words into the first folder that takes them, for the user only to read.

    Args:
        words: What each text is, and the text.
        folders: Where to try first; the home and the folder for temporary files follow.
        now: For the file's name.

    Returns:
        The file, or None when no folder took it.
    """
    content = "\n\n".join(f"# {title}\n\n{text}" for title, text in words) + "\n"
    name = f"fortytwo-rescued-{now:%Y-%m-%d-%H%M%S}.md"
    for folder in (*folders, Path.home(), Path(tempfile.gettempdir())):
        path = folder / name
        with contextlib.suppress(OSError):
            _write(path, content.encode("utf-8", "replace"))
            return path
    return None


def _write(path: Path, content: bytes) -> None:
    """Write a file whose name is free; of one that fails nothing is left."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink()
        raise
