"""Reads a server's list of models, in whichever form it gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.api.wire import LONGEST_NAME, parse_json
from tui.domain.completion import ModelInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_MODELS = 10_000

_CONTEXT_NAMES = (
    "context_length",
    "context_window",
    "max_model_len",
    "max_context_length",
    "max_context_window_tokens",
    "context_size",
    "n_ctx",
    "n_ctx_train",
    "max_input_tokens",
)
_NESTED = ("meta", "limits", "top_provider", "capabilities", "model_info", "limit")


def read_models(body: str) -> list[ModelInfo] | None:
    """Return the models of a listing, in the server's order.

    OpenAI's form, a bare list, `{"models": […]}` and lists of names are understood.

    Returns:
        The models, maybe none; None when the body is no listing at all.
    """
    value = parse_json(body.lstrip("\ufeff"))
    if isinstance(value, dict):
        listed = value.get("data", value.get("models"))
        value = list(listed) if isinstance(listed, dict) else listed
        if listed is None and "object" in (value or {}):
            value = []
    if not isinstance(value, list):
        return None
    found: dict[str, ModelInfo] = {}
    for entry in value[:MOST_MODELS]:
        model = _read_model(entry)
        if model is not None:
            found.setdefault(model.id, model)
    return list(found.values())


def _read_model(entry: Any) -> ModelInfo | None:
    if isinstance(entry, str):
        entry = {"id": entry}
    if not isinstance(entry, dict):
        return None
    name = next(
        (
            entry[key].strip()
            for key in ("id", "model", "name")
            if isinstance(entry.get(key), str) and entry[key].strip()
        ),
        "",
    )
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        return None
    owner = entry.get("owned_by")
    return ModelInfo(
        name,
        owner[:LONGEST_NAME] if isinstance(owner, str) else "",
        _context_tokens(entry),
    )


def _context_tokens(entry: Mapping[str, Any]) -> int | None:
    places = [entry, *(entry[name] for name in _NESTED if name in entry)]
    for place in places:
        if not isinstance(place, dict):
            continue
        for name in _CONTEXT_NAMES:
            size = place.get(name)
            if (
                isinstance(size, int)
                and not isinstance(size, bool)
                and 0 < size < 2**40
            ):
                return size
    return None
