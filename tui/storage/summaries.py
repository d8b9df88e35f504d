"""One row of the list out of a file's head and tail, without what is between."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tui.domain.errors import MissingError, UnreadableError
from tui.domain.summary import Summary
from tui.storage.decoding import default_title, made_up_id
from tui.storage.encoding import FORMAT
from tui.storage.file_names import is_conflict_name
from tui.storage.reading import decode_text, opened, read_span
from tui.storage.toml_fields import as_moment
from tui.storage.toml_parsing import parse_toml
from tui.storage.toml_pieces import TABLE_LINE, read_document
from tui.storage.toml_plain import read_plain_message

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = 4 * 1024
_TAIL = 8 * 1024
_LARGEST_TAIL = 256 * 1024


def read_summary(path: Path) -> Summary | None:
    """Return the row of a file, or None when it is gone.

    Nothing is ever raised for a file's content: a file that can't be read becomes a
    row with its reason.
    """
    name = path.name
    fallback = Summary(
        file=name,
        title=default_title(name),
        updated=moment_of(0),
        conflict=is_conflict_name(name),
    )
    try:
        with opened(path) as (fd, status):
            fallback = replace(fallback, updated=moment_of(status.st_mtime_ns))
            summary = _read(fd, status.st_size, fallback)
    except MissingError:
        return None
    except UnreadableError as error:
        return replace(fallback, updated=_changed(path), problem=error.sentence)
    except OSError as error:
        reason = f"It can't be read: {error.strerror or error}."
        return replace(fallback, updated=_changed(path), problem=reason)
    if not summary.read_only and not os.access(path, os.W_OK):
        return replace(summary, read_only="Its permissions allow no writing.")
    return summary


def _changed(path: Path) -> datetime:
    """Return when a file was changed, also when it can't be opened."""
    try:
        return moment_of(path.lstat().st_mtime_ns)
    except OSError:
        return moment_of(0)


def moment_of(nanoseconds: int) -> datetime:
    """Return a file's time as a moment in UTC; absurd times become 1970."""
    try:
        return datetime.fromtimestamp(nanoseconds / 1e9, UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.fromtimestamp(0, UTC)


def _read(fd: int, size: int, fallback: Summary) -> Summary:
    header, first = _read_header(fd, size)
    created = as_moment(header.get("created"))
    last = _read_last_created(fd, size, first)
    version = header.get("format", 1)
    newer = type(version) is not int or version > FORMAT
    title = header.get("title")
    identity = header.get("id")
    model = header.get("model")
    return replace(
        fallback,
        title=title if isinstance(title, str) and title else fallback.title,
        updated=last or created or fallback.updated,
        id=identity
        if isinstance(identity, str) and identity
        else made_up_id(fallback.file),
        model=model if isinstance(model, str) else "",
        read_only=f"A newer version of this program wrote it (format {version})."
        if newer
        else "",
        pinned=header.get("pinned") is True,
    )


def _read_header(fd: int, size: int) -> tuple[dict[str, Any], int]:
    """Return the top-level keys, and where the first message begins (or the end)."""
    if size == 0:
        raise UnreadableError("It is empty.")
    length = _HEAD
    while True:
        head = read_span(fd, 0, min(length, size))
        for match in TABLE_LINE.finditer(head):
            text = decode_text(head[: match.start()])
            try:
                return parse_toml(text), match.start()
            except UnreadableError:
                continue
        if length >= size:
            # No table of messages: it must be read as a whole to be understood.
            return read_document(head).header, size
        length *= 8


def _read_last_created(fd: int, size: int, first: int) -> datetime | None:
    """Return when the last message was written, if its piece says so.

    The file's last piece must be valid TOML: that is how a torn file shows.
    """
    length = _TAIL
    problem: UnreadableError | None = None
    while first < size:
        start = max(first, size - length)
        tail = read_span(fd, start, size)
        cuts = [match.start() for match in TABLE_LINE.finditer(tail)]
        if start > first and cuts and cuts[0] == 0:
            del cuts[0]
        for cut in reversed(cuts[-4:]):
            try:
                text = decode_text(tail[cut:])
                plain = read_plain_message(text)
                table = parse_toml(text)["messages"][-1] if plain is None else plain
            except UnreadableError as error:
                problem = error
                continue
            return as_moment(table.get("created"))
        if start == first or length >= _LARGEST_TAIL:
            if problem is not None and start == first:
                # Say the line as it is in the file, not in the piece.
                read_document(read_span(fd, 0, size))
            if problem is not None:
                raise problem
            return None
        length *= 8
    return None
