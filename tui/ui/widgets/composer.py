"""The composer: where prompts are written.

It grows from one row to ten, Enter sends, every other kind of Enter is a newline, and
nothing that was typed in it is lost: not by a paste, not by the editor, not by the
history, not by a send that fails.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.app import SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.message import Message

from tui.ui.once import call_once
from tui.ui.widgets.newlines import NEWLINE_KEYS, SEND_KEYS, teach_sequences
from tui.ui.widgets.paste_area import EnterRole, PasteArea
from tui.ui.widgets.prompt_history import PromptHistory

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from textual.timer import Timer

DRAFT_PAUSE = 0.5
"""Seconds between two drafts of a text that keeps changing."""

PLACEHOLDER = "Ask anything"


class Composer(PasteArea):
    """The multi-line input of a conversation.

    Args:
        enter: "send" or "newline": what Enter does.
        placeholder: What stands in it while it is empty.
        private: Environment variables that the external editor must not see.
        id: The widget's id.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+g", "edit_outside", "Editor", show=False, id="chat.editor"),
    ]

    @dataclass
    class Submitted(Message):
        """A prompt is to be sent; the composer is empty again.

        Attributes:
            text: The prompt, folded pastes in full.
            file: The conversation it was written for, None for a new one.
            occasion: The composer's `occasion` when it was sent.
        """

        text: str
        file: str | None
        occasion: object

    @dataclass
    class Edited(Message):
        """The draft changed; posted at most twice a second.

        Attributes:
            text: The whole draft, folded pastes in full.
            file: The conversation it belongs to, None for a new one.
        """

        text: str
        file: str | None

    @dataclass
    class Warned(Message):
        """Something went wrong that the user should read.

        Attributes:
            sentence: Our own words; names in it are not cleaned yet.
        """

        sentence: str

    def __init__(
        self,
        *,
        enter: str = "send",
        placeholder: str = PLACEHOLDER,
        private: Collection[str] = ("FORTYTWO_API_KEY",),
        id: str | None = None,  # noqa: A002 - the name every Textual widget uses
    ) -> None:
        super().__init__(placeholder=placeholder, id=id)
        self.enter = enter
        self.file: str | None = None
        self.occasion: object = None
        """What the owner wants to know again when a prompt comes: which of several
        new conversations it was written for."""
        self.private = private
        self.newline_keys: Collection[str] = NEWLINE_KEYS
        self.prompts = PromptHistory()
        self.on_its_way: list[str] = []
        """Prompts that were submitted and that nobody has taken over yet."""
        self._draft_timer: Timer | None = None
        self._saved = ""
        teach_sequences()

    # ------------------------------------------------------------ the text

    @property
    def full_text(self) -> str:
        """The text with folded pastes in full."""
        return super().full_text + self.gathered

    @property
    def draft(self) -> str:
        """What must not be lost: the text, and what was written before a recall."""
        text = self.full_text
        return self.prompts.unsent(text)

    @property
    def words(self) -> str:
        """All that would be lost with the composer: prompts on their way, the draft."""
        return "\n".join(text for text in (*self.on_its_way, self.draft) if text)

    def taken_over(self, text: str) -> None:
        """Note that somebody else answers for a submitted prompt from now on."""
        if text in self.on_its_way:
            self.on_its_way.remove(text)

    def set_text(self, text: str, file: str | None = None) -> None:
        """Show another text, usually the draft of another conversation.

        A draft that waits to be told is told first, with its own conversation.

        Args:
            text: The text; a big one is folded.
            file: The conversation it belongs to, None for a new one.
        """
        self.settle()
        self.flush_draft()
        self.file = file
        self._saved = text
        self._load(text)
        self.prompts.rest()

    def carry_to(self, file: str | None) -> None:
        """Let what stands here belong to another conversation, the cursor included."""
        self.file = file
        self._saved = ""
        self._draft_changed()

    def take_text(self) -> str:
        """Return the whole text and empty the composer."""
        text = self.full_text
        self._load("")
        self.prompts.rest()
        return text

    def restore(self, text: str) -> None:
        """Put back a prompt that could not be sent, before what was typed since."""
        typed = self.full_text
        self._load(f"{text}\n{typed}" if typed else text)
        self._draft_changed()

    def learn(self, prompts: Iterable[str]) -> None:
        """Take prompts as the history, oldest first, unless one walks in it."""
        if not self.prompts.walking:
            self.prompts.replace(prompts)

    def flush_draft(self) -> None:
        """Tell the draft now if it changed since it was told last."""
        if self._draft_timer is not None:
            self._draft_timer.stop()
            self._draft_timer = None
        self.flush_gathered()
        text = self.draft
        if text != self._saved:
            self._saved = text
            self.post_message(self.Edited(text, self.file))

    def _load(self, text: str) -> None:
        self.drop_gathered()
        self.load_full_text(text)

    def _draft_changed(self) -> None:
        if self._draft_timer is None and self.is_attached:
            self._draft_timer = call_once(self, DRAFT_PAUSE, self.flush_draft)

    # ------------------------------------------------------------ keys

    def enter_role(self, key: str) -> EnterRole | None:
        """Return what a key does that may be a kind of Enter."""
        if self.enter == "newline":
            if key in SEND_KEYS:
                return EnterRole.SEND
            newline = key == "enter" or key in self.newline_keys
            return EnterRole.NEWLINE if newline else None
        if key in self.newline_keys:
            return EnterRole.NEWLINE
        return EnterRole.SEND if key in ("enter", "ctrl+enter") else None

    def press_send(self) -> None:
        """Send, or begin a new line after a backslash at the end of a line.

        The backslash is the one way to a newline that no terminal and no multiplexer
        can take away.
        """
        row, column = self.cursor_location
        line = self.document.get_line(row)
        if self.selection.is_empty and column == len(line) and line.endswith("\\"):
            at = (row, column - 1)
            self.replace("\n", at, (row, column), maintain_selection_offset=False)
        else:
            self.action_send()

    # ------------------------------------------------------------ actions

    def action_send(self) -> None:
        """Send the text, unless there is nothing but blanks.

        A prompt that was being written before an older one was recalled comes back.
        """
        self.settle()
        text = self.full_text.rstrip().lstrip("\n")
        if self.read_only or not text:
            return
        written = self.prompts.written(text)
        self.prompts.add(text)
        self.post_message(self.Submitted(text, self.file, self.occasion))
        self.on_its_way.append(text)
        self.take_text()
        if written != text:
            self._recall(written)

    def action_newline(self) -> None:
        """Begin a new line."""
        if not self.read_only:
            self.insert_text("\n")

    def action_cursor_up(self, select: bool = False) -> None:
        """Move up; on the first row go back in the history."""
        at_top = self.navigator.is_first_wrapped_line(self.cursor_location)
        if select or self.read_only or not at_top:
            super().action_cursor_up(select)
        elif (text := self.prompts.back(self.full_text)) is not None:
            self._recall(text)
            if self.wrapped_document.height > 1:
                self.move_cursor((0, 0))

    def action_cursor_down(self, select: bool = False) -> None:
        """Move down; on the last row go forward in the history."""
        at_bottom = self.navigator.is_last_wrapped_line(self.cursor_location)
        if select or self.read_only or not at_bottom:
            super().action_cursor_down(select)
        elif (text := self.prompts.forward(self.full_text)) is not None:
            self._recall(text)

    def _recall(self, text: str) -> None:
        self._load(text)
        self._draft_changed()

    def action_edit_outside(self) -> None:
        """Edit the text in the user's own editor; undo brings the old one back."""
        if self.read_only:
            return
        from tui.ui.widgets.external_editor import edit_in_editor

        self.flush_draft()
        old = self.full_text
        try:
            with self.app.suspend():
                edited = edit_in_editor(old, os.environ, self.private)
        except SuspendNotSupported:
            self.post_message(self.Warned("No editor can be opened in this terminal."))
            return
        if edited.problem:
            self.post_message(self.Warned(edited.problem))
        if edited.text != old:
            self.replace_full_text(edited.text)

    # ------------------------------------------------------------ Textual's side

    def on_blur(self) -> None:
        """Keep what was typed before another widget takes over."""
        self.settle()
        self.flush_draft()

    def on_unmount(self) -> None:
        """Tell the last draft."""
        self.flush_draft()

    def on_text_area_changed(self) -> None:
        """Tell the draft, a little later."""
        self._draft_changed()
