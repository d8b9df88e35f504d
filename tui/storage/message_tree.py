"""Puts the messages of a foreign tree into the order that our files have."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.domain.conversation import Conversation
    from tui.domain.message import Message


def in_file_order(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Return messages so that each stands below its parent, older ones first.

    A message whose parent is not among them becomes a root; so does the first one of
    a circle.

    Args:
        messages: With unique ids, in any order.
    """
    by_id = {message.id: message for message in messages}
    depths: dict[str, tuple[float, int]] = {}
    for message in messages:
        _place(message.id, by_id, depths)
    order = {message.id: nth for nth, message in enumerate(messages)}
    return tuple(
        sorted(
            (
                message
                if message.parent in by_id and not _circles(message, depths)
                else replace(message, parent=None)
                for message in messages
            ),
            key=lambda one: (*depths[one.id], order[one.id]),
        )
    )


def with_shown_path(conversation: Conversation, leaf: str | None) -> Conversation:
    """Return it with the path shown that ends with a message.

    Args:
        conversation: The conversation.
        leaf: The message's id; None or an unknown one shows the newest path.
    """
    path = conversation.path
    if leaf is None or any(message.id == leaf for message in path):
        return conversation
    if conversation.find(leaf) is None:
        return conversation
    return replace(conversation, active=leaf)


def _place(
    identity: str,
    by_id: Mapping[str, Message],
    depths: dict[str, tuple[float, int]],
) -> None:
    """Note when a message came (never before its parent) and how deep it stands."""
    chain: list[str] = []
    step: str | None = identity
    seen: set[str] = set()
    while step is not None and step in by_id and step not in depths:
        if step in seen:
            break
        seen.add(step)
        chain.append(step)
        step = by_id[step].parent
    moment, depth = depths.get(step, (0.0, 0)) if step else (0.0, 0)
    for one in reversed(chain):
        created = by_id[one].created
        if created is not None:
            moment = max(moment, created.timestamp())
        depth += 1
        depths[one] = (moment, depth)


def _circles(message: Message, depths: Mapping[str, tuple[float, int]]) -> bool:
    return message.parent is not None and (
        depths[message.parent][1] >= depths[message.id][1]
    )
