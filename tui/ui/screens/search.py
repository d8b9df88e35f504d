"""The dialog that finds conversations by their titles and by every word in them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import getters, on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.domain.errors import FortytwoError
from tui.domain.search import Found, Hit
from tui.ui.hit_lines import hit_lines
from tui.ui.screens.dialog import Dialog
from tui.ui.text import foreign_line

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import tzinfo

    from textual import events
    from textual.app import ComposeResult

    Searching = Callable[[str], Awaitable[Found | None]]

TYPING = 0.03
"""Seconds without a further letter before a search begins."""

AGAIN = 1.0
"""Seconds between two searches while the index is still being made."""

LITTLE = 10
"""Hits that are little."""

PARTIAL = "Not every text was looked through; more letters find more."

KEYS = "Enter opens · Esc leaves all as it was"


class SearchChats(Dialog[Hit | None]):
    """A field and the hits for what stands in it. Returns the chosen one, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", show=False),
        Binding("down,ctrl+j,ctrl+n", "move('cursor_down')", "Down", show=False),
        Binding("up,ctrl+k,ctrl+p", "move('cursor_up')", "Up", show=False),
        Binding("pagedown", "move('page_down')", "Page down", show=False),
        Binding("pageup", "move('page_up')", "Page up", show=False),
    ]

    field = getters.query_one(Input)
    options = getters.query_one(OptionList)
    message = getters.query_one("#search-message", Static)

    def __init__(self, search: Searching, text: str, zone: tzinfo | None) -> None:
        """Make it.

        Args:
            search: Finds hits for a text; returns None when a newer search was
                begun.
            text: What stands in the field at first.
            zone: The time zone of the dates.
        """
        super().__init__()
        self._search = search
        self._text = text
        self._zone = zone
        self._found: Found | None = None
        self._hits: Sequence[Hit] = ()
        self._chosen_early = False
        self._searching: asyncio.Task[None] | None = None

    def compose(self) -> ComposeResult:
        """Lay out the dialog."""
        with Vertical(classes="dialog -tall"):
            yield Static("Open a conversation", classes="dialog-title", markup=False)
            yield Input(
                self._text, placeholder="Words of its title or its text", compact=True
            )
            yield OptionList(markup=False, compact=True)
            yield Static(KEYS, id="search-message", classes="dialog-hint", markup=False)

    def on_mount(self) -> None:
        """Begin with the newest conversations, or what was given."""
        self._begin(self._text)

    def on_resize(self, event: events.Resize) -> None:
        """Cut the lines for the new width."""
        if self._found is not None:
            self.call_after_refresh(self._list)

    @on(Input.Changed)
    def _changed(self, message: Input.Changed) -> None:
        message.stop()
        self._chosen_early = False
        self._begin(message.value)

    def _begin(self, text: str) -> None:
        # A task of our own: a worker that is replaced before it began leaves a
        # coroutine behind that nobody awaits.
        self._end_search()
        self._searching = asyncio.create_task(self._keep_searching(text))

    def _end_search(self) -> None:
        if self._searching is not None:
            self._searching.cancel()

    def on_unmount(self) -> None:
        """Search no longer."""
        self._end_search()

    async def _keep_searching(self, text: str) -> None:
        """Search, then again while there is more to search."""
        if text:
            await asyncio.sleep(TYPING)
        try:
            found = await self._search(text)
            self._take(text, found)
            while found is not None and found.read < found.total and not found.note:
                await asyncio.sleep(AGAIN)
                found = await self._search(text)
                self._take(text, found)
        except FortytwoError as error:
            self.message.update(foreign_line(error.sentence))

    def _take(self, text: str, found: Found | None) -> None:
        """Show what was found, unless other words stand in the field by now."""
        if found is None or text != self.field.value:
            return
        self._found = found
        if found.hits != self._hits or not found.hits:
            self._list()
        self.message.update(foreign_line(self._message(found)))
        if self._chosen_early:
            self._choose()

    def _list(self) -> None:
        found = self._found
        if found is None:
            return
        at = self.options.highlighted
        kept = self._hits[at] if at is not None and at < len(self._hits) else None
        moved = bool(at)
        self._hits = found.hits
        width = max(20, self.options.scrollable_content_region.width - 2)
        self.options.set_options(
            Option(lines) for lines in hit_lines(found.hits, width, self._zone)
        )
        if not found.hits:
            return
        # Who has moved the cursor stays on the hit, when it is still there.
        places = [place for place, hit in enumerate(found.hits) if hit == kept]
        self.options.highlighted = places[0] if moved and places else 0

    def _message(self, found: Found) -> str:
        if found.note:
            return found.note
        if found.read < found.total:
            return (
                f"Texts are still being read: {found.read:,} of {found.total:,} "
                "conversations"
            )
        if found.partial and len(found.hits) < LITTLE:
            return PARTIAL
        if found.hits:
            return KEYS
        if found.query.strip():
            return "Nothing matches."
        return "There is no conversation yet."

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def _open(self, message: Input.Submitted | OptionList.OptionSelected) -> None:
        message.stop()
        self._choose()

    def _choose(self) -> None:
        found = self._found
        if found is None or found.query != self.field.value:
            # Faster than the search: the first hit is meant.
            self._chosen_early = True
            return
        at = self.options.highlighted
        if at is not None and at < len(self._hits):
            self.dismiss(self._hits[at])

    def action_move(self, action: str) -> None:
        """Move the cursor of the list while the field has the focus."""
        getattr(self.options, f"action_{action}")()

    def action_cancel(self) -> None:
        """Open nothing."""
        self.dismiss(None)
