"""A conversation as TOML text. The format is a promise to the user.

Whatever a file said that we don't know stands in `extra`, and is written back.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from tui.domain.message import Timing, Usage
from tui.storage.toml_text import (
    is_table,
    write_block,
    write_line,
    write_moment,
    write_pairs,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tui.domain.conversation import Conversation
    from tui.domain.message import Message

FORMAT = 1
"""The newest format this version writes."""


def encode(conversation: Conversation) -> bytes:
    """Return a whole file."""
    text = _encode_header(conversation)
    return (text + _encode_messages(conversation.messages, None)).encode()


def encode_messages(messages: Iterable[Message], above: str | None) -> bytes:
    """Return messages as they are appended to a file.

    Args:
        messages: In the order of the file.
        above: The id of the last message in the file, or None.
    """
    return _encode_messages(messages, above).encode()


def header_values(conversation: Conversation) -> dict[str, Any]:
    """Return the top-level keys that a file of this conversation has."""
    values: dict[str, Any] = {
        "format": FORMAT,
        "id": conversation.id,
        "title": conversation.title,
        "created": conversation.created,
        "model": conversation.model,
        "endpoint": conversation.endpoint,
        "stream": conversation.stream,
        "pinned": conversation.pinned or None,
        "active": conversation.active,
        "system_prompt": conversation.system_prompt,
        "parameters": dict(conversation.parameters),
    }
    empty: tuple[Any, ...] = ("", None, {})
    kept = {key: value for key, value in values.items() if value not in empty}
    foreign = {
        key: value for key, value in conversation.extra.items() if key not in kept
    }
    if "format" in conversation.extra:
        foreign["format"] = conversation.extra["format"]
    if "id" in conversation.extra:
        foreign["id"] = conversation.extra["id"]
    return kept | foreign


def _encode_header(conversation: Conversation) -> str:
    values = header_values(conversation)
    prompt = values.get("system_prompt")
    parts = []
    for key, value in values.items():
        if key == "system_prompt" and isinstance(prompt, str):
            parts.append(f"system_prompt = {write_block(prompt)}\n")
        elif not is_table(value):
            parts.append(write_pairs({key: value}))
    tables = {key: value for key, value in values.items() if is_table(value)}
    return "".join(parts) + write_pairs(tables)


def _encode_messages(messages: Iterable[Message], above: str | None) -> str:
    parts: list[str] = []
    for message in messages:
        parts.append(_encode_message(message, above))
        above = message.id
    return "".join(parts)


def _encode_message(message: Message, above: str | None) -> str:
    usage = message.usage or Usage()
    timing = message.timing or Timing()
    values: dict[str, Any] = {
        "id": message.id,
        "role": message.role.value,
        "created": message.created,
        "model": message.model,
        "status": message.status.value if message.status else None,
        "response_id": message.response_id,
        "finish_reason": message.finish_reason,
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.total_tokens,
        "tokens_estimated": usage.estimated or None,
        "first_byte_seconds": timing.first_byte,
        "first_token_seconds": timing.first_token,
        "total_seconds": timing.total,
        "reasoning_seconds": timing.reasoning,
        "tokens_per_second": timing.speed,
        "error": message.error,
        "error_detail": message.error_detail,
        "edited": message.edited or None,
    }
    lines = ["\n[[messages]]\n"]
    extra: Mapping[str, Any] = message.extra
    for key, value in values.items():
        if value in ("", None) or (key == "role" and key in extra):
            continue
        lines.append(f"{key} = {_write(value)}\n")
        if key == "id" and message.parent != above:
            lines.append(f"parent = {write_line(message.parent or '')}\n")
    foreign = {
        key: value
        for key, value in extra.items()
        if key == "role"
        or (key == "parent" and message.parent == above)
        or (key != "parent" and values.get(key) in ("", None))
    }
    plain = {key: value for key, value in foreign.items() if not is_table(value)}
    tables = {key: value for key, value in foreign.items() if is_table(value)}
    content = plain.pop("content", None)
    reasoning = plain.pop("reasoning", None)
    lines.append(write_pairs(plain))
    if message.reasoning:
        lines.append(f"reasoning = {write_block(message.reasoning)}\n")
    elif reasoning is not None:
        lines.append(write_pairs({"reasoning": reasoning}))
    if content is not None and not message.content:
        lines.append(write_pairs({"content": content}))
    else:
        lines.append(f"content = {write_block(message.content)}\n")
    lines.append(write_pairs(tables, under=("messages",)))
    return "".join(lines)


def _write(value: str | float | datetime) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return write_line(value)
    if isinstance(value, datetime):
        return write_moment(value)
    return repr(value)
