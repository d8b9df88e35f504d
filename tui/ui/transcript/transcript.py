"""The transcript: one widget that draws lines, whatever the conversation holds.

It never has a widget for each message. What is visible is laid out, the rest has an
estimated height (`reading.Reading`); a strip is painted once and kept with its line.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING

from textual.message import Message

from tui.ui.once import call_once
from tui.ui.transcript import navigation
from tui.ui.transcript.memory import Memory
from tui.ui.transcript.searched_view import SearchedView
from tui.ui.transcript.targets import Target, targets_on_screen
from tui.ui.transcript.whole_views import WholeViews, may_be_whole

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from textual import events
    from textual.timer import Timer

    from tui.ui.transcript.entry import Entry
    from tui.ui.transcript.navigation import Landmark
    from tui.ui.transcript.view import EntryView

PAINTS_PER_SECOND = 25
"""How often a stream is painted; the status line adds its own to these."""

TYPING = 0.12
"""Seconds since the last letter within which the next one is near."""

ECHO = 0.012
"""Seconds that a letter takes to the screen, about."""


class Transcript(SearchedView, can_focus=True):
    """The messages of a conversation, as lines."""

    @dataclass
    class FormattingFailed(Message):
        """A message that was to be laid out whole stays plain.

        Attributes:
            error: Why.
        """

        error: Exception

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002  # Textual's own name
        classes: str | None = None,
        background: bool = True,
    ) -> None:
        """Make an empty transcript.

        Args:
            name: Textual's name of the widget.
            id: Textual's id of the widget.
            classes: Textual's classes of the widget.
            background: False loads lexers where they are needed, for tests.
        """
        super().__init__(name=name, id=id, classes=classes, background=background)
        self._memories: dict[str, Memory] = {}
        self._key = ""
        self._paint_timer: Timer | None = None
        self._painted_at = 0.0
        self._typed_at = 0.0
        self._changed: set[str] = set()
        self._whole_views = WholeViews(
            self._parser, self._highlighter, self._take_whole, self._stay_plain
        )

    # Content

    def show_entries(self, entries: Sequence[Entry], *, key: str) -> None:
        """Replace everything by the entries of a conversation.

        Args:
            entries: Oldest first.
            key: The conversation's handle. Position, folds and focus are kept for
                each key; the first time the end is shown.
        """
        if self._key:
            self._memories[self._key] = self.reading.remember()
        searched = self.end_search()
        match = searched.current if searched is not None and key == self._key else None
        self._key = key
        self.drop_selection()
        self.clear_labels()
        self._changed.clear()
        self.reading.show(entries, self._memories.get(key) or Memory())
        self.forget_new_lines()
        self.show_place()
        if searched is not None:
            self.search_again(searched.query, match)

    def append_entry(self, entry: Entry) -> None:
        """Add an entry at the end."""
        before = self.reading.heights.total
        self.reading.append(entry)
        self.search_last()
        self.count_new_lines(before)
        self.show_place()

    def prepend_entries(self, entries: Sequence[Entry]) -> None:
        """Add older entries above all others; the screen stays where it is."""
        self.first_number -= len(entries)
        self.reading.prepend(entries)
        self.search_above(len(entries))
        self.show_place()

    def replace_entry(self, entry: Entry) -> None:
        """Exchange the entry of the same id; unknown ids are ignored."""
        reading = self.reading
        if not reading.has(entry.id):
            return
        before = reading.heights.total
        index = reading.index(entry.id)
        reading.replace(entry)
        reading.measure(index)
        self.search_changed(entry.id)
        self.count_new_lines(before)
        self.show_place()

    def remove_entry(self, entry_id: str) -> None:
        """Take an entry out; unknown ids are ignored."""
        if self.reading.has(entry_id):
            self.forget_matches(self.reading.index(entry_id))
            self.reading.remove(entry_id)
            self.drop_selection()
            self.show_place()

    def extend_answer(self, entry_id: str, text: str = "", reasoning: str = "") -> None:
        """Take a delta of a streaming answer, painted 25 times a second at most.

        Args:
            entry_id: The entry; unknown and finished ones are ignored.
            text: More text.
            reasoning: More reasoning.
        """
        reading = self.reading
        if not reading.has(entry_id):
            return
        if not reading.entries[reading.index(entry_id)].streaming:
            # The final entry has come already, with all of its text.
            return
        reading.view(reading.index(entry_id)).extend(text, reasoning)
        self._changed.add(entry_id)
        self._schedule_paint()

    def finish_answer(self, entry: Entry) -> None:
        """Replace a streaming answer by its final entry."""
        self._changed.discard(entry.id)
        self.replace_entry(replace(entry, streaming=False))

    def source_of(self, entry_id: str) -> str:
        """Return the source text of an entry, with what has streamed in.

        Raises:
            KeyError: There is no such entry.
        """
        return self.reading.current(self.reading.index(entry_id)).text

    # Reading by keyboard

    @property
    def current_entry(self) -> str | None:
        """The focused message, or None."""
        focused = self.reading.memory.focused
        return focused if focused and self.reading.has(focused) else None

    def take_target(self) -> str | None:
        """Return the entry that a key is meant for: it has the focus from here on.

        Returns:
            The focused entry; what is seen when that was scrolled away; None at the
            end without a focus on the screen: there the last one is meant.
        """
        before = self.current_entry
        index = navigation.focus_seen(self.reading)
        if self.current_entry != before:
            self.refresh()
        return None if index is None else self.reading.entries[index].id

    def has_entry(self, entry_id: str) -> bool:
        """Return whether a message can be gone to."""
        return self.reading.has(entry_id)

    def focus_entry(self, entry_id: str | None) -> None:
        """Focus a message and bring it onto the screen; None focuses none."""
        reading = self.reading
        reading.memory.focused_code = None
        if entry_id is None or not reading.has(entry_id):
            reading.memory.focused = None
        else:
            reading.memory.focused = entry_id
            navigation.reveal(reading, reading.index(entry_id))
        self.show_place()

    def move_message(self, direction: int) -> bool:
        """Focus the next (1) or previous (-1) message.

        Returns:
            False when there is none in that direction.
        """
        self.reading.memory.focused_code = None
        moved = navigation.focus_message(self.reading, direction)
        self.show_place()
        return moved

    def jump_to_kind(self, landmark: Landmark, direction: int = 1) -> bool:
        """Go to the next (1) or previous (-1) block of code, prompt or failure.

        Returns:
            False when there is none in that direction.
        """
        found = navigation.jump(self.reading, landmark, direction)
        self.show_place()
        return found

    def toggle_fold(self) -> bool:
        """Fold or unfold what is focused: a block of code, the reasoning, the text.

        Without a focus it is the first message on the screen that can be folded.

        Returns:
            False when there is nothing to fold.
        """
        found = navigation.fold_at(self.reading)
        if found is None:
            return False
        index, part, is_open = found
        self.reading.set_open(index, part, not is_open)
        self.drop_selection()
        self.show_place()
        return True

    def toggle_all_folds(self) -> None:
        """Unfold everything, or fold everything that can be.

        What was last unfolded one by one, as a search does it, is folded.
        """
        reading = self.reading
        is_open = not reading.memory.all_open
        if is_open and reading.memory.folds:
            shown = navigation.visible_entries(reading)
            is_open = any(reading.measure(index).folds for index in shown)
        reading.set_all_open(is_open)
        self.drop_selection()
        self.show_place()

    def show_source(self, entry_id: str) -> None:
        """Show an entry's source, or its formatted text again."""
        reading = self.reading
        if reading.has(entry_id):
            index = reading.index(entry_id)
            reading.set_raw(index, entry_id not in reading.memory.raw)
            self.search_changed(entry_id)
            self.drop_selection()
            self.show_place()

    def toggle_formatted(self, entry_id: str) -> str:
        """Format what is shown plainly because it is big, or show it plainly again.

        Formatting takes its time in a thread; the plain text stays until it is done.

        Args:
            entry_id: The entry.

        Returns:
            A sentence when nothing can be done, or "".
        """
        reading = self.reading
        if not reading.has(entry_id):
            return "There is no message here."
        index = reading.index(entry_id)
        if entry_id in reading.memory.formatted:
            reading.show_plainly(index)
            self.drop_selection()
            self.show_place()
            return ""
        view = reading.measure(index)
        if view.entry.streaming:
            return "The answer is still growing; format it when it has ended."
        if not view.body.document.plain:
            return "" if not view.done else "Nothing of this message is shown plainly."
        if not may_be_whole(view.source):
            return "This message is too big to be formatted; it stays plain."
        reading.memory.formatted.add(entry_id)
        self.show_place()
        return ""

    def _format_visible(self) -> None:
        """Begin to lay out whole what is on the screen and wanted so."""
        reading = self.reading
        if not reading.memory.formatted or not self.is_attached:
            return
        for index in navigation.visible_entries(reading):
            if reading.wanted_whole(index):
                self._whole_views.ask(reading.entries[index], reading.text_width)

    def _take_whole(self, view: EntryView, width: int) -> None:
        if self.reading.take_whole(view, width):
            self.search_changed(view.entry.id)
            self.drop_selection()
        self.show_place()

    def _stay_plain(self, entry_id: str, error: Exception) -> None:
        self.reading.memory.formatted.discard(entry_id)
        self.post_message(self.FormattingFailed(error))

    def show_place(self, changed_from: int | None = None) -> None:
        """Lay out what is visible and paint it, or only what has changed."""
        super().show_place(changed_from)
        self._format_visible()

    # Targets: what can be copied or opened

    def blocks_on_screen(self) -> list[Target]:
        """Return the messages, blocks of code and links on the screen, labelled."""
        return targets_on_screen(self.reading)

    def show_labels(self) -> list[Target]:
        """Draw a letter beside everything that can be picked, and return it all."""
        targets = self.blocks_on_screen()
        self.labels = {}
        for target in targets:
            key = (target.entry_id, target.line)
            self.labels.setdefault(key, []).append(target)
        self.refresh()
        return targets

    def clear_labels(self) -> None:
        """Take the letters away."""
        if self.labels:
            self.labels = {}
            self.refresh()

    # Streaming

    def make_way(self) -> None:
        """Take notice that a letter was typed: it comes before what streams in."""
        self._typed_at = monotonic()
        if self._paint_timer is not None:
            self._paint_timer.stop()
            self._paint_timer = None
            self._schedule_paint()

    def _schedule_paint(self) -> None:
        if self._paint_timer is None and self.is_attached:
            now = monotonic()
            due = max(now, self._painted_at + 1 / PAINTS_PER_SECOND)
            # Right behind a letter's echo no other letter waits, at any other time
            # while somebody types one soon may.
            if due < self._typed_at + TYPING:
                echoed = self._typed_at + ECHO
                later = echoed if due <= echoed else self._typed_at + TYPING
                # However fast the letters come, the stream is not held up for good.
                due = min(later, max(due, self._painted_at + TYPING))
            self._paint_timer = call_once(
                self, max(0.001, due - now), self._paint_stream
            )

    def _paint_stream(self) -> None:
        self._paint_timer = None
        reading = self.reading
        changed, self._changed = self._changed, set()
        if not reading.width:
            return
        started = monotonic()
        before = reading.heights.total
        changed_from = before
        for entry_id in changed:
            if reading.has(entry_id):
                index = reading.index(entry_id)
                settled = reading.view(index).settled
                reading.measure(index)
                changed_from = min(
                    changed_from, reading.heights.before(index) + settled
                )
                self.search_changed(entry_id)
        self.count_new_lines(before)
        self.show_place(changed_from)
        # A tail that is dear to parse is parsed less often: a fifth of the time.
        ended = monotonic()
        self._painted_at = ended + 4 * max(0.0, ended - started - 0.01)

    @property
    def painted_soon(self) -> Collection[str]:
        """Entries that have grown and wait for the next paint."""
        return self._changed

    @property
    def busy(self) -> bool:
        """True while layout, painting or a search goes on."""
        return super().busy or self._whole_views.busy or self._paint_timer is not None

    def on_click(self, event: events.Click) -> None:
        """Unfold what is folded under the mouse."""
        reading = self.reading
        number = self.scroll_offset.y + event.y
        if not reading.entries or number >= reading.heights.total:
            return
        index, first = reading.heights.find(number)
        view = reading.measure(index)
        if number - first >= view.height:
            return
        part = view.line(number - first).fold
        if part:
            reading.set_open(index, part, not reading.is_open(index, part))
            self.show_place()
