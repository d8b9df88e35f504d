"""Entries that are laid out whole, in a thread, when somebody asks for it."""

from __future__ import annotations

import asyncio
import threading
from contextvars import Context, copy_context
from typing import TYPE_CHECKING

from tui.ui.transcript.blocks import Page
from tui.ui.transcript.view import EntryView

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.ui.transcript.entry import Entry
    from tui.ui.transcript.highlighting import Highlighter
    from tui.ui.transcript.parser import Parser


MOST = 4_000_000
"""Characters of the longest text that is formatted."""

MOST_BRACKETS = 50_000
"""Opening brackets; the time to look for links grows with their square (measured)."""


def may_be_whole(text: str) -> bool:
    """Return whether formatting a text comes to an end in some seconds."""
    return len(text) <= MOST and text.count("[") <= MOST_BRACKETS


class WholeViews:
    """Makes views without a limit to their blocks, one after the other.

    Args:
        parser: Reads Markdown.
        highlighter: Colours code.
        ready: Called on the loop with each view and its width, in cells.
        failed: Called on the loop with the id of an entry that could not be laid out,
            and the reason.
    """

    def __init__(
        self,
        parser: Parser,
        highlighter: Highlighter,
        ready: Callable[[EntryView, int], None],
        failed: Callable[[str, Exception], None],
    ) -> None:
        self._parser = parser
        self._highlighter = highlighter
        self._ready = ready
        self._failed = failed
        self._asked: set[tuple[str, int]] = set()
        self._turn = threading.Lock()

    @property
    def busy(self) -> bool:
        """True while a view is being made."""
        return bool(self._asked)

    def ask(self, entry: Entry, width: int) -> None:
        """Begin to make a view; asking twice makes one."""
        key = (entry.id, width)
        if key in self._asked:
            return
        self._asked.add(key)
        # Timers that `ready` sets need to know the app, which a thread does not.
        back = (asyncio.get_running_loop(), copy_context())
        threading.Thread(
            target=self._make, args=(entry, width, *back), name="whole", daemon=True
        ).start()

    def _make(
        self,
        entry: Entry,
        width: int,
        loop: asyncio.AbstractEventLoop,
        context: Context,
    ) -> None:
        made: EntryView | Exception
        try:
            with self._turn:
                made = EntryView(entry, self._parser, whole=True)
                made.lay_out(Page(width, self._highlighter), float("inf"))
        except Exception as error:  # noqa: BLE001 - told on the loop, whatever it is
            made = error
        if not loop.is_closed():
            loop.call_soon_threadsafe(
                self._made, (entry.id, width), made, context=context
            )

    def _made(self, key: tuple[str, int], made: EntryView | Exception) -> None:
        self._asked.discard(key)
        if isinstance(made, EntryView):
            self._ready(made, key[1])
        else:
            self._failed(key[0], made)
