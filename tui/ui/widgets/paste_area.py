"""A text area that tells a paste from typing, so that no paste sends by itself."""

from __future__ import annotations

import time
from enum import Enum, auto
from typing import TYPE_CHECKING

from tui.ui.once import call_once
from tui.ui.typed_text import types_text, types_unprintable
from tui.ui.widgets.newlines import normalize_key, types_nothing
from tui.ui.widgets.paste_guard import HOLD, LINE_HOLD, PasteGuard
from tui.ui.widgets.prompt_area import PromptArea

if TYPE_CHECKING:
    from textual import events
    from textual.timer import Timer

_FLUSH = 0.02
"""Seconds for which the keys of a paste are gathered into one edit."""

_LONG = 1000
"""From that many gathered keys on the edit waits until no more come."""

_STALL = 0.1
"""An Enter whose turn comes so many seconds late may have keys queued behind it."""


class EnterRole(Enum):
    """What a kind of Enter does."""

    SEND = auto()
    NEWLINE = auto()


class PasteArea(PromptArea):
    """A prompt area whose Enter sends only when a person pressed it.

    Every Enter that would send is held for a blink (`HOLD`, or `LINE_HOLD` after a line
    that came at once), and so is every Tab, which would leave: a key that follows at
    once makes both a paste. The keys of a paste are
    gathered and inserted together.
    """

    def __init__(
        self,
        *,
        placeholder: str = "",
        id: str | None = None,  # noqa: A002 - the name every Textual widget uses
    ) -> None:
        super().__init__(placeholder=placeholder, id=id)
        self._guard = PasteGuard()
        self._gathered: list[str] = []
        self._gathered_before = 0
        self._flush_timer: Timer | None = None
        self._held: Timer | None = None
        self._held_at = 0.0
        self._patience = HOLD
        self._held_key = ""

    def enter_role(self, key: str) -> EnterRole | None:
        """Return what a key does that may be a kind of Enter; None for other keys."""
        return EnterRole.NEWLINE if key == "enter" else None

    def press_send(self) -> None:
        """Act on an Enter that sends."""

    @property
    def gathered(self) -> str:
        """Keys of a paste that are not in the text yet."""
        return "".join(self._gathered)

    def settle(self) -> None:
        """Let a held key and gathered keys take effect now."""
        if self._held is not None:
            self._release()
            self.flush_gathered()
            if self._held_key == "\n":
                self.press_send()
            else:
                self.screen.focus_next()
        self.flush_gathered()

    def flush_gathered(self) -> None:
        """Insert the gathered keys now."""
        text = self.gathered
        self._forget_gathered()
        if text:
            self.insert_text(text)

    def drop_gathered(self) -> None:
        """Forget the gathered keys and a held key."""
        self._release()
        self._forget_gathered()

    def on_key(self, event: events.Key) -> None:
        """Decide what Enter means, what belongs to a paste, and what types nothing."""
        if self.read_only:
            return
        key = normalize_key(event.key)
        role = self.enter_role(key)
        types = types_text(event) and not types_nothing(key)
        text = types or role is not None or key == "tab"
        joined = text and self._meet_held_key(event.time)
        if role is not None:
            self._press_enter(role, event.time)
            _consume(event)
        elif key == "tab":
            self._press_tab(event.time)
            _consume(event)
        elif not types:
            # A command is no text: an Enter before it was pressed, not pasted.
            self.settle()
            if event.is_printable:
                event.prevent_default()
        elif self._guard.press(event.time) or joined or self._gathered:
            self._gather(event.character or "")
            _consume(event)
        elif types_unprintable(event):
            self.insert_text(event.character or "")
            _consume(event)

    def on_paste(self, event: events.Paste) -> None:
        """Insert a bracketed paste, folded when it is big."""
        event.prevent_default()
        event.stop()
        if self.read_only:
            return
        self._meet_held_key(event.time)
        self._guard.paste(event.time)
        self.flush_gathered()
        self.insert_text(event.text)

    def _press_enter(self, role: EnterRole, at: float) -> None:
        in_burst = self._guard.press(at)
        sends = role is EnterRole.SEND
        if in_burst and not (sends and self._guard.one_line):
            self._guard.break_line()
            self._gather("\n")
        elif sends:
            self._hold("\n", at, LINE_HOLD if in_burst else HOLD)
        else:
            self.flush_gathered()
            self.insert_text("\n")

    def _press_tab(self, at: float) -> None:
        if self._guard.press(at):
            self._guard.break_line()
            self._gather("\t")
        else:
            self._hold("\t", at, HOLD)

    def _hold(self, key: str, at: float, patience: float) -> None:
        """Wait for a blink before an Enter or a Tab acts: it may begin a paste."""
        self.flush_gathered()
        self._held_key = key
        self._held_at = at
        self._patience = patience
        self._held = call_once(self, patience, self._end_hold)

    def _meet_held_key(self, at: float) -> bool:
        """Settle what a held key was, now that another key has come.

        Args:
            at: When that key arrived.

        Returns:
            True when it was part of a paste. It was a person's when the next key came
            later, however late both are handled.
        """
        if self._held is None:
            return False
        if at - self._held_at > self._patience:
            self.settle()
            return False
        self._release()
        self._guard.join()
        self._gather(self._held_key)
        return True

    def _end_hold(self) -> None:
        late = time.monotonic() - self._held_at
        if late > self._patience + _STALL and self._held is not None:
            # The program was busy: a paste's next keys may wait in its queues.
            self._held = call_once(self, HOLD, self.settle)
        else:
            self.settle()

    def _release(self) -> None:
        if self._held is not None:
            self._held.stop()
            self._held = None

    def _gather(self, text: str) -> None:
        self._gathered.append(text)
        if self._flush_timer is None:
            self._gathered_before = 0
            self._flush_timer = call_once(self, _FLUSH, self._flush_when_quiet)

    def _flush_when_quiet(self) -> None:
        count = len(self._gathered)
        if count >= _LONG and count > self._gathered_before:
            self._gathered_before = count
            self._flush_timer = call_once(self, _FLUSH, self._flush_when_quiet)
        else:
            self.flush_gathered()

    def _forget_gathered(self) -> None:
        self._gathered.clear()
        if self._flush_timer is not None:
            self._flush_timer.stop()
            self._flush_timer = None


def _consume(event: events.Key) -> None:
    event.stop()
    event.prevent_default()
