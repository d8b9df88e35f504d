"""The library: one folder of conversations, each a TOML file that is the user's.

All methods are synchronous and belong on one thread. Others may write the same files
at any time; every write compares first, merges where that loses nothing, and else
keeps both versions.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tui.domain.errors import (
    ConflictError,
    MissingError,
    NotSavedError,
    ReadOnlyError,
    StorageError,
    UnreadableError,
)
from tui.domain.summary import Summary
from tui.storage import disk
from tui.storage.append_log import AppendLog, repair_appends
from tui.storage.codec import decode_messages, default_title, encode, encode_messages
from tui.storage.disk import ChangedOnDisk
from tui.storage.file_names import (
    conflict_name,
    conversation_name,
    is_conflict_name,
    is_conversation_name,
)
from tui.storage.fresh_messages import FreshMessages
from tui.storage.loaded_file import LoadedFile, understand
from tui.storage.locking import locked
from tui.storage.merging import below_survivors, close_gaps, merge
from tui.storage.reading import read_bytes
from tui.storage.rewriting import rewrite
from tui.storage.stamp import identify
from tui.storage.summaries import moment_of, read_summary
from tui.storage.system_calls import SystemCalls
from tui.storage.toml_pieces import TABLE_LINE
from tui.storage.trash import Trash, Trashed
from tui.storage.watching import Changes, Snapshot, find_changes, take_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import timedelta
    from pathlib import Path

    from tui.domain.conversation import Conversation
    from tui.domain.message import Message
    from tui.storage.stamp import Identity, Stamp

__all__ = ["Library", "LoadedFile"]

IN_PLACE_FROM = 256 * 1024
"""Bytes. A smaller file is replaced even when a message is only added: that costs no
more syncs than writing in place, and a reader can't meet a half-written message. (Linux
shows a write that crosses a memory page in parts; measured with two processes.)"""

_ATTEMPTS = 20
_BUSY = 3
"""After so many tries in vain a small file is appended to in place as well: between
comparing and writing there lies no sync then, and next to no time."""

_GLANCE = 0.005
"""Seconds between two looks at a file that can't be understood."""

_SETTLING = (0.02, 0.05, 0.1, 0.2, 0.3)
"""Pauses, in seconds, while an editor may still be writing the file."""


class Library:
    """The conversations of one data folder.

    Attributes:
        root: The data folder.
        conversations: Where the files are.
        journal: Where running answers are kept until they are in their files.
    """

    def __init__(
        self,
        root: Path,
        calls: SystemCalls | None = None,
        in_place_from: int = IN_PLACE_FROM,
    ) -> None:
        """Look at a data folder; nothing is created before the first write.

        Args:
            root: The data folder.
            calls: The system calls.
            in_place_from: From which size on, in bytes, messages are added in place.
        """
        self.root = root
        self._in_place_from = in_place_from
        self.conversations = root / "conversations"
        self.journal = root / "journal"
        self._calls = calls or SystemCalls()
        self._trash = Trash(self._calls, self.conversations, root / "trash")
        self._log = AppendLog(self._calls, self.journal)
        self._fresh = FreshMessages()
        self._rows: dict[str, tuple[tuple[int, int, int], Summary]] = {}
        self._unsynced: set[str] = set()

    def scan(self) -> list[Summary]:
        """Return a row for every file, newest first; only heads and tails are read.

        Files whose times and sizes stand still are not read a second time.

        Raises:
            UnreadableError: The folder can't be listed.
        """
        rows: dict[str, tuple[tuple[int, int, int], Summary]] = {}
        try:
            with os.scandir(self.conversations) as entries:
                names = [one.name for one in entries if is_conversation_name(one.name)]
        except FileNotFoundError:
            return []
        except OSError as error:
            reason = error.strerror or str(error)
            raise UnreadableError(f"{self.conversations}: {reason}.") from error
        for name in names:
            row = self._row(name)
            if row is not None:
                rows[name] = row
        self._rows = rows
        found = (summary for _, summary in rows.values())
        return sorted(found, key=lambda one: (one.updated, one.file), reverse=True)

    def summary(self, file: str) -> Summary | None:
        """Return one file's row, or None when it is gone."""
        row = self._row(file)
        if row is None:
            self._rows.pop(file, None)
            return None
        self._rows[file] = row
        return row[1]

    def load(self, file: str) -> LoadedFile:
        """Read a conversation.

        Raises:
            MissingError: There is no such file.
            UnreadableError: It can't be read; the sentence names the line.
        """
        loaded = self._load(file)
        lost = self._fresh.overwritten(file, loaded.conversation, loaded.stamp)
        if lost and not loaded.read_only:
            # Somebody saved an older copy over messages we had just appended.
            with contextlib.suppress(StorageError):
                return self.append(loaded, ())
        return loaded

    def read_text(self, file: str) -> str:
        """Return a file as it is, to show one that can't be understood.

        Raises:
            MissingError: There is no such file.
            UnreadableError: It can't be read.
        """
        content, _ = read_bytes(self._path(file))
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return content.decode("utf-16", "replace")
        return content.decode("utf-8-sig", "replace")

    def create(self, conversation: Conversation) -> LoadedFile:
        """Make a file for a new conversation; it is durable when this returns.

        Raises:
            NotSavedError: It can't be written.
        """
        created = conversation.created or datetime.now(UTC)
        return self._create(
            lambda: conversation_name(conversation.title, created), conversation
        )

    def append(self, loaded: LoadedFile, messages: Sequence[Message]) -> LoadedFile:
        """Add messages to the end of a file, in a time its length doesn't change.

        Messages that the file has already are left out, so a failed call may simply
        be repeated.

        Returns:
            The file as it is now, with what others wrote in the meantime.

        Raises:
            ReadOnlyError: It must not be written to.
            NotSavedError: It can't be written; the old content is intact.
            ConflictError: Others left a file that can't be added to; the whole
                conversation is in a second file.
        """
        self._refuse_read_only(loaded)
        current = loaded
        with self._locked():
            for attempt in range(_ATTEMPTS):
                lost = self._fresh.overwritten(
                    loaded.file, current.conversation, current.stamp
                )
                new = _missing_in(current.conversation, [*lost, *messages])
                if not new:
                    return current
                ours = loaded.conversation
                new = below_survivors(new, ours, current.conversation)
                try:
                    return self._append(current, new, in_place=attempt >= _BUSY)
                except ChangedOnDisk:
                    whole = replace(ours, messages=(*ours.messages, *new))
                    current = self._load_theirs(loaded.file, whole)
            raise NotSavedError(f"{loaded.file} was not saved: it keeps changing.")

    def replace(self, loaded: LoadedFile, conversation: Conversation) -> LoadedFile:
        """Write any other change: title, system prompt, active message, edits.

        Whatever did not change keeps its bytes, comments and unknown keys included.

        Returns:
            The file as it is now, with what others wrote in the meantime.

        Raises:
            ReadOnlyError: It must not be written to.
            NotSavedError: It can't be written; the old file is intact.
            ConflictError: Others changed the same thing; ours is in a second file.
        """
        self._refuse_read_only(loaded)
        path = self._path(loaded.file)
        current = loaded
        conversation = close_gaps(conversation, loaded.conversation)
        wanted = conversation
        with self._locked():
            for _ in range(_ATTEMPTS):
                try:
                    content, _stamp = read_bytes(path)
                    if current.stamp.matches(content):
                        return self._write(current, content, wanted)
                except (MissingError, UnreadableError, ChangedOnDisk):
                    pass
                current = self._load_theirs(loaded.file, conversation)
                merged = merge(loaded.conversation, conversation, current.conversation)
                if merged is None:
                    raise self._kept_aside(loaded.file, conversation)
                wanted = close_gaps(merged, loaded.conversation)
            raise NotSavedError(f"{loaded.file} was not saved: it keeps changing.")

    def trash(self, file: str) -> str:
        """Move a conversation to the trash and return its name there.

        Raises:
            MissingError: It is gone.
            NotSavedError: It can't be moved; it is where it was.
        """
        self._path(file)
        with self._locked():
            name = self._trash.put(file)
        self._fresh.forget(file)
        return name

    def restore(self, trashed: str) -> str:
        """Move a conversation out of the trash and return its file name.

        Raises:
            MissingError: It is not in the trash.
            NotSavedError: It can't be moved; it is where it was.
        """
        self._path(trashed)
        with self._locked():
            return self._trash.restore(trashed)

    def trashed(self) -> list[Trashed]:
        """Return what is in the trash, last deleted first."""
        return self._trash.entries()

    def empty_trash(self, older_than: timedelta, now: datetime) -> list[str]:
        """Remove for good what has been in the trash for long, and name it."""
        return self._trash.empty(older_than, now)

    def snapshot(self) -> Snapshot:
        """Return the state of every file, to ask for changes later."""
        return take_snapshot(self.conversations)

    def changed(self, known: Snapshot, watched: Iterable[str] | None = None) -> Changes:
        """Return what happened since a snapshot, ours and others' doing alike.

        Args:
            known: The last snapshot.
            watched: With names given, only these files are looked at as long as no
                name came or went.
        """
        return find_changes(self.conversations, known, watched)

    def repair(self) -> list[str]:
        """Complete what a crash cut in half and clear up after it; run at the start.

        Returns:
            The names of the files that were repaired.
        """
        if not self.root.is_dir():
            return []
        with self._locked():
            disk.remove_stale_temps(self._calls, self.conversations)
            return repair_appends(self._calls, self.journal, self.conversations)

    def close(self) -> None:
        """Let go of what is held open."""
        self._log.close()

    def _row(self, file: str) -> tuple[tuple[int, int, int], Summary] | None:
        path = self.conversations / file
        try:
            status = path.stat()
            state = (status.st_mtime_ns, status.st_size, status.st_ino)
        except OSError:
            state = (0, 0, 0)
        known = self._rows.get(file)
        if known is not None and known[0] == state and state[2]:
            return known
        summary = read_summary(path)
        return None if summary is None else (state, summary)

    def _load(self, file: str) -> LoadedFile:
        path = self._path(file)
        for pause in (*_SETTLING, None):
            before = identify(path)
            try:
                content, stamp = read_bytes(path)
                return understand(file, content, stamp, _why_read_only(path))
            except UnreadableError as error:
                if pause is not None and _is_being_written(path, before):
                    time.sleep(pause)
                    continue
                self._remember_unreadable(path, error.sentence)
                raise UnreadableError(f"{file}: {error.sentence}") from error
        raise UnreadableError(f"{file}: It keeps changing.")

    def _remember_unreadable(self, path: Path, problem: str) -> None:
        with contextlib.suppress(OSError):
            status = path.stat()
            state = (status.st_mtime_ns, status.st_size, status.st_ino)
            row = Summary(
                file=path.name,
                title=default_title(path.name),
                updated=moment_of(status.st_mtime_ns),
                problem=problem,
                conflict=is_conflict_name(path.name),
            )
            self._rows[path.name] = (state, row)

    def _load_theirs(self, file: str, ours: Conversation) -> LoadedFile:
        """Read what somebody else wrote; keep ours aside when that is impossible."""
        for pause in (*_SETTLING, None):
            try:
                theirs = self._load(file)
            except (UnreadableError, MissingError):
                if pause is None:
                    break
                time.sleep(pause)
            else:
                if theirs.read_only:
                    break
                return theirs
        raise self._kept_aside(file, ours)

    def _kept_aside(self, file: str, ours: Conversation) -> ConflictError:
        kept = self._create(lambda: conflict_name(file, datetime.now(UTC)), ours)
        return ConflictError(
            f"{file} was changed by another program; your version is in {kept.file}.",
            kept.file,
        )

    def _create(
        self, make_name: Callable[[], str], conversation: Conversation
    ) -> LoadedFile:
        disk.make_folder(self._calls, self.conversations)
        content = encode(conversation)
        while True:
            file = make_name()
            with contextlib.suppress(FileExistsError):
                stamp = disk.write_new(self._calls, self._path(file), content)
                return understand(file, content, stamp)

    def _append(
        self, current: LoadedFile, new: Sequence[Message], *, in_place: bool
    ) -> LoadedFile:
        file = current.file
        path = self._path(file)
        piece = encode_messages(new, current.last_id)
        messages = decode_messages(piece, current.last_id)
        conversation = replace(
            current.conversation,
            messages=(*current.conversation.messages, *messages),
        )
        if not current.appendable or file in self._unsynced:
            content = _read_version(path, current.stamp)
            return self._write(current, content, conversation)
        if current.ragged and current.stamp.size:
            piece = b"\n" + piece
        small = current.stamp.size < self._in_place_from and not in_place
        if small and _may_be_replaced(path):
            content = _read_version(path, current.stamp)
            stamp = disk.write_over(self._calls, path, content + piece, current.stamp)
        else:
            stamp = self._append_in_place(path, piece, current.stamp)
        self._fresh.add(file, messages)
        starts = current.starts
        if starts is not None:
            starts = (*starts, *_starts(piece, current.stamp.size))
        return replace(
            current,
            conversation=conversation,
            stamp=stamp,
            starts=starts,
            ragged=False,
        )

    def _append_in_place(self, path: Path, piece: bytes, expected: Stamp) -> Stamp:
        self._log.begin(path.name, expected.size, piece)
        try:
            return disk.append(self._calls, path, piece, expected)
        except NotSavedError as error:
            # After a failed sync the pages can't be trusted: write anew.
            cause = error.__cause__
            if isinstance(cause, OSError) and cause.errno == errno.EIO:
                self._unsynced.add(path.name)
            raise
        finally:
            self._log.done()

    def _write(
        self, current: LoadedFile, content: bytes, conversation: Conversation
    ) -> LoadedFile:
        path = self._path(current.file)
        written = rewrite(content, current.decoded, conversation, current.file)
        if written == content and current.file not in self._unsynced:
            return current
        stamp = disk.write_over(self._calls, path, written, current.stamp)
        self._unsynced.discard(current.file)
        self._fresh.forget(current.file, keep=conversation)
        return understand(current.file, written, stamp)

    def _path(self, file: str) -> Path:
        if not file or "/" in file or "\0" in file or file in (".", ".."):
            raise MissingError("There is no such file.")
        return self.conversations / file

    def _locked(self) -> contextlib.AbstractContextManager[None]:
        return locked(self.root / ".lock")

    def _refuse_read_only(self, loaded: LoadedFile) -> None:
        if loaded.read_only:
            raise ReadOnlyError(f"{loaded.file} is not written to: {loaded.read_only}")


def _read_version(path: Path, expected: Stamp) -> bytes:
    """Return a file's content, which must be the expected version."""
    try:
        content, _ = read_bytes(path)
    except (MissingError, UnreadableError) as error:
        raise ChangedOnDisk from error
    if not expected.matches(content):
        raise ChangedOnDisk
    return content


def _may_be_replaced(path: Path) -> bool:
    """Return whether a new file may take this one's place unnoticed.

    A second name of the same file, or another owner, would be lost by that.
    """
    try:
        status = path.stat()
    except OSError:
        return False
    folder = path.resolve().parent
    alone = status.st_nlink == 1 and status.st_uid == os.geteuid()
    return alone and os.access(folder, os.W_OK)


def _is_being_written(path: Path, before: Identity | None) -> bool:
    """Return whether a file changed since a moment ago, or does so right now."""
    time.sleep(_GLANCE)
    return identify(path) != before


def _missing_in(
    conversation: Conversation, messages: Iterable[Message]
) -> list[Message]:
    there = {message.id for message in conversation.messages}
    missing: dict[str, Message] = {}
    for message in messages:
        if message.id not in there:
            missing.setdefault(message.id, message)
    return list(missing.values())


def _starts(piece: bytes, size: int) -> list[int]:
    return [size + match.start() for match in TABLE_LINE.finditer(piece)]


def _why_read_only(path: Path) -> str:
    return "" if os.access(path, os.W_OK) else "Its permissions allow no writing."
