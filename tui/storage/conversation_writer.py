"""Writes conversations among other writers: compare, merge, or keep both versions."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tui.domain.errors import (
    ConflictError,
    MissingError,
    NotSavedError,
    UnreadableError,
)
from tui.storage import disk
from tui.storage.decoding import decode_messages, is_made_up
from tui.storage.disk import ChangedOnDisk
from tui.storage.encoding import encode, encode_messages
from tui.storage.file_names import conflict_name
from tui.storage.fresh_messages import FreshMessages, Overwritten
from tui.storage.known_ids import KnownIds
from tui.storage.loaded_file import LoadedFile, short, understand
from tui.storage.merging import below_survivors, close_gaps, merge
from tui.storage.reading import read_content, read_stamp
from tui.storage.rewriting import put_back, rewrite
from tui.storage.room import check_openable
from tui.storage.stamp import Stamp, identify
from tui.storage.toml_pieces import TABLE_LINE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tui.domain.conversation import Conversation
    from tui.domain.message import Message
    from tui.storage.append_log import AppendLog
    from tui.storage.conversation_end import LoadedEnd
    from tui.storage.library_folder import LibraryFolder
    from tui.storage.system_calls import SystemCalls

IN_PLACE_FROM = 256 * 1024
"""Bytes. A smaller file is replaced even when a message is only added: that costs no
more syncs than writing in place, and a reader can't meet a half-written message. (Linux
shows a write that crosses a memory page in parts; measured with two processes.)"""

_ATTEMPTS = 20
_BUSY = 3
"""After so many tries in vain a small file is appended to in place as well: between
comparing and writing there lies no sync then, and next to no time."""

_SETTLING = (0.02, 0.05, 0.1, 0.2, 0.3)
"""Pauses, in seconds, while an editor may still be writing the file."""


class ConversationWriter:
    """Writes the files of one folder. The caller holds the lock."""

    def __init__(
        self,
        calls: SystemCalls,
        folder: Path,
        home: LibraryFolder,
        log: AppendLog,
        load: Callable[[str], LoadedFile],
        in_place_from: int,
        told: Callable[[Overwritten], object],
    ) -> None:
        """Take what is needed to write.

        Args:
            calls: The system calls.
            folder: Where the files are.
            home: Knows whether that is the folder it was.
            log: Protects what is appended in place.
            load: Reads a file as it is now.
            in_place_from: From which size on, in bytes, messages are added in place.
            told: Called when messages were put back that another program's older copy
                of the file lacked, or when it took them out on purpose.
        """
        self.in_place_from = in_place_from
        self._calls = calls
        self._folder = folder
        self._home = home
        self._log = log
        self._load = load
        self._told = told
        self._fresh = FreshMessages()
        self._known = KnownIds()
        self._unsynced: set[str] = set()

    def create(
        self, make_name: Callable[[], str], conversation: Conversation
    ) -> LoadedFile:
        """Write a new file under the first name that is free."""
        return self._create(make_name, encode(conversation))

    def _create(self, make_name: Callable[[], str], content: bytes) -> LoadedFile:
        self._home.make(self._calls)
        check_openable(len(content))
        while True:
            file = make_name()
            with contextlib.suppress(FileExistsError):
                stamp = disk.write_new(self._calls, self._folder / file, content)
                return understand(file, content, stamp)

    def has_lost(self, loaded: LoadedFile) -> bool:
        """Return whether an older copy was saved over what we had just appended.

        What somebody took out on purpose is told, and not asked about again.
        """
        file, theirs = loaded.file, loaded.conversation
        lost = self._fresh.overwritten(file, theirs, loaded.stamp)
        if not lost:
            return False
        if not self._fresh.were_taken_out(loaded, lost) or not self._rests(loaded):
            return True
        self._fresh.forget(file, keep=theirs)
        self._tell(theirs, file, lost, put_back=False)
        return False

    def has_lost_at(self, end: LoadedEnd) -> bool:
        """Return whether messages are lacking, by the end of a file alone."""
        stamp = Stamp(end.identity, hashlib.sha256())
        return bool(self._fresh.overwritten(end.file, end.conversation, stamp))

    def forget(self, file: str) -> None:
        """Forget what was appended to a file that we removed."""
        self._fresh.forget(file)

    def append(self, loaded: LoadedFile, messages: Sequence[Message]) -> LoadedFile:
        """Add the messages that the file does not have yet."""
        current = loaded
        for attempt in range(_ATTEMPTS):
            lost = self._fresh.overwritten(
                loaded.file, current.conversation, current.stamp
            )
            there = current.conversation.messages
            new = self._known.missing(loaded.file, there, [*lost, *messages])
            if not new:
                return current
            ours = loaded.conversation
            new = below_survivors(new, ours, current.conversation)
            try:
                appended = self._append(current, new, in_place=attempt >= _BUSY)
            except ChangedOnDisk:
                whole = replace(ours, messages=(*ours.messages, *new))
                current = self._load_theirs(loaded, whole)
            else:
                if lost:
                    self._tell(ours, loaded.file, lost, put_back=True)
                return appended
        raise _keeps_changing(loaded.file)

    def _rests(self, loaded: LoadedFile) -> bool:
        """Return whether nobody is in the middle of writing a file."""
        time.sleep(_SETTLING[0])
        return identify(self._folder / loaded.file) == loaded.stamp.identity

    def _tell(
        self,
        conversation: Conversation,
        file: str,
        lost: Sequence[Message],
        *,
        put_back: bool,
    ) -> None:
        title = conversation.title
        self._told(Overwritten(file, title, tuple(lost), put_back))

    def append_to_end(
        self, end: LoadedEnd, messages: Sequence[Message]
    ) -> LoadedEnd | None:
        """Add messages below an end, if the file is still that version."""
        if end.file in self._unsynced or _refers_to_a_text(
            messages, end.conversation.messages[-1].id
        ):
            return None
        base = end.stamp
        with contextlib.suppress(ChangedOnDisk, MissingError, UnreadableError):
            if base is None:
                base = read_stamp(self._folder / end.file)
                if base.identity != end.identity:
                    return None
            there = end.conversation.messages
            new = self._known.missing(end.file, there, messages)
            if not new:
                return end
            appended = self._append(end.as_file(base), new, in_place=False)
            return end.after(base, appended)
        return None

    def replace(
        self,
        loaded: LoadedFile,
        conversation: Conversation,
        copy: bytes | None = None,
    ) -> LoadedFile:
        """Write any change of a conversation.

        Args:
            loaded: The file as it is known.
            conversation: What it shall say.
            copy: An older version, out of which messages come back as they stand.
        """
        current = loaded
        conversation = close_gaps(conversation, loaded.conversation)
        wanted = conversation
        for _ in range(_ATTEMPTS):
            try:
                content = self._read_version(current)
                return self._write(current, content, wanted, copy)
            except ChangedOnDisk:
                current = self._load_theirs(loaded, conversation)
            merged = merge(loaded.conversation, conversation, current.conversation)
            if merged is None:
                raise self._kept_aside(loaded, conversation)
            wanted = close_gaps(merged, loaded.conversation)
        raise _keeps_changing(loaded.file)

    def _append(
        self, current: LoadedFile, new: Sequence[Message], *, in_place: bool
    ) -> LoadedFile:
        path = self._folder / current.file
        piece = encode_messages(new, current.last_id)
        messages = decode_messages(piece, current.last_id)
        conversation = replace(
            current.conversation,
            messages=(*current.conversation.messages, *messages),
        )
        if (
            not current.appendable
            or current.file in self._unsynced
            or _refers_to_a_text(new, current.last_id)
        ):
            content = self._read_version(current)
            written = self._write(current, content, conversation)
            self._fresh.add(current, written.conversation, len(messages))
            return written
        if current.ragged and current.size:
            piece = b"\n" + piece
        check_openable(current.size + len(piece))
        small = current.size < self.in_place_from and not in_place
        if small and _may_be_replaced(path):
            content = self._read_version(current) + piece
            stamp = disk.write_over(self._calls, path, content, current.stamp)
        else:
            stamp = self._append_in_place(path, piece, current.stamp)
        self._fresh.add(current, conversation, len(messages))
        there = current.conversation.messages
        self._known.grew(current.file, there, conversation.messages)
        starts = current.starts
        if starts is not None:
            at = current.size
            cuts = (match.start() for match in TABLE_LINE.finditer(piece))
            starts = (*starts, *(at + cut for cut in cuts))
        return replace(
            current,
            conversation=conversation,
            stamp=stamp,
            starts=starts,
            ragged=False,
            content=short(current.content + piece) if current.content else None,
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
        self,
        current: LoadedFile,
        content: bytes,
        conversation: Conversation,
        copy: bytes | None = None,
    ) -> LoadedFile:
        file = current.file
        decoded = current.decoded
        if copy is not None:
            written, after = put_back(content, decoded, conversation, file, copy)
        else:
            written, after = rewrite(content, decoded, conversation, file)
        if written == content and file not in self._unsynced:
            return current
        check_openable(len(written))
        path = self._folder / file
        stamp = disk.write_over(self._calls, path, written, current.stamp)
        self._unsynced.discard(file)
        self._fresh.forget(file, keep=conversation)
        return understand(file, written, stamp, decoded=after)

    def _load_theirs(self, loaded: LoadedFile, ours: Conversation) -> LoadedFile:
        """Read what somebody else wrote; keep ours aside when that is impossible."""
        removed = False
        for pause in (*_SETTLING, None):
            try:
                theirs = self._load(loaded.file)
            except (UnreadableError, MissingError) as error:
                removed = isinstance(error, MissingError)
                if pause is None:
                    break
                time.sleep(pause)
            else:
                if theirs.read_only:
                    break
                return theirs
        raise self._kept_aside(loaded, ours, removed=removed)

    def _kept_aside(
        self, loaded: LoadedFile, ours: Conversation, *, removed: bool = False
    ) -> ConflictError:
        """Write our version into a second file, with the layout that we know."""
        file = loaded.file
        if loaded.content is None:
            content = encode(ours)
        else:
            content, _ = rewrite(loaded.content, loaded.decoded, ours, file)
        kept = self._create(lambda: conflict_name(file, datetime.now(UTC)), content)
        what = "removed" if removed else "changed"
        return ConflictError(
            f"{file} was {what} by another program; your version is in {kept.file}.",
            kept.file,
        )

    def _read_version(self, current: LoadedFile) -> bytes:
        """Return a file's content, which must be the expected version."""
        try:
            content = read_content(self._folder / current.file)
        except (MissingError, UnreadableError) as error:
            raise ChangedOnDisk from error
        if not current.stamp.matches(content):
            raise ChangedOnDisk
        return content


def _refers_to_a_text(new: Sequence[Message], above: str | None) -> bool:
    """Return whether messages name a parent by an id that was made out of its text.

    That id must then be written into the parent as well.
    """
    for message in new:
        if message.parent not in (None, above) and is_made_up(message.parent):
            return True
        above = message.id
    return False


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


def _keeps_changing(file: str) -> NotSavedError:
    return NotSavedError(f"{file} was not saved: another program keeps changing it.")
