"""What the commands of the linear mode do: one function for each action id."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.cli.plain.commands import describe_commands
from tui.domain.errors import FortytwoError, UsageError
from tui.domain.message import Role
from tui.services.clipboard import Clipboard
from tui.services.exporting import speaker
from tui.ui.widgets.external_editor import edit_in_editor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.cli.plain.desk import Desk
    from tui.domain.message import Message

MOST_LISTED = 50
"""Conversations that a list names."""

LAST_READ = 2
"""Messages that are read out when a conversation is opened."""


class Listed:
    """The conversations of the last list, so that a number can mean one."""

    def __init__(self) -> None:
        self.files: list[str] = []

    def show(self, desk: Desk, rows: list[tuple[str, str]]) -> None:
        """Write numbered titles.

        Args:
            desk: Where.
            rows: File and text of each.
        """
        self.files = [file for file, _ in rows[:MOST_LISTED]]
        for number, (_, text) in enumerate(rows[:MOST_LISTED], 1):
            desk.page.say(f"{number}. {text}")
        if len(rows) > MOST_LISTED:
            desk.page.note(f"[{len(rows) - MOST_LISTED:,} more; /list WORDS.]")
        desk.page.note(
            "/open and a number opens one."
            if rows
            else "There is no such conversation."
        )


def send(desk: Desk, _: str) -> None:
    """Send the text that waits."""
    if not desk.draft.strip():
        raise UsageError("No text waits here.")
    desk.send(desk.draft.strip("\n"))


def drop(desk: Desk, _: str) -> None:
    """Forget the text that waits."""
    desk.keep_draft("")
    desk.page.note("[Forgotten.]")


def edit(desk: Desk, _: str) -> None:
    """Write the prompt in the user's editor."""
    edited = edit_in_editor(
        desk.draft, os.environ, desk.workspace.settings.private_names
    )
    desk.keep_draft(edited.text)
    if edited.problem:
        raise UsageError(edited.problem)
    if edited.text.strip():
        desk.page.note(f"[{edited.text.count(chr(10)) + 1} lines wait; /send sends.]")


def revise(desk: Desk, _: str) -> None:
    """Write the last prompt anew in the user's editor, and ask it."""
    path = desk.conversation.path if desk.conversation else ()
    prompts = [one for one in path if one.role is Role.USER]
    if desk.file is None or not prompts:
        raise UsageError("Nothing has been asked here yet.")
    old = prompts[-1]
    edited = edit_in_editor(
        old.content,
        os.environ,
        desk.workspace.settings.private_names,
        name="message.md",
    )
    if edited.problem:
        raise UsageError(edited.problem)
    if edited.text.rstrip() == old.content.rstrip():
        desk.page.note("[Nothing was changed.]")
        return
    try:
        desk.call(desk.workspace.edit(desk.file, old.id, edited.text))
    except FortytwoError:
        desk.keep_draft("\n".join(filter(None, (desk.draft, edited.text))))
        desk.page.note("[The new words wait; /send sends them as a prompt.]")
        raise
    desk.follow()


def retry(desk: Desk, _: str) -> None:
    """Ask again for the last answer; the old one stays beside it."""
    file, message = _last(desk)
    desk.call(desk.workspace.retry(file, message.id))
    desk.follow()


def go_on(desk: Desk, _: str) -> None:
    """Ask the model to go on where it stopped."""
    file, message = _last(desk)
    desk.call(desk.workspace.continue_answer(file, message.id))
    desk.follow()


def flip(desk: Desk, step: int) -> None:
    """Show another of several answers to one prompt."""
    file, message = _last(desk)
    desk.call(desk.workspace.flip(file, message.id, step))
    desk.take_events()
    shown = desk.last_answer()
    if shown is not None and desk.conversation is not None:
        siblings = [one.id for one in desk.conversation.siblings(shown.id)]
        place = siblings.index(shown.id) + 1
        desk.page.note(f"[Answer {place} of {len(siblings)}]")
        desk.page.read_message(shown)


def copy(desk: Desk, _: str) -> None:
    """Copy the last answer."""
    message = desk.last_answer()
    if message is None or not message.content:
        raise UsageError("There is no answer here to copy.")
    # The way through the terminal is an escape sequence; this mode writes none.
    environ = desk.workspace.settings.without_keys(os.environ) | {"TERM": "dumb"}
    clipboard = Clipboard(environ, desk.workspace.locations.state)
    desk.page.note(f"[{clipboard.copy(message.content).sentence}]")


def system_prompt(desk: Desk, text: str) -> None:
    """Say the system prompt, or set it."""
    if text and desk.file is not None:
        desk.call(desk.workspace.set_system_prompt(desk.file, text))
    elif text:
        desk.new = replace(desk.new, system_prompt=text)
    else:
        known = desk.conversation.system_prompt if desk.conversation else None
        if known is None:
            known = desk.new.system_prompt
        if known is None:
            known = desk.workspace.settings.system_prompt
        desk.page.say(f"System prompt: {known or 'none'}")
        return
    desk.page.note("[The system prompt is set from the next prompt on.]")


def model(desk: Desk, name: str) -> None:
    """List the models, or choose one."""
    conversation = desk.conversation
    endpoint = conversation.endpoint if conversation else desk.new.endpoint
    if not name:
        for one in desk.call(desk.workspace.models(endpoint)):
            desk.page.say(one.id)
        desk.page.note("[/model and an id chooses one.]")
        return
    if desk.file is None:
        desk.new = replace(desk.new, model=name)
    else:
        desk.call(desk.workspace.set_model(desk.file, name))
    desk.page.note(f"[{name} is asked from now on.]")


def find(desk: Desk, text: str) -> None:
    """Write every line of the conversation with a text."""
    if not text:
        raise UsageError("Say what to look for: /find and the words.")
    conversation = desk.read_all()
    found = 0
    for message in conversation.path if conversation else ():
        for line in message.content.splitlines():
            if text.casefold() in line.casefold():
                found += 1
                desk.page.say(f"{speaker(message)}: {line}")
    desk.page.note(f"[{found} {'line' if found == 1 else 'lines'}]")


def new(desk: Desk, _: str) -> None:
    """Begin a new conversation."""
    desk.show_new()
    desk.page.note("[A new conversation.]")


def rename(desk: Desk, title: str) -> None:
    """Give the conversation another title."""
    if not title:
        raise UsageError("Say the new title: /rename and the title.")
    desk.call(desk.workspace.rename(_file(desk), title))
    desk.page.note(f"[It is “{title}” now; /undo takes that back.]")


def delete(desk: Desk, _: str) -> None:
    """Move the conversation to the trash."""
    desk.call(desk.workspace.delete(_file(desk)))
    desk.show_new()
    desk.page.note("[It is in the trash; /undo brings it back.]")


def pin(desk: Desk, _: str) -> None:
    """Keep the conversation at the top of the list, or no longer."""
    pinned = desk.call(desk.workspace.pin(_file(desk)))
    words = "stays at the top of the list" if pinned else "is no longer pinned"
    desk.page.note(f"[It {words}.]")


def clear(desk: Desk, _: str) -> None:
    """Take all messages out of the conversation."""
    desk.call(desk.workspace.clear(_file(desk)))
    desk.page.note("[It is empty now; /undo brings the messages back.]")


def save_copy(desk: Desk, where: str) -> None:
    """Write the conversation to a file of the user's choice."""
    if not where:
        raise UsageError("Say where: /save and a file or a folder.")
    path = desk.call(desk.workspace.save_copy(_file(desk), where))
    desk.page.note(f"[A copy is in {path}]")


def undo(desk: Desk, _: str) -> None:
    """Undo the last change."""
    done = desk.call(desk.workspace.undo()) or "There is nothing to undo."
    desk.page.note(f"[{done}]")


def read(desk: Desk, _: str) -> None:
    """Read out the whole conversation."""
    conversation = desk.read_all()
    if conversation is None:
        raise UsageError("Nothing has been said here yet.")
    desk.page.read_out(conversation)


def help_out(desk: Desk, _: str) -> None:
    """Name the commands."""
    for line in describe_commands():
        desk.page.say(line)


def list_all(desk: Desk, listed: Listed, words: str) -> None:
    """List the conversations, the newest first."""
    desk.take_events()
    rows = sorted(desk.summaries.values(), key=lambda one: one.updated, reverse=True)
    wanted = words.casefold().split()
    listed.show(
        desk,
        [
            (one.file, f"{one.title} ({one.updated.astimezone():%Y-%m-%d %H:%M})")
            for one in rows
            if all(word in one.title.casefold() for word in wanted)
        ],
    )


def open_one(desk: Desk, listed: Listed, words: str) -> None:
    """Open a conversation by its number in the last list, or by words."""
    if words.isdecimal() and 0 < int(words) <= len(listed.files):
        open_file(desk, listed.files[int(words) - 1])
        return
    if not words:
        list_all(desk, listed, "")
        return
    found = desk.call(desk.workspace.search(words))
    hits = found.hits if found else ()
    titles = {hit.file: hit for hit in reversed(hits)}
    if len(titles) == 1:
        open_file(desk, next(iter(titles)))
        return
    listed.show(
        desk,
        [
            (hit.file, f"{hit.title}: {hit.snippet}" if hit.snippet else hit.title)
            for hit in reversed(titles.values())
        ],
    )


def open_file(desk: Desk, file: str) -> None:
    """Open a conversation and read out its end."""
    desk.open(file)
    if desk.conversation is not None:
        desk.page.note(f"[{desk.conversation.title}. Its end; /read reads all of it.]")
        desk.page.read_out(desk.conversation, LAST_READ)


def _file(desk: Desk) -> str:
    if desk.file is None:
        raise UsageError("This conversation is not saved yet: send a prompt first.")
    return desk.file


def _last(desk: Desk) -> tuple[str, Message]:
    path = desk.conversation.path if desk.conversation else ()
    if desk.file is None or not path:
        raise UsageError("Nothing has been asked here yet.")
    return desk.file, path[-1]


def actions(listed: Listed) -> Mapping[str, Callable[[Desk, str], None]]:
    """Return what every command does, by action id; `app.quit` ends the loop itself."""
    return {
        "chat.send": send,
        "chat.editor": edit,
        "chat.edit_message": revise,
        "chat.retry": retry,
        "chat.continue": go_on,
        "chat.sibling_previous": lambda desk, _: flip(desk, -1),
        "chat.sibling_next": lambda desk, _: flip(desk, 1),
        "chat.copy": copy,
        "chat.system": system_prompt,
        "chat.model": model,
        "find.open": find,
        "chat.new": new,
        "chat.open": lambda desk, words: open_one(desk, listed, words),
        "chat.rename": rename,
        "chat.pin": pin,
        "chat.clear": clear,
        "chat.save_copy": save_copy,
        "chat.delete": delete,
        "app.undo": undo,
        "list.toggle": lambda desk, words: list_all(desk, listed, words),
        "app.help": help_out,
        "plain.read": read,
        "plain.drop": drop,
    }
