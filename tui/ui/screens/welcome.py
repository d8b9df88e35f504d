"""What stands where nothing has been said yet, and two other small texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from tui.ui.keys import hint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.ui.keys import KeyRow

_TYPING = (
    ("chat.send", "send"),
    ("chat.newline", "new line"),
    ("chat.open", "open a conversation"),
    ("chat.system", "system prompt"),
    ("chat.model", "model"),
    ("app.palette", "everything by name"),
    ("app.help", "all keys, and the manual"),
    ("app.quit", "quit"),
)


class Welcome(Static):
    """An empty conversation: what to press first."""

    def __init__(self, rows: Sequence[KeyRow], *, demo: bool) -> None:
        """Make it.

        Args:
            rows: The table of keys in force.
            demo: True when the embedded server answers.
        """
        first = "Ask something and press Enter."
        if demo:
            first = "Ask this program about itself and press Enter."
        keys = [
            (hint(action_id, rows, typing=True), word) for action_id, word in _TYPING
        ]
        keys = [(key, word) for key, word in keys if key]
        width = max(len(key) for key, _ in keys)
        parts: list[tuple[str, str] | str] = [("fortytwo\n", "bold $accent")]
        if demo:
            parts.append(("demo: no key, no network\n", "$muted"))
        parts += ["\n", first, "\n\n"]
        for key, word in keys:
            parts += [(f"{key:<{width}}", "$accent"), (f"  {word}\n", "$muted")]
        super().__init__(Content.assemble(*parts), markup=False)
        self.can_focus = False


class EndMarker(Static):
    """Says how many lines have arrived below what is read."""

    def __init__(self) -> None:
        super().__init__("", markup=False)

    def on_mount(self) -> None:
        """Wait hidden."""
        self.display = False

    def show(self, lines_below: int, width: int) -> None:
        """Take the position of the transcript.

        Args:
            lines_below: New lines below the screen; 0 while the end is followed.
            width: The transcript's width in cells.
        """
        self.display = lines_below > 0
        if not self.display:
            return
        lines = "1 new line" if lines_below == 1 else f"{lines_below:,} new lines"
        text = f" ↓ {lines} "
        self.update(Content(text), layout=False)
        # No wider than its words: it hides no more of the text than it must.
        self.styles.width = len(text)
        self.styles.offset = (max(0, width - len(text)), 0)


class TooSmall(Static):
    """Stands alone in a window that is too small for the rest."""

    def __init__(self) -> None:
        super().__init__(
            Content("Too small: this needs 40 columns and 12 rows."),
            markup=False,
        )
