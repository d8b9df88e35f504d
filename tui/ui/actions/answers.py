"""Actions on answers and on what is asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.errors import UsageError
from tui.ui.actions.endpoints import check_way

if TYPE_CHECKING:
    from tui.ui.screens.main import MainScreen


async def stop(screen: MainScreen, _: str) -> None:
    """Stop the answer."""
    file = screen.answering_file
    if file is None or not await screen.workspace.stop(file):
        screen.fortytwo.tell("Nothing is being answered here. ctrl+q quits.")


async def retry(screen: MainScreen, _: str) -> None:
    """Ask again for an answer."""
    file, message_id = _target(screen)
    await check_way(screen)
    await screen.workspace.retry(file, message_id)
    screen.transcript.go_to_end()


async def go_on(screen: MainScreen, _: str) -> None:
    """Ask the model to go on."""
    file, message_id = _target(screen)
    await check_way(screen)
    await screen.workspace.continue_answer(file, message_id)
    screen.transcript.go_to_end()


async def previous_sibling(screen: MainScreen, _: str) -> None:
    """Show the answer before this one."""
    file, message_id = _target(screen)
    await screen.workspace.flip(file, message_id, -1)


async def next_sibling(screen: MainScreen, _: str) -> None:
    """Show the answer after this one."""
    file, message_id = _target(screen)
    await screen.workspace.flip(file, message_id, 1)


async def copy(screen: MainScreen, _: str) -> None:
    """Copy the message under the cursor, or the last one."""
    entry_id = screen.target_entry()
    text = screen.transcript.source_of(entry_id) if entry_id else ""
    if not text:
        raise UsageError("There is no text here to copy.")
    await screen.fortytwo.copy(text)


async def system_prompt(screen: MainScreen, text: str) -> None:
    """Edit the system prompt of the conversation."""
    from tui.ui.screens.prompt_editor import PromptEditor

    chat = screen.chat
    if chat.read_only:
        raise UsageError(chat.read_only)
    current = chat.system_prompt
    if current is None:
        current = screen.workspace.settings.system_prompt
    file, beginning = chat.file, screen.beginning
    edited = text or await screen.ask(PromptEditor(current))
    if edited is None or edited == current:
        return
    file = file or beginning.file
    if file is not None:
        await screen.workspace.set_system_prompt(file, edited)
    else:
        chat.new = replace(chat.new, system_prompt=edited)
        if chat.file is None:
            chat.show_new()
            screen.around.show()
    if edited.strip():
        screen.fortytwo.tell("The system prompt is set from the next prompt on.")
    else:
        screen.fortytwo.tell("This conversation has no system prompt now.")


def _target(screen: MainScreen) -> tuple[str, str]:
    file, message_id = screen.chat.file, screen.target()
    if file is None or message_id is None:
        raise UsageError("Nothing has been asked here yet.")
    return file, message_id


ACTIONS = {
    "chat.stop": stop,
    "chat.retry": retry,
    "chat.continue": go_on,
    "chat.sibling_previous": previous_sibling,
    "chat.sibling_next": next_sibling,
    "chat.copy": copy,
    "chat.system": system_prompt,
}
