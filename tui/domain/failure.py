"""Why a request failed: a kind, a sentence for the user, and what may be done."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FailureKind(StrEnum):
    """The causes that the user can tell apart and act on."""

    KEY = "key"
    MODEL = "model"
    QUOTA = "quota"
    CREDIT = "credit"
    RATE_LIMIT = "rate_limit"
    CONCURRENCY = "concurrency"
    CONTEXT = "context"
    REQUEST = "request"
    REFUSED = "refused"
    MODERATION = "moderation"
    SERVER = "server"
    GATEWAY_TIMEOUT = "gateway_timeout"
    SILENCE = "silence"
    CONNECTION = "connection"
    DNS = "dns"
    TLS = "tls"
    PROXY = "proxy"
    ADDRESS = "address"
    NOT_AN_API = "not_an_api"
    REDIRECT = "redirect"
    EMPTY = "empty"
    TOOL = "tool"
    DECODE = "decode"
    TOO_LARGE = "too_large"
    CUT_OFF = "cut_off"
    UNSENT = "unsent"
    UNFORESEEN = "unforeseen"


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure as the user meets it.

    Attributes:
        kind: The cause.
        sentence: What happened and what to do next: our own words, at most two
            lines, never the key, never control characters.
        detail: What the server literally said, cleaned and bounded (2 KB), or "".
        status: The HTTP status, or None when there was none.
        retry_after: Seconds the server asks to wait, or None.
        transient: True when the same request may work by itself a little later.
        wire: The raw answer for the inspector, bounded (64 KB) and redacted, or "".
    """

    kind: FailureKind
    sentence: str
    detail: str = ""
    status: int | None = None
    retry_after: float | None = None
    transient: bool = False
    wire: str = ""
