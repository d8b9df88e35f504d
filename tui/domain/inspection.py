"""What the inspector shows of one exchange with a server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.domain.completion import Ended


@dataclass(frozen=True, slots=True)
class Inspection:
    """The facts of one exchange, secrets masked; of several attempts the last one's.

    Attributes:
        method: The HTTP method, or "" when no request was sent.
        url: The URL.
        request_headers: The request's headers.
        request_json: The request's body, laid out for reading.
        attempts: How many requests were sent.
        status: The HTTP status, or None when none came.
        response_headers: The response's headers.
        moments: Seconds from the start to "sent", "headers", "first byte",
            "first token" and "ended", as far as they came.
        ended: The ending, or None while it runs.
        raw: The response's body: its begin and its end, 64 KB each.
        curl: A shell command that sends the same request; the key is a variable.
        received: The bytes of the response's body so far.
    """

    method: str
    url: str
    request_headers: Mapping[str, str]
    request_json: str
    attempts: int
    status: int | None
    response_headers: Mapping[str, str]
    moments: Mapping[str, float]
    ended: Ended | None
    raw: str
    curl: str
    received: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """What is new in an exchange that runs, secrets masked.

    Attributes:
        attempts: How many requests were sent.
        status: The HTTP status, or None when none came.
        response_headers: The response's headers.
        moments: As in `Inspection`.
        ended: The ending, or None while it runs.
        received: The bytes of the response's body so far.
        lines: Further complete lines of the body's first 64 KB.
        upto: Where in the body these lines end, in bytes.
    """

    attempts: int
    status: int | None
    response_headers: Mapping[str, str]
    moments: Mapping[str, float]
    ended: Ended | None
    received: int
    lines: str
    upto: int
