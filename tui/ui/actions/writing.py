"""Actions around the composer."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from tui.domain.errors import UsageError
from tui.ui.actions.endpoints import check_way
from tui.ui.actions.sending import give_back
from tui.ui.entries import SYSTEM_ID

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


async def edit_message(screen: MainScreen, _: str) -> None:
    """Edit the message under the cursor, or the last one, in the user's editor."""
    from textual.app import SuspendNotSupported

    from tui.ui.widgets.external_editor import edit_in_editor

    chat, message_id = screen.chat, screen.target()
    if screen.target_entry() == SYSTEM_ID:
        await screen.perform("chat.system")
        return
    if chat.file is None or message_id is None:
        raise UsageError("Nothing has been said here yet.")
    if chat.read_only:
        raise UsageError(chat.read_only)
    if chat.turn_runs:
        raise UsageError("An answer is still on its way here; wait for it, or stop it.")
    file, old = chat.file, screen.transcript.source_of(message_id)
    try:
        with screen.fortytwo.suspend():
            edited = edit_in_editor(
                old, os.environ, screen.private_names, name="message.md"
            )
    except SuspendNotSupported:
        raise UsageError("No editor can be opened in this terminal.") from None
    if edited.problem:
        raise UsageError(edited.problem)
    if edited.text.rstrip() == old.rstrip():
        screen.fortytwo.tell("Nothing was changed.")
        return
    try:
        await check_way(screen)
        await screen.workspace.edit(file, message_id, edited.text)
    except Exception:  # whatever it was, the new words must not be lost
        give_back(screen, edited.text, file)
        raise
    screen.transcript.go_to_end()


async def leave(screen: MainScreen, _: str) -> None:
    """Close what lies open, leave the composer; a second press stops the answer.

    Who leaves a text field while something is searched for comes to the matches first.
    """
    now = time.monotonic()
    second = now - screen.escaped_at < SECOND_ESCAPE
    screen.escaped_at = now
    bar = screen.find_bar
    typing = screen.composer.has_focus or (bar is not None and bar.field_has_focus)
    if bar is not None and bar.matched and typing:
        screen.transcript.focus()
    elif bar is not None and screen.finding:
        bar.close()
        screen.name_keys()
    elif screen.list_over:
        screen.show_list(False)
    elif second and (file := screen.answering_file) and screen.workspace.turn(file):
        screen.escaped_at = 0.0
        await screen.workspace.stop(file)
    elif not screen.transcript.has_focus:
        screen.transcript.focus()


def to_composer(screen: MainScreen, _: str) -> None:
    """Go back to the composer."""
    screen.composer.focus()


ACTIONS = {
    "chat.send": send,
    "chat.newline": new_line,
    "chat.editor": edit_outside,
    "chat.edit_message": edit_message,
    "focus.leave": leave,
    "focus.composer": to_composer,
}
