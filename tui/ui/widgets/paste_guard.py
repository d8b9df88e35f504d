"""Tells a paste from typing where the terminal doesn't: by the speed of the keys. Pure.

Without bracketed paste (old terminals, some multiplexers, a paste with its end mark
inside) a pasted line arrives as keys, and every newline as Enter: ten lines would be
ten messages. Keys that come faster than fingers are a burst, a burst is a paste, and
Enter inside a burst is a newline.

One line with Enter at its end is different: programs type like that (expect, tmux's
`send-keys 'words' Enter`), and they mean to send. It is sent once nothing has followed
for a while; a paste of several lines goes on at once.
"""

from __future__ import annotations

BURST_GAP = 0.015
"""Seconds between two keys of a burst, at most. Fast typing has 0.05, a fast key
repeat 0.016; keys of one read come within 0.001, with a busy interpreter 0.01."""

BURST_KEYS = 5
"""That many keys in a row make a burst: fingers may roll over two or three."""

BURST_QUIET = 0.03
"""Seconds of silence after which a burst is over."""

PASTE_QUIET = 0.05
"""Seconds after a bracketed paste in which keys still belong to it."""

HOLD = 0.025
"""Seconds for which an Enter waits for a key after it before it sends."""

LINE_HOLD = 0.15
"""The same for an Enter after a burst: more lines of a paste may be under way."""

PASTE_PAUSE = 0.5
"""Seconds within which the lines of one paste follow each other on a slow line."""


class PasteGuard:
    """Follows the keys and knows whether a paste is under way.

    All moments are readings of a monotonic clock, in seconds: when a key arrived,
    not when it was handled.
    """

    def __init__(self) -> None:
        self._last: float | None = None
        self._run = 0
        self._quiet = BURST_GAP
        self._one_line = True

    @property
    def one_line(self) -> bool:
        """True unless what came at once, or a moment ago, was more than one line."""
        return self._one_line

    def press(self, at: float) -> bool:
        """Note a key that stands for text; return whether it belongs to a paste."""
        if self._last is not None and at - self._last <= self._quiet:
            self._run += 1
        else:
            self._run = 1
            if self._last is None or at - self._last > PASTE_PAUSE:
                self._one_line = True
        self._last = at
        in_burst = self._run >= BURST_KEYS
        self._quiet = BURST_QUIET if in_burst else BURST_GAP
        return in_burst

    def paste(self, at: float) -> None:
        """Note a bracketed paste: what follows at once belongs to it."""
        self._last = at
        self._quiet = PASTE_QUIET
        self._run = BURST_KEYS
        self._one_line = False

    def join(self) -> None:
        """Note that a key followed an Enter at once: they are a paste."""
        self._quiet = BURST_QUIET
        self._run = BURST_KEYS
        self._one_line = False

    def break_line(self) -> None:
        """Note a newline or a Tab inside the burst: no one types those so fast."""
        self._one_line = False
