"""Remembers what was just appended, in case an editor's older copy is saved over it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.domain.conversation import Conversation
    from tui.domain.message import Message
    from tui.storage.stamp import Stamp

TOO_SOON_NS = 10_000_000_000
"""Ten seconds: who saves a file without our message within that time after we wrote
it had read the file before, and did not mean to remove the message."""


class FreshMessages:
    """The messages this process appended a moment ago, by file."""

    def __init__(self) -> None:
        self._written: dict[str, dict[str, tuple[int, Message]]] = {}

    def add(self, file: str, messages: Iterable[Message]) -> None:
        """Remember messages that are on disk now."""
        now = time.time_ns()
        fresh = self._written.setdefault(file, {})
        for identity, (written, _) in list(fresh.items()):
            if now - written > TOO_SOON_NS:
                del fresh[identity]
        fresh.update({message.id: (now, message) for message in messages})

    def forget(self, file: str, keep: Conversation | None = None) -> None:
        """Forget messages of a file that we removed ourselves."""
        fresh = self._written.pop(file, None)
        if fresh and keep is not None:
            left = {message.id for message in keep.messages} & fresh.keys()
            self._written[file] = {identity: fresh[identity] for identity in left}

    def overwritten(
        self, file: str, theirs: Conversation, stamp: Stamp
    ) -> list[Message]:
        """Return our messages that somebody's older copy of the file has replaced."""
        fresh = self._written.get(file)
        if not fresh:
            return []
        saved = max(stamp.identity.mtime_ns, stamp.identity.ctime_ns)
        missing = {
            identity: message
            for identity, (written, message) in fresh.items()
            if saved - written < TOO_SOON_NS
        }
        # Ours are nearly always the last ones: look from the end.
        for message in reversed(theirs.messages):
            if not missing:
                break
            missing.pop(message.id, None)
        return list(missing.values())
