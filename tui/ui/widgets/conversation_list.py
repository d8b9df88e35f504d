"""The list of conversations: one widget that paints only the lines on the screen.

Title and filter stay at the top, the totals at the bottom; what is between scrolls.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView

from tui.ui.text import foreign_line
from tui.ui.widgets.filter_line import FilterLine
from tui.ui.widgets.list_marks import MarkKind, totals_of, words_of
from tui.ui.widgets.list_painting import (
    ListStyles,
    RowState,
    paint_filter,
    paint_hint,
    paint_label,
    paint_pair,
    paint_row,
)
from tui.ui.widgets.list_rows import ListRows
from tui.ui.widgets.status_text import totals_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events
    from textual.strip import Strip
    from textual.timer import Timer

    from tui.domain.summary import Summary
    from tui.services.events import Activity

HEAD = 2
"""Lines above the rows: the title and the filter."""

FOOT = 1
"""Lines below the rows: the totals."""

EMPTY_HINT = ("No conversations yet.", "Type below, then Enter.")
NO_MATCH_HINT = ("No title matches.", "esc clears the filter")


def local_now() -> datetime:
    """Return the present moment in the computer's time zone."""
    return datetime.now(UTC).astimezone()


class ConversationList(ScrollView, can_focus=True):
    """Conversations, newest first, grouped by day, pinned ones on top.

    Args:
        clock: Tells the present moment (aware); decides where a day begins.
        id: The widget's id.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "conversation-list--title",
        "conversation-list--muted",
        "conversation-list--bar",
        "conversation-list--shown",
        "conversation-list--cursor",
        "conversation-list--caret",
        *(f"conversation-list--{kind}" for kind in MarkKind),
    }
    DEFAULT_CSS = """
    ConversationList {
        background: $surface;
        color: $foreground;
        overflow-x: hidden;
        scrollbar-size-vertical: 0;
        .conversation-list--title { text-style: bold; }
        .conversation-list--muted { color: $text-muted; }
        .conversation-list--bar { color: $accent; }
        .conversation-list--shown { color: $accent; text-style: bold; }
        .conversation-list--cursor { background: $block-cursor-blurred-background; }
        .conversation-list--caret {
            color: $input-cursor-foreground;
            background: $input-cursor-background;
            text-style: $input-cursor-text-style;
        }
        .conversation-list--running { color: $accent; }
        .conversation-list--queued { color: $text-muted; }
        .conversation-list--unread { color: $accent; text-style: bold; }
        .conversation-list--failed { color: $error; text-style: bold; }
        .conversation-list--warning { color: $warning; }
        .conversation-list--quiet { color: $text-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "Next", show=False, id="list.down"),
        Binding("up", "move(-1)", "Previous", show=False, id="list.up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="list.pagedown"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="list.pageup"),
        Binding("home", "first", "First", show=False, id="list.first"),
        Binding("end", "last", "Last", show=False, id="list.last"),
        Binding("enter", "choose", "Open", show=False, id="list.open"),
        Binding("slash", "start_filter", "Filter", show=False, id="list.filter"),
    ]

    @dataclass
    class Chosen(Message):
        """The user wants to open a conversation."""

        file: str

    @dataclass
    class Highlighted(Message):
        """The cursor went to another conversation."""

        file: str

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = local_now,
        id: str | None = None,  # noqa: A002 - the name every Textual widget uses
    ) -> None:
        super().__init__(id=id)
        self._clock = clock
        self._rows = ListRows(clock())
        self._activities: dict[str, Activity] = {}
        self._filter = FilterLine()
        self._shown: str | None = None
        self._highlighted: str | None = None
        self._listed = False
        self._styles_cache_list: ListStyles | None = None
        self._midnight: Timer | None = None
        self.empty_hint: Sequence[str] = EMPTY_HINT

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

    def put_summary(self, summary: Summary) -> None:
        """Add a conversation or repaint its row."""
        self._listed = True
        self._rows.put(summary)
        self._changed()

    def remove_summary(self, file: str) -> None:
        """Take a conversation out; the cursor goes to a neighbour."""
        if self._highlighted == file:
            self._highlighted = self.neighbours(file, 1) or self.neighbours(file, -1)
        if self._shown == file:
            self._shown = None
        self._rows.remove(file)
        self._activities.pop(file, None)
        self._changed()

    def put_activity(self, file: str, activity: Activity) -> None:
        """Change the marks of a conversation. It may be listed later."""
        self._activities[file] = activity
        self.refresh()

    def mark_shown(self, file: str | None) -> None:
        """Put the accent bar on the open conversation, and the cursor too."""
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

    def describe(self, file: str) -> str:
        """Return a conversation's state in words, cleaned, or ""."""
        summary = self._rows.summary(file)
        if summary is None:
            return ""
        return foreign_line(words_of(summary, self._activities.get(file))).plain

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
        elif event.is_printable and event.character and "+" not in event.key[:-1]:
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
        self.refresh()

    # ------------------------------------------------------------ Textual's side

    def on_mount(self) -> None:
        """Begin to watch for midnight."""
        self._wait_for_midnight()

    def on_resize(self) -> None:
        """Keep the cursor on the screen."""
        self._changed()

    def on_focus(self) -> None:
        """Show the cursor; the night may have passed asleep."""
        self._see_the_date()
        if self._rows.index_of(self._highlighted) is None and len(self._rows):
            shown = self._rows.index_of(self._shown)
            self._highlight_index(shown or 0)
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

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Say in words what the row under the mouse shows in symbols."""
        file = self._file_at(event.y)
        summary = self._rows.summary(file) if file is not None else None
        if summary is None:
            self.tooltip = None
            return
        words = self.describe(summary.file)
        title = foreign_line(summary.title)
        self.tooltip = Content("\n").join([title, Content(words)]) if words else title

    def notify_style_update(self) -> None:
        """Forget the styles of the old theme."""
        self._styles_cache_list = None
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """Paint one line of the widget."""
        width = self.size.width
        styles = self._styles_list()
        if y == 0:
            title = "Conversations"
            return paint_pair(title, self._count_text(), width, styles.title, styles)
        if y == HEAD - 1:
            return paint_filter(self._filter, width, styles)
        if y == self.size.height - FOOT:
            totals = totals_text(*totals_of(self._activities.values()))
            return paint_hint(totals, width, styles)
        line = y - HEAD + self.scroll_offset.y
        row = self._rows.row(line)
        if row is None:
            return self._paint_below(line, width, styles)
        if row.label:
            return paint_label(row.label, width, styles)
        summary = self._rows.at(row.index)
        state = RowState(
            shown=summary.file == self._shown,
            under_cursor=self.has_focus and summary.file == self._highlighted,
        )
        activity = self._activities.get(summary.file)
        return paint_row(summary, activity, state, width, styles)

    def _paint_below(self, line: int, width: int, styles: ListStyles) -> Strip:
        hints: Sequence[str] = ()
        if not self._listed:
            hints = ("Loading …",)
        elif not self._rows.total:
            hints = self.empty_hint
        elif not len(self._rows):
            hints = NO_MATCH_HINT
        text = hints[line - 1] if 1 <= line <= len(hints) else ""
        return paint_hint(text, width, styles)

    def _count_text(self) -> str:
        if not self._listed:
            return ""
        total = f"{self._rows.total:,}"
        return f"{len(self._rows):,} of {total}" if self._filter.text else total

    def _styles_list(self) -> ListStyles:
        if self._styles_cache_list is None:
            style = self.get_component_rich_style
            self._styles_cache_list = ListStyles(
                plain=self.rich_style,
                title=style("conversation-list--title"),
                muted=style("conversation-list--muted"),
                bar=style("conversation-list--bar"),
                shown=style("conversation-list--shown"),
                cursor=style("conversation-list--cursor", partial=True),
                caret=style("conversation-list--caret"),
                marks={kind: style(f"conversation-list--{kind}") for kind in MarkKind},
            )
        return self._styles_cache_list

    @property
    def _room(self) -> int:
        """How many lines the rows have."""
        return max(0, self.size.height - HEAD - FOOT)

    def _changed(self) -> None:
        """Fit the scrolling to the rows and repaint."""
        self.virtual_size = Size(0, HEAD + self._rows.height + FOOT)
        self._show_cursor_line()
        self.refresh()

    def _highlight(self, file: str) -> None:
        if file == self._highlighted:
            self._show_cursor_line()
            return
        self._highlighted = file
        self._show_cursor_line()
        self.refresh()
        if self._rows.index_of(file) is not None:
            self.post_message(self.Highlighted(file))

    def _highlight_index(self, index: int) -> None:
        self._highlight(self._rows.at(index).file)

    def _show_cursor_line(self) -> None:
        at = self._rows.index_of(self._highlighted)
        if at is None or not self._room:
            return
        line = self._rows.line_of(at)
        top = self.scroll_offset.y
        # The label above the first row of a group comes along.
        above = line - 1 if self._rows.row(line - 1) != self._rows.row(line) else line
        labelled = self._rows.row(above)
        first = above if labelled is not None and labelled.label else line
        if first < top:
            self.scroll_to(y=first, animate=False, force=True)
        elif line >= top + self._room:
            self.scroll_to(y=line - self._room + 1, animate=False, force=True)

    def _file_at(self, y: int) -> str | None:
        if not HEAD <= y < self.size.height - FOOT:
            return None
        row = self._rows.row(y - HEAD + self.scroll_offset.y)
        return None if row is None or row.label else self._rows.at(row.index).file

    def _see_the_date(self) -> None:
        if self._rows.move_to(self._clock()):
            self._changed()

    def _wait_for_midnight(self) -> None:
        if self._midnight is not None:
            self._midnight.stop()
        now = self._clock()
        tomorrow = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
        seconds = (tomorrow - now).total_seconds() + 1
        self._midnight = self.set_timer(seconds, self._pass_midnight)

    def _pass_midnight(self) -> None:
        self._see_the_date()
        self._wait_for_midnight()
