"""What the transcript shows: one entry for each message, as a pure value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.domain.message import Status


class EntryKind(StrEnum):
    """Who or what an entry stands for."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Entry:
    """One message on the screen.

    Attributes:
        id: The message's id; unique within a conversation.
        kind: Decides the colour of the label and whether the text is Markdown
            (answers and notes) or shown as typed (prompts).
        text: The source text, exactly as stored.
        label: "You", the model's name, "System prompt".
        when: The time of day, or "".
        details: Facts at the right of the label line, most important first; what
            does not fit is left out from the end.
        reasoning: The model's reasoning, or "".
        reasoning_seconds: How long it reasoned, in seconds, when that is known.
        status: How the answer ended; anything but `COMPLETE` gets a line.
        notice: Why it failed or broke off, or "".
        hint: Which keys help now ("r try again"), or "".
        streaming: True while text still arrives.
    """

    id: str
    kind: EntryKind
    text: str
    label: str
    when: str = ""
    details: tuple[str, ...] = ()
    reasoning: str = ""
    reasoning_seconds: float | None = None
    status: Status | None = None
    notice: str = ""
    hint: str = ""
    streaming: bool = False
