"""The dialog that gives a conversation another title."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from tui.domain.visible import visible_line
from tui.ui.screens.dialog import Dialog

if TYPE_CHECKING:
    from textual.app import ComposeResult


class Rename(Dialog[str | None]):
    """Returns the new title, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", show=False)
    ]

    def __init__(self, title: str) -> None:
        """Make it.

        Args:
            title: The present title.
        """
        super().__init__()
        self._old = title

    def compose(self) -> ComposeResult:
        """Lay out the dialog."""
        with Vertical(classes="dialog"):
            yield Static("Rename", classes="dialog-title", markup=False)
            yield Input(visible_line(self._old), compact=True, select_on_focus=True)
            yield Static(
                "Enter renames · Esc leaves it as it was",
                classes="dialog-hint",
                markup=False,
            )

    @on(Input.Submitted)
    def _take(self, message: Input.Submitted) -> None:
        message.stop()
        title = " ".join(message.value.split())
        self.dismiss(title or None)

    def action_cancel(self) -> None:
        """Leave the title as it is."""
        self.dismiss(None)
