"""Actions on the conversation list and on whole conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.errors import UsageError
from tui.domain.visible import visible_line
from tui.ui.actions.opening import open_file, open_hit, show_new
from tui.ui.keys import hint

if TYPE_CHECKING:
    from tui.ui.screens.main import MainScreen


async def new(screen: MainScreen, _: str) -> None:
    """Begin a new conversation; it is on disk from its first prompt."""
    await show_new(screen)


async def search(screen: MainScreen, text: str) -> None:
    """Open a conversation by words of its title or its text."""
    from tui.ui.screens.search import SearchChats

    if screen.app.screen is not screen:
        return
    zone = screen.fortytwo.now().astimezone().tzinfo
    dialog = SearchChats(screen.workspace.search, text, zone)
    hit = await screen.app.push_screen_wait(dialog)
    if hit is not None:
        await open_hit(screen, hit)


async def next_chat(screen: MainScreen, _: str) -> None:
    """Open the conversation below in the list."""
    await _open_neighbour(screen, 1)


async def previous_chat(screen: MainScreen, _: str) -> None:
    """Open the conversation above in the list."""
    await _open_neighbour(screen, -1)


async def _open_neighbour(screen: MainScreen, step: int) -> None:
    conversations = screen.conversations
    if conversations.shown:
        file = conversations.neighbours(conversations.shown, step)
    else:
        if conversations.highlighted is None:
            conversations.move(1)
        file = conversations.highlighted
    if file:
        await open_file(screen, file)


async def next_unread(screen: MainScreen, _: str) -> None:
    """Open the next conversation with an unread answer."""
    file = screen.conversations.next_unread()
    if file is None:
        screen.fortytwo.tell("No answer is unread.")
    else:
        await open_file(screen, file)


async def rename(screen: MainScreen, title: str) -> None:
    """Give a conversation another title."""
    from tui.ui.screens.ask_line import AskLine

    file = _target(screen)
    old = screen.router.title_of(file)
    chosen = title or await screen.ask(AskLine("Rename", "renames it", old))
    if chosen and chosen not in (old, visible_line(old)):
        await screen.workspace.rename(file, chosen)


async def delete(screen: MainScreen, _: str) -> None:
    """Move a conversation to the trash."""
    file = _target(screen)
    title = visible_line(screen.router.title_of(file))
    await screen.workspace.delete(file)
    back = hint("app.undo", screen.rows, typing=screen.composer.has_focus)
    screen.fortytwo.tell(f"“{title}” is in the trash; {back} brings it back.")


async def pin(screen: MainScreen, _: str) -> None:
    """Keep a conversation at the top of the list, or no longer."""
    file = _target(screen)
    title = visible_line(screen.router.title_of(file))
    if await screen.workspace.pin(file):
        screen.fortytwo.tell(f"“{title}” stays at the top of the list.")
    else:
        screen.fortytwo.tell(f"“{title}” is no longer pinned.")


async def clear(screen: MainScreen, _: str) -> None:
    """Take all messages out of the shown conversation."""
    file = screen.chat.file
    if file is None:
        raise UsageError("Nothing has been said here yet.")
    await screen.workspace.clear(file)
    back = hint("app.undo", screen.rows, typing=screen.composer.has_focus)
    screen.fortytwo.tell(f"Cleared; {back} brings the messages back.")


async def save_copy(screen: MainScreen, where: str) -> None:
    """Write the conversation to a file of the user's choice."""
    from tui.ui.screens.ask_line import AskLine

    file = _target(screen)
    chosen = where or await screen.ask(
        AskLine("Save a copy: .md, .html and .json export", "saves", f"~/{file}")
    )
    if chosen:
        path = await screen.workspace.save_copy(file, chosen)
        screen.fortytwo.tell(f"A copy is in {path}")


async def show_trash(screen: MainScreen, _: str) -> None:
    """Show what was deleted; what is chosen comes back."""
    from tui.ui.screens.trash import TrashPicker

    app = screen.fortytwo
    dialog = TrashPicker(
        await screen.workspace.trashed(),
        screen.workspace,
        app.now().astimezone(),
        screen.workspace.settings.trash_days,
    )
    name = await screen.ask(dialog)
    if name:
        file = await screen.workspace.restore(name)
        await open_file(screen, file)


async def undo(screen: MainScreen, _: str) -> None:
    """Undo the last change."""
    screen.fortytwo.tell(await screen.workspace.undo() or "There is nothing to undo.")


def toggle_list(screen: MainScreen, _: str) -> None:
    """Show or hide the list."""
    screen.toggle_list()


def filter_list(screen: MainScreen, _: str) -> None:
    """Narrow the list by title."""
    screen.show_list(True)
    screen.conversations.focus()
    screen.conversations.action_start_filter()


def _target(screen: MainScreen) -> str:
    file = (
        screen.conversations.highlighted
        if screen.conversations.has_focus
        else screen.chat.file
    )
    if file is None:
        raise UsageError("This conversation is not saved yet: send a prompt first.")
    return file


ACTIONS = {
    "chat.new": new,
    "chat.open": search,
    "chat.next": next_chat,
    "chat.previous": previous_chat,
    "chat.unread": next_unread,
    "chat.rename": rename,
    "chat.pin": pin,
    "chat.clear": clear,
    "chat.save_copy": save_copy,
    "chat.delete": delete,
    "app.undo": undo,
    "app.trash": show_trash,
    "list.toggle": toggle_list,
    "list.filter": filter_list,
}
