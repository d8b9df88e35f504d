"""Tells a paste from typing where the terminal doesn't: by the speed of the keys. Pure.

Without bracketed paste (old terminals, some multiplexers, a paste with its end mark
inside) a pasted line arrives as keys, and every newline as Enter: ten lines would be
ten messages. Keys that come faster than fingers are a burst, a burst is a paste, and
Enter inside a burst is a newline.
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


class PasteGuard:
    """Follows the keys and knows whether a paste is under way.

    All moments are readings of a monotonic clock, in seconds: when a key arrived,
    not when it was handled.
    """

    def __init__(self) -> None:
        self._last: float | None = None
        self._run = 0
        self._quiet = BURST_GAP

    def press(self, at: float) -> bool:
        """Note a key that stands for text; return whether it belongs to a paste."""
        if self._last is not None and at - self._last <= self._quiet:
            self._run += 1
        else:
            self._run = 1
        self._last = at
        in_burst = self._run >= BURST_KEYS
        self._quiet = BURST_QUIET if in_burst else BURST_GAP
        return in_burst

    def paste(self, at: float) -> None:
        """Note a bracketed paste: what follows at once belongs to it."""
        self._last = at
        self._quiet = PASTE_QUIET
        self._run = BURST_KEYS

    def join(self) -> None:
        """Note that a key followed an Enter at once: they are a paste."""
        self._quiet = BURST_QUIET
        self._run = BURST_KEYS
