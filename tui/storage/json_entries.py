"""Reads a JSON array entry by entry, however long the file is.

Only one entry is held at a time. What is broken inside one entry costs that entry;
the next ones are still found, because entries are cut by their brackets.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tui.domain.errors import UnreadableError
from tui.storage.import_entry import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import IO

CHUNK = 1 << 20
"""Bytes read at a time, at least."""

LARGEST_ENTRY = 256 * 1024 * 1024
"""Bytes. A file whose one entry is longer is given up."""

_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]"]', re.DOTALL)
_BETWEEN = re.compile(rb"[\s,}]*")
"""A brace too many belongs to the broken entry before it."""
_SCALAR = re.compile(rb"[^\s,\[\]{}]+")
_BOM = b"\xef\xbb\xbf"


def read_entries(
    stream: IO[bytes], progress: Callable[[int], None]
) -> Iterator[Any | Refused]:
    """Yield the values of the array that a stream holds, or its one object.

    Args:
        stream: UTF-8 JSON.
        progress: Called with the bytes read so far.

    Yields:
        Each value, or `Refused` with its place where it can't be understood.

    Raises:
        UnreadableError: It is no JSON array and no object.
    """
    cutter = _Cutter(stream, progress)
    first = cutter.first_byte()
    if first == b"{":
        yield _parse(cutter.cut(), 1)
        return
    if first != b"[":
        raise UnreadableError("It is no JSON: it begins neither with [ nor with {.")
    cutter.skip_byte()
    nth = 0
    while (piece := cutter.cut()) is not None:
        nth += 1
        yield _parse(piece, nth)
    if not cutter.closed:
        yield Refused(f"entry {nth + 1}", "the file ends in the middle of it")


def _parse(piece: bytes | None, nth: int) -> Any | Refused:
    if piece is None:
        return Refused(f"entry {nth}", "the file ends in the middle of it")
    try:
        return json.loads(piece.decode("utf-8"))
    except UnicodeDecodeError:
        return Refused(f"entry {nth}", "it is no UTF-8 text")
    except RecursionError:
        return Refused(f"entry {nth}", "it is nested too deeply")
    except ValueError as error:
        return Refused(f"entry {nth}", f"it is no JSON ({error})")


class _Cutter:
    """Cuts a stream into the values of an array."""

    def __init__(self, stream: IO[bytes], progress: Callable[[int], None]) -> None:
        self.closed = False
        self._stream = stream
        self._progress = progress
        self._buffer = b""
        self._at = 0
        self._read = 0

    def first_byte(self) -> bytes:
        self._fill()
        if self._buffer.startswith(_BOM):
            self._at = len(_BOM)
        self._skip_between()
        return self._buffer[self._at : self._at + 1]

    def skip_byte(self) -> None:
        self._at += 1

    def cut(self) -> bytes | None:
        """Return the next value's bytes; None at the array's end or the file's."""
        self._skip_between()
        first = self._buffer[self._at : self._at + 1]
        if first == b"]":
            self.closed = True
            return None
        if not first:
            return None
        if first not in b'{["':
            return self._cut_scalar()
        return self._cut_value()

    def _cut_scalar(self) -> bytes | None:
        while True:
            match = _SCALAR.match(self._buffer, self._at)
            if match is None:
                # A colon or the like: never stand still.
                self._at += 1
                return self._buffer[self._at - 1 : self._at]
            if match.end() < len(self._buffer) or not self._fill():
                self._at = match.end()
                return match[0]

    def _cut_value(self) -> bytes | None:
        depth, scanned = 0, self._at
        while True:
            for match in _TOKEN.finditer(self._buffer, scanned):
                token = match[0]
                if token == b'"':
                    # A string that goes on beyond what has been read.
                    scanned = match.start()
                    break
                scanned = match.end()
                if token in b"{[":
                    depth += 1
                elif token in b"}]":
                    depth -= 1
                if depth == 0:
                    piece = self._buffer[self._at : scanned]
                    self._at = scanned
                    return piece
            else:
                scanned = len(self._buffer)
            before = self._at
            if not self._fill():
                self._at = len(self._buffer)
                return None
            scanned -= before - self._at

    def _skip_between(self) -> None:
        while True:
            match = _BETWEEN.match(self._buffer, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._buffer) or not self._fill():
                return

    def _fill(self) -> bool:
        """Read on, as much again as is held; False at the end of the stream."""
        held = self._buffer[self._at :]
        if len(held) > LARGEST_ENTRY:
            limit = LARGEST_ENTRY // (1024 * 1024)
            raise UnreadableError(f"One of its entries is larger than {limit} MB.")
        more = self._stream.read(max(CHUNK, len(held)))
        if not more:
            return False
        self._buffer = held + more
        self._at = 0
        self._read += len(more)
        self._progress(self._read)
        return True
