"""What the status line says about an answer: a turn and a moment become text. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tui.domain.message import Status
from tui.domain.phase import Phase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.domain.turn import Turn

SEPARATOR = " · "
SILENCE_SHOWN = 5.0
"""Seconds without a byte before the silence is worth a word."""

LIMIT_SHOWN = 60.0
"""Seconds without a byte before one wants to know how long that may go on."""

_RATE_SPAN = 1.0
"""Seconds of streaming before a rate means anything."""


def turn_text(turn: Turn, now: float) -> str:
    """Return what is happening, in a few words.

    Args:
        turn: The answer.
        now: The monotonic clock, in seconds.

    Returns:
        One line; foreign text in it (a failure's sentence) is not cleaned yet.
    """
    match turn.phase:
        case Phase.QUEUED:
            parts = _queued(turn, now)
        case Phase.CONNECTING:
            parts = [f"connecting {clock_text(_since(turn.started_at, now))}"]
            parts += _attempt(turn)
        case Phase.SENT | Phase.HEADERS:
            parts = [f"waiting {clock_text(_since(turn.started_at, now))}"]
            parts += [_heard(turn), *_silence(turn, now), *_attempt(turn)]
        case Phase.RETRYING:
            parts = [f"retry in {_countdown(turn, now)}", *_next_attempt(turn)]
            parts += _cause(turn)
        case Phase.STREAMING:
            parts = _streaming(turn, now)
        case Phase.STOPPING:
            parts = ["stopping"]
        case Phase.ENDED:
            parts = _ended(turn)
    if turn.notice and turn.phase is not Phase.ENDED:
        parts.append(turn.notice)
    return SEPARATOR.join(parts)


def totals_text(running: int, queued: int) -> str:
    """Return how many answers are on their way in all conversations, or ""."""
    parts = []
    if running:
        parts.append(f"answering {running}")
    if queued:
        parts.append(f"queued {queued}")
    return SEPARATOR.join(parts)


def clock_text(seconds: float) -> str:
    """Return a duration as `m:ss`, from an hour on as `h:mm:ss`."""
    whole = max(0, int(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def fit_hints(hints: Sequence[str], cells: int) -> str:
    """Return as many hints as fit, the last ones first.

    The last hint is the most general (how to get help), so it stays longest.

    Args:
        hints: Short texts without wide characters.
        cells: The room for all of them.
    """
    kept = list(hints)
    while kept and len(SEPARATOR.join(kept)) > cells:
        del kept[0]
    return SEPARATOR.join(kept)


def _since(moment: float | None, now: float) -> float:
    return 0.0 if moment is None else now - moment


def _ordinal(place: int) -> str:
    teens = 10 <= place % 100 <= 20
    suffix = "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{suffix}"


def _queued(turn: Turn, now: float) -> list[str]:
    if turn.retry_at is not None:
        return [f"queued again, goes on in {_countdown(turn, now)}"]
    return [f"queued {_ordinal(turn.place)}" if turn.place else "queued"]


def _countdown(turn: Turn, now: float) -> str:
    """Return the time that is left, rounded up: 0:00 is when it is over."""
    return clock_text(math.ceil(max(0.0, (turn.retry_at or now) - now)))


def _heard(turn: Turn) -> str:
    """Return how far the server has let itself be heard."""
    if turn.phase is Phase.SENT:
        return "sent"
    if not turn.signs:
        return "accepted"
    return "first byte" if turn.signs == 1 else f"{turn.signs} signs of life"


def _silence(turn: Turn, now: float) -> list[str]:
    span = _since(turn.silent_since, now)
    if span < SILENCE_SHOWN:
        return []
    silent = f"{int(span)} s silent"
    if turn.patience is not None and span >= LIMIT_SHOWN:
        silent += f", given up at {turn.patience:g} s"
    return [silent]


def _attempt(turn: Turn) -> list[str]:
    return [f"try {turn.attempt} of {turn.attempts}"] if turn.attempt > 1 else []


def _next_attempt(turn: Turn) -> list[str]:
    following = turn.attempt + 1
    return [f"try {following} of {turn.attempts}"] if turn.attempts > 1 else []


def _cause(turn: Turn) -> list[str]:
    if turn.failure is None:
        return []
    if turn.failure.status is not None:
        return [f"HTTP {turn.failure.status}"]
    return [turn.failure.sentence] if turn.failure.sentence else []


def _streaming(turn: Turn, now: float) -> list[str]:
    span = _since(turn.first_token_at, now)
    word = "streaming" if turn.first_text_at is not None else "reasoning"
    parts = [f"{word} {clock_text(span)}"]
    silence = _silence(turn, now)
    if silence:
        return parts + silence
    # Not up to now: a pause says nothing about how fast the pieces before it came.
    heard = _since(turn.first_token_at, turn.last_byte_at or now)
    if heard >= _RATE_SPAN and turn.pieces:
        parts.append(f"≈{turn.pieces / heard:.0f} tok/s")
    return parts


def _ended(turn: Turn) -> list[str]:
    status = turn.ended.status if turn.ended is not None else None
    sentence = turn.failure.sentence if turn.failure is not None else ""
    match status:
        case Status.FAILED:
            return [f"failed: {sentence}" if sentence else "failed"]
        case Status.INCOMPLETE:
            return [f"broken off: {sentence}" if sentence else "broken off"]
        case Status.STOPPED:
            return ["stopped"]
        case Status.TRUNCATED:
            return ["cut at the token limit"]
        case Status.FILTERED:
            return ["cut by the content filter"]
        case _:
            return []
