"""Keys that the terminal around the program keeps for itself, as far as it is known.

Hints, help and the palette show only keys that arrive. Standard library only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from tui.ui.keys import KeyRow

_GNOME = dict.fromkeys(("f1", "f10", "f11"), "GNOME Terminal")
"""Help, menu and full screen. Source: its default shortcuts."""

_ZELLIJ = {f"ctrl+{letter}": "Zellij" for letter in "bghnopqst"}
"""The keys of its modes. Source: its default key bindings."""

_VSCODE = dict.fromkeys(("ctrl+j", "f1", "f3"), "VS Code")
"""Panel, command palette, find next. Source: its default key bindings."""

NO_KITTY = frozenset({"vscode"})
"""Values of `TERM_PROGRAM` whose kitty keyboard protocol breaks number pads and dead
keys."""


def taken_keys(
    environ: Mapping[str, str], prefixes: Sequence[str] = ()
) -> dict[str, str]:
    """Return which keys do not arrive, and who keeps them.

    Args:
        environ: The environment, which tells what is around the program.
        prefixes: The prefix keys of a tmux, as Textual names keys.
    """
    taken: dict[str, str] = {}
    if environ.get("GNOME_TERMINAL_SCREEN"):
        taken |= _GNOME
    if environ.get("ZELLIJ"):
        taken |= _ZELLIJ
    if environ.get("TERM_PROGRAM") == "vscode":
        taken |= _VSCODE
    return taken | dict.fromkeys(prefixes, "tmux (its prefix)")


def rows_that_work(
    rows: Sequence[KeyRow], taken: Collection[str]
) -> tuple[KeyRow, ...]:
    """Return the table without the keys that do not arrive."""
    return tuple(
        replace(row, keys=tuple(key for key in row.keys if key not in taken))
        if any(key in taken for key in row.keys)
        else row
        for row in rows
    )


def wants_kitty(choice: str, environ: Mapping[str, str]) -> bool:
    """Return whether the terminal is asked for the kitty keyboard protocol.

    Args:
        choice: The setting `kitty_keys`: "auto", "on" or "off".
        environ: The environment. Textual's own switch counts for "auto".
    """
    if choice != "auto":
        return choice == "on"
    if environ.get("TEXTUAL_DISABLE_KITTY_KEY") == "1":
        return False
    return environ.get("TERM_PROGRAM", "") not in NO_KITTY
