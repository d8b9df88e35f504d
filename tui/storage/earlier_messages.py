"""Reads what is above the end of a conversation, from below upward, slice by slice.

What is read upward is what reading the whole file from its start would have given,
or it is thrown away: when every table parses by itself, all ids differ, every parent
exists and no value is wrong, both ways give the same. In every other case the bytes
are decoded again in the order of the file, and that counts.
"""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.errors import StorageError, UnreadableError
from tui.storage.decoding import decode_pieces
from tui.storage.loaded_file import LoadedFile, understand
from tui.storage.reading import opened, read_span
from tui.storage.stamp import Identity, Stamp
from tui.storage.toml_pieces import TABLE_LINE

if TYPE_CHECKING:
    from pathlib import Path

    from tui.domain.message import Message
    from tui.storage.conversation_end import LoadedEnd

BLOCK = 256 * 1024
"""Bytes read at once."""

_AT_ONCE = 24
"""Messages decoded between two pauses: about a millisecond."""

_PAUSE = 0.0002
"""Seconds in which other threads get the interpreter. Without it a thread that wants
it waits for the switch interval, 5 ms by default, again and again."""


class EarlierMessages:
    """The unread part of one version of a conversation file.

    Its methods belong on one thread, which may be another than that of the library.
    """

    def __init__(self, path: Path, end: LoadedEnd, block: int = BLOCK) -> None:
        """Read nothing yet.

        Args:
            path: The file.
            end: What has been read of it.
            block: How many bytes are read at once.
        """
        self._path = path
        self._end = end
        self._first = len(end.head)
        self._low = end.starts[0]
        """Where the bytes that have been read begin."""
        self._blocks: list[bytes] = []
        """Those bytes, the lowest last, without the end's."""
        self._rest = b""
        """The lowest of them, which belong to a message that begins above them."""
        self._messages: list[tuple[Message, ...]] = []
        self._starts: list[list[int]] = []
        self._block = block
        self._odd = bool(end.problems)
        self._gone = False
        self.changed = False
        """True when the file is not as it was when its end was read."""

    def read_slice(self, messages: int) -> tuple[Message, ...]:
        """Return the messages above those that have been read.

        Args:
            messages: How many, more or less.

        Returns:
            In the order of the file; none when there are no more, or when it takes
            the whole file to understand them: call `finish`.
        """
        found: list[tuple[Message, ...]] = []
        count = 0
        while count < messages and self._unread and not self._stuck:
            slice_ = self._read_block()
            found.append(slice_)
            count += len(slice_)
        return tuple(message for slice_ in reversed(found) for message in slice_)

    def finish(self) -> LoadedFile | None:
        """Return the whole file, after the last slice.

        Returns:
            None when it can't be read to the start any more. When `changed` is true
            it is a version that has been replaced or appended to since.

        Raises:
            UnreadableError: Something above the end is no TOML.
        """
        while self._low > self._first and not self._gone:
            self._take_block()
        if self._gone:
            return None
        end = self._end
        parts = (end.head, *reversed(self._blocks), end.tail)
        digest = hashlib.sha256()
        for part in parts:
            digest.update(part)
        stamp = Stamp(end.identity, digest, racy=end.young)
        whole = None if self._stuck else self._join(stamp)
        if whole is not None:
            return whole
        try:
            return understand(end.file, b"".join(parts), stamp, end.read_only)
        except UnreadableError:
            if self.changed:
                # Parts of two versions; loading the new one tells what is wrong.
                return None
            raise

    @property
    def _unread(self) -> bool:
        return self._low > self._first or bool(self._rest)

    @property
    def _stuck(self) -> bool:
        return self._odd or self._gone or self.changed

    def _take_block(self) -> bytes:
        """Read the next bytes, and compare the file's version."""
        low = max(self._first, self._low - self._block)
        try:
            with opened(self._path) as (fd, _):
                block = read_span(fd, low, self._low)
                after = Identity.of(os.fstat(fd))
        except (StorageError, OSError):
            block, after = b"", None
        self.changed = self.changed or after != self._end.identity
        self._gone = len(block) < self._low - low
        self._blocks.append(block)
        self._low = low
        return block

    def _read_block(self) -> tuple[Message, ...]:
        """Return the messages that the next bytes complete."""
        content = self._take_block() + self._rest
        if self._stuck:
            return ()
        at_start = self._low == self._first
        cuts = [match.start() for match in TABLE_LINE.finditer(content)]
        if at_start:
            # The header ends here, or else the file is not what it was.
            self._odd = not cuts or cuts[0] > 0
            self._rest = b""
        else:
            if cuts and cuts[0] == 0:
                # It may be the rest of a line.
                del cuts[0]
            if len(cuts) < 2:
                self._rest = content
                # Reading a giant text in small steps would search it again and again.
                self._block *= 2
                return ()
            # The topmost one names the message above the others, and waits.
            self._rest = content[: cuts[1]]
        ends = (*cuts[1:], len(content))
        pieces = [content[start:end] for start, end in zip(cuts, ends, strict=True)]
        messages = self._decode(pieces, topmost=at_start)
        kept = cuts[len(cuts) - len(messages) :]
        self._messages.append(messages)
        self._starts.append([self._low + cut for cut in kept])
        return messages

    def _decode(self, pieces: list[bytes], *, topmost: bool) -> tuple[Message, ...]:
        """Decode from below upward; nothing of what is odd."""
        found: list[tuple[Message, ...]] = []
        at = len(pieces)
        lowest = 0 if topmost else 1
        while at > lowest and not self._odd:
            start = max(lowest, at - _AT_ONCE)
            above = None
            if start > 0:
                highest = decode_pieces(pieces[start - 1 : start], None)
                above = highest[0].id if highest else None
                self._odd = highest is None
            slice_ = decode_pieces(pieces[start:at], above)
            self._odd = self._odd or slice_ is None
            if slice_ is not None and not self._odd:
                found.append(slice_)
            at = start
            time.sleep(_PAUSE)
        return tuple(message for slice_ in reversed(found) for message in slice_)

    def _join(self, stamp: Stamp) -> LoadedFile | None:
        """Return what was read as one, unless it only looked right in pieces."""
        end = self._end
        messages = [one for slice_ in reversed(self._messages) for one in slice_]
        messages += end.conversation.messages[: end.count]
        starts = [start for slice_ in reversed(self._starts) for start in slice_]
        starts += end.starts[: end.count]
        ids: set[str] = set()
        for message in messages:
            parent = message.parent
            # A parent further down could lead in a circle.
            if message.id in ids or (parent is not None and parent not in ids):
                return None
            ids.add(message.id)
        active = end.conversation.active
        if active is not None and active not in ids:
            return None
        return LoadedFile(
            file=end.file,
            conversation=replace(end.conversation, messages=tuple(messages)),
            problems=(),
            read_only=end.read_only,
            stamp=stamp,
            starts=tuple(starts),
            appendable=True,
            ragged=not end.tail.endswith(b"\n"),
        )
