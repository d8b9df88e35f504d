"""What goes to a chat server and what comes back: one request, one stream of events.

The events are the wire's facts, already normalised: whichever server spoke, and in
whichever mode, an answer is a run of `TextArrived` and `ReasoningArrived` that ends
with exactly one `Ended`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tui.domain.message import Role, Status, Usage, nothing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.domain.failure import Failure


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """One chat completion to ask for.

    Attributes:
        model: The model's id.
        messages: Role and text, oldest first.
        stream: True for server-sent events, False for standard mode.
        parameters: Further request fields, sent as they are.
    """

    model: str
    messages: tuple[tuple[Role, str], ...]
    stream: bool = True
    parameters: Mapping[str, Any] = field(default_factory=nothing)


@dataclass(frozen=True, slots=True)
class AttemptStarted:
    """A request is about to connect. `attempt` counts from 1 up to `attempts`."""

    attempt: int
    attempts: int


@dataclass(frozen=True, slots=True)
class RequestSent:
    """The connection stands and the whole request has been written."""


@dataclass(frozen=True, slots=True)
class HeadersReceived:
    """The server has answered with a status and headers."""

    status: int


@dataclass(frozen=True, slots=True)
class SignOfLife:
    """Bytes without text arrived: a keep-alive comment or an empty event."""


@dataclass(frozen=True, slots=True)
class TextArrived:
    """A piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningArrived:
    """A piece of the model's reasoning."""

    text: str


@dataclass(frozen=True, slots=True)
class RetryScheduled:
    """The attempt failed before any token; another follows after `wait` seconds."""

    failure: Failure
    wait: float
    attempt: int
    attempts: int


@dataclass(frozen=True, slots=True)
class NoticeGiven:
    """Something the user should know although the answer goes on."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The answer is over. Exactly one, always the last event.

    Attributes:
        status: How it ended.
        response_id: The completion's id, or "".
        model: The model that answered by the server's word, or "".
        created: The server's Unix timestamp (seconds), or None.
        finish_reason: The server's own word, or "".
        usage: Token counts when the server reported them.
        failure: Why it failed or broke off, else None.
    """

    status: Status
    response_id: str = ""
    model: str = ""
    created: int | None = None
    finish_reason: str = ""
    usage: Usage | None = None
    failure: Failure | None = None


StreamEvent = (
    AttemptStarted
    | RequestSent
    | HeadersReceived
    | SignOfLife
    | TextArrived
    | ReasoningArrived
    | RetryScheduled
    | NoticeGiven
    | Ended
)


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """One model of the server's list.

    `context_tokens` is the size of its context window when the server tells it.
    """

    id: str
    owned_by: str = ""
    context_tokens: int | None = None
