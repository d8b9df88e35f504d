"""Actions around the composer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.ui.screens.main import MainScreen

SECOND_ESCAPE = 3.0
"""Seconds within which a second Esc stops the answer."""


def send(screen: MainScreen, _: str) -> None:
    """Send what stands in the composer."""
    screen.composer.action_send()


def new_line(screen: MainScreen, _: str) -> None:
    """Begin a new line in the composer."""
    screen.composer.action_newline()


def edit_outside(screen: MainScreen, _: str) -> None:
    """Write the prompt in the user's own editor."""
    screen.composer.focus()
    screen.composer.action_edit_outside()


async def leave(screen: MainScreen, _: str) -> None:
    """Close what lies open, leave the composer; a second press stops the answer."""
    now = time.monotonic()
    second = now - screen.escaped_at < SECOND_ESCAPE
    screen.escaped_at = now
    if screen.find_bar is not None and screen.finding:
        screen.find_bar.close()
    elif screen.list_over:
        screen.show_list(False)
    elif second and screen.chat.file and screen.workspace.turn(screen.chat.file):
        screen.escaped_at = 0.0
        await screen.workspace.stop(screen.chat.file)
    elif not screen.transcript.has_focus:
        screen.transcript.focus()


def to_composer(screen: MainScreen, _: str) -> None:
    """Go back to the composer."""
    screen.composer.focus()


ACTIONS = {
    "chat.send": send,
    "chat.newline": new_line,
    "chat.editor": edit_outside,
    "focus.leave": leave,
    "focus.composer": to_composer,
}
