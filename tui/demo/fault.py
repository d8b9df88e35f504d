"""What a misbehaviour is: a name to ask for, two sentences, and its script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.demo.responses import JSON_TYPE, to_json
from tui.demo.script import OPENING, Done, Finish, Respond, Say, Script, Step

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.chat_request import ChatRequest
    from tui.demo.responses import Envelope

FIRST_HALF = (
    "This is an answer that you asked to go wrong. It begins like any other, with a "
    "sentence or two that arrive word by word, "
)
SECOND_HALF = (
    "and it ends like any other, too: with a full stop and a finish reason. If you can "
    "read this sentence, nothing of the text was lost."
)
SPOKEN = FIRST_HALF + SECOND_HALF
"""What is said around a fault, so that one sees what was kept."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The request that a misbehaviour answers.

    Attributes:
        request: The request.
        envelope: What the chunks of the answer share.
        attempt: How often this very request has come, counted from 1.
        number: The number in the prompt ("slow start 20"), or None.
    """

    request: ChatRequest
    envelope: Envelope
    attempt: int = 1
    number: float | None = None

    def number_or(self, default: float) -> float:
        """Return the number in the prompt, or the default."""
        return default if self.number is None else self.number


@dataclass(frozen=True, slots=True)
class Fault:
    """One misbehaviour.

    Attributes:
        name: What to type.
        does: What the server then does.
        expect: What a client should show.
        script: Makes the steps for a request.
        aliases: Other names.
        streaming_only: True when it exists in streaming mode only.
    """

    name: str
    does: str
    expect: str
    script: Callable[[Asked], Script]
    aliases: tuple[str, ...] = ()
    streaming_only: bool = False


def fixed(*steps: Step) -> Callable[[Asked], Script]:
    """Return a script maker that always gives these steps."""
    return lambda asked: steps


def broken_by(*steps: Step) -> Callable[[Asked], Script]:
    """Return a script maker: half an answer, then these steps."""
    return fixed(OPENING, Say(FIRST_HALF), *steps)


def around(*steps: Step) -> Callable[[Asked], Script]:
    """Return a script maker: these steps between the halves of a whole answer."""
    return fixed(OPENING, Say(FIRST_HALF), *steps, Say(SECOND_HALF), Finish(), Done())


def refuse_with(status: int, value: object) -> Respond:
    """Return the step that answers with a status and any JSON."""
    return Respond(status, to_json(value), (JSON_TYPE,))
