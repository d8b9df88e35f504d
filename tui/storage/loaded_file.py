"""A conversation as it was read from its file, with what is needed to write it back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui.storage.decoding import Decoded, decode

if TYPE_CHECKING:
    from tui.domain.conversation import Conversation
    from tui.domain.settings import Problem
    from tui.storage.stamp import Stamp

_LARGEST_KEPT = 1024 * 1024
"""Bytes. More would cost memory in every run for what hardly ever happens."""


@dataclass(frozen=True)
class LoadedFile:
    """One version of a conversation file.

    Attributes:
        file: The file's name.
        conversation: What it says.
        problems: What was wrong in it.
        read_only: Why it must not be written to, or "".
        stamp: The version, to notice that somebody else wrote it.
        starts: Where each message begins, in bytes; None when it can't be cut.
        appendable: True when a message may be appended in place.
        ragged: True when its last line has no end.
        content: Its bytes when they are few, else None. When the file is spoiled or
            removed, a second file gets the comments and the layout out of them.
    """

    file: str
    conversation: Conversation
    problems: tuple[Problem, ...]
    read_only: str
    stamp: Stamp
    starts: tuple[int, ...] | None
    appendable: bool
    ragged: bool
    content: bytes | None = field(default=None, compare=False, repr=False)

    @property
    def decoded(self) -> Decoded:
        """What the codec said about this version."""
        return Decoded(
            self.conversation,
            self.problems,
            self.read_only,
            self.starts,
            self.appendable,
        )

    @property
    def size(self) -> int:
        """The file's size, in bytes."""
        return self.stamp.size

    @property
    def last_id(self) -> str | None:
        """The id of the last message in the file, or None."""
        messages = self.conversation.messages
        return messages[-1].id if messages else None


def understand(
    file: str,
    content: bytes,
    stamp: Stamp,
    read_only: str = "",
    decoded: Decoded | None = None,
) -> LoadedFile:
    """Decode a version of a file.

    Args:
        file: The file's name.
        content: The whole version.
        stamp: Its stamp.
        read_only: Why it must not be written to, apart from what it says.
        decoded: What the content says, when that is known already.

    Raises:
        UnreadableError: It is no TOML.
    """
    decoded = decoded or decode(content, file)
    return LoadedFile(
        file=file,
        conversation=decoded.conversation,
        problems=decoded.problems,
        read_only=decoded.read_only or read_only,
        stamp=stamp,
        starts=decoded.starts,
        appendable=decoded.appendable,
        ragged=not content.endswith(b"\n"),
        content=short(content),
    )


def short(content: bytes) -> bytes | None:
    """Return content that is short enough to be kept beside what it says."""
    return content if len(content) <= _LARGEST_KEPT else None
