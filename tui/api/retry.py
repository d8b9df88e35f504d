"""Which failures are tried again, and after how long. Pure functions.

A request is only ever repeated before its first token: after it the answer would
differ and cost twice.
"""

from __future__ import annotations

import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from tui.domain.failure import FailureKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.domain.failure import Failure

MOST_ATTEMPTS = 3
"""The first request and two more."""

LONGEST_WAIT = 60.0
"""Seconds; when a server asks for more, the user decides."""

LONGEST_BACKOFF = 8.0
"""Seconds between two attempts when the server names no wait."""

TRANSIENT_STATUSES = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529}) | {
    520,
    521,
    522,
    523,
}
"""Statuses after which the same request may work a little later.

524 is not among them: the gateway has already waited for 100 s or more.
"""

_WAIT_IN_TEXT = re.compile(
    r"(?i)(?:retry|try again|wait)[\w ]{0,20}?\s(?:after|in|for)?\s*"
    r"(\d{1,7}(?:\.\d{1,6})?)\s*(ms|milliseconds?|s|sec|seconds?|m|min|minutes?|h|hours?)\b"
)
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def may_retry(
    failure: Failure, attempt: int, *, token_arrived: bool, gives_way: bool = False
) -> bool:
    """Return whether a failed attempt is followed by another one.

    Args:
        failure: Why it failed.
        attempt: Which attempt it was, counted from 1.
        token_arrived: True when text or reasoning had arrived.
        gives_way: True when the asker queues again by itself after too many requests
            at once.
    """
    if token_arrived or attempt >= MOST_ATTEMPTS or not is_passing(failure):
        return False
    return not (gives_way and failure.kind is FailureKind.CONCURRENCY)


def is_passing(failure: Failure) -> bool:
    """Return whether it may be gone by itself within a wait that is bearable."""
    return failure.transient and (failure.retry_after or 0.0) <= LONGEST_WAIT


def wait_before_retry(failure: Failure, attempt: int, chance: float) -> float:
    """Return the seconds to wait before the next attempt.

    Args:
        failure: Why the attempt failed; the server's own wait wins.
        attempt: Which attempt it was, counted from 1.
        chance: A random number from 0 to 1, so that clients don't come back at once.
    """
    if failure.retry_after is not None:
        return failure.retry_after
    backoff: float = min(0.5 * 2 ** (attempt - 1), LONGEST_BACKOFF)
    return backoff * (1.0 - 0.25 * chance)


def wait_asked_for(
    headers: Mapping[str, str], message: str, now: float, *, limited: bool
) -> float | None:
    """Return the seconds that a server asks to wait, or None.

    Args:
        headers: The response headers, names in lower case.
        message: The server's error message.
        now: The wall clock, as a Unix timestamp.
        limited: True when a rate limit is the cause, so that its reset counts.
    """
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    header = headers.get("retry-after", "").strip()
    seconds = _number(header)
    if seconds is None and header:
        seconds = _seconds_until(header, now)
    if seconds is not None:
        return seconds
    in_text = _WAIT_IN_TEXT.search(message)
    if in_text:
        unit = in_text.group(2).lower()
        short = "ms" if unit.startswith(("ms", "milli")) else unit[0]
        return float(in_text.group(1)) * _SECONDS[short]
    return _wait_of_limits(headers, now) if limited else None


def _wait_of_limits(headers: Mapping[str, str], now: float) -> float | None:
    """Return the reset of the limit that is used up, or of the first one named."""
    resets = []
    for kind in ("requests", "tokens"):
        reset = parse_duration(headers.get(f"x-ratelimit-reset-{kind}", ""), now)
        if reset is None:
            continue
        if headers.get(f"x-ratelimit-remaining-{kind}", "").strip() == "0":
            return reset
        resets.append(reset)
    if resets:
        return min(resets)
    return parse_duration(headers.get("x-ratelimit-reset", ""), now)


def parse_duration(text: str, now: float) -> float | None:
    """Return the seconds of "7.66s", "2m59.56s", "12" or a Unix timestamp."""
    text = text.strip().lower()
    number = _number(text)
    if number is not None:
        if number > 1e12:
            number /= 1000
        return max(0.0, number - now) if number > 1e9 else number
    parts = _DURATION.findall(text)
    if not parts or "".join(value + unit for value, unit in parts) != text:
        return None
    return float(sum(float(value) * _SECONDS[unit] for value, unit in parts))


def _number(text: str) -> float | None:
    if not re.fullmatch(r"\d{1,15}(\.\d{1,9})?", text.strip()):
        return None
    return float(text)


def _seconds_until(date: str, now: float) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, moment.timestamp() - now)
