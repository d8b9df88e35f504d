"""The trash: deleting is moving a file aside, and moving it back undoes it."""

from __future__ import annotations

import contextlib
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tui.domain.errors import MissingError, UnreadableError
from tui.domain.summary import Trashed
from tui.storage.days_of_use import DaysOfUse
from tui.storage.disk import make_folder, move, saving, write_new
from tui.storage.file_names import (
    another_name,
    deletion_time,
    is_conversation_name,
    note_name,
    restored_name,
    trash_name,
)
from tui.storage.private_folder import sync_folder
from tui.storage.reading import read_content
from tui.storage.summaries import moment_of, read_summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, timedelta
    from pathlib import Path

    from tui.storage.system_calls import SystemCalls


class Trash:
    """The trash folder beside the conversations."""

    def __init__(self, calls: SystemCalls, conversations: Path, folder: Path) -> None:
        self._calls = calls
        self._conversations = conversations
        self._folder = folder
        self._days = DaysOfUse(calls, folder / "days-of-use.txt")

    def put(self, file: str) -> str:
        """Move a conversation to the trash and return its name there.

        Raises:
            MissingError: It is gone.
            NotSavedError: It can't be moved; it is where it was.
        """
        source = self._conversations / file
        _must_exist(source)
        make_folder(self._calls, self._folder)
        while True:
            name = trash_name(file, datetime.now(UTC))
            with contextlib.suppress(FileExistsError), self._noted(name, file):
                move(self._calls, source, self._folder / name)
                return name

    def put_copy(self, file: str) -> str:
        """Keep a conversation as it is now in the trash; returns the copy's name.

        Raises:
            MissingError: It is gone.
            UnreadableError: It can't be read.
            NotSavedError: The copy can't be written.
        """
        content = read_content(self._conversations / file)
        make_folder(self._calls, self._folder)
        while True:
            name = trash_name(file, datetime.now(UTC))
            with contextlib.suppress(FileExistsError), self._noted(name, file):
                write_new(self._calls, self._folder / name, content)
                return name

    def read(self, name: str) -> bytes:
        """Return one as it is.

        Raises:
            MissingError: It is not in the trash.
            UnreadableError: It can't be read.
        """
        return read_content(self._folder / name)

    def remove(self, name: str) -> None:
        """Remove one for good.

        Raises:
            MissingError: It is not in the trash.
            NotSavedError: It can't be removed.
        """
        path = self._folder / name
        _must_exist(path)
        with saving(path):
            self._calls.unlink(path)
            self._remove_note(name)
            sync_folder(self._calls, self._folder)

    def restore(self, name: str) -> str:
        """Move a conversation back and return its file name, a new one if need be.

        Raises:
            MissingError: It is not in the trash.
            NotSavedError: It can't be moved; it is where it was.
        """
        source = self._folder / name
        _must_exist(source)
        make_folder(self._calls, self._conversations)
        file = before = self._name_before(name)
        while True:
            try:
                move(self._calls, source, self._conversations / file)
            except FileExistsError:
                file = another_name(before)
            else:
                self._remove_note(name)
                return file

    def entries(self) -> list[Trashed]:
        """Return what is in the trash, last deleted first.

        Raises:
            UnreadableError: The trash can't be listed.
        """
        found: list[Trashed] = []
        for path in self._paths():
            summary = read_summary(path)
            if summary is not None:
                found.append(Trashed(path.name, summary, _deleted(path)))
        return sorted(found, key=lambda one: (one.deleted, one.name), reverse=True)

    def empty(self, older_than: timedelta, now: datetime) -> list[str]:
        """Remove for good what has been in the trash for long, and name it."""
        return self._remove_if(lambda path: now - _deleted(path) >= older_than)

    def note_use(self, day: date) -> None:
        """Count a day on which the library was used; nothing ages in an empty trash.

        Raises:
            NotSavedError: It can't be written.
        """
        if self._folder.is_dir():
            self._days.note(day)

    def empty_after(self, days: int) -> list[str]:
        """Remove for good what has seen so many later days of use, and name it."""
        used = self._days.read()

        def is_old(path: Path) -> bool:
            deleted = _deleted(path).date()
            return sum(day > deleted for day in used) >= days

        return self._remove_if(is_old)

    def _remove_if(self, is_old: Callable[[Path], bool]) -> list[str]:
        removed: list[str] = []
        for path in self._paths():
            if is_old(path):
                with contextlib.suppress(OSError):
                    self._calls.unlink(path)
                    removed.append(path.name)
                    self._remove_note(path.name)
        return removed

    @contextlib.contextmanager
    def _noted(self, name: str, file: str) -> Iterator[None]:
        """Note what a file is called whose name loses letters in the trash."""
        if restored_name(name) == file:
            yield
            return
        write_new(self._calls, self._folder / note_name(name), os.fsencode(file))
        try:
            yield
        except BaseException:
            self._remove_note(name)
            raise

    def _name_before(self, name: str) -> str:
        """Return what a file in the trash was called."""
        with contextlib.suppress(MissingError, UnreadableError):
            noted = os.fsdecode(read_content(self._folder / note_name(name)))
            if is_conversation_name(noted) and not {"/", "\0"} & set(noted):
                return noted
        return restored_name(name)

    def _remove_note(self, name: str) -> None:
        with contextlib.suppress(OSError):
            self._calls.unlink(self._folder / note_name(name))

    def _paths(self) -> list[Path]:
        try:
            paths = list(self._folder.iterdir())
        except FileNotFoundError:
            return []
        except OSError as error:
            reason = error.strerror or str(error)
            raise UnreadableError(f"{self._folder}: {reason}.") from error
        return [path for path in paths if is_conversation_name(path.name)]


def _must_exist(path: Path) -> None:
    if not path.exists() and not path.is_symlink():
        raise MissingError(f"{path.name} is gone.")


def _deleted(path: Path) -> datetime:
    written = deletion_time(path.name)
    if written:
        with contextlib.suppress(ValueError):
            return datetime.strptime(written, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    with contextlib.suppress(OSError):
        return moment_of(path.lstat().st_ctime_ns)
    return datetime.fromtimestamp(0, UTC)
