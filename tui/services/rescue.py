"""The last resort: words that their own files refused, kept somewhere else."""

from __future__ import annotations

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
        try:
            path = folder / name
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
                file.write(content.encode("utf-8", "replace"))
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            continue
        return path
    return None
