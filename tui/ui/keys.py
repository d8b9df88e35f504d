"""The one table of keys.

Bindings, footer hints, F1 help, the command palette, slash commands, `fortytwo keys`
and the README's table all come from here. Standard library only, so that the command
line can print it without loading Textual.

Two layers share one row. A key that types a character works outside of the composer
only (nav mode); every other key works while typing too. Which chords reach a program
at all was measured in a default tmux; nothing vital sits on alt, ctrl+arrow,
shift+enter, F6, F7, F10, F11 or ctrl+s, and ctrl+h, ctrl+i, ctrl+m, ctrl+[, ctrl+b,
ctrl+a are never bound, ctrl+z not while typing, where it undoes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class Place(StrEnum):
    """Where a row's keys are listened to."""

    ANYWHERE = "anywhere"
    """Everywhere, dialogs included."""

    MAIN = "main"
    """On the main screen, whatever has the focus."""

    TRANSCRIPT = "transcript"
    """On the main screen while the transcript has the focus."""

    COMPOSER = "composer"
    """While typing; the composer itself listens."""

    LIST = "list"
    """In the conversation list; the list itself listens."""


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One action and how to reach it.

    Attributes:
        id: Stable; what `[keys]` in the configuration calls it.
        keys: Key names as Textual writes them; a single character is a plain letter.
        label: A word or two, for hints and the palette.
        tooltip: What it does, as a sentence.
        group: Its heading in the help.
        place: Where the keys are listened to.
        command: The slash command, or "".
        argument: What may follow the command, or "".
        fixed: True when the keys can't be changed.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    tooltip: str
    group: str
    place: Place = Place.MAIN
    command: str = ""
    argument: str = ""
    fixed: bool = False

    @property
    def while_typing(self) -> tuple[str, ...]:
        """The keys that work while the composer has the focus."""
        if self.place in (Place.TRANSCRIPT, Place.LIST):
            return ()
        return tuple(key for key in self.keys if not types_a_character(key))

    @property
    def in_nav(self) -> tuple[str, ...]:
        """The keys that work outside of the composer only."""
        typing = self.while_typing
        return tuple(key for key in self.keys if key not in typing)


WRITE = "Write"
ANSWERS = "Answers"
READ = "Read"
CONVERSATIONS = "Conversations"
PROGRAM = "Program"
GROUPS = (WRITE, ANSWERS, READ, CONVERSATIONS, PROGRAM)

_COMPOSER, _LIST = Place.COMPOSER, Place.LIST
_TRANSCRIPT, _ANYWHERE = Place.TRANSCRIPT, Place.ANYWHERE

# One row of the table is one line, however long.
# ruff: noqa: E501
# fmt: off
ROWS: tuple[KeyRow, ...] = (
    KeyRow("chat.send", ("enter",), "Send", "Send the prompt", WRITE, _COMPOSER, "/send", fixed=True),
    KeyRow("chat.newline", ("ctrl+j", "shift+enter", "alt+enter"), "New line", "Begin a new line; a \\ at the end of the line and Enter does it too", WRITE, _COMPOSER),
    KeyRow("chat.editor", ("ctrl+g",), "Editor", "Write the prompt in $VISUAL or $EDITOR", WRITE, _COMPOSER, "/edit"),
    KeyRow("chat.history", ("up", "down"), "History", "Earlier prompts, from the first or the last row", WRITE, _COMPOSER, fixed=True),
    KeyRow("focus.leave", ("escape",), "Nav mode", "Leave the composer; then plain letters are keys. Never clears text", WRITE, fixed=True),
    KeyRow("focus.composer", ("i", "enter"), "Write", "Back to the composer", WRITE, _TRANSCRIPT),

    KeyRow("chat.stop", ("ctrl+c", "x"), "Stop", "Stop the answer and keep its text; Esc Esc does it too. ctrl+c copies when text is selected", ANSWERS, command="/stop"),
    KeyRow("chat.edit_message", ("e",), "Edit", "Edit the message in $VISUAL or $EDITOR: a prompt is asked anew, an answer is sent in its new words; the old ones stay beside it", ANSWERS, command="/revise"),
    KeyRow("chat.unqueue", ("E",), "Take back", "Put the prompts that wait behind the answer back into the composer", ANSWERS, command="/unqueue"),
    KeyRow("chat.queue", ("Q",), "Requests", "What runs and what waits in the queue: reorder, cancel, send now", ANSWERS, command="/queue"),
    KeyRow("chat.retry", ("f5", "r"), "Ask again", "Ask again for this answer; the old one stays beside it", ANSWERS, command="/retry"),
    KeyRow("chat.continue", ("c",), "Continue", "Ask the model to go on where it stopped", ANSWERS, command="/continue"),
    KeyRow("chat.sibling_previous", ("<",), "Previous answer", "Show the previous of several answers to one prompt", ANSWERS, command="/previous"),
    KeyRow("chat.sibling_next", (">",), "Next answer", "Show the next of several answers to one prompt", ANSWERS, command="/next"),
    KeyRow("chat.copy", ("y",), "Copy", "Copy the message", ANSWERS, command="/copy"),
    KeyRow("chat.pick", ("Y",), "Pick", "Pick a block of code, a link or a message by the letter beside it: the letter copies it, its capital opens it; a bar first pipes it to a command, > saves it", ANSWERS, command="/pick"),
    KeyRow("chat.inspect", ("I",), "Inspect", "The exact request, the raw answer and the times behind an answer; copy it as curl", ANSWERS, command="/inspect"),
    KeyRow("chat.system", ("ctrl+t", "f4", "s"), "System prompt", "Edit the system prompt of this conversation", ANSWERS, command="/system", argument="[TEXT]"),
    KeyRow("chat.model", ("ctrl+l", "m"), "Model", "Choose the model of this conversation", ANSWERS, command="/model", argument="[ID]"),
    KeyRow("chat.endpoint", (), "Endpoint", "Choose the server that answers in this conversation", ANSWERS, command="/endpoint", argument="[NAME]"),
    KeyRow("chat.stream", (), "Streaming", "Let answers stream in this conversation, or come whole (standard mode)", ANSWERS, command="/stream", argument="[on|off]"),

    KeyRow("find.next", ("n",), "Next match", "The next match, while something is searched for; Enter does it too", READ),
    KeyRow("find.previous", ("N",), "Previous match", "The previous match, while something is searched for", READ),
    KeyRow("find.open", ("ctrl+f", "/"), "Find", "Find text in this conversation", READ, command="/find", argument="[TEXT]"),
    KeyRow("read.page_up", ("pageup",), "Page up", "Scroll the transcript a page up", READ),
    KeyRow("read.page_down", ("pagedown",), "Page down", "Scroll the transcript a page down", READ),
    KeyRow("read.half_up", ("ctrl+u",), "Half a page up", "Scroll half a page up", READ, _TRANSCRIPT),
    KeyRow("read.half_down", ("ctrl+d",), "Half a page down", "Scroll half a page down", READ, _TRANSCRIPT),
    KeyRow("read.next", ("j",), "Next message", "Go to the next message", READ, _TRANSCRIPT),
    KeyRow("read.previous", ("k",), "Previous message", "Go to the previous message", READ, _TRANSCRIPT),
    KeyRow("read.first", ("g", "home"), "Top", "Go to the first message", READ, _TRANSCRIPT),
    KeyRow("read.last", ("G", "end"), "End", "Go to the end and follow the answer", READ, _TRANSCRIPT),
    KeyRow("read.next_prompt", ("}",), "Next prompt", "Go to the next prompt of yours", READ, _TRANSCRIPT),
    KeyRow("read.previous_prompt", ("{",), "Previous prompt", "Go to the previous prompt of yours", READ, _TRANSCRIPT),
    KeyRow("read.next_code", ("]",), "Next code", "Go to the next block of code", READ, _TRANSCRIPT),
    KeyRow("read.previous_code", ("[",), "Previous code", "Go to the previous block of code", READ, _TRANSCRIPT),
    KeyRow("read.next_failure", (")",), "Next failure", "Go to the next answer that failed or broke off", READ, _TRANSCRIPT),
    KeyRow("read.previous_failure", ("(",), "Previous failure", "Go to the previous answer that failed or broke off", READ, _TRANSCRIPT),
    KeyRow("read.fold", ("space",), "Fold", "Fold or unfold the message's long parts", READ, _TRANSCRIPT),
    KeyRow("read.fold_all", ("z",), "Fold all", "Fold or unfold everything that folds", READ, _TRANSCRIPT),
    KeyRow("read.formatted", ("f",), "Formatted", "Lay out what is shown plainly because it is very big, or show it plainly again", READ, _TRANSCRIPT, "/formatted"),
    KeyRow("read.source", ("v",), "Source", "Show the message as it was written, without layout", READ, _TRANSCRIPT, "/source"),

    KeyRow("chat.new", ("ctrl+n", "n"), "New", "Begin a new conversation", CONVERSATIONS, command="/new"),
    KeyRow("chat.open", ("ctrl+o", "f3", "o"), "Open", "Open a conversation by words of its title or its text", CONVERSATIONS, command="/open", argument="[WORDS]"),
    KeyRow("chat.next", ("ctrl+down", "J"), "Next chat", "Open the conversation below in the list", CONVERSATIONS),
    KeyRow("chat.previous", ("ctrl+up", "K"), "Previous chat", "Open the conversation above in the list", CONVERSATIONS),
    KeyRow("chat.unread", ("U",), "Next unread", "Open the next conversation with an unread answer", CONVERSATIONS, command="/unread"),
    KeyRow("chat.rename", ("R",), "Rename", "Give the conversation another title", CONVERSATIONS, command="/rename", argument="[TITLE]"),
    KeyRow("chat.pin", ("p",), "Pin", "Keep the conversation at the top of the list, or no longer", CONVERSATIONS, command="/pin"),
    KeyRow("chat.clear", (), "Clear", "Take all messages out of the conversation; a copy goes to the trash, u brings them back", CONVERSATIONS, command="/clear"),
    KeyRow("chat.save_copy", ("S",), "Save elsewhere", "Write the conversation, with what is not saved yet, to a file of your choice", CONVERSATIONS, command="/save", argument="[FILE]"),
    KeyRow("chat.delete", ("D",), "Delete", "Move the conversation to the trash; u brings it back", CONVERSATIONS, command="/delete"),
    KeyRow("app.undo", ("u",), "Undo", "Undo the last delete, clear, edit, rename, pin, or change of the system prompt or the model", CONVERSATIONS, command="/undo"),
    KeyRow("app.trash", ("T",), "Trash", "What was deleted: bring it back, or remove it for good", CONVERSATIONS, command="/trash"),
    KeyRow("list.toggle", ("f2", "b"), "List", "Show or hide the conversation list", CONVERSATIONS, command="/list"),
    KeyRow("list.filter", ("/",), "Filter", "Narrow the list by words of the title", CONVERSATIONS, _LIST),

    KeyRow("app.help", ("f1", "?"), "Help", "Every key, and the manual", PROGRAM, command="/help"),
    KeyRow("app.palette", ("ctrl+p", ":"), "Commands", "Every action by its name", PROGRAM),
    KeyRow("app.theme", (), "Theme", "Choose the colours, with a preview", PROGRAM, command="/theme", argument="[NAME]"),
    KeyRow("app.setup", (), "Set up", "Enter a key or choose a local server", PROGRAM, command="/setup"),
    KeyRow("app.suspend", ("ctrl+z",), "Suspend", "Stop the program like every other one; fg brings it back", PROGRAM, _TRANSCRIPT, "/suspend"),
    KeyRow("app.quit", ("ctrl+q",), "Quit", "Leave; says first what is still streaming", PROGRAM, _ANYWHERE, "/quit"),
)
# fmt: on

_NAMES = {
    "escape": "Esc",
    "enter": "Enter",
    "space": "Space",
    "tab": "Tab",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "backspace": "Backspace",
    "delete": "Del",
}


def types_a_character(key: str) -> bool:
    """Return whether a key types a character into a text field."""
    return len(key) == 1 or key == "space"


def key_name(key: str) -> str:
    """Return a key as a person reads it: `Esc`, `F1`, `ctrl+n`, `ctrl+↓`."""
    if len(key) == 1:
        return key
    *modifiers, last = key.split("+")
    if last[:1] == "f" and last[1:].isdigit():
        last = last.upper()
    return "+".join([*modifiers, _NAMES.get(last, last)])


def rows_with(user_keys: Mapping[str, tuple[str, ...]]) -> tuple[KeyRow, ...]:
    """Return the table with the user's keys in it.

    Args:
        user_keys: The keys of `[keys]` by action id. They replace the row's own; an
            empty tuple takes its keys away. Unknown ids and fixed rows are left out.
    """
    return tuple(
        replace(row, keys=tuple(user_keys[row.id]))
        if row.id in user_keys and not row.fixed
        else row
        for row in ROWS
    )


def row(action_id: str, rows: Sequence[KeyRow] = ROWS) -> KeyRow:
    """Return the row of an action.

    Raises:
        KeyError: There is no such action.
    """
    for candidate in rows:
        if candidate.id == action_id:
            return candidate
    raise KeyError(action_id)


def hint(action_id: str, rows: Sequence[KeyRow] = ROWS, *, typing: bool = False) -> str:
    """Return how to reach an action in the fewest characters, or "".

    Args:
        action_id: The action.
        rows: The table in force.
        typing: True while the composer has the focus: plain letters don't count.
    """
    found = row(action_id, rows)
    if typing:
        keys = found.while_typing
        return key_name(keys[0]) if keys else found.command
    keys = (*found.in_nav, *found.while_typing)
    return key_name(keys[0]) if keys else found.command


def status_hints(
    rows: Sequence[KeyRow] = ROWS, *, running: bool = False
) -> dict[str, tuple[str, ...]]:
    """Return what the status line says of keys, by mode, the most general last.

    Args:
        rows: The table in force.
        running: True while an answer is on its way in the open conversation.
    """
    stop, typed_stop = hint("chat.stop", rows), hint("chat.stop", rows, typing=True)
    return {
        "type": (
            *([f"{typed_stop} stop"] if running else []),
            "esc nav",
            f"{hint('app.help', rows, typing=True)} help",
        ),
        "nav": (
            *([f"{stop} stop"] if running else []),
            f"{hint('focus.composer', rows)} write",
            f"{hint('app.help', rows)} help",
        ),
        "find": ("Enter next", "↑ previous", "Esc leaves"),
        "matches": (
            f"{hint('find.next', rows)} next",
            f"{hint('find.previous', rows)} previous",
            "Esc ends the search",
        ),
        "filter": ("Enter opens", "Esc clears"),
    }


def key_table(user_keys: Mapping[str, tuple[str, ...]]) -> Iterable[Sequence[str]]:
    """Yield the table as rows of text, a heading first.

    The columns: id, keys while typing, keys in nav mode, slash command, what it does.

    Args:
        user_keys: The keys of `[keys]` by action id.
    """
    yield ("Action", "While typing", "Nav mode", "Command", "What it does")
    for group in GROUPS:
        for found in rows_with(user_keys):
            if found.group == group:
                command = f"{found.command} {found.argument}".strip()
                yield (
                    found.id,
                    " ".join(map(key_name, found.while_typing)),
                    " ".join(map(key_name, found.in_nav)),
                    command,
                    found.tooltip,
                )


def markdown_key_table() -> str:
    """Return the default keys as a Markdown table, for the README and the manual."""

    def code(text: str) -> str:
        # A bar ends a cell even within code. Source: GFM, 4.10.
        return f"`{text}`".replace("|", "\\|") if text else ""

    def keys(cell: str) -> str:
        return " ".join(map(code, cell.split()))

    lines = [
        "| While typing | Nav mode | Command | What it does |",
        "|---|---|---|---|",
    ]
    for _, typing, nav, command, tooltip in list(key_table({}))[1:]:
        text = tooltip.replace("\\", "\\\\")
        lines.append(f"| {keys(typing)} | {keys(nav)} | {code(command)} | {text} |")
    return "\n".join(lines) + "\n"
