"""Bringing another conversation onto the main screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.errors import FortytwoError, UnreadableError
from tui.services.workspace import NewConversation
from tui.ui.entries import latest_prompts

if TYPE_CHECKING:
    from tui.ui.screens.main import MainScreen


async def begin(screen: MainScreen, wanted: str | None) -> None:
    """Show what the user asked for at the start, or a new conversation.

    Args:
        screen: The main screen.
        wanted: The name of a file or the start of it; None for a new one.
    """
    draft = await screen.workspace.show_nothing()
    if screen.composer.draft:
        # Somebody types faster than the disk reads: both texts stay.
        if draft:
            screen.composer.restore(draft)
    else:
        screen.composer.set_text(draft, None)
    screen.drafts.begin()
    if wanted:
        file = await screen.workspace.find_file(wanted)
        if file is not None:
            await open_file(screen, file)
            return
        screen.fortytwo.tell(f"There is no conversation “{wanted}”.", "warning")


async def show_new(screen: MainScreen, new: NewConversation | None = None) -> None:
    """Show a conversation that is not on disk yet, with its draft."""
    screen.opening = None
    screen.drafts.keep(screen.composer.file, screen.composer.draft)
    screen.chat.show_new(new or NewConversation())
    draft = await screen.workspace.show_nothing()
    if screen.chat.file is None:
        _show_text(screen, None, draft)


async def open_file(screen: MainScreen, file: str, typed: str | None = None) -> None:
    """Open a conversation; of several that are asked for at once, the last one.

    Args:
        screen: The main screen.
        file: The conversation.
        typed: What stands in the composer instead of its draft.

    Raises:
        StorageError: It can't be opened.
    """
    screen.opening = file
    if typed is None:
        screen.drafts.keep(screen.composer.file, screen.composer.draft)
    chat = screen.chat
    chat.expect(file)
    try:
        opened = await screen.workspace.open(file)
    except UnreadableError as error:
        text = await screen.workspace.read_text(file)
        if screen.opening == file:
            chat.show_raw(file, text, error.sentence)
            _show_text(screen, file, "")
        return
    except FortytwoError:
        chat.give_up(file)
        raise
    if screen.opening != file:
        chat.give_up(file)
        return
    await chat.show(opened)
    if screen.opening == file:
        _show_text(screen, file, opened.draft if typed is None else typed)
        screen.composer.push(latest_prompts(chat.conversation))


def _show_text(screen: MainScreen, file: str | None, text: str) -> None:
    screen.composer.set_text(text, file)
    if screen.list_over:
        screen.show_list(False)
    if not screen.transcript.has_focus:
        screen.composer.focus()
    screen.refresh_chat()
