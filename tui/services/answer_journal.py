"""Puts a growing answer on disk piece by piece: a crash loses a second at most."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from tui.domain.errors import FortytwoError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.domain.message import Message
    from tui.services.engine import Disk
    from tui.storage.journal import Journal
    from tui.storage.library import Library

JOURNAL_PERIOD = 0.4
"""Seconds between two writes of a growing answer: at most a second may be lost."""

log = logging.getLogger(__name__)


class AnswerJournal:
    """The journal of one answer. Lives on the engine's loop; never raises."""

    def __init__(
        self,
        library: Library,
        file: str,
        disk: Disk,
        *,
        head: Callable[[], Message],
        kept: Callable[[str], None],
    ) -> None:
        """Make it; nothing is written before the first text.

        Args:
            library: Where the journals lie.
            file: The conversation's file name.
            disk: The thread that writes it.
            head: Tells what is known of the answer when its first text came.
            kept: Called with "" when text has reached the disk, and with a sentence
                when it could not.
        """
        self._library = library
        self._file = file
        self._disk = disk
        self._head = head
        self._kept = kept
        self._trouble = ""
        self._unwritten: list[tuple[str, str]] = []
        self._journal: Journal | None = None
        self._writing = asyncio.Lock()
        self._last: asyncio.Task[None] | None = None

    def add(self, text: str, reasoning: str) -> None:
        """Take a piece that has arrived."""
        self._unwritten.append((text, reasoning))

    async def keep_writing(self) -> None:
        """Write what has arrived, again and again, until cancelled."""
        while True:
            await asyncio.sleep(JOURNAL_PERIOD)
            await self.write()

    async def write(self) -> None:
        """Put what has arrived since the last time on disk.

        A journal that can't be written must not end the answer: its text is still in
        memory, and the ending is saved by the ordinary road, which reports trouble.
        """
        # Who is cancelled while the disk is slow must not take the text along.
        self._last = asyncio.create_task(self._write())
        await asyncio.shield(self._last)

    async def _write(self) -> None:
        async with self._writing:
            await self._write_pieces()

    async def _write_pieces(self) -> None:
        if not self._unwritten:
            return
        unwritten, self._unwritten = self._unwritten, []
        text = "".join(text for text, _ in unwritten)
        reasoning = "".join(reasoning for _, reasoning in unwritten)
        try:
            if self._journal is None:
                self._journal = await self._disk.run(
                    self._library.begin_journal, self._file, self._head()
                )
            journal = self._journal

            def write() -> None:
                journal.add(text, reasoning)
                journal.flush()

            await self._disk.run(write)
        except Exception as error:  # the ending is still saved by its ordinary road
            log.warning("the journal of an answer can't be written", exc_info=True)
            if self._journal is None:
                # A journal that is there keeps what it could not write by itself.
                self._unwritten = [(text, reasoning), *self._unwritten]
            self._say_kept(
                error.sentence
                if isinstance(error, FortytwoError)
                else f"Not saved: {type(error).__name__} (journal)."
            )
        else:
            self._say_kept("")

    async def discard(self) -> None:
        """Remove it: the message is in its file."""
        journal, self._journal = self._journal, None
        if journal is not None:
            await self._disk.run(journal.close, remove=True)

    def _say_kept(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            self._kept(trouble)
