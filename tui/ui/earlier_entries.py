"""Lays out the messages above those that are shown, made in a thread.

They come in one piece when a long conversation is laid out, or one piece after the
other while it is still being read. Each is put above the one that came before it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.ui.entries import sibling_place
from tui.ui.live_answers import path_under

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from tui.domain.conversation import Conversation
    from tui.domain.message import Message
    from tui.domain.turn import Turn
    from tui.ui.entries import EntryMaker
    from tui.ui.transcript import Entry, Transcript


class EarlierEntries:
    """What is put above the entries of one layout.

    Attributes:
        top: The id of the topmost message that is shown or is being laid out.
    """

    def __init__(self, transcript: Transcript, maker: EntryMaker) -> None:
        """Make it.

        Args:
            transcript: Shows the messages.
            maker: Makes the entries.
        """
        self.top = ""
        self._tops: list[str] = []
        self._transcript = transcript
        self._maker = maker
        self._layout = 0
        self._order = asyncio.Lock()

    def begin(self, top: str) -> None:
        """Forget what is on its way: the conversation was laid out anew.

        Args:
            top: The id of its topmost message, or "".
        """
        self._layout += 1
        self.top = top
        self._tops = [top]

    async def _put(
        self,
        layout: int,
        conversation: Conversation,
        messages: Sequence[Message],
        head: Sequence[Entry],
    ) -> None:
        async with self._order:
            if layout != self._layout:
                return
            made = await asyncio.to_thread(self._maker.path, conversation, messages)
            if layout == self._layout and (head or made):
                self._transcript.prepend_entries([*head, *made])

    def add(
        self,
        conversation: Conversation,
        messages: Sequence[Message],
        head: Sequence[Entry] = (),
    ) -> Coroutine[object, object, None]:
        """Return the work that puts messages above all others.

        Args:
            conversation: Knows their siblings.
            messages: The next ones of the path, in its order.
            head: What stands above them.
        """
        if messages:
            self.top = messages[0].id
            self._tops.append(self.top)
        return self._put(self._layout, conversation, messages, head)

    async def is_all(
        self,
        whole: Conversation,
        known: Conversation | None,
        ids: frozenset[str],
        turn: Turn | None,
    ) -> bool:
        """Wait for what is on its way; return whether it made a conversation whole.

        Args:
            whole: The conversation.
            known: What was known of it at last.
            ids: The messages that are shown then, a running answer included.
            turn: The running answer.
        """

        def compare() -> bool:
            if known is None or known.messages != whole.messages:
                return False
            path = {message.id for message in path_under(whole.path, turn)}
            if turn is not None:
                path.add(turn.message_id)
            return path == ids

        async with self._order:
            return await asyncio.to_thread(compare)

    def end(self, whole: Conversation, head: Sequence[Entry]) -> None:
        """Put what stands above the first message, and count the siblings again.

        The siblings of a piece's topmost message may be above that piece.
        """
        for message_id in self._tops:
            message = whole.find(message_id)
            if message is not None:
                place = sibling_place(whole, message)
                if place != (1, 1):
                    entry = self._maker.entry(message, place)
                    self._transcript.replace_entry(entry)
        if head:
            self._transcript.prepend_entries(head)
