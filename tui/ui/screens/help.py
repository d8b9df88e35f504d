"""F1: every key from the one table, and the manual."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, cast

from textual import getters, on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.manual import read_pages
from tui.ui.keys import GROUPS, KeyRow, key_name
from tui.ui.screens.dialog import Dialog
from tui.ui.transcript import Entry, EntryKind, Transcript

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from tui.ui.app import FortytwoApp


KEYS = "All keys"


class Help(Dialog[None]):
    """A list of pages and the page under the cursor."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (64, "-wide")]  # noqa: RUF012 - Textual's own name and type
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,q", "close", "Close", show=False),
        Binding("pagedown,space", "page(1)", "Page down", show=False, priority=True),
        Binding("pageup", "page(-1)", "Page up", show=False, priority=True),
    ]

    options = getters.query_one(OptionList)
    text = getters.query_one(Transcript)

    def __init__(self, rows: Sequence[KeyRow]) -> None:
        """Make it.

        Args:
            rows: The table of keys in force.
        """
        super().__init__()
        self._pages = [(KEYS, keys_page(rows))]

    def compose(self) -> ComposeResult:
        """Lay out the dialog."""
        with Vertical(classes="dialog"):
            with Horizontal():
                yield OptionList(KEYS, markup=False, compact=True)
                yield Transcript()
            yield Static(
                "↑ ↓ page · PgUp PgDn scroll · Esc closes",
                classes="dialog-hint",
                markup=False,
            )

    def on_mount(self) -> None:
        """Show the keys at once and read the manual meanwhile."""
        self.text.use_colors(cast("FortytwoApp", self.app).theme_spec.colors)
        self.options.highlighted = 0
        self.options.focus()
        cast("FortytwoApp", self.app).main.work(self._read())

    async def _read(self) -> None:
        pages = await asyncio.to_thread(manual_pages)
        if not self.is_attached:
            return
        self._pages += pages
        self.options.add_options(Option(title) for title, _ in self._pages[1:])

    @on(OptionList.OptionHighlighted)
    def _turn_page(self, message: OptionList.OptionHighlighted) -> None:
        message.stop()
        title, text = self._pages[message.option_index]
        self.text.show_entries(
            [Entry(title, EntryKind.NOTE, text, title)], key=f"help:{title}"
        )
        self.text.go_home()

    def action_page(self, direction: int) -> None:
        """Scroll the page."""
        self.text.page(direction)

    def action_close(self) -> None:
        """Back to the conversation."""
        self.dismiss(None)


def keys_page(rows: Sequence[KeyRow]) -> str:
    """Return the table of keys as Markdown, the user's own keys included."""

    def code(keys: Sequence[str]) -> str:
        return " ".join(f"`{key_name(key)}`" for key in keys)

    lines = [
        "Plain letters are keys in nav mode only: **Esc** leaves the composer, **i** "
        "comes back. All others work while typing, too. Everything is also in the "
        "palette, and can be changed under `[keys]` in the configuration.",
    ]
    for group in GROUPS:
        lines += ["", f"## {group}", "", "| Keys | What they do |", "|---|---|"]
        for row in rows:
            if row.group != group:
                continue
            command = f" `{row.command} {row.argument}".rstrip() if row.command else ""
            command += "`" if command else ""
            tooltip = row.tooltip.replace("\\", "\\\\")
            keys = code((*row.while_typing, *row.in_nav)) or command.strip()
            lines.append(f"| {keys} | {tooltip}{command if row.keys else ''} |")
    return "\n".join(lines)


def manual_pages() -> list[tuple[str, str]]:
    """Read the manual: each page's title and its text without that title."""
    return [(page.title, page.text.partition("\n")[2]) for page in read_pages()]
