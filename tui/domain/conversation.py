"""A conversation: a tree of messages, its system prompt and its settings.

Messages are kept in the order of the file. Siblings share a parent: a retry, an
edit or a second sample. One path from the root to a leaf is shown and sent: the
one that `active` names, or the newest.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tui.domain.message import Message, Role, nothing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True)
class Conversation:
    """One conversation as it stands in its file. Edits return a new value.

    Attributes:
        id: Random, made once; two files may carry the same one (a copy).
        title: Its first line until renamed.
        created: When the first prompt was sent (aware, UTC), or None when the file
            does not say.
        model: The model asked, or "" for the endpoint's default.
        endpoint: The endpoint's name, or "" for the default endpoint.
        system_prompt: Sent as the first message when not blank.
        parameters: Request fields sent as they are (`temperature = 0.7`).
        stream: False asks in standard mode; None leaves it to the endpoint.
        messages: All messages in the order of the file.
        active: The id of the message whose path is shown, or None for the newest.
        pinned: True keeps it at the top of the list.
        extra: Unknown top-level keys and tables of the file, kept as they are.
    """

    id: str
    title: str
    created: datetime | None = None
    model: str = ""
    endpoint: str = ""
    system_prompt: str = ""
    parameters: Mapping[str, Any] = field(default_factory=nothing)
    stream: bool | None = None
    messages: tuple[Message, ...] = ()
    active: str | None = None
    pinned: bool = False
    extra: Mapping[str, Any] = field(default_factory=nothing)

    @cached_property
    def _by_id(self) -> dict[str, Message]:
        return {message.id: message for message in self.messages}

    @cached_property
    def _children(self) -> dict[str | None, list[Message]]:
        children: dict[str | None, list[Message]] = {}
        for message in self.messages:
            children.setdefault(message.parent, []).append(message)
        return children

    @cached_property
    def path(self) -> tuple[Message, ...]:
        """The messages shown and sent, from the first to the last.

        From the active message (or the newest) up to its root, then down again
        through the newest child of each, so that what is appended below an active
        message belongs to the path without another word.
        """
        leaf = self._by_id.get(self.active) if self.active else None
        if leaf is None:
            if not self.messages:
                return ()
            leaf = self.messages[-1]
        upward: list[Message] = []
        seen: set[str] = set()
        step: Message | None = leaf
        while step is not None and step.id not in seen:
            seen.add(step.id)
            upward.append(step)
            step = self._by_id.get(step.parent) if step.parent else None
        path = upward[::-1]
        while below := self._children.get(path[-1].id):
            if below[-1].id in seen:
                break
            seen.add(below[-1].id)
            path.append(below[-1])
        return tuple(path)

    def find(self, message_id: str) -> Message | None:
        """Return the message with that id, or None."""
        return self._by_id.get(message_id)

    def through(self, message_id: str) -> Conversation:
        """Return it with a path that leads through a message, if that is there."""
        if self.find(message_id) is None or any(
            message.id == message_id for message in self.path
        ):
            return self
        return replace(self, active=message_id)

    def siblings(self, message_id: str) -> tuple[Message, ...]:
        """Return the messages that share a parent and a role with this one."""
        message = self._by_id[message_id]
        return tuple(
            other
            for other in self._children[message.parent]
            if other.role is message.role
        )

    def with_message(self, message: Message) -> Conversation:
        """Return it with one message more at the end of the file."""
        return replace(self, messages=(*self.messages, message))

    def with_replaced(self, message: Message) -> Conversation:
        """Return it with the message of the same id exchanged."""
        return replace(
            self,
            messages=tuple(
                message if other.id == message.id else other for other in self.messages
            ),
        )


def first_line_title(prompt: str, limit: int = 80) -> str:
    """Return the title a conversation has until it is renamed.

    Args:
        prompt: The first prompt.
        limit: The longest title, in characters.

    Returns:
        The first line that has text, blanks collapsed, cut with an ellipsis.
    """
    for line in prompt.splitlines():
        words = " ".join(line.split())
        if words:
            return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"
    return "Untitled"


def request_messages(
    conversation: Conversation, upto: str | None = None
) -> tuple[tuple[Role, str], ...]:
    """Return what is sent to the model: role and text, oldest first.

    The system prompt leads when it is not blank. Reasoning is never sent back. An
    answer without text (a failure) is left out, and so is a prompt that an
    identical prompt directly follows, because nothing answered it.

    Args:
        conversation: The conversation whose path is sent.
        upto: The id of the last message to send; None sends the whole path.
    """
    sent: list[tuple[Role, str]] = []
    if conversation.system_prompt.strip():
        sent.append((Role.SYSTEM, conversation.system_prompt))
    for message in conversation.path:
        if message.content and not (
            sent and sent[-1] == (message.role, message.content)
        ):
            sent.append((message.role, message.content))
        if message.id == upto:
            break
    return tuple(sent)
