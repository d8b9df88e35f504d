"""What the readers of foreign files yield: conversations, and what they refuse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.domain.conversation import Conversation


@dataclass(frozen=True, slots=True)
class Entry:
    """A conversation that can be taken over.

    Its id and its messages' ids come from the source, so that a second run knows it.

    Attributes:
        conversation: The conversation.
        left_out: What of it no message can hold, in words: "2 pictures", or "".
    """

    conversation: Conversation
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A conversation that can't be taken over.

    Attributes:
        name: Its title, or its place in the file.
        reason: Why, in a few words without a full stop.
    """

    name: str
    reason: str
