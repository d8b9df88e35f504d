"""Keeps an answer on disk while it streams, and brings it back after a crash.

Each running answer has a file of its own in the journal folder, held under a lock by
the process that writes it. Its first record says which message it is; each further
record holds the text that has come since. A torn last record is dropped.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tui.domain.conversation import Conversation
from tui.domain.errors import ConflictError, MissingError, StorageError
from tui.domain.message import Message, Status
from tui.storage import disk
from tui.storage.decoding import decode_messages
from tui.storage.encoding import encode_messages
from tui.storage.locking import try_lock
from tui.storage.private_folder import sync_folder
from tui.storage.reading import LARGEST, read_span
from tui.storage.records import pack_record, unpack_records
from tui.storage.system_calls import SystemCalls
from tui.storage.toml_text import clean_text

if TYPE_CHECKING:
    from pathlib import Path

    from tui.storage.library import Library

SUFFIX = ".journal"
BROKEN_OFF = "The program ended before the answer did."


class Journal:
    """One running answer on disk."""

    @classmethod
    def begin(
        cls, root: Path, file: str, head: Message, calls: SystemCalls | None = None
    ) -> Journal:
        """Open a journal; the head is durable when this returns.

        Args:
            root: The data folder.
            file: The conversation's file name.
            head: The answer as far as it is known: id, parent, model, when it began.
                Text in it counts as received already.
            calls: The system calls.

        Raises:
            NotSavedError: It can't be written.
        """
        calls = calls or SystemCalls()
        folder = root / "journal"
        disk.make_folder(calls, folder)
        path = folder / f"{secrets.token_hex(8)}{SUFFIX}"
        note = json.dumps({"file": file, "parent": head.parent}).encode()
        piece = encode_messages([head], head.parent)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
        with disk.saving(path):
            journal = cls(calls, path, calls.open(path, flags))
            try:
                journal._write(pack_record(note) + pack_record(piece))
                sync_folder(calls, folder)
            except BaseException:
                journal.close(remove=True)
                raise
        return journal

    def __init__(self, calls: SystemCalls, path: Path, fd: int) -> None:
        self.path = path
        self._calls = calls
        self._fd: int | None = fd
        self._size = 0
        self._pending: list[tuple[str, str]] = []
        try_lock(fd)

    def add(self, content_delta: str = "", reasoning_delta: str = "") -> None:
        """Take text that has arrived. It is on disk after the next `flush`."""
        if content_delta or reasoning_delta:
            self._pending.append((content_delta, reasoning_delta))

    def flush(self) -> None:
        """Write what has been added, durably.

        Raises:
            NotSavedError: It can't be written; it is kept for the next call.
        """
        if not self._pending or self._fd is None:
            return
        content = "".join(content for content, _ in self._pending)
        reasoning = "".join(reasoning for _, reasoning in self._pending)
        # ASCII: half a surrogate pair survives until its other half has come.
        record = json.dumps({"c": content, "r": reasoning}).encode("ascii")
        with disk.saving(self.path):
            self._write(pack_record(record))
        self._pending.clear()

    def close(self, *, remove: bool = True) -> None:
        """End the journal.

        Args:
            remove: True when the answer is in its file; False leaves the journal to
                the next start.
        """
        fd, self._fd = self._fd, None
        if fd is None:
            return
        if remove:
            with contextlib.suppress(OSError):
                self._calls.unlink(self.path)
        with contextlib.suppress(OSError):
            self._calls.close(fd)

    def _write(self, record: bytes) -> None:
        fd = self._fd
        if fd is None:
            return
        try:
            disk.write_all(self._calls, fd, record)
            self._calls.fsync(fd)
        except OSError:
            with contextlib.suppress(OSError):
                self._calls.truncate(fd, self._size)
            raise
        self._size += len(record)


@dataclass(frozen=True, slots=True)
class Recovered:
    """An answer that a crash broke off, and where it is now.

    Attributes:
        file: The conversation's file name.
        message: The answer, with all text that had reached the disk.
        problem: Why it could not be put into its conversation yet, or "".
    """

    file: str
    message: Message
    problem: str = ""


def recover(library: Library) -> list[Recovered]:
    """Bring back what a crash left behind; run once at the start, before the list.

    First half-written messages are completed, then each answer of a process that is
    gone is put into its conversation, marked incomplete. Doing it twice adds nothing.

    Args:
        library: The library whose journals are read.
    """
    with contextlib.suppress(StorageError):
        library.repair()
    recovered: list[Recovered] = []
    for path in sorted(library.journal.glob(f"*{SUFFIX}")):
        with contextlib.suppress(OSError):
            fd = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                # Somebody who holds the lock is still writing it.
                if try_lock(fd):
                    found = _recover_one(library, path, read_span(fd, 0, LARGEST))
                    if found is not None:
                        recovered.append(found)
            finally:
                os.close(fd)
    return recovered


def read_journal(content: bytes) -> tuple[str, Message] | None:
    """Return the file name and the answer of a journal, or None if it has no head."""
    records = unpack_records(content)
    if len(records) < 2:
        return None
    try:
        note = json.loads(records[0])
        (head,) = decode_messages(records[1], note["parent"])
        deltas = [json.loads(record) for record in records[2:]]
        text = head.content + "".join(delta["c"] for delta in deltas)
        reasoning = head.reasoning + "".join(delta["r"] for delta in deltas)
        file = str(note["file"])
    except (ValueError, KeyError, TypeError, StorageError):
        return None
    message = replace(
        head,
        content=clean_text(text),
        reasoning=clean_text(reasoning),
        status=Status.INCOMPLETE,
        error=head.error or BROKEN_OFF,
    )
    return file, message


def _recover_one(library: Library, path: Path, content: bytes) -> Recovered | None:
    read = read_journal(content)
    if read is None and len(unpack_records(content)) > 2:
        # There is text in it, of which another version may make something.
        return None
    if read is None or not (read[1].content or read[1].reasoning):
        # Nothing had arrived: the prompt is in its file and can be sent again.
        path.unlink()
        return None
    file, message = read
    try:
        found = _put_back(library, file, message)
    except StorageError as error:
        return Recovered(file, message, error.sentence)
    path.unlink()
    return found


def _put_back(library: Library, file: str, message: Message) -> Recovered | None:
    try:
        loaded = library.load(file)
    except MissingError:
        # Deleted meanwhile: what has arrived still gets a file.
        title = f"Recovered answer ({file})"
        alone = replace(message, parent=None)
        created = library.create(
            Conversation(
                id=secrets.token_hex(8),
                title=title,
                created=message.created,
                messages=(alone,),
            )
        )
        return Recovered(created.file, alone)
    there = loaded.conversation.find(message.id)
    try:
        if there is None:
            library.append(loaded, [message])
        elif there.status is Status.INCOMPLETE and (
            len(there.content) < len(message.content)
        ):
            whole = loaded.conversation.with_replaced(
                replace(message, parent=there.parent)
            )
            library.replace(loaded, whole)
        else:
            return None
    except ConflictError as error:
        return Recovered(error.kept, message, error.sentence)
    return Recovered(file, message)
