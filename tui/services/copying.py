"""Copies of conversations where the user wants them: the way out of a full disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tui.domain.errors import NotSavedError
from tui.domain.message import Message, Role, Status
from tui.services.exporting import Format, export
from tui.storage.disk import saving, write_new
from tui.storage.encoding import encode
from tui.storage.system_calls import SystemCalls

if TYPE_CHECKING:
    from tui.domain.conversation import Conversation
    from tui.services.session import Session

UNDER_WAY = "The answer was still on its way when this copy was made."


def as_it_is_now(session: Session) -> Conversation:
    """Return a conversation with all that is in memory: the running answer too."""
    conversation = session.conversation
    answering = session.answering
    if answering is None or not (answering.text or answering.reasoning):
        return conversation
    turn = answering.turn
    so_far = Message(
        id=turn.message_id,
        role=Role.ASSISTANT,
        content=answering.text,
        reasoning=answering.reasoning,
        parent=turn.parent or None,
        model=turn.model,
        status=Status.INCOMPLETE,
        error=UNDER_WAY,
    )
    return conversation.with_message(so_far)


def write_copy(conversation: Conversation, where: str, name: str) -> Path:
    """Write a conversation to a new file, durably, for the user only to read.

    Args:
        conversation: What to write.
        where: The file or the folder; `~` is the home folder. The ending decides:
            `.md`, `.html` and `.json` export it, all else is the library's format.
        name: The file's name when `where` is a folder.

    Returns:
        The file.

    Raises:
        NotSavedError: It can't be written, or there is such a file already.
    """
    try:
        path = Path(where).expanduser().absolute()
    except RuntimeError as error:  # `~name` of nobody
        raise NotSavedError(f"Not saved: {error}") from error
    with saving(path):
        if path.is_dir():
            path /= name
    endings = {f".{one.value}": one for one in Format}
    to = endings.get(path.suffix.casefold())
    content = (
        encode(conversation)
        if to is None
        else export(conversation, to).encode("utf-8", "replace")
    )
    try:
        write_new(SystemCalls(), path, content)
    except FileExistsError as error:
        raise NotSavedError(
            f"Not saved: {path} is there already; choose another name."
        ) from error
    except ValueError as error:  # a NUL in the path
        raise NotSavedError(f"Not saved: {error}.") from error
    return path
