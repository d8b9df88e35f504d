"""Reads journals of answers: of one that grows, and what a crash left of others."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tui.domain.errors import StorageError
from tui.storage.decoding import decode_messages
from tui.storage.journal import BROKEN_OFF, SUFFIX, read_journal
from tui.storage.locking import try_lock
from tui.storage.reading import LARGEST, read_span
from tui.storage.records import RECORD_HEAD_SIZE, unpack_records
from tui.storage.toml_text import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from tui.domain.message import Message


@dataclass
class JournalTail:
    """One growing journal, read record by record.

    Attributes:
        path: The journal.
        file: The conversation's file name.
        head: The answer as it was when it began.
        fd: The open file.
    """

    path: Path
    file: str
    head: Message
    fd: int
    _at: int
    _held: str = field(default="", init=False)

    def __enter__(self) -> JournalTail:
        """Keep it open."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        os.close(self.fd)

    def read(self) -> str:
        """Return the text that has come since the last call."""
        content = read_span(self.fd, self._at, LARGEST)
        pieces: list[str] = []
        for record in unpack_records(content):
            self._at += RECORD_HEAD_SIZE + len(record)
            pieces.append(_text_of(record))
        text = self._held + "".join(pieces)
        # Half a surrogate pair waits for its other half.
        self._held = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
        return clean_text(text[: len(text) - len(self._held)])

    def broken_off(self) -> Message:
        """Return the answer of a process that is gone, as the next start will."""
        read = read_journal(read_span(self.fd, 0, LARGEST))
        if read is None:
            return replace(self.head, content="", error=BROKEN_OFF)
        return read[1]

    def alive(self) -> bool:
        """Return whether somebody still writes it."""
        try:
            if os.fstat(self.fd).st_nlink == 0:
                return False
            fd = os.open(self.path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            return not try_lock(fd)
        finally:
            os.close(fd)


def find_journal(folder: Path, file: str) -> JournalTail | None:
    """Return the journal of a conversation's running answer, or None.

    Args:
        folder: The folder of the journals.
        file: The conversation's file name.
    """
    for tail in _journals(folder):
        if tail.file == file and tail.alive():
            return tail
        os.close(tail.fd)
    return None


def find_dead_journal(folder: Path, file: str, parent: str) -> JournalTail | None:
    """Return what a process that is gone left of the answer to a prompt, or None.

    Args:
        folder: The folder of the journals.
        file: The conversation's file name.
        parent: The prompt's id.
    """
    for tail in _journals(folder):
        if tail.file == file and tail.head.parent == parent and not tail.alive():
            return tail
        os.close(tail.fd)
    return None


def broken_off_answers(folder: Path) -> dict[str, list[Message]]:
    """Return the answers that the next start will put into their conversations.

    Args:
        folder: The folder of the journals.

    Returns:
        The answers that hold any text, by the conversation's file name.
    """
    found: dict[str, list[Message]] = {}
    for tail in _journals(folder):
        with tail:
            answer = tail.broken_off()
            if (answer.content or answer.reasoning) and not tail.alive():
                found.setdefault(tail.file, []).append(answer)
    return found


def _journals(folder: Path) -> Iterator[JournalTail]:
    """Yield all journals there are, open: whoever takes one closes it."""
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            continue
        tail = _open(path, fd)
        if tail is None:
            os.close(fd)
        else:
            yield tail


def _open(path: Path, fd: int) -> JournalTail | None:
    records = unpack_records(read_span(fd, 0, LARGEST))
    if len(records) < 2:
        return None
    try:
        note = json.loads(records[0])
        (head,) = decode_messages(records[1], note["parent"])
        file = str(note["file"])
    except (ValueError, KeyError, TypeError, StorageError):
        return None
    at = sum(RECORD_HEAD_SIZE + len(record) for record in records[:2])
    return JournalTail(path, file, head, fd, at)


def _text_of(record: bytes) -> str:
    try:
        return str(json.loads(record)["c"])
    except (ValueError, KeyError, TypeError):
        return ""
