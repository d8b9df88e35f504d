"""The dialog that asks before answers are cut short."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from tui.domain.phase import Phase
from tui.ui.screens.dialog import Dialog
from tui.ui.text import foreign_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

    from tui.domain.turn import Turn

_MOST_NAMED = 5


class Confirm(Dialog[bool]):
    """Returns True when the user says yes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "answer(False)", "No", show=False),
        Binding("enter,y", "answer(True)", "Yes", show=False, priority=True),
    ]

    def __init__(self, question: str, details: str, yes: str) -> None:
        """Make it.

        Args:
            question: What is asked, in one line.
            details: What hangs on it; foreign text is cleaned.
            yes: What Enter does.
        """
        super().__init__()
        self._question = question
        self._details = details
        self._yes = yes

    def compose(self) -> ComposeResult:
        """Lay out the dialog."""
        with Vertical(classes="dialog"):
            yield Static(self._question, classes="dialog-title", markup=False)
            yield Static(foreign_text(self._details), markup=False)
            yield Static(
                f"Enter {self._yes} · Esc goes back",
                classes="dialog-hint",
                markup=False,
            )

    def action_answer(self, answer: bool) -> None:
        """Take the answer."""
        self.dismiss(answer)


def unsaved_question(unsaved: Sequence[str]) -> tuple[str, str, str] | None:
    """Return what to ask before words leave without their file, or None.

    Args:
        unsaved: The titles of what no file holds.
    """
    if not unsaved:
        return None
    lines = [f"  {title}" for title in unsaved[:_MOST_NAMED]]
    if len(unsaved) > _MOST_NAMED:
        lines.append(f"  and {len(unsaved) - _MOST_NAMED} more")
    lines += ["", "They go into a file of their own, whose name is told at the end."]
    return "Not everything is saved.", "\n".join(lines), "quits all the same"


def leaving_question(
    running: Sequence[Turn], title_of: Callable[[str], str]
) -> tuple[str, str, str] | None:
    """Return what to ask before the program ends, or None when nothing runs.

    Args:
        running: The answers on their way.
        title_of: Tells a conversation's title by its file.
    """
    if not running:
        return None
    count = len(running)
    question = (
        "One answer is still on its way."
        if count == 1
        else (f"{count} answers are still on their way.")
    )
    lines = []
    for turn in running[:_MOST_NAMED]:
        state = (
            "queued"
            if turn.phase is Phase.QUEUED
            else ("streaming" if turn.phase is Phase.STREAMING else "waiting")
        )
        lines.append(f"  {title_of(turn.file)} · {state}")
    if count > _MOST_NAMED:
        lines.append(f"  and {count - _MOST_NAMED} more")
    lines.append("")
    lines.append("What has arrived is kept, and so are prompts that wait.")
    return question, "\n".join(lines), "stops and quits"
