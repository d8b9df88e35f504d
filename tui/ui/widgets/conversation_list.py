"""The list of conversations: one widget that paints only the lines on the screen.

Title and filter stay at the top, the totals at the bottom; what is between scrolls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from tui.services.events import Activity
from tui.ui.typed_text import types_text
from tui.ui.widgets.list_surface import HEAD, ListSurface

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from textual import events

    from tui.domain.summary import Summary


class ConversationList(ListSurface, can_focus=True):
    """Conversations, newest first, grouped by day, pinned ones on top.

    Args:
        clock: Tells the present moment (aware); decides where a day begins.
        id: The widget's id.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Next", show=False, id="list.down"),
        Binding("up,k", "move(-1)", "Previous", show=False, id="list.up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="list.pagedown"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="list.pageup"),
        Binding("home,g", "first", "First", show=False, id="list.first"),
        Binding("end,G", "last", "Last", show=False, id="list.last"),
        Binding("enter", "choose", "Open", show=False, id="list.open"),
        Binding("slash", "start_filter", "Filter", show=False, id="list.filter"),
    ]

    @dataclass
    class FilterTurned(Message):
        """Typed letters began, or ceased, to narrow the list."""

        is_open: bool

    @dataclass
    class Chosen(Message):
        """The user wants to open a conversation."""

        file: str

    # ------------------------------------------------------------ what is in it

    def show_summaries(
        self, summaries: Sequence[Summary], now: datetime | None = None
    ) -> None:
        """Take the whole list.

        Args:
            summaries: All conversations; cheapest when they come newest first.
            now: The present moment (aware), or None to ask the clock.
        """
        self._rows.replace(summaries, now or self._clock())
        self._listed = True
        self._activities = {
            file: activity
            for file, activity in self._activities.items()
            if file in self._rows
        }
        self._changed()
        if self.has_focus:
            self._highlight_something()

    def add_summaries(self, summaries: Sequence[Summary]) -> None:
        """Take more of the list; cheapest when they are older than what is there."""
        self._listed = True
        self._rows.extend(summaries)
        self._changed()

    def put_summary(self, summary: Summary) -> None:
        """Add a conversation or repaint its row."""
        follow = self._cursor_on_screen
        self._listed = True
        self._rows.put(summary)
        self._changed(follow=follow)

    def remove_summary(self, file: str) -> None:
        """Take a conversation out; the cursor goes to a neighbour."""
        follow = self._cursor_on_screen
        if self._highlighted == file:
            self._highlighted = self.neighbours(file, 1) or self.neighbours(file, -1)
        if self._shown == file:
            self._shown = None
        self._rows.remove(file)
        self._activities.pop(file, None)
        self._changed(follow=follow)

    def put_activity(self, file: str, activity: Activity) -> None:
        """Change the marks of a conversation. It may be listed later."""
        if activity == Activity():
            self._activities.pop(file, None)
        else:
            self._activities[file] = activity
        self.refresh()

    def mark_shown(self, file: str | None) -> None:
        """Put the accent bar on the open conversation.

        The cursor goes there when another one was open before, and stays where the
        user moved it when the same one is told again.
        """
        if file == self._shown:
            return
        self._shown = file
        if file is not None:
            self._highlight(file)
        self.refresh()

    @property
    def shown(self) -> str | None:
        """The open conversation."""
        return self._shown

    @property
    def count(self) -> int:
        """How many conversations are listed now, the filter applied."""
        return len(self._rows)

    # ------------------------------------------------------------ the cursor

    @property
    def highlighted(self) -> str | None:
        """The conversation under the cursor, or None when none is listed."""
        return self._highlighted

    def move(self, step: int) -> None:
        """Move the cursor by rows and stop at the ends."""
        if not len(self._rows):
            return
        at = self._rows.index_of(self._highlighted)
        target = 0 if at is None else at + step
        self._highlight_index(max(0, min(len(self._rows) - 1, target)))

    def neighbours(self, file: str, step: int) -> str | None:
        """Return the conversation `step` rows below (above when negative).

        None at the end of the list, or when the file is not listed.
        """
        at = self._rows.index_of(file)
        if at is None or not 0 <= at + step < len(self._rows):
            return None
        return self._rows.at(at + step).file

    def next_unread(self) -> str | None:
        """Return the next conversation with unread answers below the open one.

        The search goes on from the top; None when nothing is unread.
        """
        here = self._rows.index_of(self._shown)
        start = -1 if here is None else here
        places = [
            at
            for file, activity in self._activities.items()
            if activity.unread and (at := self._rows.index_of(file)) is not None
        ]
        if not places:
            return None
        return self._rows.at(min(places, key=lambda at: (at <= start, at))).file

    # ------------------------------------------------------------ the filter

    def filter(self, text: str) -> int:
        """Narrow by title: all words, any order and case; return how many match."""
        if text != self._filter.text:
            self._filter.clear()
            self._filter.insert(text)
        return self._apply_filter()

    @property
    def filtering(self) -> bool:
        """True while typed letters go into the filter."""
        return self._filter.open

    def _apply_filter(self) -> int:
        count = self._rows.filter(self._filter.text)
        self._changed()
        if count and self._rows.index_of(self._highlighted) is None:
            self._highlight_index(0)
        return count

    def _end_filter(self) -> None:
        self._filter.open = False
        self.post_message(self.FilterTurned(is_open=False))
        self._filter.clear()
        self._apply_filter()
        self._show_cursor_line()

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Tell the footer which keys go into the filter."""
        return self._filter.open and character is not None and character.isprintable()

    def on_key(self, event: events.Key) -> None:
        """Type into the filter while it is open."""
        if event.key == "escape" and (self._filter.open or self._filter.text):
            self._end_filter()
        elif not self._filter.open:
            return
        elif event.key == "enter":
            self.action_choose()
        elif types_text(event) and event.character and "+" not in event.key[:-1]:
            self._filter.insert(event.character)
            self._apply_filter()
        elif self._filter.press(event.key):
            self._apply_filter()
        else:
            return
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """Paste into the filter while it is open."""
        if self._filter.open:
            self._filter.insert(event.text.strip())
            self._apply_filter()
            event.stop()

    # ------------------------------------------------------------ actions

    def action_move(self, step: int) -> None:
        """Move the cursor."""
        self.move(step)

    def action_page(self, direction: int) -> None:
        """Move the cursor by one screen."""
        self.move(direction * max(1, self._room - 1))

    def action_first(self) -> None:
        """Go to the newest conversation."""
        self.move(-len(self._rows))

    def action_last(self) -> None:
        """Go to the oldest conversation."""
        self.move(len(self._rows))

    def action_choose(self) -> None:
        """Open the conversation under the cursor; the filter has done its work."""
        file = self._highlighted
        if file is None or self._rows.index_of(file) is None:
            return
        if self._filter.open or self._filter.text:
            self._end_filter()
        self.post_message(self.Chosen(file))

    def action_start_filter(self) -> None:
        """Let typed letters narrow the list."""
        self._filter.open = True
        self.post_message(self.FilterTurned(is_open=True))
        self.refresh()

    # ------------------------------------------------------------ Textual's side

    def on_focus(self) -> None:
        """Show the cursor; the night may have passed asleep."""
        self._see_the_date()
        self._highlight_something()
        self.refresh()

    def on_blur(self) -> None:
        """Leave the filter; what it shows stays."""
        self._filter.open = False
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Open the clicked conversation."""
        if event.y == HEAD - 1:
            self.action_start_filter()
        elif (file := self._file_at(event.y)) is not None:
            self._highlight(file)
            self.action_choose()

    def _highlight(self, file: str) -> None:
        if file == self._highlighted:
            self._show_cursor_line()
            return
        self._highlighted = file
        self._show_cursor_line()
        self.refresh()

    def _highlight_something(self) -> None:
        if self._rows.index_of(self._highlighted) is None and len(self._rows):
            self._highlight_index(self._rows.index_of(self._shown) or 0)

    def _highlight_index(self, index: int) -> None:
        self._highlight(self._rows.at(index).file)
