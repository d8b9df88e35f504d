"""What the linear mode can be told, and what it says about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.errors import UsageError
from tui.ui.commands import Command, parse_command
from tui.ui.keys import ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.ui.keys import KeyRow

FROM_THE_TABLE = (
    "chat.send",
    "chat.editor",
    "chat.edit_message",
    "chat.retry",
    "chat.continue",
    "chat.sibling_previous",
    "chat.sibling_next",
    "chat.copy",
    "chat.system",
    "chat.model",
    "find.open",
    "chat.new",
    "chat.open",
    "chat.rename",
    "chat.pin",
    "chat.clear",
    "chat.save_copy",
    "chat.delete",
    "app.undo",
    "list.toggle",
    "app.help",
    "app.quit",
)
"""The actions of the full-screen program that make sense line by line."""

OWN = {
    "/read": ("plain.read", "", "Read the whole conversation"),
    "/drop": ("plain.drop", "", "Forget the text that was not sent"),
}
"""Commands of this mode alone: action id, argument, what they do."""

SAYS_ELSE = {
    "chat.send": ("", "Send the text that waits, such as a paste of several lines"),
    "chat.edit_message": ("", "Edit the last prompt in your editor and ask it anew"),
    "chat.open": (
        "NUMBER or WORDS",
        "Open a conversation of the last list, or by words of its title or text",
    ),
    "find.open": ("TEXT", "Show every line of this conversation with a text"),
    "list.toggle": ("[WORDS]", "List the conversations, the newest first"),
    "chat.model": ("[ID]", "Ask another model from now on; alone it lists them"),
    "chat.system": ("[TEXT]", "Set the system prompt; alone it says it"),
    "app.help": ("", "Show these commands"),
    "chat.clear": ("", "Take all messages out; /undo brings them back"),
    "chat.save_copy": ("FILE", "Write the conversation to a file of your choice"),
    "chat.delete": ("", "Move the conversation to the trash; /undo brings it back"),
    "app.quit": ("", "Leave; ctrl+d does it too"),
}
"""Argument and sentence where they differ from the full screen's."""


def parse(text: str) -> Command | None:
    """Return the command a line is, or None when it is a prompt.

    Raises:
        UsageError: There is no such command, or it needs a full screen.
    """
    word, _, argument = text.strip().partition(" ")
    if word in OWN:
        return Command(OWN[word][0], argument.strip())
    command = parse_command(text, takes=_takes_argument)
    if command is not None and command.action_id not in FROM_THE_TABLE:
        raise UsageError(f"{word} needs the full screen; /help lists what works here.")
    return command


def _takes_argument(row: KeyRow) -> bool:
    argument, _ = SAYS_ELSE.get(row.id, (row.argument, ""))
    return bool(argument)


def describe_commands() -> Iterator[str]:
    """Yield a line for each command."""
    for row in ROWS:
        if row.id in FROM_THE_TABLE:
            argument, sentence = SAYS_ELSE.get(row.id, (row.argument, row.tooltip))
            yield f"{row.command} {argument}".strip() + f": {sentence}."
    for word, (_, argument, sentence) in OWN.items():
        yield f"{word} {argument}".strip() + f": {sentence}."
    yield "A \\ at the end of a line goes on with the next one. //word sends /word."
    yield "ctrl+c stops an answer and keeps its text."
