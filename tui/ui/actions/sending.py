"""From the composer to the disk: prompts, slash commands, drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.errors import FortytwoError
from tui.ui.actions.endpoints import check_way
from tui.ui.actions.opening import open_file
from tui.ui.commands import parse_command, prompt_text

if TYPE_CHECKING:
    from tui.services.workspace import Workspace
    from tui.ui.screens.main import MainScreen


class Drafts:
    """Hands unsent texts to the services.

    The composer is empty from Enter on, but the prompt is durable only a little later.
    Until then it stays part of the draft, so that a crash in between loses nothing.
    """

    def __init__(self, workspace: Workspace) -> None:
        """Make it.

        Args:
            workspace: Keeps the drafts.
        """
        self._workspace = workspace
        self._leaving: dict[str | None, str] = {}
        self._changed: dict[str, str] = {}
        self._begun = False

    def begin(self) -> None:
        """Hand texts on from now on: the drafts of earlier runs have been read."""
        self._begun = True

    def keep(self, file: str | None, text: str) -> None:
        """Keep the text of a composer.

        Args:
            file: The conversation it was written for, None for a new one.
            text: All of it.
        """
        leaving = self._leaving.get(file)
        if leaving is not None:
            text = f"{leaving}\n{text}" if text else leaving
        if self._begun:
            self._workspace.save_draft(file, text)

    def leave(self, file: str | None, text: str) -> None:
        """Note that a prompt is on its way to the disk."""
        self._leaving[file] = text
        if self._begun:
            self._workspace.save_draft(file, text)

    def arrived(self, file: str | None, typed: str) -> None:
        """Note that it is there, or back in the composer.

        Args:
            file: The conversation it was written for.
            typed: What stands in that composer now.
        """
        self._leaving.pop(file, None)
        if self._begun:
            self._workspace.save_draft(file, typed)

    def expect(self, file: str) -> None:
        """Note that a conversation is about to be opened."""
        self._changed.pop(file, None)

    def change(self, file: str, text: str) -> None:
        """Note that the services changed a draft that is not in the composer yet."""
        self._changed[file] = text

    def newest(self, file: str, text: str) -> str:
        """Return the draft to show: `text`, or what it became while it was read."""
        return self._changed.pop(file, text)


def take_draft(screen: MainScreen, file: str, text: str) -> None:
    """Show a draft that the services changed.

    Args:
        screen: The main screen.
        file: The conversation.
        text: All of its draft, as far as the services were told of it.
    """
    composer = screen.composer
    if composer.file != file:
        screen.drafts.change(file, text)
        return
    if screen.chat.file == file and screen.chat.queued:
        # What was typed or sent a moment ago is known better here than there.
        typed = composer.draft
        text = "\n\n".join([*screen.chat.queued, *([typed] if typed else [])])
    composer.set_text(text, file)
    screen.drafts.keep(file, text)


async def submit(screen: MainScreen, text: str, file: str | None) -> None:
    """Send what was typed, or do what it commands.

    Args:
        screen: The main screen.
        text: What was typed.
        file: The conversation it was written for, None for a new one.

    Raises:
        FortytwoError: It was not sent; the text is in the composer again.
    """
    try:
        command = parse_command(text, screen.rows)
        if command is not None:
            await screen.perform(command.action_id, command.argument)
            return
        await _send(screen, prompt_text(text), file)
    except Exception:  # whatever it was, the words go back
        _give_back(screen, text, file)
        raise


async def _send(screen: MainScreen, text: str, file: str | None) -> None:
    chat = screen.chat
    screen.drafts.leave(file, text)
    new = chat.new if file is None and chat.file is None else None
    screen.transcript.go_to_end()
    try:
        await check_way(screen)
        sent = await screen.workspace.send(file, text, new)
    except FortytwoError:
        screen.drafts.arrived(file, text)
        raise
    same = screen.composer.file == file
    screen.drafts.arrived(file, screen.composer.draft if same else "")
    if file is None and same and screen.opening is None and chat.file is None:
        typed = screen.composer.draft
        await open_file(screen, sent, typed)
        screen.drafts.arrived(None, "")


def _give_back(screen: MainScreen, text: str, file: str | None) -> None:
    """Put a text that was not sent back where it came from."""
    if screen.composer.file == file:
        screen.composer.restore(text)
    else:
        screen.drafts.keep(file, text)
