"""Slash commands: what a line that begins with `/` in the composer means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.domain.errors import UsageError
from tui.ui.keys import ROWS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.ui.keys import KeyRow

_COMMAND = re.compile(r"/([a-z]+)(?:\s+(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Command:
    """One slash command as it was typed.

    Attributes:
        action_id: The action it names.
        argument: What followed, stripped.
    """

    action_id: str
    argument: str


def takes_argument(row: KeyRow) -> bool:
    """Return whether words may follow a row's command."""
    return bool(row.argument)


def parse_command(
    text: str,
    rows: Sequence[KeyRow] = ROWS,
    takes: Callable[[KeyRow], bool] = takes_argument,
) -> Command | None:
    """Return the command a text is, or None when it is a prompt.

    Only `/` and a word of small letters is a command: a path such as `/etc/hosts` or
    a text that begins with `//` is a prompt.

    Args:
        text: What was typed.
        rows: The table in force.
        takes: Tells whether words may follow a row's command.

    Raises:
        UsageError: It looks like a command, but there is none of that name, or it
            takes no words: nobody's prompt is a delete because it begins like one.
    """
    match = _COMMAND.fullmatch(text.strip())
    if match is None:
        return None
    word, argument = f"/{match[1]}", (match[2] or "").strip()
    for row in rows:
        if row.command == word:
            if argument and not takes(row):
                raise UsageError(
                    f"{word} takes no words behind it; /{word} sends it all as text."
                )
            return Command(row.id, argument)
    raise UsageError(
        f"There is no command {word}. /help lists them; /{word} sends it as text."
    )


def prompt_text(text: str) -> str:
    """Return the prompt a text stands for: `//word` sends `/word`."""
    return text[1:] if text.startswith("//") else text
