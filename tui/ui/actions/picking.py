"""What can be done with a block of code, a link or a message: by the letter beside it.

Everything that may take time runs in a thread; what is handed to other programs comes
without the keys of the environment.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from tui.domain.errors import UsageError
from tui.ui.transcript import Target, TargetKind

if TYPE_CHECKING:
    from tui.ui.screens.main import MainScreen


async def pick(screen: MainScreen, _: str) -> None:
    """Copy, open, pipe or save what the user names by the letter beside it."""
    from tui.ui.screens.pick_letter import PickLetter, Verb

    targets = {target.label: target for target in screen.transcript.show_labels()}
    if not targets:
        raise UsageError("Nothing on the screen can be picked.")
    picked = await screen.show_dialog(PickLetter(targets))
    screen.transcript.clear_labels()
    if picked is None:
        return
    target = targets[picked.label]
    match picked.verb:
        case Verb.COPY:
            await screen.fortytwo.copy(target.text)
        case Verb.OPEN if target.kind is TargetKind.LINK:
            await open_link(screen, target.text)
        case Verb.OPEN:
            await open_in_editor(screen, target)
        case Verb.PIPE:
            await pipe_through(screen, target)
        case Verb.SAVE:
            await save(screen, target)


async def open_link(screen: MainScreen, address: str) -> None:
    """Open an address in the browser, or copy it where none can be opened."""
    from tui.services.browser import may_be_opened, open_in_browser

    app = screen.fortytwo
    if not may_be_opened(address):
        raise UsageError("Only http, https and mailto links are opened; y copies it.")
    opener = await asyncio.to_thread(
        open_in_browser, address, os.environ, screen.private_names
    )
    if opener:
        app.tell(f"Opened {address} ({Path(opener).name}).")
        return
    over_ssh = os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY")
    why = "over SSH" if over_ssh else "no browser can be reached"
    app.tell(f"Not opened, but copied ({why}): {address}")
    await app.copy(address)


async def open_in_editor(screen: MainScreen, target: Target) -> None:
    """Show a text in the user's editor; what is changed there is copied."""
    from tui.ui.widgets.external_editor import edit_in_editor

    app = screen.fortytwo
    try:
        with app.suspend():
            edited = edit_in_editor(
                target.text, os.environ, screen.private_names, name=_name_of(target)
            )
    except SuspendNotSupported:
        app.tell("No editor can be opened in this terminal.", "warning")
        return
    if edited.problem:
        app.tell(edited.problem, "warning")
    if edited.text.rstrip("\n") != target.text.rstrip("\n"):
        app.tell("The conversation stays as it is; what you changed is copied.")
        await app.copy(edited.text)


async def pipe_through(screen: MainScreen, target: Target) -> None:
    """Give a text to a command line and tell how it ended."""
    from tui.services.piping import pipe
    from tui.ui.screens.ask_line import AskLine

    title = f"Pipe {_what(target)} to which command?"
    command = await screen.ask(AskLine(title, "runs it", screen.last_command))
    if not command:
        return
    screen.last_command = command
    piped = await asyncio.to_thread(
        pipe, target.text, command, os.environ, screen.private_names
    )
    severity = "information" if piped.status == 0 else "warning"
    screen.fortytwo.tell(piped.sentence, severity)


async def save(screen: MainScreen, target: Target) -> None:
    """Write a text to a file; one that is there is replaced only after a question."""
    from tui.services.text_file import save_text
    from tui.ui.screens.ask_line import AskLine
    from tui.ui.screens.confirm import Confirm

    name = _name_of(target)
    title = f"Save {_what(target)} where? ({Path.cwd()})"
    path = await screen.ask(AskLine(title, "saves it", name))
    if not path:
        return
    file = await asyncio.to_thread(save_text, path, target.text, name)
    if file is None:
        question = Confirm("There is a file of that name.", path, "replaces it")
        if not await screen.show_dialog(question):
            screen.fortytwo.tell("Nothing was saved; the file is as it was.")
            return
        file = await asyncio.to_thread(
            save_text, path, target.text, name, overwrite=True
        )
    screen.fortytwo.tell(f"Saved {len(target.text):,} characters to {file}.")


def _what(target: Target) -> str:
    match target.kind:
        case TargetKind.CODE:
            language = f"{target.language} " if target.language else ""
            return f"this {language}code"
        case TargetKind.LINK:
            return "this address"
        case TargetKind.MESSAGE:
            return "this message"


def _name_of(target: Target) -> str:
    from tui.services.text_file import suggested_name

    match target.kind:
        case TargetKind.CODE:
            return suggested_name("code", target.language)
        case TargetKind.LINK:
            return suggested_name("link", "")
        case TargetKind.MESSAGE:
            return suggested_name("message", "markdown")


ACTIONS = {"chat.pick": pick}
