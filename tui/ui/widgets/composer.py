"""The composer: where prompts are written.

It grows from one row to ten, Enter sends, every other kind of Enter is a newline, and
nothing that was typed in it is lost: not by a paste, not by the editor, not by the
history, not by a send that fails.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.app import SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.strip import Strip
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult

from tui.domain.visible import visible_text
from tui.ui.widgets.external_editor import edit_in_editor
from tui.ui.widgets.folds import Folds, clean_paste, is_big
from tui.ui.widgets.newlines import (
    NEWLINE_KEYS,
    SEND_KEYS,
    normalize_key,
    teach_sequences,
    types_nothing,
)
from tui.ui.widgets.paste_guard import HOLD, PasteGuard
from tui.ui.widgets.prompt_history import PromptHistory

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from rich.text import Text
    from textual import events
    from textual.timer import Timer

MOST_ROWS = 10
DRAFT_PAUSE = 0.5
"""Seconds between two drafts of a text that keeps changing."""

_BURST_FLUSH = 0.02
"""Seconds for which the keys of a paste are gathered into one edit."""

PROMPT_MARK = "› "
PLACEHOLDER = "Ask anything"


class Composer(TextArea):
    """The multi-line input of a conversation.

    Args:
        enter: "send" or "newline": what Enter does.
        placeholder: What stands in it while it is empty.
        private: Environment variables that the external editor must not see.
        id: The widget's id.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "composer--mark",
        "composer--fold",
        "composer--hidden",
    }
    DEFAULT_CSS = """
    Composer {
        height: 1;
        width: 1fr;
        border: none;
        padding: 0 1;
        background: $background;
        color: $foreground;
        scrollbar-size-vertical: 1;
        &:focus { border: none; }
        .composer--mark { color: $text-muted; }
        &:focus .composer--mark { color: $accent; }
        .composer--fold { color: $accent; }
        .composer--hidden { color: $warning; }
        .text-area--placeholder { color: $text-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+g", "edit_outside", "Editor", show=False, id="composer.editor"),
    ]

    @dataclass
    class Submitted(Message):
        """A prompt is to be sent; the composer is empty again.

        Attributes:
            text: The prompt, folded pastes in full.
            file: The conversation it was written for, None for a new one.
        """

        text: str
        file: str | None

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
        super().__init__(
            id=id,
            soft_wrap=True,
            tab_behavior="focus",
            highlight_cursor_line=False,
            placeholder=Content(placeholder),
            max_checkpoints=500,
        )
        self.cursor_blink = False
        self.match_cursor_bracket = False
        self.enter = enter
        self.file: str | None = None
        self.private = private
        self.newline_keys: Collection[str] = NEWLINE_KEYS
        self.send_keys: Collection[str] = SEND_KEYS
        self.prompts = PromptHistory()
        self._guard = PasteGuard()
        self._folds = Folds()
        self._burst: list[str] = []
        self._burst_timer: Timer | None = None
        self._held: Timer | None = None
        self._draft_timer: Timer | None = None
        self._saved = ""
        teach_sequences()

    # ------------------------------------------------------------ the text

    @property
    def full_text(self) -> str:
        """The text with folded pastes in full."""
        return self._folds.unfold(self.text) + "".join(self._burst)

    def set_text(self, text: str, file: str | None = None) -> None:
        """Show another text, usually the draft of another conversation.

        A draft that waits to be told is told first, with its own conversation.

        Args:
            text: The text; a big one is folded.
            file: The conversation it belongs to, None for a new one.
        """
        self._hasten()
        self.flush_draft()
        self.file = file
        self._saved = text
        self._load(text)
        self.prompts.rest()

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

    def push(self, prompts: Iterable[str]) -> None:
        """Take the prompts of a conversation as the history, oldest first."""
        self.prompts.replace(prompts)

    def flush_draft(self) -> None:
        """Tell the draft now if it changed since it was told last."""
        if self._draft_timer is not None:
            self._draft_timer.stop()
            self._draft_timer = None
        self._flush_burst()
        text = self.full_text
        if text != self._saved:
            self._saved = text
            self.post_message(self.Edited(text, self.file))

    def _load(self, text: str) -> None:
        self._release_enter()
        self._drop_burst()
        self._folds.clear()
        text = clean_paste(text)
        self.load_text(self._folds.fold(text) if is_big(text) else text)
        self.move_cursor(self.document.end)
        self._fit_height()

    def _draft_changed(self) -> None:
        if self._draft_timer is None and self.is_attached:
            self._draft_timer = self.set_timer(DRAFT_PAUSE, self.flush_draft)

    # ------------------------------------------------------------ keys

    async def on_key(self, event: events.Key) -> None:
        """Decide what Enter means and what types nothing."""
        key = normalize_key(event.key)
        if self.read_only:
            return
        if key == "enter" or key in self.newline_keys or key in self.send_keys:
            self._press_enter(key, event.time)
            _consume(event)
            return
        character = "\t" if key == "tab" else event.character
        is_text = key == "tab" or (event.is_printable and not types_nothing(key))
        if not is_text or character is None:
            self._hasten()
            if event.is_printable:
                event.prevent_default()
            return
        if self._held is not None:
            self._guard.press(event.time)
            self._join_enter()
            in_paste = True
        else:
            in_paste = self._guard.press(event.time)
        if in_paste:
            self._gather(character)
            _consume(event)

    def _press_enter(self, key: str, at: float) -> None:
        if self._held is not None:
            self._join_enter()
        in_paste = self._guard.press(at)
        sends = key in self.send_keys if self.enter == "newline" else key == "enter"
        if in_paste:
            self._gather("\n")
        elif sends:
            # A paste may begin with its first newline: wait for what follows.
            self._held = self.set_timer(HOLD, self._send_held)
        else:
            self._insert("\n")

    def _join_enter(self) -> None:
        """Take the held Enter for a newline: a key followed it at once."""
        self._release_enter()
        self._guard.join()
        self._gather("\n")

    def _release_enter(self) -> None:
        if self._held is not None:
            self._held.stop()
            self._held = None

    def _send_held(self) -> None:
        self._held = None
        self.action_send()

    def _hasten(self) -> None:
        """Let what was gathered take effect before another key acts."""
        if self._held is not None:
            self._release_enter()
            self.action_send()
        self._flush_burst()

    def _gather(self, text: str) -> None:
        self._burst.append(text)
        if self._burst_timer is None:
            self._burst_timer = self.set_timer(_BURST_FLUSH, self._flush_burst)

    def _drop_burst(self) -> None:
        self._burst.clear()
        if self._burst_timer is not None:
            self._burst_timer.stop()
            self._burst_timer = None

    def _flush_burst(self) -> None:
        text = "".join(self._burst)
        self._drop_burst()
        if text:
            self._insert_paste(text)

    async def on_paste(self, event: events.Paste) -> None:
        """Insert a bracketed paste, folded when it is big."""
        event.prevent_default()
        event.stop()
        if self.read_only:
            return
        if self._held is not None:
            self._join_enter()
        self._guard.paste(event.time)
        self._flush_burst()
        self._insert_paste(event.text)

    def _insert_paste(self, text: str) -> None:
        text = clean_paste(text)
        self._insert(self._folds.fold(text) if is_big(text) else text)

    def _insert(self, text: str) -> None:
        start, end = self.selection
        self.replace(text, start, end, maintain_selection_offset=False)

    # ------------------------------------------------------------ actions

    def action_send(self) -> None:
        """Send the text, unless there is nothing but blanks.

        A backslash before the cursor at the end of a line asks for a newline: the one
        way that no terminal and no multiplexer can take away.
        """
        if self.read_only:
            return
        row, column = self.cursor_location
        line = self.document.get_line(row)
        if self.selection.is_empty and column == len(line) and line.endswith("\\"):
            at = (row, column - 1)
            self.replace("\n", at, (row, column), maintain_selection_offset=False)
            return
        text = self.full_text.rstrip()
        if not text:
            return
        text = text.lstrip("\n")
        self.take_text()
        self.prompts.add(text)
        self.post_message(self.Submitted(text, self.file))

    def action_newline(self) -> None:
        """Begin a new line."""
        if not self.read_only:
            self._insert("\n")

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

    def action_paste(self) -> None:
        """Insert what was copied inside the program."""
        if not self.read_only:
            self._insert_paste(self.app.clipboard)

    def action_copy(self) -> None:
        """Copy the selection, folded pastes in full."""
        if self._folds and self.selected_text:
            self.app.copy_to_clipboard(self._folds.unfold(self.selected_text))
        else:
            super().action_copy()

    def action_edit_outside(self) -> None:
        """Edit the text in the user's own editor; undo brings the old one back."""
        if self.read_only:
            return
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
            self.history.checkpoint()
            text = clean_paste(edited.text)
            self.replace(
                self._folds.fold(text) if is_big(text) else text,
                (0, 0),
                self.document.end,
                maintain_selection_offset=False,
            )
            self.history.checkpoint()

    # ------------------------------------------------------------ Textual's side

    def on_mount(self) -> None:
        """Fit into the screen."""
        self._fit_height()

    def on_resize(self) -> None:
        """Wrapping changed, so the rows may have."""
        self.call_after_refresh(self._fit_height)

    def on_blur(self) -> None:
        """Keep what was typed before another widget takes over."""
        self._hasten()
        self.flush_draft()

    def on_unmount(self) -> None:
        """Tell the last draft."""
        self.flush_draft()

    def on_text_area_changed(self) -> None:
        """Follow the text with height and draft."""
        self._fit_height()
        self._draft_changed()

    def edit(self, edit: Edit) -> EditResult:
        """Change the text; a folded paste is changed as a whole or not at all."""
        if self._folds:
            edit = self._around_folds(edit)
        return super().edit(edit)

    def _around_folds(self, edit: Edit) -> Edit:
        top, bottom = edit.top, edit.bottom
        for start, end in self._folds.spans(self.document.get_line(top[0])):
            if top == bottom and start < top[1] < end:
                top = bottom = (top[0], end)
            elif start < top[1] < end:
                top = (top[0], start)
        if top != bottom:
            for start, end in self._folds.spans(self.document.get_line(bottom[0])):
                if start < bottom[1] < end:
                    bottom = (bottom[0], end)
        return Edit(edit.text, top, bottom, edit.maintain_selection_offset)

    def find_matching_bracket(
        self, bracket: str, search_from: tuple[int, int]
    ) -> tuple[int, int] | None:
        """Find none: the search would walk over the whole text at every key."""
        return None

    def get_line(self, line_index: int) -> Text:
        """Return a line to paint: what can't be seen is made visible."""
        line = super().get_line(line_index)
        shown = visible_text(line.plain)
        if shown != line.plain:
            style = self.get_component_rich_style("composer--hidden", partial=True)
            hidden = [
                at
                for at, pair in enumerate(zip(line.plain, shown, strict=True))
                if pair[0] != pair[1]
            ]
            line.plain = shown
            for at in hidden:
                line.stylize(style, at, at + 1)
        for start, end in self._folds.spans(shown):
            fold = self.get_component_rich_style("composer--fold", partial=True)
            line.stylize(fold, start, end)
        return line

    @property
    def gutter_width(self) -> int:
        """The cells left of the text: the prompt mark."""
        return len(PROMPT_MARK)

    def render_line(self, y: int) -> Strip:
        """Paint one row with the prompt mark before the first."""
        strip = super().render_line(y)
        width = self.gutter_width
        first = y + self.scroll_offset.y == 0
        style = self.get_component_rich_style("composer--mark")
        mark = Segment(PROMPT_MARK if first else " " * width, style)
        room = self.scrollable_content_region.width - width
        return Strip.join([Strip([mark], width), strip.crop(0, room)])

    def _fit_height(self) -> None:
        """Take the rows the text needs, at most ten and a third of the screen.

        The height is set only when it changes: setting it costs a layout.
        """
        if not self.is_attached:
            return
        most = max(1, min(MOST_ROWS, self.screen.size.height // 3))
        rows = max(1, min(most, self.wrapped_document.height))
        height = self.styles.height
        if height is None or height.value != rows:
            self.styles.height = rows


def _consume(event: events.Key) -> None:
    event.stop()
    event.prevent_default()
