"""Keeps the path of who speaks here on the screen, whatever others add to the file.

Two copies of the program may go on in one conversation at the same time. The file then
holds both exchanges, as siblings, and the newest is the path that it shows; here the
path stays the one that was spoken on, and so does what is sent next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.services.events import NoticeGiven

if TYPE_CHECKING:
    from tui.domain.conversation import Conversation
    from tui.services.outbox import Outbox
    from tui.services.session import Session


def take(
    session: Session,
    conversation: Conversation,
    outbox: Outbox,
    known: Conversation | None = None,
) -> None:
    """Take what a conversation says now; say it once when others spoke beside our path.

    Args:
        session: The conversation in memory.
        conversation: What its file says now, with what is not saved yet.
        outbox: Who is told.
        known: What it would say without others; None for what it said before.
    """
    known = known or session.conversation
    if session.own is None:
        session.conversation = conversation
        return
    session.conversation = conversation.through(session.own)
    if not session.parted and _is_parted(session.conversation, known):
        session.parted = True
        sentence = (
            f"Another program has gone on in “{conversation.title}” beside your own "
            "words, which stay shown here; < and > change to the others."
        )
        outbox.put(NoticeGiven(sentence))


def _is_parted(now: Conversation, known: Conversation) -> bool:
    """Return whether there are new messages beside the path."""
    count = len(known.messages)
    if now.messages[:count] == known.messages:
        new = now.messages[count:]
    else:
        new = tuple(one for one in now.messages if known.find(one.id) is None)
    if not new:
        return False
    path = {message.id for message in now.path}
    return any(message.id not in path for message in new)
