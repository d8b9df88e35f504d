from __future__ import annotations

from dataclasses import replace

import pytest

from tui.domain.completion import (
    AttemptStarted,
    Ended,
    HeadersReceived,
    NoticeGiven,
    ReasoningArrived,
    RequestSent,
    RetryScheduled,
    SignOfLife,
    StreamEvent,
    TextArrived,
)
from tui.domain.failure import Failure, FailureKind
from tui.domain.message import Status
from tui.domain.phase import Phase
from tui.domain.turn import Turn
from tui.ui.widgets.status_text import clock_text, fit_hints, totals_text, turn_text

QUEUED = Turn("chat.toml", "m1", queued_at=90.0, place=2)
BUSY = Failure(FailureKind.SERVER, "The server is busy.", status=503)
NO_NETWORK = Failure(FailureKind.DNS, "The server's name could not be found.")


def after(*events: tuple[float, StreamEvent]) -> Turn:
    turn = QUEUED
    for at, event in events:
        turn = turn.after(event, at)
    return turn


START = (100.0, AttemptStarted(1, 3))
SENT = (101.0, RequestSent())

STREAM = [(110 + at / 50, TextArrived("x")) for at in range(96)]


@pytest.mark.parametrize(
    ("turn", "now", "text"),
    [
        (QUEUED, 95, "queued 2nd"),
        (replace(QUEUED, place=0), 95, "queued"),
        (
            replace(QUEUED, place=0, retry_at=100.0, notice="Too many at a time."),
            95,
            "queued again, goes on in 0:05 · Too many at a time.",
        ),
        (replace(QUEUED, place=11), 95, "queued 11th"),
        (replace(QUEUED, place=23), 95, "queued 23rd"),
        (after(START), 103.9, "connecting 0:03"),
        (after(START, SENT), 105, "waiting 0:05 · sent"),
        (after(START, SENT), 143, "waiting 0:43 · sent · 42 s silent"),
        (
            replace(after(START, SENT), patience=600.0),
            161,
            "waiting 1:01 · sent · 60 s silent, given up at 600 s",
        ),
        (
            after(START, SENT, (140, HeadersReceived(200))),
            142,
            "waiting 0:42 · accepted",
        ),
        (
            after(START, SENT, (124, HeadersReceived(200)), (125, SignOfLife())),
            127,
            "waiting 0:27 · first byte",
        ),
        (
            after(
                START,
                SENT,
                (124, HeadersReceived(200)),
                *[(125 + at, SignOfLife()) for at in range(3)],
            ),
            131,
            "waiting 0:31 · 3 signs of life",
        ),
        (
            after(START, SENT, (124, HeadersReceived(200))),
            142,
            "waiting 0:42 · accepted · 18 s silent",
        ),
        (
            after(START, (110, RetryScheduled(BUSY, 5, 1, 3))),
            110.2,
            "retry in 0:05 · try 2 of 3 · HTTP 503",
        ),
        (
            after(START, (110, RetryScheduled(NO_NETWORK, 5, 1, 3))),
            120,
            "retry in 0:00 · try 2 of 3 · The server's name could not be found.",
        ),
        (
            after(START, (110, AttemptStarted(2, 3)), SENT, (124, SignOfLife())),
            142,
            "waiting 0:42 · sent · 18 s silent · try 2 of 3",
        ),
        (
            after(START, SENT, *STREAM),
            112,
            "streaming 0:02 · ≈51 tok/s",
        ),
        (after(START, SENT, (110, TextArrived("x"))), 110.5, "streaming 0:00"),
        # A pause does not make the pieces before it slower.
        (after(START, SENT, *STREAM), 115, "streaming 0:05 · ≈51 tok/s"),
        (
            after(START, SENT, (110, TextArrived("x"))),
            130,
            "streaming 0:20 · 20 s silent",
        ),
        (
            after(START, SENT, (110, ReasoningArrived("x"))),
            112,
            "reasoning 0:02",
        ),
        (
            after(START, SENT, (110, NoticeGiven("slow today"))),
            105,
            "waiting 0:05 · sent · slow today",
        ),
        (after(START).stopping(), 112, "stopping"),
        (after(START, (110, Ended(Status.COMPLETE))), 112, ""),
        (after(START, (110, Ended(Status.STOPPED))), 112, "stopped"),
        (after(START, (110, Ended(Status.TRUNCATED))), 112, "cut at the token limit"),
        (
            after(START, (110, Ended(Status.FILTERED))),
            112,
            "cut by the content filter",
        ),
        (
            after(START, (110, Ended(Status.FAILED, failure=BUSY))),
            112,
            "failed: The server is busy.",
        ),
        (
            after(START, (110, Ended(Status.INCOMPLETE, failure=NO_NETWORK))),
            112,
            "broken off: The server's name could not be found.",
        ),
    ],
)
def test_says_what_is_happening(turn: Turn, now: float, text: str) -> None:
    assert turn_text(turn, now) == text


def test_every_phase_has_its_text() -> None:
    for phase in Phase:
        assert turn_text(replace(QUEUED, phase=phase), 100) or phase is Phase.ENDED


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (-3, "0:00"), (59.9, "0:59"), (60, "1:00"), (3725, "1:02:05")],
)
def test_clock(seconds: float, text: str) -> None:
    assert clock_text(seconds) == text


def test_hints_that_fit_the_last_ones_longest() -> None:
    hints = ("ctx 12%", "esc nav", "F1 help")
    assert fit_hints(hints, 27) == "ctx 12% · esc nav · F1 help"
    assert fit_hints(hints, 26) == "esc nav · F1 help"
    assert fit_hints(hints, 8) == "F1 help"
    assert fit_hints(hints, 3) == ""


def test_totals() -> None:
    assert totals_text(1, 2) == "answering 1 · queued 2"
    assert totals_text(0, 0) == ""
