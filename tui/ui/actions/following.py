"""What is being typed stays in sight when others rename or remove the shown file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.ui.actions.opening import open_file

if TYPE_CHECKING:
    from tui.ui.screens.main import MainScreen


async def follow_file(screen: MainScreen, file: str, to: str) -> None:
    """Go on with the shown conversation, whose file has another name now.

    Args:
        screen: The main screen.
        file: The old name.
        to: The new name.

    Raises:
        StorageError: It can't be opened.
    """
    carry = screen.composer.file == file
    await open_file(screen, to, carry=carry)
    if carry and screen.composer.file == to:
        screen.drafts.keep(to, screen.composer.draft)
        screen.drafts.keep(file, "")


async def carry_to_new(screen: MainScreen, file: str) -> None:
    """Show a new conversation with what was typed for one whose file is gone.

    Args:
        screen: The main screen.
        file: The file's name.
    """
    composer = screen.composer
    screen.opening = None
    composer.settle()
    screen.begin_new()
    screen.chat.show_new()
    composer.carry_to(None)
    before = await screen.workspace.show_nothing()
    if composer.file is None and before:
        composer.restore(before)
    if composer.file is None:
        screen.drafts.keep(None, composer.draft)
        screen.drafts.keep(file, "")
    screen.around.show()
    screen.fortytwo.tell("What you had typed is in a new conversation now.")
