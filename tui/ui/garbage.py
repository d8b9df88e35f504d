"""Looks for garbage while nobody waits.

A full collection looks at every object there is: with a giant answer laid out that
takes longer than a key may take to echo (60-90 ms, measured), and Python begins one
whenever it likes. Young objects are collected as always; most garbage dies young.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App

LOOK_EVERY = 10.0
"""Seconds between two looks whether the program is idle."""

_RARELY = 1_000
"""Middle collections until a full one comes uncalled for: many millions of objects."""

_ENOUGH = 10
"""Middle collections after which a full one is worth its while: Python's own number."""

_IDLE = 2
"""Young collections within `LOOK_EVERY` that count as doing nothing."""


class IdleCollector:
    """Collects fully when little was allocated lately."""

    def __init__(self) -> None:
        self._young = 0

    def look(self) -> bool:
        """Collect if the program is idle; return whether it did."""
        young = gc.get_stats()[0]["collections"]
        idle = young - self._young <= _IDLE
        self._young = young
        if not idle or gc.get_count()[2] < _ENOUGH:
            return False
        gc.collect()
        return True


def collect_when_idle(app: App[Any]) -> None:
    """Begin, for a program whose first frame is painted.

    What has been built by now lives as long as the program: looking through it again
    and again would cost a stream its evenness.
    """
    gc.freeze()
    first, second, _ = gc.get_threshold()
    gc.set_threshold(first, second, _RARELY)
    gc.enable()
    app.set_interval(LOOK_EVERY, IdleCollector().look)
