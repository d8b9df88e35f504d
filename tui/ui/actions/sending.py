"""From the composer to the disk: prompts, slash commands, drafts."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.services.workspace import NewConversation
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
        self._leaving: dict[str | None, list[str]] = {}
        self._typed: dict[str | None, str] = {}
        self._changed: dict[str, str] = {}
        self.begun = False
        """True once the drafts of earlier runs have been read."""

    def begin(self) -> None:
        """Hand texts on from now on: the drafts of earlier runs have been read."""
        self.begun = True

    def keep(self, file: str | None, text: str) -> None:
        """Keep the text of a composer.

        Args:
            file: The conversation it was written for, None for a new one.
            text: All of it.
        """
        self._typed[file] = text
        texts = [*self._leaving.get(file, []), text]
        if self.begun:
            self._workspace.save_draft(file, "\n".join(filter(None, texts)))

    def leave(self, file: str | None, text: str, typed: str) -> None:
        """Note that a prompt is on its way to the disk; others may be, too.

        Args:
            file: The conversation it was written for.
            text: The prompt.
            typed: What stands in that composer now.
        """
        self._leaving.setdefault(file, []).append(text)
        self.keep(file, typed)

    def arrived(self, file: str | None, text: str, typed: str | None) -> None:
        """Note that it is there, or back in the composer.

        Args:
            file: The conversation it was written for.
            text: The prompt.
            typed: What stands in that composer now; None when another one is shown.
        """
        leaving = self._leaving.pop(file)
        leaving.remove(text)
        if leaving:
            self._leaving[file] = leaving
        if typed is None and file in self._changed:
            # Prompts came back from the queue meanwhile; the services hold them all.
            return
        self.keep(file, self._typed.get(file, "") if typed is None else typed)

    def on_their_way(self, file: str | None) -> bool:
        """Return whether prompts of a conversation are not on disk yet."""
        return file in self._leaving

    def give_back(self, file: str | None, text: str) -> None:
        """Put a prompt that was not sent before what was typed since.

        Args:
            file: The conversation it was written for, which is not shown now.
            text: The prompt.
        """
        self.keep(file, "\n".join(filter(None, [text, self._typed.get(file, "")])))

    def expect(self, file: str) -> None:
        """Note that a conversation is about to be opened."""
        self._changed.pop(file, None)

    def change(self, file: str, text: str) -> None:
        """Note that the services changed a draft that is not in the composer yet."""
        self._changed[file] = text

    def newest(self, file: str, text: str) -> str:
        """Return the draft to show: `text`, or what it became while it was read."""
        return self._changed.pop(file, text)


class Beginning:
    """A new conversation on its way to its file.

    Who types fast sends a second prompt before the first has made the file; it
    belongs to the same conversation.

    Attributes:
        file: Its file, once the first prompt has made it.
        new: What was chosen for it, once another one has begun.
        turn: Held while a prompt of it is on its way.
    """

    def __init__(self) -> None:
        self.file: str | None = None
        self.new: NewConversation | None = None
        self.turn = asyncio.Lock()


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


async def submit(
    screen: MainScreen, text: str, file: str | None, beginning: Beginning
) -> None:
    """Send what was typed, or do what it commands.

    Args:
        screen: The main screen.
        text: What was typed.
        file: The conversation it was written for, None for a new one.
        beginning: The new conversation, when it was written for one.

    Raises:
        FortytwoError: It was not sent; the text is in the composer again.
    """
    try:
        command = parse_command(text, screen.rows)
        if command is not None:
            screen.composer.taken_over(text)
            await screen.perform(command.action_id, command.argument)
            return
    except Exception:  # whatever it was, the words go back
        screen.composer.taken_over(text)
        give_back(screen, text, file)
        raise
    try:
        screen.drafts.leave(file, text, _typed_for(screen, file) or "")
        screen.composer.taken_over(text)
        if file is None:
            await _begin(screen, prompt_text(text), beginning)
        else:
            await _send(screen, prompt_text(text), file)
    except Exception:
        screen.composer.taken_over(text)
        give_back(screen, text, file)
        raise
    finally:
        screen.drafts.arrived(file, text, _typed_for(screen, file))


async def _begin(screen: MainScreen, text: str, beginning: Beginning) -> None:
    """Send the first prompt of a new conversation, or one that followed it at once."""
    chat = screen.chat
    async with beginning.turn:
        if beginning.file is not None:
            await screen.workspace.send(beginning.file, text)
            return
        screen.transcript.go_to_end()
        await check_way(screen)
        new = beginning.new or chat.new
        file = beginning.file = await screen.workspace.send(None, text, new)
        if chat.new is new:
            chat.new = NewConversation()
        still = screen.composer.occasion is beginning and chat.file is None
        if still and screen.opening is None and screen.composer.file is None:
            await open_file(screen, file, carry=True)
            # What was typed meanwhile has come along.
            screen.drafts.keep(file, _typed_for(screen, file) or "")
            screen.drafts.keep(None, "")


async def _send(screen: MainScreen, text: str, file: str) -> None:
    screen.transcript.go_to_end()
    await check_way(screen)
    await screen.workspace.send(file, text)


def _typed_for(screen: MainScreen, file: str | None) -> str | None:
    composer = screen.composer
    return composer.draft if composer.file == file else None


def give_back(screen: MainScreen, text: str, file: str | None) -> None:
    """Put a text that was not sent before what was typed since where it came from."""
    if screen.composer.file == file:
        screen.composer.restore(text)
    else:
        screen.drafts.give_back(file, text)
