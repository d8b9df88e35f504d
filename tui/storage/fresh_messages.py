"""Remembers what was just appended, in case an editor's older copy is saved over it.

Who saves a file without a message that was added a moment ago either had read it
before, and lost the message unknowingly, or took the message out on purpose (by hand,
or with `git checkout`). An older copy is saved because something was changed in it; a
message taken out leaves nothing but less. So a version that has something new is an
older copy, and one that only lacks messages is meant.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.domain.conversation import Conversation
    from tui.domain.message import Message
    from tui.storage.loaded_file import LoadedFile
    from tui.storage.stamp import Stamp

TOO_SOON_NS = 10_000_000_000
"""Ten seconds: who saves a file without our message later than that after we wrote it
is taken to have seen it."""

_SEPARATOR = 2
"""Bytes that may be left of a message that was taken out: the lines around it."""


@dataclass(frozen=True)
class Overwritten:
    """Messages that another program's version of a file lacked, just after ours.

    Attributes:
        file: The file's name.
        title: The conversation's title.
        messages: What was lacking.
        put_back: True when they are in the file again; False when it was meant.
    """

    file: str
    title: str
    messages: tuple[Message, ...]
    put_back: bool


@dataclass
class _Appended:
    """What was appended to one file, by id: when, what, and to which size."""

    ours: Conversation
    messages: dict[str, tuple[int, Message, int]] = field(default_factory=dict)


class FreshMessages:
    """The messages this process appended a moment ago, by file."""

    def __init__(self) -> None:
        self._appended: dict[str, _Appended] = {}

    def add(self, before: LoadedFile, ours: Conversation, count: int) -> None:
        """Remember messages that are on disk now.

        Args:
            before: The file without them.
            ours: The conversation with them.
            count: How many there are, at its end.
        """
        now = time.time_ns()
        for file, known in list(self._appended.items()):
            for identity, (written, _, _) in list(known.messages.items()):
                if now - written > TOO_SOON_NS:
                    del known.messages[identity]
            if not known.messages:
                del self._appended[file]
        fresh = self._appended.setdefault(before.file, _Appended(ours))
        fresh.ours = ours
        for message in ours.messages[-count:]:
            fresh.messages[message.id] = (now, message, before.size)

    def forget(self, file: str, keep: Conversation | None = None) -> None:
        """Forget messages of a file that were removed on purpose."""
        fresh = self._appended.pop(file, None)
        if fresh is not None and keep is not None:
            there = {message.id for message in keep.messages}
            left = {key: one for key, one in fresh.messages.items() if key in there}
            self._appended[file] = _Appended(keep, left)

    def overwritten(
        self, file: str, theirs: Conversation, stamp: Stamp
    ) -> list[Message]:
        """Return our messages that somebody's version of the file lacks."""
        fresh = self._appended.get(file)
        if not fresh:
            return []
        saved = max(stamp.identity.mtime_ns, stamp.identity.ctime_ns)
        missing = {
            identity: message
            for identity, (written, message, _) in fresh.messages.items()
            if saved - written < TOO_SOON_NS
        }
        # Ours are nearly always the last ones: look from the end.
        for message in reversed(theirs.messages):
            if not missing:
                break
            missing.pop(message.id, None)
        return list(missing.values())

    def were_taken_out(self, theirs: LoadedFile, lost: Sequence[Message]) -> bool:
        """Return whether somebody's version lacks messages and has nothing new.

        Args:
            theirs: The version.
            lost: What it lacks, from `overwritten`.
        """
        fresh = self._appended[theirs.file]
        before = min(fresh.messages[message.id][2] for message in lost)
        if theirs.size > before + _SEPARATOR:
            return False
        ours, there = fresh.ours, theirs.conversation
        if replace(ours, messages=()) != replace(there, messages=()):
            return False
        known = {message.id: replace(message, parent=None) for message in ours.messages}
        first = ours.messages[0].id
        for message in reversed(there.messages):
            if known.get(message.id) != replace(message, parent=None):
                return False
            if message.id == first:
                # Perhaps only the end of a long file was known: what is above is old.
                break
        return True
