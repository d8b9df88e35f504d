"""Brings two versions of a conversation together when nothing is lost by it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.domain.conversation import Conversation
    from tui.domain.message import Message

_HEADER = (
    "title",
    "created",
    "model",
    "endpoint",
    "system_prompt",
    "parameters",
    "stream",
    "pinned",
    "active",
)


def merge(
    base: Conversation, ours: Conversation, theirs: Conversation
) -> Conversation | None:
    """Return what both sides made of a conversation, or None when they clash.

    Theirs stands; what we changed or added comes on top. Both sides clash when they
    changed the same thing differently, or one changed what the other removed.

    Args:
        base: What both started from.
        ours: Our version, not on disk yet.
        theirs: The version on disk.
    """
    header: dict[str, Any] = {}
    for name in _HEADER:
        was, mine, other = (getattr(side, name) for side in (base, ours, theirs))
        if mine in (was, other):
            continue
        # Which path is shown is no content: the newest choice wins.
        if other != was and name != "active":
            return None
        header[name] = mine
    messages = _merge_messages(base, ours, theirs)
    if messages is None:
        return None
    return replace(theirs, messages=messages, **header)


def below_survivors(
    new: Sequence[Message], ours: Conversation, theirs: Conversation
) -> list[Message]:
    """Return new messages, each below the nearest message that is still there."""
    last = theirs.messages[-1].id if theirs.messages else None
    if len(new) == 1 and new[0].parent in (None, last):
        return list(new)
    there = {message.id for message in theirs.messages}
    mine = {message.id: message for message in (*ours.messages, *new)}
    placed: list[Message] = []
    for message in new:
        placed.append(_below_survivor(message, mine, there))
        there.add(message.id)
    return placed


def close_gaps(conversation: Conversation, before: Conversation) -> Conversation:
    """Return a conversation in which no message hangs below one that was removed.

    Args:
        conversation: Some of its messages' parents may be gone.
        before: The conversation in which they still were.
    """
    there = {message.id for message in conversation.messages}
    if all(
        message.parent is None or message.parent in there
        for message in conversation.messages
    ):
        return conversation
    was = {message.id: message for message in before.messages}
    closed = (_below_survivor(one, was, there) for one in conversation.messages)
    return replace(conversation, messages=tuple(closed))


def _merge_messages(
    base: Conversation, ours: Conversation, theirs: Conversation
) -> tuple[Message, ...] | None:
    was = {message.id: message for message in base.messages}
    mine = {message.id: message for message in ours.messages}
    merged: list[Message] = []
    for other in theirs.messages:
        old = was.get(other.id)
        own = mine.get(other.id)
        if old is None:
            # Theirs is new. Ours with the same id was saved before, or is a retry.
            if own is not None and own != other:
                return None
            merged.append(other)
        elif own is None:
            if _content(other) != _content(old):
                return None
        elif _content(own) == _content(old):
            merged.append(other)
        elif _content(other) in (_content(old), _content(own)):
            merged.append(own)
        else:
            return None
    there = {message.id for message in merged}
    for own in ours.messages:
        if own.id in there:
            continue
        old = was.get(own.id)
        if old is None:
            merged.append(_below_survivor(own, mine, there))
            there.add(own.id)
        elif _content(own) != _content(old):
            return None
    return tuple(merged)


def _content(message: Message) -> Message:
    """Return a message without its place: a neighbour's removal may move it."""
    return replace(message, parent=None)


def _below_survivor(
    message: Message, mine: dict[str, Message], there: set[str]
) -> Message:
    parent = message.parent
    seen: set[str] = set()
    while parent is not None and parent not in there and parent not in seen:
        seen.add(parent)
        above = mine.get(parent)
        parent = above.parent if above else None
    return replace(message, parent=parent)
