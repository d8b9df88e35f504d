"""What the file says of an answer that has ended. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.context_use import CHARACTERS_PER_TOKEN
from tui.domain.message import Message, Role, Timing, Usage, tokens_per_second

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tui.domain.completion import Ended
    from tui.domain.turn import Turn


def answer_message(
    turn: Turn,
    ended: Ended,
    *,
    text: str,
    reasoning: str,
    sent: Sequence[tuple[Role, str]],
    created: datetime,
    now: float,
) -> Message:
    """Return the message of an answer.

    Args:
        turn: Its last state.
        ended: How it ended.
        text: All text that has arrived.
        reasoning: All reasoning that has arrived.
        sent: What was sent for it, to estimate tokens that the server did not count.
        created: When it began (aware, UTC).
        now: The monotonic clock, in seconds.
    """
    failure = ended.failure
    usage = ended.usage or _estimate(sent, text, reasoning)
    return Message(
        id=turn.message_id,
        role=Role.ASSISTANT,
        content=text,
        created=created,
        parent=turn.parent,
        model=ended.model or turn.model,
        status=ended.status,
        reasoning=reasoning,
        response_id=ended.response_id,
        finish_reason=ended.finish_reason,
        usage=usage,
        timing=_timing(turn, usage, now, reasoned=bool(reasoning)),
        error=failure.sentence if failure else "",
        error_detail=failure.detail if failure else "",
    )


def _timing(turn: Turn, usage: Usage | None, now: float, *, reasoned: bool) -> Timing:
    start = turn.started_at if turn.started_at is not None else now
    thought = turn.first_token_at if reasoned else None
    first_token, total = _since(start, turn.first_token_at), _since(start, now)
    return Timing(
        first_token=first_token,
        total=total,
        reasoning=_since(thought, turn.first_text_at or now) if thought else None,
        first_byte=_since(start, turn.first_byte_at),
        speed=tokens_per_second(usage, first_token, total),
    )


def _estimate(
    sent: Sequence[tuple[Role, str]], text: str, reasoning: str
) -> Usage | None:
    if not text and not reasoning:
        return None
    characters = sum(len(content) for _, content in sent)
    prompt = max(1, characters // CHARACTERS_PER_TOKEN)
    completion = max(1, (len(text) + len(reasoning)) // CHARACTERS_PER_TOKEN)
    return Usage(prompt, completion, prompt + completion, estimated=True)


def _since(start: float, moment: float | None) -> float | None:
    return None if moment is None else round(max(0.0, moment - start), 3)
