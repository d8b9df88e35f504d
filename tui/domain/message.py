"""One message of a conversation, and what is known about how it came to be."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


def nothing() -> Mapping[str, Any]:
    """Return an empty, immutable mapping."""
    return MappingProxyType({})


class Role(StrEnum):
    """Who speaks. The three roles of the Chat Completions API."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


class Status(StrEnum):
    """How an answer ended. Text received before a break is always kept."""

    COMPLETE = "complete"
    """A terminal finish reason or `[DONE]` arrived, and no error."""

    TRUNCATED = "truncated"
    """The server stopped at its token limit."""

    FILTERED = "filtered"
    """The server's content filter stopped the answer."""

    STOPPED = "stopped"
    """The user stopped it."""

    INCOMPLETE = "incomplete"
    """The connection or the program broke after some text had arrived."""

    FAILED = "failed"
    """No text arrived; `Message.error` says why."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts of one answer.

    `estimated` is true when the server reported none and the counts are our own
    guess; they are then shown with `≈`.
    """

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Timing:
    """How long an answer took, in seconds since the request was sent."""

    first_token: float | None = None
    """Until the first token of text or reasoning."""

    total: float | None = None
    """Until the ending."""

    reasoning: float | None = None
    """Spent on reasoning before the first token of the answer."""

    first_byte: float | None = None
    """Until the first byte of the answer, a keep-alive included."""

    speed: float | None = None
    """Tokens of text and reasoning a second from the first one to the ending; as sure
    as the token counts are."""


def tokens_per_second(
    usage: Usage | None, first_token: float | None, total: float | None
) -> float | None:
    """Return the speed of an answer, or None when it can't be told.

    Args:
        usage: Its token counts.
        first_token: Seconds until its first token.
        total: Seconds until its ending.
    """
    tokens = usage.completion_tokens if usage is not None else None
    if not tokens or first_token is None or total is None or total <= first_token:
        return None
    return round(tokens / (total - first_token), 1)


@dataclass(frozen=True, slots=True)
class Message:
    """One message. A conversation's messages form a tree through `parent`.

    Attributes:
        id: Unique within the conversation.
        role: Who speaks.
        content: The text exactly as typed or received.
        created: When it was sent or began to arrive (aware, UTC), or None when
            the file does not say.
        parent: The id of the message it answers or follows; None for a root.
        model: The model that wrote it, for answers.
        status: How an answer ended; None for user messages.
        reasoning: The model's reasoning, kept apart and never sent back.
        response_id: The server's id of the completion.
        finish_reason: The server's own word for the ending.
        usage: Token counts, when known.
        timing: How long it took, when known.
        error: The sentence that says why it failed or broke off, else "".
        error_detail: What the server literally said, bounded, else "".
        edited: True when the user changed the words of an answer.
        extra: Unknown keys of the message's table in the file, kept as they are.
    """

    id: str
    role: Role
    content: str
    created: datetime | None = None
    parent: str | None = None
    model: str = ""
    status: Status | None = None
    reasoning: str = ""
    response_id: str = ""
    finish_reason: str = ""
    usage: Usage | None = None
    timing: Timing | None = None
    error: str = ""
    error_detail: str = ""
    edited: bool = False
    extra: Mapping[str, Any] = field(default_factory=nothing)
