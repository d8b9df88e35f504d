"""How long a server asks to wait, and which failures are tried again."""

from __future__ import annotations

from email.utils import formatdate

import pytest

from tui.api.retry import (
    LONGEST_WAIT,
    may_retry,
    parse_duration,
    wait_asked_for,
    wait_before_retry,
)
from tui.domain.failure import Failure, FailureKind

NOW = 1_764_000_000.0


@pytest.mark.parametrize(
    ("headers", "message", "seconds"),
    [
        ({"retry-after": "7"}, "", 7.0),
        ({"retry-after": "1.5"}, "", 1.5),
        ({"retry-after": formatdate(NOW + 90, usegmt=True)}, "", 90.0),
        ({"retry-after": formatdate(NOW - 90, usegmt=True)}, "", 0.0),
        ({"retry-after": "soon"}, "", None),
        ({"retry-after": "-5"}, "", None),
        ({"retry-after-ms": "250", "retry-after": "9"}, "", 0.25),
        ({}, "Too many concurrent requests. Retry after 12s.", 12.0),
        ({}, "Please try again in 7.66s.", 7.66),
        ({}, "Please try again in 20ms", 0.02),
        ({}, "Please retry after 2 minutes", 120.0),
        ({}, "Retry later", None),
        ({"x-ratelimit-reset-requests": "2m59.56s"}, "", 179.56),
        (
            {
                "x-ratelimit-reset-requests": "1s",
                "x-ratelimit-reset-tokens": "9s",
                "x-ratelimit-remaining-tokens": "0",
            },
            "",
            9.0,
        ),
        ({"x-ratelimit-reset": str(int(NOW) + 30)}, "", 30.0),
        ({"x-ratelimit-reset": str(int(NOW + 30) * 1000)}, "", 30.0),
        ({}, "", None),
    ],
)
def test_waits(headers: dict[str, str], message: str, seconds: float | None) -> None:
    found = wait_asked_for(headers, message, NOW, limited=True)

    assert found == (None if seconds is None else pytest.approx(seconds))


def test_limits_count_only_when_they_are_the_cause() -> None:
    headers = {"x-ratelimit-reset-requests": "1h"}

    assert wait_asked_for(headers, "", NOW, limited=False) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1h2m3s", 3723.0), ("500ms", 0.5), ("12", 12.0), ("x", None), ("1s?", None)],
)
def test_durations(text: str, seconds: float | None) -> None:
    assert parse_duration(text, NOW) == seconds


def test_when_to_retry() -> None:
    passing = Failure(FailureKind.SERVER, "x", transient=True)
    lasting = Failure(FailureKind.KEY, "x")
    patient = Failure(
        FailureKind.RATE_LIMIT, "x", transient=True, retry_after=LONGEST_WAIT + 1
    )

    assert may_retry(passing, 1, token_arrived=False)
    assert may_retry(passing, 2, token_arrived=False)
    assert not may_retry(passing, 3, token_arrived=False)
    assert not may_retry(passing, 1, token_arrived=True)
    assert not may_retry(lasting, 1, token_arrived=False)
    assert not may_retry(patient, 1, token_arrived=False)


def test_waits_grow_and_vary() -> None:
    failure = Failure(FailureKind.SERVER, "x", transient=True)

    assert wait_before_retry(failure, 1, 0.0) == 0.5
    assert wait_before_retry(failure, 2, 0.0) == 1.0
    assert wait_before_retry(failure, 2, 1.0) == 0.75
    assert wait_before_retry(failure, 20, 0.0) == 8.0
