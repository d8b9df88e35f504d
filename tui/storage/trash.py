"""The trash: deleting is moving a file aside, and moving it back undoes it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tui.domain.errors import MissingError
from tui.storage.disk import make_folder, move
from tui.storage.file_names import (
    another_name,
    deletion_time,
    is_conversation_name,
    restored_name,
    trash_name,
)
from tui.storage.summaries import moment_of, read_summary

if TYPE_CHECKING:
    from datetime import timedelta
    from pathlib import Path

    from tui.domain.summary import Summary
    from tui.storage.system_calls import SystemCalls


@dataclass(frozen=True, slots=True)
class Trashed:
    """A deleted conversation.

    Attributes:
        name: The file's name in the trash.
        summary: What it is.
        deleted: When it was deleted (aware, UTC).
    """

    name: str
    summary: Summary
    deleted: datetime


class Trash:
    """The trash folder beside the conversations."""

    def __init__(self, calls: SystemCalls, conversations: Path, folder: Path) -> None:
        self._calls = calls
        self._conversations = conversations
        self._folder = folder

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
            with contextlib.suppress(FileExistsError):
                move(self._calls, source, self._folder / name)
                return name

    def restore(self, name: str) -> str:
        """Move a conversation back and return its file name, a new one if need be.

        Raises:
            MissingError: It is not in the trash.
            NotSavedError: It can't be moved; it is where it was.
        """
        source = self._folder / name
        _must_exist(source)
        make_folder(self._calls, self._conversations)
        file = restored_name(name)
        while True:
            try:
                move(self._calls, source, self._conversations / file)
            except FileExistsError:
                file = another_name(restored_name(name))
            else:
                return file

    def entries(self) -> list[Trashed]:
        """Return what is in the trash, last deleted first."""
        found: list[Trashed] = []
        with contextlib.suppress(FileNotFoundError):
            for path in self._folder.iterdir():
                if not is_conversation_name(path.name):
                    continue
                summary = read_summary(path)
                if summary is not None:
                    found.append(Trashed(path.name, summary, _deleted(path)))
        return sorted(found, key=lambda one: (one.deleted, one.name), reverse=True)

    def empty(self, older_than: timedelta, now: datetime) -> list[str]:
        """Remove for good what has been in the trash for long, and name it."""
        removed: list[str] = []
        for trashed in self.entries():
            if now - trashed.deleted >= older_than:
                with contextlib.suppress(OSError):
                    self._calls.unlink(self._folder / trashed.name)
                    removed.append(trashed.name)
        return removed


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
