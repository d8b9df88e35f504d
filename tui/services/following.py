"""Follows an answer that another process is streaming, through the files alone."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui.domain.message import Role
from tui.storage.journal_tail import find_dead_journal, find_journal
from tui.storage.stamp import identify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tui.domain.message import Message
    from tui.storage.journal_tail import JournalTail
    from tui.storage.library import Library

PERIOD = 0.1
"""Seconds between two looks: the journal grows about every 0.4 seconds."""


class Following:
    """One conversation whose last prompt is being answered elsewhere.

    Attributes:
        answer: The whole answer once it has ended, else None.
        model: The model that answers, when known.
    """

    def __init__(self, library: Library, file: str) -> None:
        """Make it without reading anything.

        Args:
            library: Where the conversation is.
            file: Its file's name.
        """
        self.answer: Message | None = None
        self.model = ""
        self._library = library
        self._file = file
        self._path = library.conversations / file

    def pieces(self, waiting: Callable[[int], None]) -> Iterator[str]:
        """Yield the answer's text as it comes; ends at once when none is under way.

        An answer is under way when somebody writes its journal, or when nothing has
        answered the last prompt yet: then the first sign of it is waited for.

        Args:
            waiting: Called with the seconds waited so far.

        Raises:
            StorageError: The conversation can't be read any more.
        """
        journal = self._wait_for_journal(waiting)
        if journal is None:
            if self.answer is not None:
                self.model = self.answer.model
                yield self.answer.content
            return
        self.model = journal.head.model
        told = 0
        with journal:
            while True:
                alive = journal.alive()
                # Read after looking: what was written last is not missed.
                text = journal.read()
                if text:
                    told += len(text)
                    yield text
                if not alive:
                    break
                time.sleep(PERIOD)
            whole = self._library.load(self._file).conversation
            self.answer = whole.find(journal.head.id) or journal.broken_off()
        rest = self.answer.content[told:]
        if rest:
            yield rest

    def _wait_for_journal(self, waiting: Callable[[int], None]) -> JournalTail | None:
        """Return the journal; None when nothing runs, or `answer` is whole already."""
        begun = time.monotonic()
        version = None
        asked: str | None = None
        while True:
            journal = find_journal(self._library.journal, self._file)
            if journal is not None:
                return journal
            now = identify(self._path)
            if now != version or version is None:
                version = now
                path = self._library.load(self._file).conversation.path
                last = path[-1] if path else None
                if last is None:
                    return None
                if last.role is Role.ASSISTANT:
                    if asked is not None:
                        self.answer = last
                    return None
                asked = last.id
                # Nobody goes on with it before the next start.
                dead = find_dead_journal(self._library.journal, self._file, asked)
                if dead is not None:
                    return dead
            waiting(int(time.monotonic() - begun))
            time.sleep(PERIOD)
