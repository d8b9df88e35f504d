"""The dialog of the request queue: what runs, what waits, and in which order."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar, cast

from textual import getters, on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.domain.phase import Phase
from tui.domain.visible import visible_line
from tui.ui.once import call_once
from tui.ui.screens.dialog import Dialog
from tui.ui.text import cut_line, fill_line
from tui.ui.widgets.status_text import SEPARATOR, clock_text, turn_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

    from tui.domain.turn import Turn
    from tui.services.workspace import Workspace
    from tui.ui.app import FortytwoApp

TITLE_CELLS = 36
STATE_CELLS = 50
LOOK_PAUSE = 0.5
"""Seconds between two looks at what runs, while the dialog is open."""

_KEYS = "Enter opens · x cancels · s sends now · K J move it up and down · Esc closes"
_NOTHING = "Nothing runs and nothing waits. Esc closes."


class RequestQueue(Dialog[str | None]):
    """Returns the conversation to open, or None."""

    CSS = "RequestQueue .dialog { width: 96; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,Q", "close", "Close", show=False),
        Binding("j", "cursor(1)", "Down", show=False),
        Binding("k", "cursor(-1)", "Up", show=False),
        Binding("J,shift+down", "move(1)", "Later", show=False),
        Binding("K,shift+up", "move(-1)", "Sooner", show=False),
        Binding("x,delete", "stop", "Stop", show=False),
        Binding("s", "send_now", "Send now", show=False),
    ]

    options = getters.query_one(OptionList)
    message = getters.query_one("#queue-message", Static)

    def __init__(
        self,
        workspace: Workspace,
        title_of: Callable[[str], str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make it.

        Args:
            workspace: Knows the turns and changes their order.
            title_of: Tells a conversation's title by its file.
            clock: The monotonic clock that turns are timed by, in seconds.
        """
        super().__init__()
        self._workspace = workspace
        self._title_of = title_of
        self._clock = clock
        self._turns: list[Turn] = []

    def compose(self) -> ComposeResult:
        """Lay out the dialog."""
        with Vertical(classes="dialog -tall"):
            yield Static("Requests", classes="dialog-title", markup=False)
            yield OptionList(markup=False, compact=True)
            yield Static("", id="queue-message", classes="dialog-hint", markup=False)

    def on_mount(self) -> None:
        """Look now, and again while it is open."""
        self._look()
        self.options.focus()
        self.set_interval(LOOK_PAUSE, self._look)

    def _look(self) -> None:
        chosen = self._chosen()
        before = [turn.message_id for turn in self._turns]
        self._turns = in_order(self._workspace.running())
        after = [turn.message_id for turn in self._turns]
        lines = [
            turn_line(turn, self._title_of(turn.file), self._clock())
            for turn in self._turns
        ]
        if before == after:
            for at, line in enumerate(lines):
                self.options.replace_option_prompt_at_index(at, line)
        else:
            self.options.set_options(Option(line) for line in lines)
            if after:
                # The cursor stays with its request, or where that one was.
                place = before.index(chosen.message_id) if chosen else 0
                if chosen is not None and chosen.message_id in after:
                    place = after.index(chosen.message_id)
                self.options.highlighted = min(place, len(after) - 1)
        self.message.update(_KEYS if after else _NOTHING)

    def _chosen(self) -> Turn | None:
        at = self.options.highlighted
        return self._turns[at] if at is not None and at < len(self._turns) else None

    @on(OptionList.OptionSelected)
    def _open(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        turn = self._chosen()
        if turn is not None:
            self.dismiss(turn.file)

    def action_cursor(self, step: int) -> None:
        """Move the cursor."""
        if step > 0:
            self.options.action_cursor_down()
        else:
            self.options.action_cursor_up()

    def action_move(self, step: int) -> None:
        """Move the request under the cursor in its queue."""
        turn = self._chosen()
        if turn is not None and turn.phase is Phase.QUEUED and turn.place:
            self._workspace.move_in_queue(turn.file, max(1, turn.place + step))
            self._look_soon()

    def action_stop(self) -> None:
        """Stop the answer under the cursor, or take it out of the queue."""
        turn = self._chosen()
        if turn is not None:
            main = cast("FortytwoApp", self.app).main
            main.work(self._stop(turn.file))

    async def _stop(self, file: str) -> None:
        await self._workspace.stop(file)
        self._look_soon()

    def action_send_now(self) -> None:
        """Let the request under the cursor run although others do."""
        turn = self._chosen()
        if turn is not None and turn.phase is Phase.QUEUED:
            self._workspace.send_now(turn.file)
            self._look_soon()

    def _look_soon(self) -> None:
        # The change is made on another thread; the next look comes anyway.
        if self.is_attached:
            call_once(self, 0.05, self._look)

    def action_close(self) -> None:
        """Back to the conversation."""
        self.dismiss(None)


def in_order(turns: Sequence[Turn]) -> list[Turn]:
    """Return the running turns, the longest first, then the queued by their place."""

    def order(turn: Turn) -> tuple[bool, float, float]:
        queued = turn.phase is Phase.QUEUED
        return (queued, turn.place if queued else 0, turn.queued_at)

    return sorted(turns, key=order)


def turn_line(turn: Turn, title: str, now: float) -> Content:
    """Return the line of one turn: its title, what is happening, since when.

    Args:
        turn: The turn.
        title: Its conversation's title; foreign text is cleaned.
        now: The monotonic clock, in seconds.
    """
    state = turn_text(turn, now)
    if turn.phase is Phase.QUEUED:
        since = f"for {clock_text(now - turn.queued_at)}"
        state = f"{state}{SEPARATOR}{since}" if turn.retry_at is None else state
    label = fill_line(visible_line(title), TITLE_CELLS)
    return Content.assemble(
        label, "  ", (cut_line(visible_line(state), STATE_CELLS), "$muted")
    )
