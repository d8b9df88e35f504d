"""Actions on requests: their queue, and what went over the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.errors import UsageError
from tui.domain.message import Role
from tui.ui.actions.opening import open_file

if TYPE_CHECKING:
    from tui.domain.message import Message
    from tui.ui.screens.main import MainScreen


async def show_queue(screen: MainScreen, _: str) -> None:
    """Show what runs and what waits; the order can be changed there."""
    from tui.ui.screens.queue import RequestQueue

    file = await screen.ask(RequestQueue(screen.workspace, screen.router.title_of))
    if file:
        await open_file(screen, file)


async def take_back_queued(screen: MainScreen, _: str) -> None:
    """Put the prompts that wait behind the answer back into the composer."""
    file = screen.chat.file
    if file is None or not await screen.workspace.take_back_queued(file):
        raise UsageError("No prompt waits here.")
    screen.composer.focus()


async def inspect(screen: MainScreen, _: str) -> None:
    """Show the exchange behind the answer under the cursor, or the last one."""
    from tui.ui.screens.inspector import Inspector

    message_id = screen.target()
    message = _answer(screen, message_id)
    if message is not None:
        message_id = message.id
    elif screen.chat.turn_runs and screen.chat.turn is not None:
        message_id = screen.chat.turn.message_id
    else:
        raise UsageError("There is no answer here to inspect.")
    running = message_id if message is None else ""
    inspection = await screen.workspace.inspect(message_id)
    if inspection is None and message is None:
        raise UsageError("The request has not been sent yet.")
    if screen.app.screen is screen:
        await screen.app.push_screen(Inspector(message, inspection, running))


def _answer(screen: MainScreen, message_id: str | None) -> Message | None:
    """Return the answer of that id, or the newest shown one to that prompt."""
    conversation = screen.chat.conversation
    if conversation is None or message_id is None:
        return None
    message = conversation.find(message_id)
    if message is None or message.role is Role.ASSISTANT:
        return message
    for other in reversed(conversation.messages):
        if other.parent == message_id and screen.chat.holds(other.id):
            return other if other.role is Role.ASSISTANT else None
    return None


ACTIONS = {
    "chat.queue": show_queue,
    "chat.unqueue": take_back_queued,
    "chat.inspect": inspect,
}
