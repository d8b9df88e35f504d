"""The command palette: every action by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.ui.keys import Place, key_name
from tui.ui.screens.picker import Choice, Picker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.ui.keys import KeyRow

_LEFT_OUT = frozenset(
    {"app.palette", "chat.newline", "chat.history", "focus.leave", "focus.composer"}
)


class Palette(Picker):
    """Returns the id of an action, or None."""

    def __init__(self, rows: Sequence[KeyRow]) -> None:
        """Make it.

        Args:
            rows: The table of keys in force.
        """
        super().__init__(
            "Commands",
            [_choice(row) for row in rows if row.id not in _LEFT_OUT],
            placeholder="What do you want to do?",
        )


def _choice(row: KeyRow) -> Choice:
    keys = [key_name(key) for key in row.keys]
    if row.place is Place.LIST:
        keys = [f"{key} in the list" for key in keys]
    ways = " · ".join([*keys, *([row.command] if row.command else [])])
    return Choice(row.id, row.label, ways, row.tooltip)
