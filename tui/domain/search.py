"""What a search over all conversations finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

Mark = tuple[int, int]
"""Where a match begins and ends in a text, in characters."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A conversation whose title matches, or one of its messages.

    Attributes:
        file: The conversation's file.
        title: Its title.
        updated: When the message, or the conversation's last one, was written.
        message_id: The message; "" when the title matched.
        role: Who wrote the message ("user", "assistant", "system"), or "".
        snippet: A line of the message around the match, or "".
        marks: The matches in the snippet, or in the title when there is none.
        needle: What to look for in the opened conversation, or "".
    """

    file: str
    title: str
    updated: datetime
    message_id: str = ""
    role: str = ""
    snippet: str = ""
    marks: tuple[Mark, ...] = ()
    needle: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a search.

    Attributes:
        query: What was searched for.
        hits: Titles first, then messages, the best first.
        read: Conversations whose messages are in the index by now.
        total: Conversations there are.
        note: Why something could not be searched, or "".
        partial: True when there was no time to look inside of all words.
    """

    query: str
    hits: tuple[Hit, ...] = ()
    read: int = 0
    total: int = 0
    note: str = ""
    partial: bool = False

    @property
    def complete(self) -> bool:
        """True when every conversation was searched."""
        return self.read >= self.total and not self.note
