"""What is said when a model is not there: which ones are. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.visible import visible_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.domain.completion import ModelInfo
    from tui.domain.failure import Failure

LONGEST_ROW = 60
"""Characters of model names inside a sentence."""


def told_with_models(
    failure: Failure, model: str, endpoint: str, listed: Sequence[ModelInfo]
) -> Failure:
    """Return a failure for want of the model with the models that there are.

    Args:
        failure: What the server made of the request.
        model: The model that was asked for.
        endpoint: The endpoint's name.
        listed: What the server lists; with nothing, the failure stays as it is.
    """
    names = [visible_line(one.id) for one in listed]
    if not names:
        return failure
    asked = visible_line(model)
    others = [name for name in names if name != asked]
    told = f"There is no model “{asked}” at {visible_line(endpoint)}"
    if len(others) < len(names):
        told += ", although it is listed"
    choose = f" /model chooses another: {name_some(others)}." if others else ""
    return replace(failure, sentence=f"{told}.{choose}")


def name_some(names: Sequence[str]) -> str:
    """Return names in a row, as many as a sentence can hold, and how many more."""
    shown: list[str] = []
    for name in names:
        if shown and len(", ".join([*shown, name])) > LONGEST_ROW:
            break
        shown.append(name[:LONGEST_ROW])
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")
