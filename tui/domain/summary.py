"""One row of the conversation list: what is known without reading the whole file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation file in the list.

    Attributes:
        file: The file's name (`2026-11-23-what-is-…-k3f9.toml`): its handle
            everywhere, because two copies of a file carry the same id.
        title: What to show; the file's name when it could not be read.
        updated: When the last message was written (aware, UTC): newest first.
        id: The id inside the file, or "" when it could not be read.
        model: The model of the conversation, or "".
        problem: Why the file could not be read, with line, or "".
        read_only: Why it is never written to (newer format, permissions), or "".
        conflict: True for a sync tool's conflict copy of another file.
        pinned: True when it stays at the top of the list.
    """

    file: str
    title: str
    updated: datetime
    id: str = ""
    model: str = ""
    problem: str = ""
    read_only: str = ""
    conflict: bool = False
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Trashed:
    """A conversation in the trash.

    Attributes:
        name: The file's name in the trash.
        summary: What it is.
        deleted: When it went there (aware, UTC).
    """

    name: str
    summary: Summary
    deleted: datetime
