"""Takes conversations over from other programs, each of them once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from tui.domain.errors import FullError, StorageError
from tui.storage.foreign_files import read_foreign
from tui.storage.import_entry import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tui.domain.conversation import Conversation
    from tui.storage.foreign_files import Progress
    from tui.storage.library import Library


class Outcome(StrEnum):
    """What became of one conversation."""

    ADDED = "added"
    EXTENDED = "extended"
    KNOWN = "known"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Taken:
    """One conversation of a foreign file, and what became of it.

    Attributes:
        outcome: What became of it.
        title: Its title, or its place in the file.
        file: Its file in the library, or "".
        note: Why it was refused, or what of it was left out, or "".
    """

    outcome: Outcome
    title: str
    file: str = ""
    note: str = ""


class Importing:
    """One run over one or more files."""

    def __init__(self, library: Library) -> None:
        """Look at what the library has.

        Raises:
            UnreadableError: It can't be listed.
        """
        self._library = library
        self._known = {row.id: row.file for row in library.scan() if row.id}

    def take(self, path: Path, progress: Callable[[Progress], None]) -> Iterator[Taken]:
        """Yield each conversation of a file once it is in the library, or refused.

        Args:
            path: The foreign file; it is only read.
            progress: Called now and then with how far it has been read.

        Raises:
            UnreadableError: It can't be read, or is nothing that is known.
            NotSavedError: The library can't be written to.
        """
        for entry in read_foreign(path, progress):
            if isinstance(entry, Refused):
                yield Taken(Outcome.REFUSED, entry.name, note=entry.reason)
                continue
            conversation = entry.conversation
            file = self._known.get(conversation.id)
            if file is None:
                try:
                    created = self._library.create(conversation)
                except FullError as error:
                    reason = error.sentence.rstrip(".")
                    yield Taken(Outcome.REFUSED, conversation.title, note=reason)
                    continue
                self._known[conversation.id] = created.file
                yield Taken(
                    Outcome.ADDED, conversation.title, created.file, entry.left_out
                )
            else:
                yield self._extend(file, conversation)

    def _extend(self, file: str, conversation: Conversation) -> Taken:
        """Add the messages that are new since the last run, and change nothing else."""
        title = conversation.title
        try:
            loaded = self._library.load(file)
            there = loaded.conversation
            fresh = [one for one in conversation.messages if there.find(one.id) is None]
            if not fresh:
                return Taken(Outcome.KNOWN, title, file)
            known = {one.id for one in (*there.messages, *fresh)}
            fresh = [
                one if one.parent in known else replace(one, parent=None)
                for one in fresh
            ]
            self._library.append(loaded, fresh)
        except StorageError as error:
            return Taken(Outcome.REFUSED, title, file, error.sentence.rstrip("."))
        return Taken(Outcome.EXTENDED, title, file)
