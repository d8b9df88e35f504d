"""What the services tell the interface: facts, immutable, in order.

Progress may be merged on its way (`AnswerGrew`, `TurnChanged`); everything else
always arrives. They are named tuples, which are made in a fifth of the time that
dataclasses take: the first frame waits for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tui.domain.conversation import Conversation
    from tui.domain.message import Message
    from tui.domain.phase import Phase
    from tui.domain.settings import Problem
    from tui.domain.summary import Summary
    from tui.domain.turn import Turn


@dataclass(frozen=True, slots=True)
class Activity:
    """What goes on in a conversation beside its text: the marks of the list.

    Attributes:
        phase: The phase of its running turn, or None.
        unread: Answers that ended while the conversation was not shown.
        failed: True when the newest of them failed.
        draft: True when unsent text waits in its composer.
        unsaved: Why its last change is not on disk yet, or "".
    """

    phase: Phase | None = None
    unread: int = 0
    failed: bool = False
    draft: bool = False
    unsaved: str = ""


class LibraryListed(NamedTuple):
    """All conversations on disk, newest first."""

    summaries: tuple[Summary, ...]


class LibraryExtended(NamedTuple):
    """More conversations on disk, beside those that are listed already."""

    summaries: tuple[Summary, ...]


class SummaryChanged(NamedTuple):
    """A conversation is new in the list or its row changed."""

    summary: Summary


class SummaryRemoved(NamedTuple):
    """A conversation has left the list.

    Attributes:
        file: The file's name.
        by_others: True when it was not deleted here.
        to: The name that others gave the file, or "".
    """

    file: str
    by_others: bool = False
    to: str = ""


class ActivityChanged(NamedTuple):
    """The marks of a conversation changed."""

    file: str
    activity: Activity


class MessageAdded(NamedTuple):
    """A message was added at the end of the path: a prompt, always on disk."""

    file: str
    message: Message


class ConversationChanged(NamedTuple):
    """Anything else changed: title, system prompt, path, an outside edit."""

    file: str
    conversation: Conversation


class FileChecked(NamedTuple):
    """Something else is wrong in an open file now, or it may be written to or not.

    Attributes:
        file: The conversation.
        problems: What is wrong in it.
        read_only: Why nothing is written to it, or "".
    """

    file: str
    problems: tuple[Problem, ...]
    read_only: str


class EarlierLoaded(NamedTuple):
    """Messages above those that are known of a conversation have been read.

    Attributes:
        file: The conversation.
        conversation: What is known of it now.
        messages: Those of the new ones that are on the path, in its order.
        below: The id of the message of the path that they stand above.
        complete: True when nothing is left to be read.
        problems: What is wrong in the file, once it is complete.
        read_only: Why nothing is written to it, once it is complete.
    """

    file: str
    conversation: Conversation
    messages: tuple[Message, ...] = ()
    below: str = ""
    complete: bool = False
    problems: tuple[Problem, ...] = ()
    read_only: str = ""


class ConversationUnreadable(NamedTuple):
    """What is above the end of an open conversation can't be read."""

    file: str
    sentence: str


class TurnChanged(NamedTuple):
    """A running answer moved on: its phase, its attempt, its place in the queue."""

    turn: Turn


class AnswerGrew(NamedTuple):
    """Text arrived for a running answer. Consecutive ones are merged."""

    file: str
    message_id: str
    text: str = ""
    reasoning: str = ""


class AnswerEnded(NamedTuple):
    """An answer is over, whichever way; `message` is what the file will hold."""

    turn: Turn
    message: Message


class PromptsQueued(NamedTuple):
    """The prompts that wait behind a conversation's running answer changed."""

    file: str
    prompts: tuple[str, ...]


class DraftChanged(NamedTuple):
    """The unsent text of a conversation was changed by something else than typing."""

    file: str
    text: str


class NoticeGiven(NamedTuple):
    """Something to tell once.

    Attributes:
        sentence: The sentence; foreign text in it is not cleaned yet.
        severity: "information", "warning" or "error".
    """

    sentence: str
    severity: str = "information"


class ModelsListed(NamedTuple):
    """The models of an endpoint, and so the sizes of their contexts, are known."""


class ProblemsFound(NamedTuple):
    """Files of the user's that are wrong somewhere; the program goes on."""

    problems: tuple[Problem, ...]


Event = (
    LibraryListed
    | LibraryExtended
    | SummaryChanged
    | SummaryRemoved
    | ActivityChanged
    | MessageAdded
    | ConversationChanged
    | FileChecked
    | EarlierLoaded
    | ConversationUnreadable
    | TurnChanged
    | AnswerGrew
    | AnswerEnded
    | PromptsQueued
    | DraftChanged
    | NoticeGiven
    | ModelsListed
    | ProblemsFound
)
