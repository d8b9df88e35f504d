"""The painted surface of the conversation list: what stands on which line.

Title and filter stay at the top, the totals at the bottom; what is between scrolls.
Only the lines on the screen are painted.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView

from tui.ui.once import call_once
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


class ListSurface(ScrollView):
    """Paints the rows; what they are and where the cursor goes is said by its heir.

    Args:
        clock: Tells the present moment (aware); decides where a day begins.
        id: The widget's id.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "list-surface--title",
        "list-surface--muted",
        "list-surface--bar",
        "list-surface--shown",
        "list-surface--cursor",
        "list-surface--caret",
        *(f"list-surface--{kind}" for kind in MarkKind),
    }
    DEFAULT_CSS = """
    ListSurface {
        background: $surface;
        color: $foreground;
        overflow-x: hidden;
        scrollbar-size-vertical: 0;
        .list-surface--title { text-style: bold; }
        .list-surface--muted { color: $text-muted; }
        .list-surface--bar { color: $accent; }
        .list-surface--shown { color: $accent; text-style: bold; }
        .list-surface--cursor { background: $block-cursor-blurred-background; }
        .list-surface--caret {
            color: $input-cursor-foreground;
            background: $input-cursor-background;
            text-style: $input-cursor-text-style;
        }
        .list-surface--running { color: $accent; }
        .list-surface--queued { color: $text-muted; }
        .list-surface--unread { color: $accent; text-style: bold; }
        .list-surface--failed { color: $error; text-style: bold; }
        .list-surface--warning { color: $warning; }
        .list-surface--quiet { color: $text-muted; }
    }
    """

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
        self._list_styles: ListStyles | None = None
        self._midnight: Timer | None = None
        self.empty_hint: Sequence[str] = EMPTY_HINT

    def on_mount(self) -> None:
        """Begin to watch for midnight."""
        self._wait_for_midnight()

    def on_resize(self) -> None:
        """Keep the cursor on the screen."""
        self._changed()

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

    def describe(self, file: str) -> str:
        """Return a conversation's state in words, cleaned, or ""."""
        summary = self._rows.summary(file)
        if summary is None:
            return ""
        return foreign_line(words_of(summary, self._activities.get(file))).plain

    def notify_style_update(self) -> None:
        """Forget the styles of the old theme."""
        self._list_styles = None
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """Paint one line of the widget."""
        width = self.size.width
        styles = self._resolve_styles()
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

    def _resolve_styles(self) -> ListStyles:
        if self._list_styles is None:
            style = self.get_component_rich_style
            self._list_styles = ListStyles(
                plain=self.rich_style,
                title=style("list-surface--title"),
                muted=style("list-surface--muted"),
                bar=style("list-surface--bar"),
                shown=style("list-surface--shown"),
                cursor=style("list-surface--cursor", partial=True),
                caret=style("list-surface--caret"),
                marks={kind: style(f"list-surface--{kind}") for kind in MarkKind},
            )
        return self._list_styles

    @property
    def _room(self) -> int:
        """How many lines the rows have."""
        return max(0, self.size.height - HEAD - FOOT)

    @property
    def _cursor_on_screen(self) -> bool:
        """True unless the reader scrolled away from the cursor."""
        at = self._rows.index_of(self._highlighted)
        if at is None:
            return False
        return 0 <= self._rows.line_of(at) - self.scroll_offset.y < self._room

    def _changed(self, *, follow: bool = True) -> None:
        """Fit the scrolling to the rows and repaint.

        Args:
            follow: True keeps the cursor on the screen.
        """
        self.virtual_size = Size(0, HEAD + self._rows.height + FOOT)
        if follow:
            self._show_cursor_line()
        self.refresh()

    def _show_cursor_line(self) -> None:
        at = self._rows.index_of(self._highlighted)
        if at is None or not self._room:
            return
        line = self._rows.line_of(at)
        top = self.scroll_offset.y
        # The label above the first row of a group comes along.
        above = self._rows.row(line - 1)
        first = line - 1 if above is not None and above.label else line
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
        self._midnight = call_once(self, seconds, self._pass_midnight)

    def _pass_midnight(self) -> None:
        self._see_the_date()
        self._wait_for_midnight()
