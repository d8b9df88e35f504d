"""What the inspector shows of one exchange: the request, the answer's head, its bytes.

No secret is ever in here: headers and query fields that hold one are masked when they
come in, and the answer's bytes when they go out.
"""

from __future__ import annotations

import json
import shlex
import time
from collections import deque
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from tui.api.redaction import MASK, Redactor, is_secret_name
from tui.domain.inspection import Inspection, Progress
from tui.domain.message import nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.domain.completion import Ended

LARGEST_PART = 64 * 1024
"""Bytes kept of the begin and of the end of an answer's raw bytes."""

MOST_HEADERS = 100
LONGEST_HEADER = 1000


class RawBytes:
    """The begin and the end of a run of bytes; what lies between is counted."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._tail: deque[bytes] = deque()
        self._tail_size = 0
        self.size = 0
        """The bytes that came, in all."""

    def add(self, piece: bytes) -> None:
        """Take further bytes."""
        self.size += len(piece)
        room = LARGEST_PART - len(self._head)
        if room > 0:
            self._head += piece[:room]
            piece = piece[room:]
        if piece:
            piece = piece[-LARGEST_PART:]
            self._tail.append(piece)
            self._tail_size += len(piece)
            while self._tail_size - len(self._tail[0]) >= LARGEST_PART:
                self._tail_size -= len(self._tail.popleft())

    def head(self) -> str:
        """Return the begin as text."""
        return self._head.decode("utf-8", "replace")

    def lines_from(self, start: int) -> tuple[str, int]:
        """Return the complete lines of the begin from a place on, and their end.

        Args:
            start: Where a line begins, in bytes.
        """
        end = max(start, self._head.rfind(b"\n", start) + 1)
        return self._head[start:end].decode("utf-8", "replace"), end

    def text(self) -> str:
        """Return begin and end as text, with a mark for what was left out."""
        tail = b"".join(self._tail)[-LARGEST_PART:]
        left_out = self.size - len(self._head) - len(tail)
        mark = f"\n… {left_out:,} bytes left out …\n" if left_out else ""
        return self.head() + mark + tail.decode("utf-8", "replace")


class ExchangeRecord:
    """The facts of one exchange; of several attempts the last one's.

    Attributes:
        method: The HTTP method.
        url: The URL, secret query fields masked.
        request_headers: The request headers, secret ones masked.
        request: The request's JSON object.
        attempts: How many requests were sent.
        status: The HTTP status, or None when none came.
        response_headers: The response headers, secrets masked.
        moments: Seconds from the start to "sent", "headers", "first byte",
            "first token" and "ended", as far as they came.
        ended: The ending, or None while it runs.
    """

    def __init__(
        self,
        redact: Redactor,
        key_variable: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make an empty record.

        Args:
            redact: Removes secrets from foreign text.
            key_variable: The environment variable that `as_curl` names for the key.
            clock: Monotonic, in seconds.
        """
        self._redact = redact
        self._key_variable = key_variable or "API_KEY"
        self._clock = clock
        self._start = clock()
        self._raw = RawBytes()
        self.method = ""
        self.url = ""
        self.request_headers: dict[str, str] = {}
        self.request: Mapping[str, Any] = nothing()
        self.attempts = 0
        self.status: int | None = None
        self.response_headers: dict[str, str] = {}
        self.moments: dict[str, float] = {}
        self.ended: Ended | None = None

    def begin(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        fields: Mapping[str, Any],
    ) -> None:
        """Note a request that is about to be sent; forgets the attempt before."""
        self.attempts += 1
        self.method = method
        self.url = _masked_url(url)
        self.request_headers = {
            name: self._masked_header(name, value) for name, value in headers.items()
        }
        self.request = dict(fields)
        self.status = None
        self.response_headers = {}
        self.moments = {}
        self._raw = RawBytes()

    def take_head(self, status: int, headers: Mapping[str, str]) -> None:
        """Note the head of the response."""
        self.mark("headers")
        self.status = status
        self.response_headers = {
            name[:LONGEST_HEADER]: self._masked_header(name, value)
            for name, value in list(headers.items())[:MOST_HEADERS]
        }

    def take_bytes(self, piece: bytes) -> None:
        """Note bytes of the response's body, decompressed."""
        self.mark("first byte")
        self._raw.add(piece)

    def mark(self, moment: str) -> None:
        """Note when something happened for the first time."""
        if moment not in self.moments:
            self.moments[moment] = round(self._clock() - self._start, 3)

    def end(self, ended: Ended) -> None:
        """Note the ending."""
        self.mark("ended")
        self.ended = ended

    @property
    def raw(self) -> str:
        """The response's body as text: begin and end, secrets masked."""
        return self._redact(self._raw.text())

    @property
    def raw_head(self) -> str:
        """The begin of the response's body as text, secrets masked."""
        return self._redact(self._raw.head())

    @property
    def request_json(self) -> str:
        """The request's JSON, laid out for reading."""
        return json.dumps(self.request, ensure_ascii=False, indent=2, default=str)

    def as_curl(self) -> str:
        """Return a shell command that sends the same request; the key is a variable."""
        parts = [f"curl {shlex.quote(self.url)}"]
        for name, value in self.request_headers.items():
            if name.lower() == "authorization":
                parts.append(f'-H "Authorization: Bearer ${self._key_variable}"')
            elif name.lower() not in ("user-agent", "accept-encoding"):
                parts.append(f"-H {shlex.quote(f'{name}: {value}')}")
        if self.request:
            body = json.dumps(self.request, ensure_ascii=False, default=str)
            parts.append(f"--data-raw {shlex.quote(body)}")
        if self.request.get("stream"):
            parts.append("--no-buffer")
        return " \\\n  ".join(parts)

    def inspect(self) -> Inspection:
        """Return the record as a value."""
        return Inspection(
            method=self.method,
            url=self.url,
            request_headers=dict(self.request_headers),
            request_json=self.request_json if self.request else "",
            attempts=self.attempts,
            status=self.status,
            response_headers=dict(self.response_headers),
            moments=dict(self.moments),
            ended=self.ended,
            raw=self.raw,
            curl=self.as_curl() if self.url else "",
            received=self._raw.size,
        )

    def progress(self, attempts: int, upto: int) -> Progress:
        """Return what is new, at a cost that does not grow with the exchange.

        Args:
            attempts: How many requests were sent when it was looked at before.
            upto: Up to where the body was seen then, in bytes.
        """
        # Whole lines: no secret is cut in two, where it would not be found.
        lines, upto = self._raw.lines_from(upto if attempts == self.attempts else 0)
        return Progress(
            attempts=self.attempts,
            status=self.status,
            response_headers=dict(self.response_headers),
            moments=dict(self.moments),
            ended=self.ended,
            received=self._raw.size,
            lines=self._redact(lines),
            upto=upto,
        )

    def _masked_header(self, name: str, value: str) -> str:
        if is_secret_name(name):
            return f"Bearer {MASK}" if name.lower() == "authorization" else MASK
        return self._redact(value)[:LONGEST_HEADER]


def _masked_url(url: str) -> str:
    parts = urlsplit(url)
    if not parts.query:
        return url
    pairs = [
        (name, MASK if is_secret_name(name) else value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    return urlunsplit(parts._replace(query=urlencode(pairs, safe="*")))
