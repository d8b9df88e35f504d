"""The library: one folder of conversations, each a TOML file that is the user's.

All methods are synchronous and belong on one thread. Others may write the same files
at any time; every write compares first, merges where that loses nothing, and else
keeps both versions.
"""

from __future__ import annotations

import contextlib
import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tui.domain.errors import (
    MissingError,
    ReadOnlyError,
    StorageError,
    UnreadableError,
)
from tui.storage import disk
from tui.storage.append_log import AppendLog, repair_appends
from tui.storage.conversation_end import WHOLE_UP_TO, LoadedEnd, read_end
from tui.storage.conversation_writer import IN_PLACE_FROM, ConversationWriter
from tui.storage.earlier_messages import EarlierMessages
from tui.storage.file_names import conversation_name, is_conversation_name
from tui.storage.journal import Journal
from tui.storage.library_folder import LibraryFolder
from tui.storage.loaded_file import LoadedFile, understand
from tui.storage.locking import locked
from tui.storage.reading import read_bytes, read_content
from tui.storage.row_cache import RowCache
from tui.storage.stamp import identify
from tui.storage.system_calls import SystemCalls
from tui.storage.trash import Trash
from tui.storage.watching import Changes, Snapshot, find_changes, take_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date, timedelta
    from pathlib import Path

    from tui.domain.conversation import Conversation
    from tui.domain.message import Message
    from tui.domain.summary import Summary, Trashed
    from tui.storage.fresh_messages import Overwritten
    from tui.storage.stamp import Identity

__all__ = ["Library", "LoadedFile"]

_GLANCES = 6
_GLANCE = 0.005
"""Seconds between two looks at a file that can't be understood."""


class Library:
    """The conversations of one data folder.

    Attributes:
        root: The data folder.
        conversations: Where the files are.
        journal: Where running answers are kept until they are in their files.
        folder: Knows whether the data folder is still the one of this run.
        told: Called, on the thread that does the work, when another program saved a
            file without messages that we had just added.
    """

    def __init__(
        self,
        root: Path,
        calls: SystemCalls | None = None,
        in_place_from: int = IN_PLACE_FROM,
        cache: Path | None = None,
    ) -> None:
        """Look at a data folder; nothing is created before the first write.

        Args:
            root: The data folder.
            calls: The system calls.
            in_place_from: From which size on, in bytes, messages are added in place.
            cache: The cache folder: the rows of an index there are taken for files that
                stand still.
        """
        self.root = root
        self.conversations = root / "conversations"
        self.journal = root / "journal"
        self.told: Callable[[Overwritten], object] = lambda _: None
        self.folder = LibraryFolder(root, self.conversations)
        self._calls = calls or SystemCalls()
        self._rows = RowCache(self.conversations, cache)
        self._trash = Trash(self._calls, self.conversations, root / "trash")
        self._log = AppendLog(self._calls, self.journal)
        self._writer = ConversationWriter(
            self._calls,
            self.conversations,
            self.folder,
            self._log,
            self._load,
            in_place_from,
            lambda overwritten: self.told(overwritten),
        )

    def scan(self) -> list[Summary]:
        """Return a row for every file, newest first; only heads and tails are read.

        Files whose times and sizes stand still are not read a second time.

        Raises:
            UnreadableError: The folder can't be listed.
        """
        return self._rows.scan()

    def names(self) -> list[str]:
        """Return the files' names, last one first; none is opened.

        Names begin with a date, so the newest conversations come first.

        Raises:
            UnreadableError: The folder can't be listed.
        """
        try:
            with os.scandir(self.conversations) as entries:
                found = [one.name for one in entries if is_conversation_name(one.name)]
        except FileNotFoundError:
            return []
        except OSError as error:
            reason = error.strerror or str(error)
            raise UnreadableError(f"{self.conversations}: {reason}.") from error
        return sorted(found, reverse=True)

    def summary(self, file: str) -> Summary | None:
        """Return one file's row, or None when it is gone."""
        return self._rows.get(file)

    def load(self, file: str) -> LoadedFile:
        """Read a conversation.

        Raises:
            MissingError: There is no such file.
            UnreadableError: It can't be read; the sentence names the line.
        """
        loaded = self._load(file)
        if not loaded.read_only and self._writer.has_lost(loaded):
            with contextlib.suppress(StorageError):
                return self.append(loaded, ())
        return self._known(loaded)

    def open_end(
        self, file: str, messages: int, whole_up_to: int = WHOLE_UP_TO
    ) -> LoadedEnd | None:
        """Read the header and the last messages, in a time its length doesn't change.

        Args:
            file: The file's name.
            messages: How many messages.
            whole_up_to: Up to which size, in bytes, there is no point in it.

        Returns:
            None when the file must be loaded as a whole, which may then fail.
        """
        path = self._path(file)
        with contextlib.suppress(StorageError):
            end = read_end(path, messages, _why_read_only(path), whole_up_to)
            if end is not None and not self._writer.has_lost_at(end):
                return end
        return None

    def earlier(self, end: LoadedEnd) -> EarlierMessages:
        """Return what reads the messages above an end, on any thread."""
        return EarlierMessages(self._path(end.file), end)

    def append_to_end(
        self, end: LoadedEnd, messages: Sequence[Message]
    ) -> LoadedEnd | None:
        """Add messages to a file of which only the end has been read.

        Returns:
            None when nothing was written because the file must be loaded first:
            somebody else wrote it.

        Raises:
            ReadOnlyError: It must not be written to.
            NotSavedError: It can't be written; the old content is intact.
            FullError: It would be too large to be opened.
        """
        self._refuse_read_only(end)
        with self._writing():
            after = self._writer.append_to_end(end, messages)
        if after is not None and after.stamp is not None:
            self.folder.note(after.file, after.stamp)
        return after

    def read_text(self, file: str) -> str:
        """Return a file as it is, to show one that can't be understood.

        Raises:
            MissingError: There is no such file.
            UnreadableError: It can't be read.
        """
        content = read_content(self._path(file))
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return content.decode("utf-16", "replace")
        return content.decode("utf-8-sig", "replace")

    def create(self, conversation: Conversation) -> LoadedFile:
        """Make a file for a new conversation; it is durable when this returns.

        Raises:
            NotSavedError: It can't be written.
            FullError: It would be too large to be opened.
        """
        created = conversation.created or datetime.now(UTC)
        return self._known(
            self._writer.create(
                lambda: conversation_name(conversation.title, created), conversation
            )
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
            FullError: It would be too large to be opened.
            ConflictError: Others left a file that can't be added to; the whole
                conversation is in a second file.
        """
        self._refuse_read_only(loaded)
        self._path(loaded.file)
        with self._writing():
            return self._known(self._writer.append(loaded, messages))

    def replace(self, loaded: LoadedFile, conversation: Conversation) -> LoadedFile:
        """Write any other change: title, system prompt, active message, edits.

        Whatever did not change keeps its bytes, comments and unknown keys included.

        Returns:
            The file as it is now, with what others wrote in the meantime.

        Raises:
            ReadOnlyError: It must not be written to.
            NotSavedError: It can't be written; the old file is intact.
            FullError: It would be too large to be opened.
            ConflictError: Others changed the same thing; ours is in a second file.
        """
        self._refuse_read_only(loaded)
        self._path(loaded.file)
        with self._writing():
            return self._known(self._writer.replace(loaded, conversation))

    def put_back(
        self, loaded: LoadedFile, conversation: Conversation, trashed: str
    ) -> LoadedFile:
        """Write messages back as they stand in a copy that the trash keeps.

        When nobody has changed the file since they were taken out, it gets the copy's
        bytes. The copy goes, unless it has a line that the file has no more.

        Args:
            loaded: The file.
            conversation: What it shall say.
            trashed: The name of the copy; it may be gone.

        Raises:
            ReadOnlyError: It must not be written to.
            NotSavedError: It can't be written; the old file is intact.
            FullError: It would be too large to be opened.
            ConflictError: Others changed the same thing; ours is in a second file.
        """
        self._refuse_read_only(loaded)
        path = self._path(loaded.file)
        copy: bytes | None = None
        with self._writing():
            with contextlib.suppress(MissingError, UnreadableError):
                copy = self._trash.read(trashed)
            now = self._known(self._writer.replace(loaded, conversation, copy))
            with contextlib.suppress(StorageError):
                there = set(read_content(path).splitlines())
                if copy is not None and there.issuperset(copy.splitlines()):
                    self._trash.remove(trashed)
        return now

    def trash(self, file: str) -> str:
        """Move a conversation to the trash and return its name there.

        Raises:
            MissingError: It is gone.
            NotSavedError: It can't be moved; it is where it was.
        """
        self._path(file)
        with self._writing():
            name = self._trash.put(file)
        self._writer.forget(file)
        return name

    def copy_to_trash(self, file: str) -> str:
        """Keep a conversation as it is now in the trash; returns the copy's name.

        Raises:
            MissingError: It is gone.
            UnreadableError: It can't be read.
            NotSavedError: The copy can't be written.
        """
        self._path(file)
        with self._writing():
            return self._trash.put_copy(file)

    def remove_trashed(self, trashed: str) -> None:
        """Remove a conversation in the trash for good.

        Raises:
            MissingError: It is not in the trash.
            NotSavedError: It can't be removed.
        """
        self._path(trashed)
        self.folder.check()
        self._trash.remove(trashed)

    def restore(self, trashed: str) -> str:
        """Move a conversation out of the trash and return its file name.

        Raises:
            MissingError: It is not in the trash.
            NotSavedError: It can't be moved; it is where it was.
        """
        self._path(trashed)
        with self._writing():
            return self._trash.restore(trashed)

    def trashed(self) -> list[Trashed]:
        """Return what is in the trash, last deleted first.

        Raises:
            UnreadableError: The trash can't be listed.
        """
        return self._trash.entries()

    def empty_trash(self, older_than: timedelta, now: datetime) -> list[str]:
        """Remove for good what has been in the trash for long, and name it.

        Raises:
            UnreadableError: The trash can't be listed.
        """
        return self._trash.empty(older_than, now)

    def note_use(self, day: date) -> None:
        """Count a day on which the library was used; see `empty_trash_after`.

        Raises:
            NotSavedError: It can't be written.
        """
        self.folder.check()
        self._trash.note_use(day)

    def empty_trash_after(self, days: int) -> list[str]:
        """Remove for good what has been in the trash for so many days of use.

        Neither a long absence nor a clock that has jumped ahead empties the trash:
        only days on which the library was used count, each once.

        Args:
            days: How many, not counting the day on which it was deleted.

        Returns:
            Their names.

        Raises:
            UnreadableError: The trash can't be listed.
        """
        return self._trash.empty_after(days)

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
        with self._writing():
            disk.remove_stale_temps(self._calls, self.conversations)
            return repair_appends(self._calls, self.journal, self.conversations)

    def begin_journal(self, file: str, head: Message) -> Journal:
        """Open the journal of an answer; see `Journal.begin`.

        Raises:
            NotSavedError: It can't be written.
        """
        self.folder.check()
        return Journal.begin(self.root, file, head)

    def check_writable(self, loaded: LoadedFile | LoadedEnd) -> None:
        """Look whether a file that was read may be written to, as things are now.

        Raises:
            ReadOnlyError: It must not.
            NotSavedError: The folder is gone.
        """
        self.folder.check()
        self._refuse_read_only(loaded)

    def close(self) -> None:
        """Let go of what is held open."""
        self._log.close()

    def _load(self, file: str) -> LoadedFile:
        path = self._path(file)
        for glance in range(_GLANCES):
            before = identify(path)
            try:
                content, stamp = read_bytes(path)
                return understand(file, content, stamp, _why_read_only(path))
            except UnreadableError as error:
                if glance < _GLANCES - 1 and _is_being_written(path, before):
                    continue
                self._rows.put_unreadable(file, error.sentence)
                raise UnreadableError(f"{file}: {error.sentence}") from error
        raise UnreadableError(f"{file}: It keeps changing.")

    def _refuse_read_only(self, loaded: LoadedFile | LoadedEnd) -> None:
        # Somebody may have taken the permission away since it was read.
        path = self._path(loaded.file)
        reason = loaded.read_only or (_why_read_only(path) if path.exists() else "")
        if reason:
            raise ReadOnlyError(f"{loaded.file} is not written to: {reason}")

    def _path(self, file: str) -> Path:
        if not file or "/" in file or "\0" in file or file in (".", ".."):
            raise MissingError("There is no such file.")
        return self.conversations / file

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold the lock for a write, in the folder of this run and in no other."""
        self.folder.check()
        with locked(self.root / ".lock"):
            yield

    def _known(self, written: LoadedFile) -> LoadedFile:
        self.folder.note(written.file, written.stamp)
        return written


def _why_read_only(path: Path) -> str:
    return "" if os.access(path, os.W_OK) else "Its permissions allow no writing."


def _is_being_written(path: Path, before: Identity | None) -> bool:
    """Return whether a file changed since a moment ago, or does so right now."""
    time.sleep(_GLANCE)
    return identify(path) != before
