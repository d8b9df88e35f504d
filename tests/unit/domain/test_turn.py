from __future__ import annotations

from tui.domain.completion import (
    AttemptStarted,
    Ended,
    HeadersReceived,
    ReasoningArrived,
    RequestSent,
    RetryScheduled,
    SignOfLife,
    TextArrived,
)
from tui.domain.failure import Failure, FailureKind
from tui.domain.message import Status
from tui.domain.phase import Phase
from tui.domain.turn import Turn

BUSY = Failure(FailureKind.RATE_LIMIT, "Busy.", transient=True)


def test_an_answer_goes_through_its_phases() -> None:
    turn = Turn("f.toml", "m")
    turn = turn.after(AttemptStarted(1, 3), 1.0)
    assert (turn.phase, turn.started_at) == (Phase.CONNECTING, 1.0)
    turn = turn.after(RequestSent(), 1.1)
    assert (turn.phase, turn.sent_at, turn.silent_since) == (Phase.SENT, 1.1, 1.1)
    turn = turn.after(HeadersReceived(200), 2.0)
    assert (turn.phase, turn.last_byte_at) == (Phase.HEADERS, 2.0)
    turn = turn.after(SignOfLife(), 5.0)
    assert turn.waiting
    assert (turn.last_byte_at, turn.silent_since) == (5.0, 5.0)
    assert (turn.first_byte_at, turn.signs) == (5.0, 1)
    turn = turn.after(ReasoningArrived("hm"), 6.0)
    assert (turn.phase, turn.first_token_at) == (Phase.STREAMING, 6.0)
    assert turn.first_text_at is None
    turn = turn.after(TextArrived("Hi"), 7.0)
    assert (turn.first_token_at, turn.first_text_at) == (6.0, 7.0)
    turn = turn.after(Ended(Status.COMPLETE), 8.0)
    assert turn.phase is Phase.ENDED


def test_a_retry_keeps_the_start_and_forgets_the_bytes() -> None:
    turn = Turn("f.toml", "m").after(AttemptStarted(1, 3), 1.0)
    turn = turn.after(RequestSent(), 1.5).after(SignOfLife(), 1.6)
    turn = turn.after(RetryScheduled(BUSY, 2.5, 2, 3), 2.0)
    assert (turn.phase, turn.retry_at, turn.failure) == (Phase.RETRYING, 4.5, BUSY)
    turn = turn.after(AttemptStarted(2, 3), 4.5)
    assert (turn.attempt, turn.started_at, turn.last_byte_at) == (2, 1.0, None)
    assert (turn.silent_since, turn.first_byte_at, turn.signs) == (None, None, 0)


def test_nothing_follows_an_ending() -> None:
    ended = Turn("f.toml", "m").after(Ended(Status.STOPPED), 1.0)
    assert ended.after(TextArrived("late"), 2.0) is ended
    assert ended.stopping() is ended
