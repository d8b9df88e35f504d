"""Reads conversation files for the index: rows by head and tail, or whole files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.errors import MissingError, UnreadableError
from tui.storage.decoding import decode
from tui.storage.index import IndexedMessage, ReadFile
from tui.storage.index_rows import Row
from tui.storage.reading import read_bytes
from tui.storage.summaries import read_summary
from tui.storage.watching import state_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def read_row(folder: Path, file: str) -> Row | None:
    """Return a file's row, or None when it is gone."""
    path = folder / file
    # Before the content: what is written in between shows as another state.
    state = state_of(path)
    summary = read_summary(path)
    return None if summary is None else Row(state, summary)


def read_file_rows(folder: Path, files: Iterable[str]) -> list[Row]:
    """Return the rows of those files that are there."""
    rows = (read_row(folder, file) for file in files)
    return [row for row in rows if row is not None]


def read_whole(folder: Path, file: str) -> ReadFile | None:
    """Return a file with all its messages, or None when it is gone.

    A file that can't be understood has no messages, and its row says why.
    """
    row = read_row(folder, file)
    if row is None:
        return None
    try:
        content, _ = read_bytes(folder / file)
        conversation = decode(content, file).conversation
    except MissingError:
        return None
    except UnreadableError as error:
        problem = row.summary.problem or error.sentence
        return ReadFile(Row(row.state, replace(row.summary, problem=problem)), ())
    fallback = row.summary.updated.timestamp()
    messages = [
        IndexedMessage(
            id=message.id,
            role=message.role.value,
            updated=message.created.timestamp() if message.created else fallback,
            body=message.content or message.reasoning,
        )
        for message in conversation.messages
        if message.content or message.reasoning
    ]
    return ReadFile(row, messages)
