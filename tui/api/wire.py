"""The JSON of the Chat Completions API: pure functions to it and from it.

Sources: the vendor's page on chat completions, and what OpenAI-compatible servers
are known to send instead. Nothing here trusts the type of any field.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tui.domain.errors import RequestError
from tui.domain.failure import Failure, FailureKind
from tui.domain.message import Usage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tui.domain.completion import CompletionRequest

LONGEST_NAME = 300
"""Characters of an id, a model's name or a finish reason that are kept."""

_LARGEST_COUNT = 2**53
"""Beyond this a token count or a timestamp is nonsense."""

_DECODER = json.JSONDecoder(strict=False)
_RESERVED = frozenset({"model", "messages", "stream"})


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one JSON object of an answer says.

    Attributes:
        text: A piece of the answer.
        reasoning: A piece of the reasoning.
        finish_reason: The server's word for the ending, or "".
        whole: True when the object is a whole answer, not a piece of one.
        tool: True when the model asks for a tool.
        error: The error object, or None.
        id: The completion's id, or "".
        model: The model by the server's word, or "".
        created: The server's Unix timestamp (seconds), or None.
        usage: Token counts, or None.
    """

    text: str = ""
    reasoning: str = ""
    finish_reason: str = ""
    whole: bool = False
    tool: bool = False
    error: Any = None
    id: str = ""
    model: str = ""
    created: int | None = None
    usage: Usage | None = None


def request_fields(
    request: CompletionRequest, renamed: Mapping[str, str]
) -> dict[str, Any]:
    """Return the JSON object to post.

    Args:
        request: What to ask for.
        renamed: Fields that the server refused before, by name: the name to use
            instead, or "" to leave the field out.
    """
    fields: dict[str, Any] = {
        "model": request.model,
        "messages": [
            {"role": role.value, "content": content}
            for role, content in request.messages
        ],
    }
    optional = {
        name: value
        for name, value in request.parameters.items()
        if name not in _RESERVED and value is not None
    }
    if request.stream:
        fields["stream"] = True
        optional.setdefault("stream_options", {"include_usage": True})
    for name, value in optional.items():
        sent_as = renamed.get(name, name)
        if sent_as:
            fields[sent_as] = value
    return fields


def encode_request(fields: Mapping[str, Any]) -> bytes:
    """Return the body of a request: compact JSON in UTF-8.

    A lone surrogate half is sent as "?".

    Raises:
        RequestError: A parameter can't be written as JSON.
    """
    try:
        text = json.dumps(
            fields, ensure_ascii=False, allow_nan=False, separators=(",", ":")
        )
    except (TypeError, ValueError, RecursionError):
        raise RequestError(
            Failure(
                FailureKind.REQUEST,
                "A parameter of this conversation can't be sent as JSON (a date, NaN "
                "or infinity?). Change it in the file's [parameters].",
            )
        ) from None
    return text.encode("utf-8", "replace")


def parse_json(text: str) -> Any:
    """Return the JSON value of a text, or None when it is none.

    Too deep a nesting and numbers that are too long count as none; raw control
    characters inside strings are let pass, as some servers send them.
    """
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError):
        return None


def read_chunk(value: Any) -> Chunk | None:
    """Return what one JSON value of an answer says, or None for no JSON object."""
    if not isinstance(value, dict):
        return None
    choice = _first_choice(value.get("choices"))
    delta, whole = _delta(choice)
    content_text, content_reasoning = _read_content(delta.get("content"))
    text = content_text or _string(delta.get("refusal")) or _string(choice.get("text"))
    return Chunk(
        text=text,
        reasoning=_read_reasoning(delta) or content_reasoning,
        finish_reason=_name(choice.get("finish_reason")),
        whole=whole,
        tool=bool(delta.get("tool_calls") or delta.get("function_call")),
        error=_error(value, choice),
        id=_name(value.get("id")),
        model=_name(value.get("model")),
        created=_count(value.get("created")),
        usage=read_usage(value) or read_usage(choice),
    )


def _first_choice(choices: Any) -> dict[str, Any]:
    if not isinstance(choices, list):
        return {}
    found = [choice for choice in choices if isinstance(choice, dict)]
    for choice in found:
        if choice.get("index") in (0, None):
            return choice
    # A further choice (`n` > 1) is another answer, not a part of this one.
    return {}


def _delta(choice: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    delta, message = choice.get("delta"), choice.get("message")
    if isinstance(delta, dict):
        return delta, False
    if isinstance(message, dict):
        return message, True
    return {}, False


def _error(value: Mapping[str, Any], choice: Mapping[str, Any]) -> Any:
    error = value.get("error") or choice.get("error")
    if error:
        return value if value.get("error") else error
    if value.get("object") == "error":
        return value
    if "choices" not in value and (value.get("detail") or value.get("message")):
        return value
    return None


def _read_content(content: Any) -> tuple[str, str]:
    """Return the text and the reasoning of a `content` of any form."""
    if isinstance(content, str):
        return content, ""
    if isinstance(content, dict):
        content = [content]
    if not isinstance(content, list):
        return "", ""
    text, reasoning = [], []
    for part in content:
        if isinstance(part, str):
            text.append(part)
        elif isinstance(part, dict):
            if part.get("type") in ("thinking", "reasoning", "reasoning_content"):
                reasoning.append(_part_text(part, ("thinking", "reasoning", "text")))
            else:
                text.append(_part_text(part, ("text", "refusal", "content")))
    return "".join(text), "".join(reasoning)


def _part_text(part: Mapping[str, Any], names: Iterable[str]) -> str:
    for name in names:
        value = part.get(name)
        if isinstance(value, str):
            return value
        if isinstance(value, dict):
            return _string(value.get("value"))
        if isinstance(value, list):
            return _read_content(value)[0]
    return ""


def _read_reasoning(delta: Mapping[str, Any]) -> str:
    """Return the reasoning; servers that send it under two names mean it once."""
    for name in ("reasoning_content", "reasoning", "thinking"):
        value = delta.get(name)
        if isinstance(value, str) and value:
            return value
        if isinstance(value, dict):
            found = _part_text(value, ("content", "text"))
            if found:
                return found
    details = delta.get("reasoning_details")
    if not isinstance(details, list):
        return ""
    return "".join(
        _part_text(part, ("text", "summary"))
        for part in details
        if isinstance(part, dict)
    )


def read_usage(value: Mapping[str, Any]) -> Usage | None:
    """Return the token counts of a JSON object, or None when it has none."""
    usage = value.get("usage")
    if not isinstance(usage, dict):
        vendor = value.get("x_groq")
        usage = vendor.get("usage") if isinstance(vendor, dict) else None
    if not isinstance(usage, dict):
        return None
    prompt = _first_count(usage, "prompt_tokens", "input_tokens")
    completion = _first_count(usage, "completion_tokens", "output_tokens")
    total = _count(usage.get("total_tokens"))
    if prompt is None and completion is None and total is None:
        return None
    if total is None and prompt is not None and completion is not None:
        total = prompt + completion
    return Usage(prompt, completion, total)


def merge_usage(known: Usage | None, new: Usage | None) -> Usage | None:
    """Return the newest counts, field by field: servers count up as they go."""
    if known is None or new is None:
        return new or known

    def newest(new_count: int | None, known_count: int | None) -> int | None:
        return known_count if new_count is None else new_count

    return Usage(
        newest(new.prompt_tokens, known.prompt_tokens),
        newest(new.completion_tokens, known.completion_tokens),
        newest(new.total_tokens, known.total_tokens),
    )


def _first_count(usage: Mapping[str, Any], *names: str) -> int | None:
    for name in names:
        count = _count(usage.get(name))
        if count is not None:
            return count
    return None


def _count(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not 0 <= value <= _LARGEST_COUNT:
        return None
    return int(value)


def _name(value: Any) -> str:
    return _string(value).strip()[:LONGEST_NAME]


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""
