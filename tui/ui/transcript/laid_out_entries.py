"""Entries, their views, their heights and their folds; nothing about a screen.

An entry is laid out when somebody asks for its lines; all others have an estimated
height.
"""

from __future__ import annotations

from collections import OrderedDict
from time import monotonic
from typing import TYPE_CHECKING

from tui.ui.transcript.blocks import Page
from tui.ui.transcript.entry import Entry, EntryKind
from tui.ui.transcript.memory import Memory, Part
from tui.ui.transcript.prefix_sums import PrefixSums
from tui.ui.transcript.view import (
    FOLDED_SYSTEM_LINES,
    INDENT,
    LONG_PROMPT,
    LONG_SYSTEM_PROMPT,
    MARGIN,
    EntryView,
)

if TYPE_CHECKING:
    from tui.ui.transcript.highlighting import Highlighter
    from tui.ui.transcript.parser import Parser
    from tui.ui.transcript.readable import Readable

MEASURE = 100
"""The widest text, in cells: a readable measure."""

SLICE = 0.012
"""The most that one act may lay out at once, in seconds."""


class LaidOutEntries:
    """Entries in order, laid out one by one when they are needed.

    Args:
        parser: Reads Markdown.
        highlighter: Colours code.

    Attributes:
        entries: All of them; a streaming one holds the text it began with.
        heights: The height of each, in lines, estimated or true.
        views: Those that are laid out, by id, the one used last at the end.
        width: The width of the screen, in cells.
        memory: Folds and focus of the conversation shown.
        plain_hint: How to format what is shown plainly, in a few words.
    """

    def __init__(self, parser: Parser, highlighter: Highlighter) -> None:
        self._parser = parser
        self._highlighter = highlighter
        self.entries: list[Entry] = []
        self._order: dict[str, int] | None = None
        self.heights = PrefixSums()
        self.views: OrderedDict[str, EntryView] = OrderedDict()
        self.width = 0
        self.memory = Memory()
        self.plain_hint = ""

    @property
    def text_width(self) -> int:
        """The measure of the text, in cells."""
        return max(8, min(MEASURE, self.width - MARGIN - INDENT - 1))

    # Entries

    def index(self, entry_id: str) -> int:
        """Return where an entry stands.

        Raises:
            KeyError: There is none with that id.
        """
        if self._order is None:
            self._order = {entry.id: at for at, entry in enumerate(self.entries)}
        return self._order[entry_id]

    def has(self, entry_id: str) -> bool:
        """Return whether there is an entry with that id."""
        try:
            self.index(entry_id)
        except KeyError:
            return False
        return True

    def current(self, index: int) -> Entry:
        """Return an entry with everything that has streamed in."""
        entry = self.entries[index]
        view = self.views.get(entry.id)
        return view.current() if view is not None and entry.streaming else entry

    # Heights

    def measure_all(self) -> None:
        """Take all heights again: the true ones, and estimates for the rest."""
        values: list[int] = []
        for entry in self.entries:
            view = self.views.get(entry.id)
            values.append(self.estimate(entry) if view is None else view.height)
        self.heights = PrefixSums(values)

    def estimate_all(self) -> None:
        """Estimate the heights of all entries."""
        # Written for speed: this is all that opening costs for each entry.
        width = max(8, self.text_width * 3 // 4)
        values = [3 + len(entry.text) // width for entry in self.entries]
        answer = EntryKind.ASSISTANT
        for index, entry in enumerate(self.entries):
            if entry.kind is not answer and values[index] > LONG_SYSTEM_PROMPT:
                values[index] = self.estimate(entry)
        self.heights = PrefixSums(values)

    def estimate(self, entry: Entry) -> int:
        """Return about how many lines an entry takes."""
        rows = 3 + len(entry.text) // max(8, self.text_width * 3 // 4)
        if rows > LONG_SYSTEM_PROMPT and not self._is_open(entry, "text", rows):
            rows = FOLDED_SYSTEM_LINES + 3
        return rows

    # Folds

    def _is_open(self, entry: Entry, part: str, rows: int) -> bool:
        """Return whether a part of an entry is unfolded."""
        memory = self.memory
        if memory.folds and (entry.id, part) in memory.folds:
            return memory.folds[entry.id, part]
        if part == "reasoning":
            return bool(memory.all_open)
        if entry.kind is EntryKind.ASSISTANT or entry.kind is EntryKind.NOTE:
            return True
        if memory.all_open is not None:
            return memory.all_open
        system = entry.kind is EntryKind.SYSTEM
        return rows <= (LONG_SYSTEM_PROMPT if system else LONG_PROMPT)

    def is_open(self, index: int, part: str) -> bool:
        """Return whether a part of an entry is unfolded now."""
        view = self.measure(index)
        if part == "reasoning":
            return view.reasoning_open
        if part.startswith("code:"):
            return int(part[5:]) not in view.body.hidden_codes()
        return not view.folded

    def set_open(self, index: int, part: str, is_open: bool) -> None:
        """Fold or unfold a part of an entry."""
        entry = self.entries[index]
        self.memory.folds[entry.id, part] = is_open
        view = self.views.get(entry.id)
        if view is not None and view.whole and part.startswith("code:"):
            # Its other blocks take long to be laid out: again in a thread, plain
            # meanwhile.
            del self.views[entry.id]
            view = self.view(index)
        if view is not None:
            self._apply_folds(entry, view)
            self.measure(index)

    def set_all_open(self, is_open: bool) -> None:
        """Fold or unfold everything that can be."""
        self.memory.folds.clear()
        self.memory.all_open = is_open
        for entry_id, view in self.views.items():
            self._apply_folds(self.entries[self.index(entry_id)], view)
        self.measure_all()
        for entry_id in list(self.views):
            self.measure(self.index(entry_id))

    def _apply_folds(self, entry: Entry, view: EntryView) -> None:
        view.reasoning_open = self._is_open(entry, "reasoning", 0)
        view.text_open = self._is_open(entry, "text", len(view.body))
        self._fold_code(entry, view)
        view.fold_changed()

    def _fold_code(self, entry: Entry, view: EntryView) -> None:
        memory = self.memory
        folds = {
            int(part[5:]): not is_open
            for (entry_id, part), is_open in memory.folds.items()
            if entry_id == entry.id and part.startswith("code:")
        }
        view.body.set_code_folds(folds, long=memory.all_open is False)

    # Views

    def wanted_whole(self, index: int) -> bool:
        """Return whether an entry is to be laid out whole and is not yet."""
        entry = self.entries[index]
        if entry.id not in self.memory.formatted or entry.id in self.memory.raw:
            return False
        view = self.views.get(entry.id)
        return not entry.streaming and (view is None or not view.whole)

    def take_whole(self, view: EntryView, width: int) -> bool:
        """Take a view that was laid out whole; False when it is out of date.

        Args:
            view: The view.
            width: The measure that it was laid out for, in cells.
        """
        entry = view.entry
        if width != self.text_width or not self.has(entry.id):
            return False
        index = self.index(entry.id)
        if self.entries[index] is not entry or not self.wanted_whole(index):
            return False
        self.views[entry.id] = view
        self._apply_folds(entry, view)
        self.measure(index)
        return True

    def show_plainly(self, index: int) -> None:
        """Show what is very big plainly again."""
        entry_id = self.entries[index].id
        self.memory.formatted.discard(entry_id)
        self.views.pop(entry_id, None)
        self.measure(index)

    def set_raw(self, index: int, raw: bool) -> None:
        """Show an entry's source, or its formatted text again."""
        # A view is what holds the text that has streamed in.
        entry = self.entries[index] = self.current(index)
        if raw:
            self.memory.raw.add(entry.id)
        else:
            self.memory.raw.discard(entry.id)
        self.views.pop(entry.id, None)
        self.measure(index)

    def document(self, entry: Entry, part: Part) -> Readable:
        """Return the reasoning or the text of an entry, to be read from the start."""
        from tui.ui.transcript.documents import document_of, reasoning_of

        if part is Part.REASONING:
            return reasoning_of(entry.reasoning, self._parser, ended=True)
        raw = entry.id in self.memory.raw
        return document_of(entry, self._parser, raw=raw, whole=False)

    def view(self, index: int) -> EntryView:
        """Return the view of an entry, made when it is not there."""
        entry = self.entries[index]
        view = self.views.get(entry.id)
        if view is None:
            view = EntryView(entry, self._parser, raw=entry.id in self.memory.raw)
            view.plain_hint = self.plain_hint
            view.text_open = True
            view.reasoning_open = self._is_open(entry, "reasoning", 0)
            self._fold_code(entry, view)
            self.views[entry.id] = view
        else:
            self.views.move_to_end(entry.id)
        return view

    def measure(self, index: int, until: float | None = None) -> EntryView:
        """Lay an entry out as far as time allows, and take its height."""
        view = self.view(index)
        fresh = view.height <= 1
        page = Page(self.text_width, self._highlighter)
        view.lay_out(page, monotonic() + SLICE if until is None else until)
        if fresh or not view.done:
            view.text_open = self._is_open(view.entry, "text", len(view.body))
        self.heights.set(index, view.height)
        return view
