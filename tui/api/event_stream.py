"""Makes any answer's bytes into clean server-sent events, line by line.

The SSE parser behind this loses a first event after a byte order mark, drops a last
event without a blank line, knows no limits and ignores what is not SSE at all. So the
bytes are put right before it reads them; the format is that of the WHATWG HTML
standard, section "Server-sent events".
"""

from __future__ import annotations

import codecs
from enum import Enum, auto

from tui.api.wire import parse_json

LARGEST_EVENT = 16 * 1024 * 1024
"""Bytes of one line and of one event."""

LARGEST_REPLY = 64 * 1024 * 1024
"""Bytes of one whole reply, decompressed."""

MOST_LINES = 800_000
"""Lines of one whole reply: each event has two or more, each token one event.

Models answer with far fewer tokens; reading more empty lines than this would keep a
processor busy for longer than anybody waits.
"""

_FIELD_ERROR = b"error:"


class TooLargeError(Exception):
    """A line, an event or the whole reply is beyond its limit.

    Attributes:
        what: What there is too much of, such as "a line of over 16 MB".
    """

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class BodyKind(Enum):
    """What a body turns out to be, by its first byte that is not blank."""

    UNKNOWN = auto()
    EVENTS = auto()
    JSON_LINES = auto()
    JSON_DOCUMENT = auto()
    HTML = auto()


class EventStreamNormalizer:
    """Takes a body in pieces and gives the same body as clean event stream bytes.

    JSON lines and whole JSON documents come out as `data:` events, an `error:` field
    as an event named "error", every line ends in LF, the last event is closed.
    An HTML body gives nothing.
    """

    def __init__(
        self,
        largest_event: int = LARGEST_EVENT,
        largest_reply: int = LARGEST_REPLY,
    ) -> None:
        """Make a normalizer for one body.

        Args:
            largest_event: The limit for one line and one event, in bytes.
            largest_reply: The limit for the whole body, in bytes.
        """
        self.kind = BodyKind.UNKNOWN
        self.size = 0
        self._largest_event = largest_event
        self._largest_reply = largest_reply
        self._mark = b""
        self._mark_passed = False
        self._line = bytearray()
        self._lines = 0
        self._event_size = 0
        self._after_cr = False
        self._document = bytearray()
        self._data_closed = False

    def feed(self, piece: bytes) -> bytes:
        """Return the clean lines that this piece completes.

        Raises:
            TooLargeError: A limit is passed.
        """
        self.size += len(piece)
        if self.size > self._largest_reply:
            raise TooLargeError(f"a reply of over {_megabytes(self._largest_reply)}")
        piece = self._without_mark(piece)
        if self._after_cr and piece:
            piece = piece.removeprefix(b"\n")
            self._after_cr = False
        if not piece:
            return b""
        self._after_cr = piece.endswith(b"\r")
        lines = piece.splitlines()
        self._lines += len(lines)
        if self._lines > MOST_LINES:
            raise TooLargeError(f"a reply of over {MOST_LINES:,} lines")
        unfinished = b"" if piece.endswith((b"\n", b"\r")) else lines.pop()
        out = bytearray()
        for line in lines:
            self._write_line(self._whole_line(line), out)
        if unfinished:
            self._line += unfinished
            if self.kind is BodyKind.UNKNOWN and self._line[:99].lstrip()[:1] == b"<":
                # A page may be one endless line; there is no need to wait for its end.
                self.kind = BodyKind.HTML
            self._check(len(self._line), "a line")
        return bytes(out)

    def close(self) -> bytes:
        """Return what is left when the body is over, its last event closed."""
        out = bytearray()
        if self._mark and not self._mark_passed:
            self._line += self._mark
        if self._line:
            self._write_line(self._whole_line(b""), out)
        if self._document:
            out += b"data:" + self._document + b"\n"
            self._document = bytearray()
        out += b"\n"
        return bytes(out)

    def _without_mark(self, piece: bytes) -> bytes:
        if self._mark_passed:
            return piece
        self._mark += piece
        if len(self._mark) < 3 and codecs.BOM_UTF8.startswith(self._mark):
            return b""
        self._mark_passed = True
        return self._mark.removeprefix(codecs.BOM_UTF8)

    def _whole_line(self, end: bytes) -> bytes:
        if not self._line:
            self._check(len(end), "a line")
            return end
        line = bytes(self._line) + end
        self._line.clear()
        self._check(len(line), "a line")
        return line

    def _check(self, size: int, what: str) -> None:
        if size > self._largest_event:
            raise TooLargeError(f"{what} of over {_megabytes(self._largest_event)}")

    def _write_line(self, line: bytes, out: bytearray) -> None:
        if self.kind is BodyKind.UNKNOWN:
            self._sniff(line)
        if self.kind is BodyKind.EVENTS:
            self._write_event_line(line, out)
        elif self.kind is BodyKind.JSON_LINES:
            if line.strip():
                out += b"data:" + line + b"\n\n"
        elif self.kind is BodyKind.JSON_DOCUMENT:
            self._document += line + b" "
            self._check(len(self._document), "an event")

    def _write_event_line(self, line: bytes, out: bytearray) -> None:
        if not line:
            self._event_size = 0
        else:
            self._event_size += len(line) + 1
            self._check(self._event_size, "an event")
        if line.startswith(_FIELD_ERROR):
            # Older llama.cpp servers write errors as a field of this name.
            out += b"event:error\ndata:" + line[len(_FIELD_ERROR) :] + b"\n\n"
        elif not line.startswith(b":"):
            self._close_glued_event(line, out)
            out += line + b"\n"

    def _close_glued_event(self, line: bytes, out: bytearray) -> None:
        """Part two events that a server forgot to part by a blank line.

        "}" at the end of a data line and "{" at the begin of the next one never
        belong to one JSON value, so this can't tear a value apart.
        """
        is_data = line.startswith(b"data:")
        if is_data and self._data_closed and line[5:].lstrip()[:1] in (b"{", b"["):
            self._event_size = 0
            out += b"\n"
        self._data_closed = is_data and line.endswith(b"}")

    def _sniff(self, line: bytes) -> None:
        first = line.lstrip()[:1]
        if not first:
            return
        if first == b"<":
            self.kind = BodyKind.HTML
        elif first not in b"{[":
            self.kind = BodyKind.EVENTS
        elif parse_json(line.decode("utf-8", "replace")) is None:
            self.kind = BodyKind.JSON_DOCUMENT
        else:
            self.kind = BodyKind.JSON_LINES


def _megabytes(size: int) -> str:
    return f"{size / (1024 * 1024):g} MB"
