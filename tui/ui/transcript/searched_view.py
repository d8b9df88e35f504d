"""The searching half of the transcript: what is looked for, and which match is shown.

The text is read in slices of time between which the program lives on. The message with
the match that is shown has the focus: what a key does next, it does to that one.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from textual.message import Message

from tui.ui.once import call_once
from tui.ui.transcript.find import Finder, FindState
from tui.ui.transcript.navigation import reveal_line
from tui.ui.transcript.painted_view import PaintedView
from tui.ui.transcript.shown_texts import ShownTexts

if TYPE_CHECKING:
    from textual.timer import Timer

SEARCH_SLICE = 0.008
"""How long text is read at a time, in seconds: each typed letter begins with it."""

SEARCH_PAUSE = 0.004
"""Seconds between two of them."""


class SearchedView(PaintedView):
    """A painted view in which one text is searched for at a time."""

    @dataclass
    class FindChanged(Message, namespace="transcript"):
        """The search in the conversation has read on or moved.

        Attributes:
            state: What the find bar shows.
        """

        state: FindState

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002  # Textual's own name
        classes: str | None = None,
        background: bool = True,
    ) -> None:
        """Make an empty view.

        Args:
            name: Textual's name of the widget.
            id: Textual's id of the widget.
            classes: Textual's classes of the widget.
            background: False loads lexers where they are needed, for tests.
        """
        super().__init__(name=name, id=id, classes=classes, background=background)
        self._search_timer: Timer | None = None
        self._texts = ShownTexts()
        self._search_from: tuple[int, int] | None = None

    # Asking

    def find(self, query: str, entry_id: str | None = None) -> int:
        """Search, show the first match from here on, highlight all.

        Long conversations are read in slices; `FindChanged` tells the count.

        Args:
            query: The words; capitals in it make it mind the case. "" ends it.
            entry_id: The entry to begin at; None begins at the top of the screen.

        Returns:
            The matches counted so far.
        """
        reading = self.reading
        if not query or not reading.entries:
            self.clear_find()
            return 0
        if self.finder is not None and self.finder.query == query and not entry_id:
            return self.finder.state().count
        start, line = reading.top
        if entry_id is not None and reading.has(entry_id):
            start, line = reading.index(entry_id), 0
        elif self._search_from is not None:
            start, line = self._search_from
            start = min(start, len(reading.entries) - 1)
        self._search_from = (start, line)
        self.finder = Finder(reading, query, start, self._texts)
        self._search()
        return self.finder.state().count

    def find_next(self) -> bool:
        """Go to the next match; after the last comes the first."""
        return self._step(1)

    def find_previous(self) -> bool:
        """Go to the match before; before the first comes the last."""
        return self._step(-1)

    def clear_find(self) -> None:
        """End the search; the screen stays where it is."""
        self.end_search()
        self.refresh()

    @property
    def find_state(self) -> FindState | None:
        """What the find bar shows, or None when nothing is searched."""
        return self.finder.state() if self.finder is not None else None

    @property
    def busy(self) -> bool:
        """True while layout or a search goes on."""
        return super().busy or self._search_timer is not None

    # Searching

    def end_search(self) -> Finder | None:
        """Search for nothing any more.

        Returns:
            The search that went on, or None.
        """
        finder, self.finder = self.finder, None
        self._search_from = None
        if self._search_timer is not None:
            self._search_timer.stop()
            self._search_timer = None
        return finder

    def search_again(self, query: str, match: tuple[str, int] | None) -> None:
        """Search in entries that have replaced all others; the screen stays.

        Args:
            query: The words.
            match: The entry and the number of the match that was shown, or None.
        """
        reading = self.reading
        self.finder = Finder(reading, query, reading.top.entry, self._texts)
        if match is not None and reading.has(match[0]):
            self.finder.current = match
        self._search()

    def _search(self) -> None:
        self._search_timer = None
        finder = self.finder
        if finder is None:
            return
        complete = finder.search(monotonic() + SEARCH_SLICE)
        if finder.current is None and self._search_from is not None:
            self._show_match(finder.step(1, *self._search_from))
        if not complete:
            self._search_on()
        elif finder.only_in_source is not None and finder.state().only_in_source:
            # Nothing is found, but the key that shows the source helps here.
            self._show_match((self.reading.index(finder.only_in_source), 0))
        self._tell_search()
        self.show_place()

    def _search_on(self) -> None:
        """Search in a moment, in the next slice."""
        if self._search_timer is None:
            self._search_timer = call_once(self, SEARCH_PAUSE, self._search)

    def _step(self, direction: int) -> bool:
        if self.finder is None:
            return False
        place = self.finder.step(direction, *self.reading.top)
        if place is None:
            return False
        self._show_match(place)
        self._tell_search()
        self.show_place()
        return True

    def _show_match(self, place: tuple[int, int] | None) -> None:
        """Focus the entry of a match and bring its line onto the screen."""
        if place is not None:
            index, line = place
            memory = self.reading.memory
            memory.focused = self.reading.entries[index].id
            memory.focused_code = None
            reveal_line(self.reading, index, line)

    def _tell_search(self) -> None:
        if self.finder is not None:
            self.post_message(self.FindChanged(self.finder.state()))

    def _tell_count(self) -> None:
        """Tell the count after an entry was read; go on with one that takes longer."""
        self._tell_search()
        if self.finder is not None and not self.finder.complete:
            self._search_on()

    # What the entries tell

    def search_above(self, count: int) -> None:
        """Search in entries that came above all others, too.

        Args:
            count: How many.
        """
        if self.finder is not None:
            self.finder.take_above(count)
            if self._search_from is not None:
                at, line = self._search_from
                self._search_from = (at + count, line)
            self._search_on()

    def search_last(self) -> None:
        """Search in an entry that came at the end, too."""
        if self.finder is not None:
            self.finder.take_last()
            self._tell_count()

    def search_changed(self, entry_id: str) -> None:
        """Search in an entry again that has changed."""
        if self.finder is not None and self.reading.has(entry_id):
            self.finder.read_entry(self.reading.index(entry_id))
            self._tell_count()

    def forget_matches(self, index: int) -> None:
        """Forget the matches in an entry that is about to be taken out."""
        if self.finder is not None:
            self.finder.drop(index, self.reading.entries[index].id)
            self._tell_search()
