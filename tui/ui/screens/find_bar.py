"""The line in which text is searched for in the open conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import getters, on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Static

from tui.domain.visible import visible_line
from tui.ui.transcript import Transcript

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui.ui.transcript import FindState


class FindBar(Horizontal):
    """A mark, a field, and how many matches there are. Open from its mounting on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "step(1)", "Next match", show=False),
        Binding("up,shift+enter", "step(-1)", "Previous match", show=False),
    ]

    field = getters.query_one(Input)
    count = getters.query_one("#find-count", Static)

    def __init__(self, text: str = "", source_key: str = "") -> None:
        """Make it.

        Args:
            text: What to search for at once.
            source_key: The key that shows the source of a message, or "".
        """
        super().__init__()
        self._source_key = source_key
        self._text = text

    def compose(self) -> ComposeResult:
        """Lay out the line."""
        yield Static("/", id="find-mark", markup=False)
        yield Input(placeholder="Find in this conversation", compact=True)
        yield Static("", id="find-count", markup=False)

    def on_mount(self) -> None:
        """Take the cursor."""
        self.open(self._text)

    @property
    def searching(self) -> bool:
        """True while something is searched for."""
        return bool(self.is_mounted and self.display and self.field.value)

    @property
    def field_has_focus(self) -> bool:
        """True while the words are typed."""
        return self.is_mounted and self.field.has_focus

    @property
    def matched(self) -> bool:
        """True while there are matches to go to."""
        state = self._transcript.find_state
        return self.searching and state is not None and state.count > 0

    @property
    def _transcript(self) -> Transcript:
        return self.screen.query_one(Transcript)

    def open(self, text: str = "", entry_id: str | None = None) -> None:
        """Show the line and put the cursor in it.

        Args:
            text: What to search for at once.
            entry_id: The message to begin at; the transcript then keeps the focus,
                ready for the next match.
        """
        if entry_id is not None:
            self.display = True
            with self.prevent(Input.Changed):
                self.field.value = visible_line(text)
            self._transcript.focus()
            self._transcript.find(text, entry_id)
            return
        self.display = True
        if text:
            self.field.value = visible_line(text)
        self.field.focus()

    def close(self) -> None:
        """Hide the line and forget the matches."""
        self.display = False
        self.field.value = ""
        self._transcript.clear_find()
        self._transcript.focus()

    def step(self, direction: int) -> None:
        """Go to the next (1) or the previous (-1) match."""
        text, transcript = self.field.value, self._transcript
        if not text:
            return
        if transcript.find_state is None:
            # There was nothing to search in when the words were typed.
            transcript.find(text)
        elif direction > 0:
            transcript.find_next()
        else:
            transcript.find_previous()

    def action_step(self, direction: int) -> None:
        """Go to another match."""
        self.step(direction)

    @on(Input.Changed)
    def _search(self, message: Input.Changed) -> None:
        message.stop()
        if not message.value:
            self._transcript.clear_find()
            self.count.update("")
            return
        self._transcript.find(message.value)

    def show(self, state: FindState) -> None:
        """Say how many matches there are, and which one is shown."""
        more = "" if state.complete else "+"
        if not state.count:
            text = "no match" if state.complete else "searching …"
            if state.complete and state.only_in_source:
                shows = f": {self._source_key} shows it" if self._source_key else ""
                text = f"only in the source{shows}"
        elif state.position:
            text = f"{state.position:,} of {state.count:,}{more}"
        else:
            text = f"{state.count:,}{more}"
        self.count.update(text)

    @on(Input.Submitted)
    def _go_on(self, message: Input.Submitted) -> None:
        message.stop()
        self.step(1)
        if self.matched:
            # From here on letters are keys: n and N go on.
            self._transcript.focus()
