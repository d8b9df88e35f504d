"""Tells when others' version of a file lacked what had just been added to it.

Lives on the engine's loop.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui.services.events import NoticeGiven

if TYPE_CHECKING:
    from tui.domain.conversation import Conversation
    from tui.services.outbox import Outbox
    from tui.services.saving import Saving
    from tui.services.sessions import Sessions
    from tui.services.undo import UndoStack
    from tui.storage.fresh_messages import Overwritten


class Overwriting:
    """Says what was put back, and brings back what was taken out."""

    def __init__(
        self, *, sessions: Sessions, saving: Saving, undo: UndoStack, outbox: Outbox
    ) -> None:
        """Make it.

        Args:
            sessions: The open conversations.
            saving: The writer of conversation files.
            undo: Remembers how what was taken out comes back.
            outbox: Who is told.
        """
        self._sessions = sessions
        self._saving = saving
        self._undo = undo
        self._outbox = outbox

    def note(self, overwritten: Overwritten) -> None:
        """Tell what happened to messages that had just been added."""
        title, count = overwritten.title, len(overwritten.messages)
        what = "a new message" if count == 1 else f"{count} new messages"
        if overwritten.put_back:
            it = "it was" if count == 1 else "they were"
            sentence = (
                f"Another program saved “{title}” without {what}; {it} put back. "
                "Whoever meant to take that out may do it again now."
            )
        else:
            sentence = (
                f"Another program took {what} out of “{title}”; u brings back what it "
                "took."
            )

            async def bring_back() -> None:
                await self._bring_back(overwritten)

            self._undo.push(bring_back, "What was taken out is back.")
        self._outbox.put(NoticeGiven(sentence, "warning"))

    async def _bring_back(self, overwritten: Overwritten) -> None:
        session = await self._sessions.load(overwritten.file)

        def with_them(now: Conversation) -> Conversation:
            for message in overwritten.messages:
                if now.find(message.id) is None:
                    now = now.with_message(message)
            return replace(now, active=None)

        await self._saving.change(session, with_them)
