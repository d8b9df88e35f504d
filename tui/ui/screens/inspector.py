"""The inspector: what was asked, what came back, when, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import getters
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from tui.ui.inspection_entries import inspection_entries
from tui.ui.screens.dialog import Dialog
from tui.ui.transcript import Transcript

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui.domain.inspection import Inspection
    from tui.domain.message import Message
    from tui.ui.app import FortytwoApp

_READ = "y copies · j k part · PgUp PgDn scroll · Esc closes"


class Inspector(Dialog[None]):
    """Everything known of one answer's exchange, to be read and copied."""

    CSS = """
    Inspector {
        .dialog { width: 100%; height: 100%; background: $background; }
        Transcript { width: 1fr; height: 1fr; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,I", "close", "Close", show=False),
        Binding("c", "copy_curl", "Copy as curl", show=False),
        Binding("y", "copy_part", "Copy this part", show=False),
        Binding("j", "part(1)", "Next part", show=False),
        Binding("k", "part(-1)", "Previous part", show=False),
        Binding("pagedown,space", "page(1)", "Page down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("g,home", "end(-1)", "Top", show=False),
        Binding("G,end", "end(1)", "End", show=False),
    ]

    text = getters.query_one(Transcript)

    def __init__(self, message: Message | None, inspection: Inspection | None) -> None:
        """Make it.

        Args:
            message: The answer, or None while it is on its way.
            inspection: Its exchange, or None when this run does not have it.
        """
        super().__init__()
        self._entries = inspection_entries(message, inspection)
        self._curl = inspection.curl if inspection is not None else ""

    def compose(self) -> ComposeResult:
        """Lay out the dialog."""
        hint = f"c copies as curl · {_READ}" if self._curl else _READ
        with Vertical(classes="dialog"):
            yield Static("How this answer came", classes="dialog-title", markup=False)
            yield Transcript()
            yield Static(hint, classes="dialog-hint", markup=False)

    def on_mount(self) -> None:
        """Show all of it from the top."""
        self.text.use_colors(self._app.theme_spec.colors)
        self.text.show_entries(self._entries, key="inspector")
        # Nothing is folded: who looks behind an answer wants to see all of it.
        self.text.toggle_all_folds()
        self.text.focus()
        self.text.go_home()

    @property
    def _app(self) -> FortytwoApp:
        return cast("FortytwoApp", self.app)

    def action_page(self, direction: int) -> None:
        """Scroll a page."""
        self.text.page(direction)

    def action_part(self, direction: int) -> None:
        """Go to the next or the previous part."""
        self.text.move_message(direction)

    def action_end(self, direction: int) -> None:
        """Go to the top or to the end."""
        if direction > 0:
            self.text.go_to_end()
        else:
            self.text.go_home()

    def action_copy_curl(self) -> None:
        """Copy a shell command that sends the same request."""
        if self._curl:
            self._app.main.work(self._app.copy(self._curl))
        else:
            self._app.tell("The request is not known any more.", "warning")

    def action_copy_part(self) -> None:
        """Copy the part under the cursor, or all of it."""
        current = self.text.current_entry
        texts = [entry.text for entry in self._entries if current in (None, entry.id)]
        self._app.main.work(self._app.copy("\n\n".join(texts)))

    def action_close(self) -> None:
        """Back to the conversation."""
        self.dismiss(None)
