"""The body of a chat completion request, checked as the vendor's page describes it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from tui.demo.pacing import estimate_tokens

ROLES = ("system", "user", "assistant")


class RefusedRequestError(Exception):
    """A request that gets an error envelope.

    Attributes:
        status: The HTTP status.
        type: The envelope's `type`.
        message: The envelope's `message`.
        headers: Further response headers.
    """

    def __init__(
        self,
        status: int,
        type: str,  # noqa: A002 - the envelope's own word
        message: str,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.type = type
        self.message = message
        self.headers = headers


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of the request: "system", "user" or "assistant", and its text."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A checked request.

    Attributes:
        model: The model's id as asked.
        messages: Oldest first, never empty.
        stream: True for server-sent events.
        include_usage: True when `stream_options` asks for the usage tail.
        max_tokens: The most tokens to answer with, or None.
        fields: Every field of the body by name, unknown ones too.
        redirected: True when the request came back from our own redirect.
    """

    model: str
    messages: tuple[ChatMessage, ...]
    stream: bool = False
    include_usage: bool = False
    max_tokens: int | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    redirected: bool = False

    @property
    def prompt(self) -> str:
        """The last message of the user, or ""."""
        for message in reversed(self.messages):
            if message.role == "user":
                return message.content
        return ""

    @property
    def prompt_tokens(self) -> int:
        """About how many tokens the messages have."""
        return sum(estimate_tokens(message.content) + 4 for message in self.messages)


def parse_chat_request(body: bytes, *, redirected: bool = False) -> ChatRequest:
    """Read a request body.

    Args:
        body: The bytes of the body.
        redirected: True when the request came back from our own redirect.

    Returns:
        The request. Fields that the vendor's page does not name are kept and
        otherwise ignored.

    Raises:
        RefusedRequestError: With status 400, naming the field at fault.
    """
    fields = _read_object(body)
    model = _required(fields, "model")
    if not isinstance(model, str) or not model:
        raise _bad("model must be a non-empty string")
    options = _optional(fields, "stream_options", dict) or {}
    limits = [
        limit
        for name in ("max_completion_tokens", "max_tokens")
        if (limit := _optional(fields, name, int)) is not None
    ]
    if any(limit < 1 for limit in limits):
        raise _bad("max_completion_tokens must be at least 1")
    return ChatRequest(
        model=model,
        messages=_read_messages(_required(fields, "messages")),
        stream=_optional(fields, "stream", bool) or False,
        include_usage=options.get("include_usage") is True,
        max_tokens=min(limits, default=None),
        fields=fields,
        redirected=redirected,
    )


def _read_object(body: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        raise _bad("The request body is not valid JSON") from None
    if not isinstance(fields, dict):
        raise _bad("The request body must be a JSON object")
    return fields


def _read_messages(messages: object) -> tuple[ChatMessage, ...]:
    if not isinstance(messages, list):
        raise _bad("messages must be an array")
    if not messages:
        raise _bad("messages must not be empty")
    return tuple(_read_message(at, message) for at, message in enumerate(messages))


def _read_message(at: int, message: object) -> ChatMessage:
    if not isinstance(message, dict):
        raise _bad(f"messages[{at}] must be an object")
    role = message.get("role")
    if role not in ROLES:
        raise _bad(f"messages[{at}].role must be one of: {', '.join(ROLES)}")
    content = message.get("content")
    if not isinstance(content, str):
        raise _bad(f"messages[{at}].content must be a string")
    return ChatMessage(role, content)


def _required(fields: dict[str, Any], name: str) -> object:
    if name not in fields:
        raise _bad(f"Missing required field: {name}")
    return fields[name]


def _optional(fields: dict[str, Any], name: str, kind: type) -> Any:
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        words = {bool: "a boolean", int: "an integer", dict: "an object"}
        raise _bad(f"{name} must be {words[kind]}")
    return value


def _bad(message: str) -> RefusedRequestError:
    return RefusedRequestError(400, "invalid_request_error", message)
