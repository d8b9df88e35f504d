"""The inspector: what was asked, what came back, when, and how it ended.

Opened while the answer is on its way, it goes on with it: a few times a second it asks
for what is new, and it shows everything once the answer has ended.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, cast

from textual import getters
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from tui.ui.inspection_entries import (
    BODY,
    changing_entries,
    inspection_entries,
    running_entries,
)
from tui.ui.screens.dialog import Dialog
from tui.ui.transcript import Transcript

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui.domain.inspection import Inspection, Progress
    from tui.domain.message import Message
    from tui.ui.app import FortytwoApp
    from tui.ui.transcript import Entry

GLANCE = 0.3
"""Seconds between two looks at an answer that is on its way."""

PATIENCE = 5.0
"""Seconds for which an exchange that has ended waits for its message."""

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

    def __init__(
        self,
        message: Message | None,
        inspection: Inspection | None,
        answer_id: str = "",
    ) -> None:
        """Make it.

        Args:
            message: The answer, or None while it is on its way.
            inspection: Its exchange, or None when this run does not have it.
            answer_id: The id of an answer that is on its way, or "".
        """
        super().__init__()
        self._message = message
        self._inspection = inspection
        self._answer_id = answer_id
        self._upto = 0

    def compose(self) -> ComposeResult:
        """Lay out the dialog."""
        with Vertical(classes="dialog"):
            yield Static("How this answer came", classes="dialog-title", markup=False)
            yield Transcript()
            yield Static("", classes="dialog-hint", markup=False)

    def on_mount(self) -> None:
        """Show all of it from the top."""
        self.text.use_colors(self._app.theme_spec.colors)
        # Who reads at the top stays there, however long it grows.
        self.text.reading.follows_at_end = False
        self._show_all()
        # Nothing is folded: who looks behind an answer wants to see all of it.
        self.text.toggle_all_folds()
        self.text.focus()
        self.text.go_home()
        if self._answer_id:
            self._app.main.work(self._follow())

    @property
    def _curl(self) -> str:
        return self._inspection.curl if self._inspection is not None else ""

    def _show_all(self) -> None:
        if self._answer_id and self._inspection is not None:
            self._upto = 0
            self._entries = running_entries(self._inspection)
        else:
            self._entries = inspection_entries(self._message, self._inspection)
        self.text.show_entries(self._entries, key="inspector")
        hint = f"c copies as curl · {_READ}" if self._curl else _READ
        self.query_one(".dialog-hint", Static).update(hint)

    # An answer on its way

    async def _follow(self) -> None:
        """Show what is new until the answer has ended."""
        workspace, overdue = self._app.workspace, 0.0
        while self.is_attached and self._inspection is not None:
            before = self._inspection
            new = await workspace.progress(self._answer_id, before.attempts, self._upto)
            if new is None or not self.is_attached:
                return
            if new.ended is not None and not overdue:
                overdue = time.monotonic() + PATIENCE
            message = self._ended_message()
            over = message is not None or bool(overdue and time.monotonic() > overdue)
            if over or new.attempts != before.attempts or not before.url:
                self._inspection = await workspace.inspect(self._answer_id)
                self._message = message
                self._answer_id = "" if over else self._answer_id
                if self.is_attached:
                    self._show_all()
                if over:
                    return
            else:
                self._take(before, new)
            await asyncio.sleep(GLANCE)

    def _ended_message(self) -> Message | None:
        conversation = self._app.main.chat.conversation
        return conversation.find(self._answer_id) if conversation is not None else None

    def _take(self, before: Inspection, new: Progress) -> None:
        """Show what is new in the exchange that runs."""
        after = self._inspection = replace(
            before,
            status=new.status,
            response_headers=new.response_headers,
            moments=new.moments,
            ended=new.ended,
            received=new.received,
        )
        shown = {entry.id: entry for entry in self._entries}
        if before.status != after.status or bool(before.moments) != bool(after.moments):
            self._show_all()
            return
        changed: list[Entry] = []
        for entry in changing_entries(after):
            if entry != shown[entry.id]:
                shown[entry.id] = entry
                changed.append(entry)
        self._entries = list(shown.values())
        for entry in changed:
            self.text.replace_entry(entry)
        self._upto = new.upto
        if new.lines:
            self.text.extend_answer(BODY, new.lines)

    # Keys

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
        texts = [
            self.text.source_of(entry.id)
            for entry in self._entries
            if current in (None, entry.id)
        ]
        self._app.main.work(self._app.copy("\n\n".join(texts)))

    def action_close(self) -> None:
        """Back to the conversation."""
        self.dismiss(None)
