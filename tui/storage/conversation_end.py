"""The end of a conversation, read without what is above it.

Opening a long conversation must cost no more than opening a short one, so only the
header and the last tables are read: bytes, not the whole file. A file is cut at its
lines `[[messages]]`. The header must parse up to the first such line, and each of the
last tables by itself. That is no proof yet: text that holds such a line, typed by
hand somewhere above, shows only when every table has been read
(`earlier_messages.py`), and what it says then counts.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tui.domain.errors import UnreadableError
from tui.storage.decoding import decode, decode_pieces
from tui.storage.loaded_file import LoadedFile
from tui.storage.reading import opened, read_span
from tui.storage.stamp import Identity, is_young
from tui.storage.toml_pieces import TABLE_LINE

if TYPE_CHECKING:
    from pathlib import Path

    from tui.domain.conversation import Conversation
    from tui.domain.message import Message
    from tui.domain.settings import Problem
    from tui.storage.stamp import Stamp

WHOLE_UP_TO = 256 * 1024
"""Bytes. A smaller file is read whole: that takes some milliseconds."""

_HEAD = 4 * 1024
_TAIL = 128 * 1024
_LARGEST_HEAD = _ENOUGH = 1024 * 1024
"""Bytes. With so much of the end at hand fewer messages are enough."""
_GROWTH = 4


@dataclass(frozen=True)
class LoadedEnd:
    """The end of one version of a conversation file, and what we appended since.

    It can be shown and appended to. Nothing else may be written from it.

    Attributes:
        file: The file's name.
        conversation: What the header says, and the last messages.
        problems: What was wrong in the header.
        read_only: Why it must not be written to, or "".
        identity: The version that was read.
        young: True when the file was so young that its times prove nothing.
        head: Its bytes up to the first message.
        tail: Its bytes from the first message of the end on.
        starts: Where each message of the end begins, in bytes.
        above: The id of the message above the first one of the end.
        count: How many messages of the end were read; those behind we appended.
        base: The version that was first appended to; None when nothing was.
        stamp: The version after that; None when nothing was appended.
    """

    file: str
    conversation: Conversation
    problems: tuple[Problem, ...]
    read_only: str
    identity: Identity
    young: bool
    head: bytes = field(repr=False)
    tail: bytes = field(repr=False)
    starts: tuple[int, ...]
    above: str
    count: int
    base: Stamp | None = None
    stamp: Stamp | None = None

    @property
    def ragged(self) -> bool:
        """True when its last line has no end."""
        return self.stamp is None and not self.tail.endswith(b"\n")

    @property
    def version(self) -> Identity:
        """What `stat` says about the file as we know it."""
        return self.stamp.identity if self.stamp else self.identity

    @property
    def size(self) -> int:
        """The file's size, in bytes."""
        return self.version.size

    def as_file(self, stamp: Stamp) -> LoadedFile:
        """Return it as if the file held no other messages, to append to.

        Args:
            stamp: The version, with the hash of all of its content.
        """
        return LoadedFile(
            file=self.file,
            conversation=self.conversation,
            problems=self.problems,
            read_only=self.read_only,
            stamp=stamp,
            starts=self.starts,
            appendable=True,
            ragged=self.ragged,
        )

    def after(self, base: Stamp, appended: LoadedFile) -> LoadedEnd:
        """Return it with what was appended to it.

        Args:
            base: The version that was appended to.
            appended: What `as_file` became.
        """
        return replace(
            self,
            conversation=appended.conversation,
            starts=appended.starts or (),
            base=self.base or base,
            stamp=appended.stamp,
        )

    def under(self, whole: LoadedFile, *, changed: bool) -> LoadedFile | None:
        """Return a whole file with what was appended since below it.

        Args:
            whole: The version that the end was read from, as far as is known.
            changed: Whether the file on disk is another one since.

        Returns:
            None when others wrote it.
        """
        if self.base is None or self.stamp is None:
            return None if changed else whole
        if whole.stamp.digest.digest() != self.base.digest.digest():
            return None
        added = self.conversation.messages[self.count :]
        messages = (*whole.conversation.messages, *added)
        starts = whole.starts
        if starts is not None:
            starts = (*starts, *self.starts[self.count :])
        return replace(
            whole,
            conversation=replace(whole.conversation, messages=messages),
            stamp=self.stamp,
            starts=starts,
            ragged=False,
            content=None,
        )


def read_end(
    path: Path, messages: int, read_only: str, whole_up_to: int = WHOLE_UP_TO
) -> LoadedEnd | None:
    """Read the header and the last messages of a file.

    Args:
        path: The file.
        messages: How many messages are wanted.
        read_only: Why it must not be written to, apart from what it says.
        whole_up_to: Up to which size, in bytes, there is no point in it.

    Returns:
        None when the file must be read whole: it is small, it can't be cut, something
        is wrong in its end, or its path leads above the end in another way than from
        each message to the one above.

    Raises:
        MissingError: There is no such file.
        UnreadableError: It is no ordinary file, too large, or not ours to read.
    """
    try:
        with opened(path) as (fd, status):
            if status.st_size <= whole_up_to:
                return None
            found = _read(fd, status, path.name, messages)
            after = Identity.of(os.fstat(fd))
    except OSError:
        return None
    if found is None or found.identity != after:
        return None
    return replace(found, read_only=found.read_only or read_only)


@dataclass(frozen=True, slots=True)
class _Tail:
    content: bytes
    starts: tuple[int, ...]
    above: str
    messages: tuple[Message, ...]


def _read(
    fd: int, status: os.stat_result, file: str, messages: int
) -> LoadedEnd | None:
    size = status.st_size
    head = _read_head(fd, size)
    if head is None:
        return None
    try:
        header = decode(head, file)
    except UnreadableError:
        return None
    broken_choice = header.conversation.active is None and any(
        problem.key == "active" for problem in header.problems
    )
    if header.starts != () or broken_choice:
        return None
    wanted = messages
    while True:
        tail = _read_tail(fd, len(head), size, wanted)
        if tail is None:
            return None
        conversation = replace(header.conversation, messages=tail.messages)
        if _is_clear(conversation, tail.above):
            break
        if wanted > messages * _GROWTH:
            return None
        wanted *= 2
    return LoadedEnd(
        file=file,
        conversation=conversation,
        problems=tuple(one for one in header.problems if one.key != "active"),
        read_only=header.read_only,
        identity=Identity.of(status),
        young=is_young(Identity.of(status)),
        head=head,
        tail=tail.content,
        starts=tail.starts,
        above=tail.above,
        count=len(tail.messages),
    )


def _read_head(fd: int, size: int) -> bytes | None:
    """Return what stands above the first line `[[messages]]`."""
    length = _HEAD
    while True:
        head = read_span(fd, 0, min(length, size))
        # The end of what was read is not the end of a line.
        first = TABLE_LINE.search(head, 0, head.rfind(b"\n") + 1)
        if first is not None:
            return head[: first.start()]
        if length >= min(size, _LARGEST_HEAD):
            return None
        length *= 8


def _read_tail(fd: int, first: int, size: int, wanted: int) -> _Tail | None:
    length = _TAIL
    while True:
        low = max(first, size - length)
        content = read_span(fd, low, size)
        cuts = [match.start() for match in TABLE_LINE.finditer(content)]
        if cuts and cuts[0] == 0 and low > first:
            # It may be the rest of a line.
            del cuts[0]
        if len(cuts) > wanted or (length >= _ENOUGH and len(cuts) > 1):
            break
        if low == first:
            return None
        length *= _GROWTH
    top, *cuts = cuts[-wanted - 1 :]
    # Of the topmost one only the id is of use.
    highest = decode_pieces([content[top : cuts[0]]], None)
    if highest is None:
        return None
    above = highest[0].id
    ends = (*cuts[1:], len(content))
    pieces = [content[start:end] for start, end in zip(cuts, ends, strict=True)]
    messages = decode_pieces(pieces, above)
    if messages is None:
        return None
    starts = tuple(low + cut for cut in cuts)
    return _Tail(content[cuts[0] :], starts, above, messages)


def _is_clear(conversation: Conversation, above: str) -> bool:
    """Return whether the end of the path is known without the messages above."""
    active = conversation.active
    if active is not None and conversation.find(active) is None:
        return False
    return conversation.path[0].parent in (None, above)
