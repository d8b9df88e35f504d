"""The text area of prompts: grows with its text, folds big pastes, hides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.content import Content
from textual.strip import Strip
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult

from tui.domain.visible import visible_text
from tui.ui.widgets.folds import Folds, clean_paste, is_big

if TYPE_CHECKING:
    from rich.text import Text

MOST_ROWS = 10
PROMPT_MARK = "› "


class PromptArea(TextArea):
    """A text area of one to ten rows with a prompt mark before the first.

    Its text is what is seen: control characters are replaced as they are pasted, and
    what else has no shape of its own is painted visibly. A big paste is one token,
    changed as a whole or not at all.

    Args:
        placeholder: What stands in it while it is empty.
        id: The widget's id.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "prompt-area--mark",
        "prompt-area--fold",
        "prompt-area--hidden",
    }
    DEFAULT_CSS = """
    PromptArea {
        height: 1;
        max-height: 34vh;
        width: 1fr;
        border: none;
        padding: 0 1;
        background: $background;
        color: $foreground;
        scrollbar-size-vertical: 1;
        &:focus { border: none; }
        .prompt-area--mark { color: $text-muted; }
        &:focus .prompt-area--mark { color: $accent; }
        .prompt-area--fold { color: $accent; }
        .prompt-area--hidden { color: $warning; }
        .text-area--placeholder { color: $text-muted; }
    }
    """

    def __init__(
        self,
        *,
        placeholder: str = "",
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
        # A caret that blinks wakes the program twice a second for ever.
        self.cursor_blink = False
        self.match_cursor_bracket = False
        self._folds = Folds()

    @property
    def full_text(self) -> str:
        """The text with folded pastes in full."""
        return self._folds.unfold(self.text)

    def load_full_text(self, text: str) -> None:
        """Replace everything, undo history and folds included; the cursor ends last."""
        self._folds.clear()
        self.load_text(self._fit(text))
        self.move_cursor(self.document.end)
        self._fit_height()

    def insert_text(self, text: str) -> None:
        """Replace the selection by a pasted text."""
        start, end = self.selection
        self.replace(self._fit(text), start, end, maintain_selection_offset=False)

    def replace_full_text(self, text: str) -> None:
        """Replace everything in a way that undo takes back in one step."""
        self.history.checkpoint()
        end = self.document.end
        self.replace(self._fit(text), (0, 0), end, maintain_selection_offset=False)
        self.history.checkpoint()

    def _fit(self, text: str) -> str:
        text = clean_paste(text)
        return self._folds.fold(text) if is_big(text) else text

    def action_paste(self) -> None:
        """Insert what was copied inside the program."""
        if not self.read_only:
            self.insert_text(self.app.clipboard)

    def action_copy(self) -> None:
        """Copy the selection, folded pastes in full."""
        if self._folds and self.selected_text:
            self.app.copy_to_clipboard(self._folds.unfold(self.selected_text))
        else:
            super().action_copy()

    def on_mount(self) -> None:
        """Fit into the screen."""
        self._fit_height()

    def on_resize(self) -> None:
        """Wrapping changed, so the rows may have."""
        self.call_after_refresh(self._fit_height)

    def on_text_area_changed(self) -> None:
        """Grow or shrink with the text."""
        self._fit_height()

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
            style = self.get_component_rich_style("prompt-area--hidden", partial=True)
            hidden = [
                at
                for at, pair in enumerate(zip(line.plain, shown, strict=True))
                if pair[0] != pair[1]
            ]
            line.plain = shown
            for at in hidden:
                line.stylize(style, at, at + 1)
        for start, end in self._folds.spans(shown):
            fold = self.get_component_rich_style("prompt-area--fold", partial=True)
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
        style = self.get_component_rich_style("prompt-area--mark")
        mark = Segment(PROMPT_MARK if first else " " * width, style)
        room = self.scrollable_content_region.width - width
        return Strip.join([Strip([mark], width), strip.crop(0, room)])

    def _fit_height(self) -> None:
        """Take the rows the text needs, at most ten (and by CSS a third of the screen).

        The height is set only when it changes: setting it costs a layout.
        """
        if not self.is_attached:
            return
        rows = max(1, min(MOST_ROWS, self.wrapped_document.height))
        height = self.styles.height
        if height is None or height.value != rows:
            self.styles.height = rows
