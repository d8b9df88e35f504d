"""The dialog that asks for one line."""

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


class AskLine(Dialog[str | None]):
    """Returns what was typed, without blanks around it, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", show=False)
    ]

    def __init__(self, title: str, doing: str, value: str = "") -> None:
        """Make it.

        Args:
            title: What is asked for.
            doing: What Enter does.
            value: What stands there already, selected: typing replaces it.
        """
        super().__init__()
        self._title = title
        self._doing = doing
        self._value = value

    def compose(self) -> ComposeResult:
        """Lay out the dialog."""
        with Vertical(classes="dialog"):
            yield Static(
                visible_line(self._title), classes="dialog-title", markup=False
            )
            yield Input(visible_line(self._value), compact=True, select_on_focus=True)
            yield Static(
                f"Enter {self._doing} · Esc goes back",
                classes="dialog-hint",
                markup=False,
            )

    @on(Input.Submitted)
    def _take(self, message: Input.Submitted) -> None:
        message.stop()
        self.dismiss(message.value.strip() or None)

    def action_cancel(self) -> None:
        """Go back."""
        self.dismiss(None)
