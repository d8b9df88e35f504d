"""Waits for one letter while labels stand in the transcript below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.widgets import Static

from tui.ui.screens.dialog import Dialog

if TYPE_CHECKING:
    from collections.abc import Container

    from textual import events
    from textual.app import ComposeResult


class PickLetter(Dialog[str | None]):
    """Returns a letter, or None for any key that is none of the labels."""

    def __init__(self, letters: Container[str]) -> None:
        """Make it.

        Args:
            letters: The labels that are shown.
        """
        super().__init__()
        self._letters = letters

    def compose(self) -> ComposeResult:
        """Say what is waited for."""
        with Vertical(classes="prompt-line"):
            yield Static("Press a letter to copy · Esc goes back", markup=False)

    def on_key(self, event: events.Key) -> None:
        """Take the first key."""
        event.stop()
        event.prevent_default()
        letter = event.character
        self.dismiss(letter if letter and letter in self._letters else None)
