"""Edited messages: the new words stand beside the old ones. Lives on the engine's loop.

Nothing is written over: an edited prompt is a sibling that is asked anew, an edited
answer is a sibling that is sent from now on in place of the model's words.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.errors import UsageError
from tui.domain.message import Message, Role, Status
from tui.services.sessions import new_id

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tui.services.catalog import Catalog
    from tui.services.certain_server import CertainServer
    from tui.services.saving import Saving
    from tui.services.sending import Sending
    from tui.services.sessions import Sessions
    from tui.services.undo import UndoStack


class Revising:
    """Edits messages."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        certain: CertainServer,
        saving: Saving,
        sending: Sending,
        catalog: Catalog,
        undo: UndoStack,
        now: Callable[[], datetime],
    ) -> None:
        """Make it.

        Args:
            sessions: The open conversations.
            certain: Lets nothing go to a server that was not meant.
            saving: The writer of conversation files.
            sending: Asks for the answer to an edited prompt.
            catalog: The rows of the list.
            undo: Remembers what can be undone.
            now: The time of day, UTC.
        """
        self._sessions = sessions
        self._certain = certain
        self._saving = saving
        self._sending = sending
        self._catalog = catalog
        self._undo = undo
        self._now = now

    async def edit(self, file: str, message_id: str, text: str) -> None:
        """Put an edited message beside the old one; an edited prompt is asked anew.

        Args:
            file: The conversation.
            message_id: The message whose words were edited.
            text: The new words.

        Raises:
            UsageError: There are no words, no such message, or an answer still runs.
            StorageError: The file can't be written.
        """
        if not text.strip():
            raise UsageError("An edited message needs at least one word.")
        async with self._sessions.hold_idle(file) as session:
            old = session.message(message_id)
            if old.role is Role.USER:
                await self._certain.check(session.conversation.endpoint)
                session.check_room(text)
            shown = session.conversation.path[-1].id
            edited = self._edited(old, text)
            await self._saving.change(
                session,
                lambda now: replace(now.with_message(edited), active=None),
                chosen=edited.id,
            )
            if edited.role is Role.USER:
                self._sending.answer(session, edited.id)
        self._catalog.describe(file, session.conversation)

        async def show_old() -> None:
            async with self._sessions.hold_idle(file) as session:
                await self._saving.change(
                    session, lambda now: replace(now, active=shown), chosen=shown
                )

        self._undo.push(show_old, "The words from before are back; > shows the others.")

    def _edited(self, old: Message, text: str) -> Message:
        answer = old.role is Role.ASSISTANT
        return Message(
            id=new_id(),
            role=old.role,
            content=text,
            created=self._now(),
            parent=old.parent,
            model=old.model,
            status=Status.COMPLETE if answer else None,
            edited=answer,
        )
