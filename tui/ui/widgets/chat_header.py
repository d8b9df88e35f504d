"""The line above the transcript: the title left, the model right."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tui.domain.visible import visible_line
from tui.ui.text import cut_line, fill_line

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST = 1000
"""Code points of a name that are looked at; no screen shows more."""

_GAP = 2
_SHORTEST_TITLE = 12


class ChatHeader(Widget):
    """One line that says which conversation is open and which model answers.

    Args:
        id: The widget's id.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "chat-header--title",
        "chat-header--marks",
        "chat-header--model",
    }
    DEFAULT_CSS = """
    ChatHeader {
        height: 1;
        width: 1fr;
        background: $background;
        color: $foreground;
        .chat-header--title { text-style: bold; }
        .chat-header--marks { color: $text-muted; }
        .chat-header--model { color: $text-muted; }
    }
    """

    def __init__(
        self,
        *,
        id: str | None = None,  # noqa: A002 - the name every Textual widget uses
    ) -> None:
        super().__init__(id=id)
        self._title = ""
        self._model = ""
        self._marks: tuple[str, ...] = ()

    def show(self, title: str, model: str, marks: Sequence[str] = ()) -> None:
        """Show a conversation.

        Args:
            title: Its title, as foreign text.
            model: The model's name, as foreign text.
            marks: Short words between both: "read-only", "temperature 0.2".
        """
        new = (
            visible_line(title[:_LONGEST]).strip(),
            visible_line(model[:_LONGEST]).strip(),
            tuple(visible_line(mark[:_LONGEST]) for mark in marks),
        )
        if new != (self._title, self._model, self._marks):
            self._title, self._model, self._marks = new
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Paint the line. The title keeps the most room, then the model."""
        width = self.size.width
        plain = self.rich_style
        if y or width < _GAP + 2:
            return Strip.blank(width, plain)
        room = width - 2
        model = cut_line(self._model, max(0, room - _SHORTEST_TITLE - _GAP))
        room -= cell_len(model) + (_GAP if model else 0)
        marks = " · ".join(self._marks)
        if cell_len(marks) + _GAP > room - min(cell_len(self._title), room // 2):
            marks = ""
        if marks:
            room -= cell_len(marks) + _GAP
        style = self.get_component_rich_style
        segments = [
            Segment(" ", plain),
            Segment(fill_line(self._title, room), style("chat-header--title")),
        ]
        for text, name in ((marks, "marks"), (model, "model")):
            if text:
                segments.append(Segment(" " * _GAP, plain))
                segments.append(Segment(text, style(f"chat-header--{name}")))
        segments.append(Segment(" ", plain))
        return Strip(segments, width).apply_style(plain)
