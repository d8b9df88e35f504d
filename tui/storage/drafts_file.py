"""Unsent text on disk: one for each conversation, "" for one that isn't there yet.

Two copies of the program may hold different texts for the same conversation. The file
keeps both, the second one aside, until the copy that wrote it takes it back.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from tui.domain.errors import MissingError, UnreadableError
from tui.storage import disk
from tui.storage.locking import locked
from tui.storage.reading import decode_text, read_content
from tui.storage.system_calls import SystemCalls
from tui.storage.toml_parsing import parse_toml
from tui.storage.toml_text import clean_text, write_block, write_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_ASIDE = "elsewhere"
"""The table of second texts for a conversation."""


def load_drafts(path: Path) -> dict[str, str]:
    """Return the drafts by conversation file; none when they can't be read."""
    try:
        return read_drafts(path)
    except (MissingError, UnreadableError):
        return {}


def read_drafts(path: Path) -> dict[str, str]:
    """Return the drafts by conversation file.

    Raises:
        MissingError: There is no such file.
        UnreadableError: It can't be read.
    """
    return {file: _joined(texts) for file, texts in _read(path).items()}


def save_drafts(
    path: Path, drafts: Mapping[str, str], before: Mapping[str, str] | None = None
) -> None:
    """Write all drafts, durably and in one step.

    A file that can't be read is moved aside, never written over.

    Args:
        path: The file.
        drafts: By conversation file; empty ones are left out.
        before: What was loaded or saved last. With it, texts that another copy of the
            program has added or changed since are kept, beside ours if need be.

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
        wanted = {file: [text] for file, text in drafts.items()}
        if before is not None:
            for file, texts in theirs.items():
                ours, was = drafts.get(file, ""), before.get(file, "")
                if _joined(texts) == was:
                    continue
                if ours == was:
                    wanted[file] = texts
                else:
                    wanted[file] = [ours, *(one for one in texts if one != was)]
        disk.write_over(calls, path, _write(wanted))


def _joined(texts: Sequence[str]) -> str:
    return "\n\n".join(texts)


def _read(path: Path) -> dict[str, list[str]]:
    """Return the texts by conversation file, the newest first."""
    document: Any = parse_toml(decode_text(read_content(path)))
    read: dict[str, list[str]] = {}
    for file, text in _table(document, "drafts").items():
        if isinstance(text, str):
            read[file] = [text]
    for file, texts in _table(document, _ASIDE).items():
        if isinstance(texts, list):
            kept = [text for text in texts if isinstance(text, str)]
            read[file] = [*read.get(file, ()), *kept]
    return read


def _table(document: Any, name: str) -> dict[str, Any]:
    table = document.get(name)
    return table if isinstance(table, dict) else {}


def _write(drafts: Mapping[str, Sequence[str]]) -> bytes:
    lines = ["# Text that was typed and not sent yet.\n\n[drafts]\n"]
    aside: list[str] = []
    for file, texts in drafts.items():
        key = write_key(clean_text(file))
        first, *others = list(dict.fromkeys(text for text in texts if text)) or [""]
        if first:
            lines.append(f"{key} = {write_block(first)}\n")
        if others:
            blocks = ", ".join(write_block(text) for text in others)
            aside.append(f"{key} = [{blocks}]\n")
    if aside:
        lines += [f"\n# Typed in another copy of the program.\n[{_ASIDE}]\n", *aside]
    return "".join(lines).encode()


def _set_aside(calls: SystemCalls, path: Path) -> None:
    aside = path.with_name(f"{path.stem}.unreadable-{secrets.token_hex(4)}.toml")
    disk.move(calls, path, aside)
