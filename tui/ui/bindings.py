"""Textual's bindings, made from the table of keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.binding import Binding

from tui.ui.keys import ROWS, Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.binding import BindingType

    from tui.ui.keys import KeyRow

_AHEAD_OF_TEXT = frozenset({"read.page_up", "read.page_down", "app.quit"})
"""Rows that win against the keys of a text field, or work in every dialog."""

_NO_KEY = "no-key"
"""A key that never comes: Textual's bindings can't be without one."""


def bindings_of(*places: Place) -> list[BindingType]:
    """Return the bindings of the rows that are listened to in some places.

    Each runs `action_run` with the row's id, and carries that id, so that Textual's
    keymap can give it other keys.
    """
    return [_binding(row) for row in ROWS if row.place in places]


def _binding(row: KeyRow) -> Binding:
    return Binding(
        ",".join(map(_textual_key, row.keys)) or _NO_KEY,
        f"run({row.id!r})",
        row.label,
        show=False,
        priority=row.id in _AHEAD_OF_TEXT,
        tooltip=row.tooltip,
        id=row.id,
    )


def keymap(user_keys: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Return the user's keys in the form of Textual's keymap.

    Args:
        user_keys: Key names by action id; an empty tuple takes an action's keys away.
    """
    return {
        action_id: ",".join(map(_textual_key, keys)) or _NO_KEY
        for action_id, keys in user_keys.items()
    }


def _textual_key(key: str) -> str:
    return "comma" if key == "," else key
