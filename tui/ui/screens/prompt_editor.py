"""The dialog in which the system prompt of a conversation is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import getters
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static, TextArea

from tui.domain.visible import visible_text
from tui.ui.screens.dialog import Dialog

if TYPE_CHECKING:
    from textual.app import ComposeResult


class SystemPromptArea(TextArea):
    """A text area that shows what has no shape of its own; the text stays as it is."""

    def get_line(self, line_index: int) -> Text:
        """Return a line to paint: what can't be seen is made visible."""
        # A `Text` drops control characters as it is made.
        line = visible_text(self.document.get_line(line_index))
        return Text(line, end="", no_wrap=True)


class PromptEditor(Dialog[str | None]):
    """Returns the text. Esc saves it as well: it asks nothing and loses nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,ctrl+enter,f4,ctrl+t", "save", "Save", priority=True),
        Binding("escape", "save", "Save", show=False),
    ]

    area = getters.query_one(SystemPromptArea)

    def __init__(self, text: str) -> None:
        """Make it.

        Args:
            text: The present system prompt.
        """
        super().__init__()
        self._text = text
        self._loaded = text

    def compose(self) -> ComposeResult:
        """Lay out the dialog."""
        with Vertical(classes="dialog -tall"):
            yield Static("System prompt", classes="dialog-title", markup=False)
            yield SystemPromptArea(
                self._text,
                soft_wrap=True,
                tab_behavior="focus",
                compact=True,
                placeholder="How should the model answer in this conversation?",
                highlight_cursor_line=False,
            )
            yield Static(
                "Esc or F4 saves · sent first, from the next prompt on",
                classes="dialog-hint",
                markup=False,
            )

    def on_mount(self) -> None:
        """Begin at the end of the text."""
        self._loaded = self.area.text
        self.area.cursor_blink = False
        self.area.move_cursor(self.area.document.end)

    def action_save(self) -> None:
        """Return the text; one that nobody edited exactly as it was.

        The text area makes a line feed of every kind of line end.
        """
        edited = self.area.text
        self.dismiss(self._text if edited == self._loaded else edited)
