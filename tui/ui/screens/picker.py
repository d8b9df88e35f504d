"""A dialog to choose one of many by typing parts of its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import getters, on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.domain.visible import visible_line
from tui.ui.screens.dialog import Dialog
from tui.ui.text import fill_line, foreign_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

MOST_SHOWN = 200
"""Choices that are listed at once; typing finds the others."""

LABEL_CELLS = 52
"""The widest label, in cells; what is longer is cut."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose.

    Attributes:
        value: What the dialog returns.
        label: What is shown and searched; foreign text is cleaned.
        detail: What stands behind it, muted.
        about: What is said below the list while it is under the cursor; searched too.
    """

    value: str
    label: str
    detail: str = ""
    about: str = ""

    @property
    def searched(self) -> str:
        """What the words of the field are looked for in."""
        return f"{self.label} {self.about}".casefold()


class Picker(Dialog[str | None]):
    """A field and a list that it narrows. Enter chooses, Esc returns None.

    Subclasses may override `highlighted` for a preview, and `own_choice`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", show=False),
        Binding("down,ctrl+j,ctrl+n", "move('cursor_down')", "Down", show=False),
        Binding("up,ctrl+k,ctrl+p", "move('cursor_up')", "Up", show=False),
        Binding("pagedown", "move('page_down')", "Page down", show=False),
        Binding("pageup", "move('page_up')", "Page up", show=False),
    ]

    field = getters.query_one(Input)
    options = getters.query_one(OptionList)
    message = getters.query_one("#picker-message", Static)

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        *,
        current: str | None = None,
        placeholder: str = "Type to narrow",
        text: str = "",
        empty: str = "Nothing matches.",
    ) -> None:
        """Make it.

        Args:
            title: What is to be chosen.
            choices: In the order in which they are listed.
            current: The value under the cursor at first.
            placeholder: What stands in the empty field.
            text: What stands in the field at first.
            empty: What is said when nothing matches.
        """
        super().__init__()
        self._title = title
        self._choices = choices
        self._searched = [choice.searched for choice in choices]
        self._current = current
        self._placeholder = placeholder
        self._text = text
        self._empty = empty
        self._shown: list[Choice] = []

    def compose(self) -> ComposeResult:
        """Lay out the dialog."""
        with Vertical(classes="dialog -tall"):
            yield Static(self._title, classes="dialog-title", markup=False)
            yield Input(self._text, placeholder=self._placeholder, compact=True)
            yield OptionList(markup=False, compact=True)
            yield Static("", id="picker-message", classes="dialog-hint", markup=False)

    def on_mount(self) -> None:
        """List everything, the cursor on the present value."""
        self._list(self._text)

    def put_choices(self, choices: Sequence[Choice]) -> None:
        """Take other choices, as they have become known."""
        self._choices = choices
        self._searched = [choice.searched for choice in choices]
        text = self.field.value
        own = self.own_choice(text.strip())
        # Whoever is about to take the own words must not get others instead.
        stays = own is not None and own.value == self.under_cursor
        self._list(text, self.under_cursor if stays else None)

    def _list(self, text: str, wanted: str | None = None) -> None:
        """List what a text matches.

        Args:
            text: What stands in the field.
            wanted: The value that the cursor goes to, if it is listed.
        """
        words = text.casefold().split()
        self._shown = []
        own = self.own_choice(text.strip()) if words else None
        if own is not None and all(own.value != one.value for one in self._choices):
            self._shown.append(own)
        first = len(self._shown)
        for choice, searched in zip(self._choices, self._searched, strict=True):
            if all(word in searched for word in words):
                self._shown.append(choice)
                if len(self._shown) == MOST_SHOWN:
                    break
        widths = [cell_len(visible_line(choice.label)) for choice in self._shown]
        width = min(max(widths, default=0), LABEL_CELLS)
        self.options.set_options(
            Option(_prompt(choice, width)) for choice in self._shown
        )
        values = [choice.value for choice in self._shown]
        if self._shown:
            typed = own.value if own is not None and not first else None
            places = (wanted, self._current, typed)
            known = (values.index(one) for one in places if one in values)
            self.options.highlighted = next(known, min(first, len(values) - 1))
        if not self._shown:
            self.say(self._empty)

    @property
    def under_cursor(self) -> str | None:
        """The value under the cursor, or None."""
        at = self.options.highlighted
        if at is None or at >= len(self._shown):
            return None
        return self._shown[at].value

    def say(self, sentence: str) -> None:
        """Show a sentence below the list; "" shows the keys again."""
        text = sentence or "Enter chooses · Esc leaves all as it was"
        self.message.update(foreign_line(text))

    def highlighted(self, value: str) -> None:
        """Take notice of the choice under the cursor."""

    def own_choice(self, text: str) -> Choice | None:
        """Return the choice that a text is by itself when it is not listed, or None."""
        return None

    @on(Input.Changed)
    def _narrow(self, message: Input.Changed) -> None:
        message.stop()
        if message.value != self._text:
            self._current = None
        self._list(message.value)

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def _choose(self, message: Input.Submitted | OptionList.OptionSelected) -> None:
        message.stop()
        chosen = self.under_cursor
        if chosen is not None:
            self.dismiss(chosen)

    @on(OptionList.OptionHighlighted)
    def _take_notice(self, message: OptionList.OptionHighlighted) -> None:
        message.stop()
        if message.option_index < len(self._shown):
            choice = self._shown[message.option_index]
            self.say(choice.about)
            self.highlighted(choice.value)

    def action_move(self, action: str) -> None:
        """Move the cursor of the list while the field has the focus."""
        getattr(self.options, f"action_{action}")()

    def action_cancel(self) -> None:
        """Choose nothing."""
        self.dismiss(None)


def _prompt(choice: Choice, width: int) -> Content:
    label = fill_line(visible_line(choice.label), width)
    detail = visible_line(choice.detail)
    return Content.assemble(label, (f"  {detail}" if detail else "", "$muted"))
