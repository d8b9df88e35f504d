"""Reads what a server says about an error, in whichever of a dozen shapes."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tui.api.wire import parse_json
from tui.domain.visible import visible_line

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_DETAIL = 2048
"""Characters of the server's own words that are kept."""

_ESCAPE = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|.)")
_TITLE = re.compile(r"(?is)<title[^>]*>(.{0,300}?)</title")
_TAG = re.compile(r"(?s)<[^>]{0,500}>")
_DEEPEST = 4

_PROMPT_NAMES = ("n_prompt_tokens", "prompt_tokens", "input_tokens")
_CONTEXT_NAMES = ("n_ctx", "context_length", "max_context_length", "context_window")


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """What a server says about an error.

    Attributes:
        message: Its words: one line, clean, bounded; "" when it says nothing.
        code: Its code or type as words, lower case, e.g. "insufficient_quota".
        status: An HTTP status that the body itself names, or None.
        is_html: True for a web page; `message` is then its title.
        prompt_tokens: The size of what was sent, when told.
        context_tokens: The size of the model's context, when told.
        retry_after: Seconds to wait, when the body tells them as a number.
    """

    message: str = ""
    code: str = ""
    status: int | None = None
    is_html: bool = False
    prompt_tokens: int | None = None
    context_tokens: int | None = None
    retry_after: float | None = None


def clean(text: str, limit: int = LONGEST_DETAIL) -> str:
    """Return foreign text as one printable line of at most `limit` characters."""
    text = _ESCAPE.sub("", text[: limit * 8])
    text = visible_line(" ".join(text.split()))
    return text if len(text) <= limit else text[: limit - 1] + "…"


def read_error_text(text: str) -> ErrorBody:
    """Return what an error body says.

    Args:
        text: The body: JSON, event stream, HTML, plain text or nothing.
    """
    stripped = text.lstrip("\ufeff \t\r\n")
    if not stripped:
        return ErrorBody()
    if stripped.startswith(("{", "[", '"')):
        value = parse_json(stripped)
        if value is not None:
            return read_error_value(value)
    if stripped.startswith(("data:", "event:", "error:", ":", "id:")):
        found = _read_events(stripped)
        if found is not None:
            return found
    if stripped.startswith("<"):
        title = _TITLE.search(stripped)
        words = title.group(1) if title else _TAG.sub(" ", stripped)
        return ErrorBody(clean(html.unescape(words), 200), is_html=True)
    return ErrorBody(clean(stripped))


def read_error_value(value: Any) -> ErrorBody:
    """Return what a JSON value of an error says."""
    layers = _layers(value)
    message = ""
    for layer in layers:
        message = message or _message(layer)
    if not message:
        message = value if isinstance(value, str) else _compact(value)
    words = [
        str(layer[name]).lower()
        for layer in layers
        for name in ("code", "type", "status", "error_type")
        if isinstance(layer.get(name), str) and len(layer[name]) < 100
    ]
    return ErrorBody(
        clean(message),
        " ".join(dict.fromkeys(words)),
        _status(layers),
        prompt_tokens=_number(layers, _PROMPT_NAMES),
        context_tokens=_number(layers, _CONTEXT_NAMES),
        retry_after=_wait(layers),
    )


def _read_events(text: str) -> ErrorBody | None:
    for line in text.splitlines():
        field, _, data = line.partition(":")
        if field in ("data", "error"):
            value = parse_json(data)
            if value is not None:
                return read_error_value(value)
    return None


def _layers(value: Any) -> list[Mapping[str, Any]]:
    """Return the objects that may describe the error, the innermost first.

    Gateways wrap an error into another one, also as JSON inside a string.
    """
    found: list[Mapping[str, Any]] = []
    for _ in range(_DEEPEST):
        if isinstance(value, str) and value.lstrip().startswith("{"):
            value = parse_json(value)
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if not isinstance(value, dict):
            break
        found.append(value)
        inner = value.get("error")
        if not isinstance(inner, dict):
            inner = next(
                (
                    candidate
                    for candidate in (inner, value.get("message"), value.get("detail"))
                    if isinstance(candidate, dict) or _is_wrapped(candidate)
                ),
                None,
            )
        value = inner
    return found[::-1]


def _is_wrapped(value: Any) -> bool:
    return isinstance(value, str) and isinstance(parse_json(value), dict)


def _message(layer: Mapping[str, Any]) -> str:
    for name in ("message", "error", "detail", "title", "error_description", "msg"):
        value = layer.get(name)
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, list) and value:
            return "; ".join(_item(item) for item in value[:5])
        if isinstance(value, dict) and value and not _message(value):
            return _compact(value)
    return ""


def _item(item: Any) -> str:
    """Return one entry of a validation error's list as "loc: msg"."""
    if not isinstance(item, dict):
        return item if isinstance(item, str) else _compact(item)
    place = item.get("loc")
    words = item.get("msg") or item.get("message")
    if not isinstance(words, str):
        return _compact(item)
    if not isinstance(place, list):
        return words
    names = [str(part) for part in place if part != "body"]
    return f"{'.'.join(names)}: {words}" if names else words


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:LONGEST_DETAIL] if value else ""


def _status(layers: list[Mapping[str, Any]]) -> int | None:
    for layer in layers:
        for name in ("code", "status", "status_code", "statusCode"):
            value = layer.get(name)
            if isinstance(value, str) and re.fullmatch(r"[1-5]\d\d", value):
                value = int(value)
            if isinstance(value, int) and 400 <= value <= 599:
                return value
    return None


def _number(layers: list[Mapping[str, Any]], names: tuple[str, ...]) -> int | None:
    for layer in layers:
        for name in names:
            value = layer.get(name)
            if isinstance(value, int) and 0 < value < 2**53:
                return value
    return None


def _wait(layers: list[Mapping[str, Any]]) -> float | None:
    for layer in layers:
        value = layer.get("retry_after")
        if isinstance(value, int | float) and 0 <= value < 10**7:
            return float(value)
    return None
