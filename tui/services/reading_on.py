"""Reads what is above the end of a conversation that was just opened.

The end is on the screen by then. What is above it comes slice by slice, from below
upward, so that scrolling up never waits for the whole file; the file can be written
to in other ways than by adding to it once all of it has been read. Lives on the
engine's loop.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.errors import StorageError
from tui.services import own_path
from tui.services.engine import Disk
from tui.services.events import ConversationUnreadable, EarlierLoaded
from tui.storage.conversation_end import LoadedEnd

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.domain.message import Message
    from tui.services.outbox import Outbox
    from tui.services.session import Session
    from tui.storage.earlier_messages import EarlierMessages
    from tui.storage.library import Library

MESSAGES_AT_FIRST = 100
"""Messages of the end: more than a screen shows."""

REST = 0.1
"""Seconds before reading on: the end is being laid out and painted first."""

LARGEST_SLICE = 4_000
"""Messages of one slice. Each one is twice as large as the one before, up to this:
what a slice costs the screen grows with what it shows already."""

log = logging.getLogger(__name__)


class ReadingOn:
    """Completes conversations of which the end is known."""

    def __init__(
        self,
        library: Library,
        *,
        disk: Disk,
        outbox: Outbox,
        lost: Callable[[Session], None],
    ) -> None:
        """Make it idle.

        Args:
            library: The files.
            disk: The thread that does the file work that can't be done beside it.
            outbox: Who is told.
            lost: Called with a conversation that can't be read.
        """
        self._library = library
        self._disk = disk
        self._reading = Disk("reading")
        self._outbox = outbox
        self._lost = lost

    def begin(self, session: Session) -> None:
        """Begin to read; returns at once."""
        session.reading = asyncio.create_task(self._complete(session))

    async def wait(self, session: Session) -> bool:
        """Wait until a conversation is complete; False when it can't be read."""
        if session.reading is not None and session.partial:
            session.awaited += 1
            try:
                await asyncio.wait([session.reading])
            finally:
                session.awaited -= 1
        return not session.partial

    def close(self) -> None:
        """Take no more work."""
        self._reading.close()

    async def _complete(self, session: Session) -> None:
        try:
            await asyncio.sleep(REST)
            await self._read(session)
        except StorageError as error:
            self._lost(session)
            self._outbox.put(ConversationUnreadable(session.file, error.sentence))
        except Exception as error:  # a failing worker must not fail in silence
            log.exception("a conversation could not be read to its beginning")
            self._lost(session)
            sentence = f"Its beginning can't be read ({type(error).__name__})."
            self._outbox.put(ConversationUnreadable(session.file, sentence))

    async def _read(self, session: Session) -> None:
        end = session.loaded
        if not isinstance(end, LoadedEnd):
            return
        earlier = self._library.earlier(end)
        path = end.conversation.path
        below, wanted = path[0].id, path[0].parent
        read: tuple[Message, ...] = ()
        count = MESSAGES_AT_FIRST
        while session.partial:
            count = min(2 * count, LARGEST_SLICE)
            slice_ = await self._reading.run(earlier.read_slice, count)
            if not slice_:
                break
            read = (*slice_, *read)
            shown = _on_path(slice_, wanted)
            now = session.conversation
            whole = replace(now, messages=(*read, *now.messages))
            self._outbox.put(EarlierLoaded(session.file, whole, shown, below))
            if shown:
                below, wanted = shown[0].id, shown[0].parent
        if session.partial:
            await self._finish(session, earlier)
        self._outbox.put(
            EarlierLoaded(
                session.file,
                session.conversation,
                complete=True,
                problems=session.loaded.problems,
                read_only=session.loaded.read_only,
            )
        )

    async def _finish(self, session: Session, earlier: EarlierMessages) -> None:
        """Put together what was read and what was appended meanwhile."""
        try:
            whole = await self._reading.run(earlier.finish)
        except StorageError:
            # It may have been half-written: loading looks again, and tells.
            whole = None
        async with session.saving:
            end = session.loaded
            if not isinstance(end, LoadedEnd):
                return
            joined = end.under(whole, changed=earlier.changed) if whole else None
            if joined is None:
                joined = await self._disk.run(self._library.load, session.file)
            session.loaded = joined
            own_path.take(session, joined.conversation, self._outbox)


def _on_path(slice_: Sequence[Message], wanted: str | None) -> tuple[Message, ...]:
    """Return the messages of a slice that lead to the one below it.

    Args:
        slice_: In the order of the file.
        wanted: The parent of the topmost message of the path so far.
    """
    found: list[Message] = []
    for message in reversed(slice_):
        if message.id == wanted:
            found.append(message)
            wanted = message.parent
    return tuple(reversed(found))
