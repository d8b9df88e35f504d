"""What the server does during one answer, as a list of steps.

The honest answer and every misbehaviour are the same kind of value, so that one
performer plays them all, in streaming and in standard mode.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.demo.pacing import Pace

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Head:
    """Begins a streamed response with a status and headers of its own."""

    headers: Headers
    status: int = 200


@dataclass(frozen=True, slots=True)
class Say:
    """Says a text token by token, at the server's pace or at its own."""

    text: str
    pace: Pace | None = None


@dataclass(frozen=True, slots=True)
class Think:
    """Sends a text as reasoning, token by token, in the given field."""

    text: str
    fields: tuple[str, ...] = ("reasoning_content",)


@dataclass(frozen=True, slots=True)
class Delta:
    """Sends one chunk with this delta; None leaves the delta out."""

    delta: dict[str, Any] | None
    finish_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Sends one JSON object as it is."""

    value: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Raw:
    """Sends bytes of the body as they are, in one chunk."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Wait:
    """Sends nothing for some seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class KeepAlive:
    """Sends a sign of life now and then for some seconds, but no text."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Hang:
    """Sends nothing until the client leaves."""


@dataclass(frozen=True, slots=True)
class Finish:
    """Sends the finish reason."""

    reason: str | None = "stop"


@dataclass(frozen=True, slots=True)
class Done:
    """Sends the usage tail if it was asked for, then `[DONE]`."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Closes the connection, leaving the response unfinished."""


@dataclass(frozen=True, slots=True)
class Reset:
    """Resets the connection (TCP RST)."""


@dataclass(frozen=True, slots=True)
class Respond:
    """Sends one whole response instead of an answer."""

    status: int
    body: bytes = b""
    headers: Headers = field(default=(("Content-Type", "application/json"),))


@dataclass(frozen=True, slots=True)
class Wire:
    """Writes bytes past HTTP, straight to the socket."""

    data: bytes


Step = (
    Head
    | Say
    | Think
    | Delta
    | Event
    | Raw
    | Wait
    | KeepAlive
    | Hang
    | Finish
    | Done
    | Cut
    | Reset
    | Respond
    | Wire
)
Script = tuple[Step, ...]

OPENING = Delta({"role": "assistant", "content": ""})
"""The first chunk of an answer names the role and holds no text."""


def whole_answer(text: str, reasoning: str = "", finish: str = "stop") -> Script:
    """Return the script of an answer without any fault."""
    thoughts: Iterable[Step] = (Think(reasoning),) if reasoning else ()
    return (OPENING, *thoughts, Say(text), Finish(finish), Done())
