"""Bringing another conversation onto the main screen."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from tui.domain.errors import FortytwoError, UnreadableError, UsageError
from tui.ui.entries import latest_prompts
from tui.ui.keys import hint

if TYPE_CHECKING:
    from tui.domain.search import Hit
    from tui.ui.screens.main import MainScreen

PATIENCE = 5.0
"""Seconds in which a message of a long conversation must have been laid out."""

_GLANCE = 0.02
"""Seconds between two looks."""


async def begin(screen: MainScreen, wanted: str | None) -> None:
    """Show what the user asked for at the start, or a new conversation.

    Args:
        screen: The main screen.
        wanted: A part of a file's name or of a title; None for a new one.
    """
    draft = ""
    if not _anything_shown(screen):
        draft = await screen.workspace.show_nothing()
    # Somebody may type, and even send, faster than the disk reads: all words stay.
    if not _anything_shown(screen):
        if not screen.composer.draft:
            screen.composer.set_text(draft, None)
        elif draft:
            screen.composer.restore(draft)
    screen.drafts.begin()
    if screen.composer.draft:
        screen.drafts.keep(screen.composer.file, screen.composer.draft)
    if wanted:
        try:
            file = await screen.workspace.find_file(wanted)
        except UsageError as error:
            screen.fortytwo.tell(error.sentence, "warning")
        else:
            await open_file(screen, file)


def _anything_shown(screen: MainScreen) -> bool:
    return screen.chat.file is not None or screen.opening is not None


async def show_new(screen: MainScreen, *, focus: bool = True) -> None:
    """Show a conversation that is not on disk yet, with its draft.

    Args:
        screen: The main screen.
        focus: True begins to type; False leaves the keys where they are.
    """
    screen.opening = None
    composer = screen.composer
    composer.settle()
    screen.drafts.keep(composer.file, composer.draft)
    screen.begin_new()
    screen.chat.show_new()
    draft = await screen.workspace.show_nothing()
    if screen.chat.file is None:
        # Between two new ones the text stays: the draft that was kept may still hold
        # a prompt that is on its way.
        _show_text(screen, None, composer.draft if composer.file is None else draft)
        if focus:
            # There is nothing to read here yet.
            screen.composer.focus()


async def open_file(screen: MainScreen, file: str, *, carry: bool = False) -> None:
    """Open a conversation; of several that are asked for at once, the last one.

    Args:
        screen: The main screen.
        file: The conversation.
        carry: True when what stands in the composer by then belongs to it.

    Raises:
        StorageError: It can't be opened.
    """
    screen.opening = file
    if not carry:
        screen.drafts.keep(screen.composer.file, screen.composer.draft)
    chat = screen.chat
    chat.expect(file)
    screen.drafts.expect(file)
    try:
        opened = await screen.workspace.open(file)
    except UnreadableError as error:
        text = await _read_raw(screen, file)
        draft = await screen.workspace.draft(file)
        if screen.opening == file:
            chat.show_raw(file, text, error.sentence)
            _show_text(screen, file, screen.drafts.newest(file, draft))
        return
    except FortytwoError:
        chat.give_up(file)
        if screen.opening == file:
            screen.opening = None
        raise
    if screen.opening != file:
        chat.give_up(file)
        return
    await chat.show(opened)
    if screen.opening == file:
        if carry:
            screen.composer.carry_to(file)
            _show_chat(screen)
        else:
            _show_text(screen, file, screen.drafts.newest(file, opened.draft))
        screen.composer.learn(latest_prompts(chat.conversation))


async def _read_raw(screen: MainScreen, file: str) -> str:
    """Return an unreadable file as it is; "" when not even that can be had."""
    try:
        return await screen.workspace.read_text(file)
    except FortytwoError:
        return ""


async def open_hit(screen: MainScreen, hit: Hit) -> None:
    """Open what a search found, at the words that were found.

    Raises:
        StorageError: It can't be opened.
    """
    if screen.chat.file != hit.file:
        await open_file(screen, hit.file)
    if not hit.message_id or screen.chat.file != hit.file:
        return
    deadline = time.monotonic() + PATIENCE
    while not (screen.chat.complete or screen.chat.holds(hit.message_id)):
        # It may be among the earlier messages, which are still being read.
        await asyncio.sleep(_GLANCE)
        if screen.chat.file != hit.file or time.monotonic() > deadline:
            return
    if not screen.chat.holds(hit.message_id):
        if screen.chat.conversation is not None:
            screen.fortytwo.tell(
                "The message found stands beside the one shown here; "
                f"{hint('chat.sibling_previous', screen.rows)} and "
                f"{hint('chat.sibling_next', screen.rows)} change between them."
            )
        await screen.open_find_bar(hit.needle)
        return
    if screen.find_bar is None:
        await screen.open_find_bar("")
    bar = screen.find_bar
    deadline = time.monotonic() + PATIENCE
    while not (
        bar is not None
        and bar.is_mounted
        and screen.transcript.has_entry(hit.message_id)
    ):
        # Old messages of a long conversation are laid out after the last ones.
        await asyncio.sleep(_GLANCE)
        if screen.chat.file != hit.file or time.monotonic() > deadline:
            return
    bar.open(hit.needle, hit.message_id)


def _show_text(screen: MainScreen, file: str | None, text: str) -> None:
    screen.composer.set_text(text, file)
    _show_chat(screen)


def _show_chat(screen: MainScreen) -> None:
    if screen.list_over:
        screen.show_list(False)
    if not screen.transcript.has_focus:
        screen.composer.focus()
    screen.around.show()
