"""Writes an exported conversation to where the user wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.errors import NotSavedError
from tui.storage import disk
from tui.storage.system_calls import SystemCalls
from tui.storage.toml_text import clean_text

if TYPE_CHECKING:
    from pathlib import Path


def write_export(path: Path, text: str) -> None:
    """Write a file in one step: an older one is replaced whole or stays as it was.

    Raises:
        NotSavedError: It can't be written.
    """
    if path.exists() and not path.is_file():
        # A device or a pipe, such as /dev/stdout, has no older version to protect.
        try:
            path.write_text(clean_text(text), encoding="utf-8")
        except OSError as error:
            reason = disk.why_not_saved(error)
            raise NotSavedError(f"{path} was not written: {reason}.") from error
        return
    calls = SystemCalls()
    disk.make_folder(calls, path.parent)
    disk.write_over(calls, path, clean_text(text).encode())
