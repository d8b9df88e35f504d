"""The one line under the composer: what is happening, and which keys help now."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tui.domain.phase import Phase
from tui.domain.visible import visible_line
from tui.ui.text import cut_line
from tui.ui.widgets.status_text import SEPARATOR, fit_hints, totals_text, turn_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rich.style import Style
    from textual.timer import Timer

    from tui.domain.turn import Turn

HINTS: Mapping[str, Sequence[str]] = {
    "type": ("esc nav", "F1 help"),
    "nav": ("i type", "F1 help"),
}
_INDENT = 2
SMALLEST_SHARE = 0.01
"""Of a model's context; less is not nothing."""

_HINTS_SHARE = 0.4
"""Of the line: what the hints may take from a sentence that fills it."""

_TICK = 1.0
_SEVERITIES = ("information", "warning", "error")
_LONGEST = 2000
"""Code points of a sentence that are looked at; no screen shows more."""


class StatusLine(Widget):
    """One line; only this widget's own row is painted again, never a layout.

    Left stands the lasting note (what is wrong until it is put right) and the answer
    of the open conversation, right the hints that fit. Once a second it is painted
    anew while an answer is on its way, and never else.

    Args:
        clock: A monotonic clock, in seconds: the one that turns are timed by.
        id: The widget's id.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "status-line--active",
        "status-line--hint",
        "status-line--information",
        "status-line--warning",
        "status-line--error",
    }
    DEFAULT_CSS = """
    StatusLine {
        height: 1;
        width: 1fr;
        padding: 0 0 0 1;
        background: $background;
        color: $text-muted;
        .status-line--active { color: $foreground; }
        .status-line--hint { color: $text-muted; }
        .status-line--information { color: $foreground; }
        .status-line--warning { color: $warning; }
        .status-line--error { color: $error; }
    }
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        id: str | None = None,  # noqa: A002 - the name every Textual widget uses
    ) -> None:
        super().__init__(id=id)
        self._clock = clock
        self._turn: Turn | None = None
        self._totals = (0, 0)
        self._note = ""
        self._severity = _SEVERITIES[0]
        self._mode = "type"
        self._hints: Mapping[str, Sequence[str]] = HINTS
        self._context_text = ""
        self._ticker: Timer | None = None

    def show_turn(self, turn: Turn | None, totals: tuple[int, int] = (0, 0)) -> None:
        """Show the answer of the open conversation.

        Args:
            turn: Its newest state, or None when nothing was asked.
            totals: How many answers stream and how many wait in the queue, in all
                conversations; told when there are others than this one.
        """
        self._turn = turn
        self._totals = totals
        self._set_ticker()
        self.refresh()

    def show_note(self, text: str, severity: str = "information") -> None:
        """Show a sentence that stays until it is replaced; "" takes it away.

        Args:
            text: The sentence; foreign text in it is cleaned here.
            severity: "information", "warning" or "error".
        """
        self._note = visible_line(text[:_LONGEST])
        self._severity = severity if severity in _SEVERITIES else _SEVERITIES[0]
        self.refresh()

    def show_hints(self, hints: Mapping[str, Sequence[str]]) -> None:
        """Set the hints by mode, the most general last: it stays longest."""
        self._hints = hints
        self.refresh()

    def show_context(self, share: float | None, *, estimated: bool = False) -> None:
        """Show how much of the model's context is used.

        Args:
            share: The part of it, 0 to 1 and above; None for unknown.
            estimated: True marks it as our guess.
        """
        text = ""
        if share is not None:
            percent = "<1%" if share < SMALLEST_SHARE else f"{share:.0%}"
            text = f"ctx {'≈' if estimated else ''}{percent}"
        if text != self._context_text:
            self._context_text = text
            self.refresh()

    @property
    def mode(self) -> str:
        """Where the keys go: "type" or "nav" (or any other mode that has hints)."""
        return self._mode

    @mode.setter
    def mode(self, mode: str) -> None:
        if mode != self._mode:
            self._mode = mode
            self.refresh()

    @property
    def ticking(self) -> bool:
        """True while it is painted once a second."""
        return self._ticker is not None

    @property
    def text(self) -> str:
        """What the left side says now, cleaned and uncut."""
        return SEPARATOR.join(part for part, _ in self._parts())

    def on_mount(self) -> None:
        """Begin to tick when an answer is on its way already."""
        self._set_ticker()

    def render_line(self, y: int) -> Strip:
        """Paint the line."""
        width = self.size.width
        if y:
            return Strip.blank(width, self.rich_style)
        plain = self.rich_style
        parts = self._parts()
        hint_texts = self._hint_texts()
        keys = self._hints.get(self._mode, ())
        # The others are told in the list as well.
        helped = width - cell_len(SEPARATOR.join(keys)) - 1
        if parts and parts[-1][0] == self._others() and _width(parts) > helped:
            parts.pop()
        # A long sentence is cut sooner than the keys that help.
        free = width - _width(parts) - 1
        hints = max(
            fit_hints(hint_texts, free),
            fit_hints(keys, max(free, int(width * _HINTS_SHARE))),
            key=len,
        )
        room = width - len(hints) - 1
        segments = [Segment(" " * _INDENT, plain)]
        used = _INDENT
        for at, (text, style_name) in enumerate(parts):
            if at:
                segments.append(Segment(SEPARATOR, plain))
                used += len(SEPARATOR)
            text = cut_line(text, max(0, room - used - 1))
            segments.append(Segment(text, self._style(style_name)))
            used += cell_len(text)
        strip = Strip(segments).adjust_cell_length(max(0, room))
        ends = [Segment(hints, self._style("hint")), Segment(" ", plain)]
        joined = Strip.join([strip, Strip(ends)])
        return joined.adjust_cell_length(width).apply_style(plain)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"status-line--{name}")

    def _parts(self) -> list[tuple[str, str]]:
        parts = []
        if self._note:
            parts.append((self._note, self._severity))
        if self._turn is not None:
            text = visible_line(turn_text(self._turn, self._clock())[:_LONGEST])
            if text:
                parts.append((text, _turn_style(self._turn)))
        others = self._others()
        if others:
            parts.append((others, "hint"))
        return parts

    def _others(self) -> str:
        running, queued = self._totals
        if self._turn is not None and self._turn.phase is not Phase.ENDED:
            if self._turn.phase is Phase.QUEUED:
                queued = max(0, queued - 1)
            else:
                running = max(0, running - 1)
            text = totals_text(running, queued)
            return f"elsewhere: {text}" if text else ""
        return totals_text(running, queued)

    def _hint_texts(self) -> list[str]:
        hints = list(self._hints.get(self._mode, ()))
        if self._context_text:
            hints.insert(0, self._context_text)
        return hints

    def _set_ticker(self) -> None:
        turn = self._turn
        # A place in the queue stands still; a countdown does not.
        runs = turn is not None and (
            turn.retry_at is not None
            if turn.phase is Phase.QUEUED
            else turn.phase is not Phase.ENDED
        )
        if runs and self._ticker is None and self.is_attached:
            self._ticker = self.set_interval(_TICK, self.refresh)
        elif not runs and self._ticker is not None:
            self._ticker.stop()
            self._ticker = None


def _turn_style(turn: Turn) -> str:
    if turn.phase is Phase.ENDED:
        return "error" if turn.failure is not None else "hint"
    return "warning" if turn.phase is Phase.RETRYING else "active"


def _width(parts: list[tuple[str, str]]) -> int:
    """Return how many cells the left side takes, the gap to the hints included."""
    texts = sum(cell_len(text) for text, _ in parts)
    return _INDENT + 2 + texts + len(SEPARATOR) * max(0, len(parts) - 1)
