"""How much of a model's context a conversation takes. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.domain.message import Message, Usage

CHARACTERS_PER_TOKEN = 4
"""The usual ratio for English text, for estimates that are marked as such."""

LOOKED_AT = 64
"""Messages at the end that are looked at: counts are rarely further away."""


class ContextUse(NamedTuple):
    """What the next request will hold, the new prompt left out.

    Attributes:
        tokens: How many tokens.
        estimated: True when some of them are our own guess.
    """

    tokens: int
    estimated: bool


def context_use(messages: Sequence[Message], last: str | None) -> ContextUse | None:
    """Return what a conversation takes, or None when no answer tells.

    The newest answer above `last` counts what was sent for it; what was said since is
    estimated.

    Args:
        messages: The conversation's messages in the order of the file.
        last: The id of the last message that would be sent.
    """
    known = {message.id: message for message in messages[-LOOKED_AT:]}
    since = 0
    message = known.pop(last, None) if last is not None else None
    while message is not None:
        counted = _counted(message.usage)
        if counted is not None and message.usage is not None:
            tokens = counted + since // CHARACTERS_PER_TOKEN
            return ContextUse(tokens, message.usage.estimated or since > 0)
        since += len(message.content)
        message = known.pop(message.parent, None) if message.parent else None
    return None


def _counted(usage: Usage | None) -> int | None:
    if usage is None or usage.prompt_tokens is None:
        return usage.total_tokens if usage is not None else None
    return usage.prompt_tokens + (usage.completion_tokens or 0)
