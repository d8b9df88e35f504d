"""Waits for one letter while labels stand in the transcript below."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from textual import getters
from textual.containers import Vertical
from textual.widgets import Static

from tui.ui.screens.dialog import Dialog

if TYPE_CHECKING:
    from collections.abc import Collection

    from textual import events
    from textual.app import ComposeResult


class Verb(StrEnum):
    """What happens to what is picked."""

    COPY = "copies"
    OPEN = "opens"
    PIPE = "pipes"
    SAVE = "saves"


class Pick(NamedTuple):
    """A label, and what to do with what it names."""

    label: str
    verb: Verb


VERBS = {"|": Verb.PIPE, ">": Verb.SAVE, "+": Verb.OPEN}
"""Signs that come before the letter; `+` opens what a digit names."""

_QUESTION = "Letter copies · capital opens · | letter pipes · > letter saves · Esc"


class PickLetter(Dialog[Pick | None]):
    """Returns a label and a verb, or None for any key that means neither."""

    question = getters.query_one(Static)

    def __init__(self, letters: Collection[str]) -> None:
        """Make it.

        Args:
            letters: The labels that are shown: small letters and digits, one or two.
        """
        super().__init__()
        self._letters = letters
        self._verb: Verb | None = None
        self._typed = ""

    def compose(self) -> ComposeResult:
        """Say what is waited for."""
        with Vertical(classes="prompt-line"):
            yield Static(_QUESTION, markup=False)

    def on_key(self, event: events.Key) -> None:
        """Take a sign, then a letter."""
        event.stop()
        event.prevent_default()
        pressed = event.character or ""
        if pressed in VERBS:
            self._verb = VERBS[pressed]
            self.question.update(f"The letter {self._verb} it · Esc goes back")
            return
        label = self._typed + pressed.lower()
        if pressed and label not in self._letters:
            self._typed = label
            if any(letters.startswith(label) for letters in self._letters):
                return
        if not pressed or label not in self._letters:
            self.dismiss(None)
            return
        verb = Verb.COPY if pressed == pressed.lower() else Verb.OPEN
        self.dismiss(Pick(label, self._verb or verb))
