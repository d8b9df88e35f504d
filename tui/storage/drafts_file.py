"""Unsent text on disk: one for each conversation, "" for one that isn't there yet."""

from __future__ import annotations

import contextlib
import secrets
from typing import TYPE_CHECKING, Any

from tui.domain.errors import MissingError, NotSavedError, UnreadableError
from tui.storage import disk
from tui.storage.locking import locked
from tui.storage.reading import decode_text, read_bytes
from tui.storage.system_calls import SystemCalls
from tui.storage.toml_pieces import parse_toml
from tui.storage.toml_text import clean_text, write_block, write_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def load_drafts(path: Path) -> dict[str, str]:
    """Return the drafts by conversation file; none when they can't be read."""
    try:
        return _read(path)
    except (MissingError, UnreadableError):
        return {}


def save_drafts(
    path: Path, drafts: Mapping[str, str], before: Mapping[str, str] | None = None
) -> None:
    """Write all drafts, durably and in one step.

    A file that can't be read is moved aside, never written over.

    Args:
        path: The file.
        drafts: By conversation file; empty ones are left out.
        before: What was loaded or saved last. With it, drafts that another copy of the
            program has added or changed since are kept.

    Raises:
        NotSavedError: They can't be written; the old ones are intact.
    """
    calls = SystemCalls()
    disk.make_folder(calls, path.parent)
    with locked(path.with_name(f".{path.name}.lock")):
        try:
            theirs = _read(path)
        except MissingError:
            theirs = {}
        except UnreadableError:
            theirs = {}
            _set_aside(calls, path)
        wanted = dict(drafts)
        if before is not None:
            for file, text in theirs.items():
                ours_unchanged = drafts.get(file, "") == before.get(file, "")
                if text != before.get(file, "") and ours_unchanged:
                    wanted[file] = text
        disk.write_over(calls, path, _write(wanted))


def _read(path: Path) -> dict[str, str]:
    values: Any = parse_toml(decode_text(read_bytes(path)[0])).get("drafts")
    if not isinstance(values, dict):
        return {}
    return {file: text for file, text in values.items() if isinstance(text, str)}


def _write(drafts: Mapping[str, str]) -> bytes:
    lines = ["# Text that was typed and not sent yet.\n\n[drafts]\n"]
    written: dict[str, str] = {clean_text(file): text for file, text in drafts.items()}
    lines += [
        f"{write_key(file)} = {write_block(text)}\n"
        for file, text in written.items()
        if text
    ]
    return "".join(lines).encode()


def _set_aside(calls: SystemCalls, path: Path) -> None:
    aside = path.with_name(f"{path.stem}.unreadable-{secrets.token_hex(4)}.toml")
    with contextlib.suppress(FileExistsError, NotSavedError):
        disk.move(calls, path, aside)
