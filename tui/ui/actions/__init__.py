"""What the rows of the key table do: one function for each action id.

Each function takes the main screen and the words behind a slash command. What goes
wrong is raised as a `FortytwoError`; the screen shows its sentence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.ui.actions import (
    answers,
    conversations,
    endpoints,
    picking,
    program,
    reading,
    requests,
    writing,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from tui.ui.screens.main import MainScreen

    Action = Callable[[MainScreen, str], Awaitable[None] | None]

ACTIONS: Mapping[str, Action] = {
    **writing.ACTIONS,
    **answers.ACTIONS,
    **picking.ACTIONS,
    **endpoints.ACTIONS,
    **requests.ACTIONS,
    **reading.ACTIONS,
    **conversations.ACTIONS,
    **program.ACTIONS,
}
