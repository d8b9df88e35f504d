"""A call that comes once, a little later."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message_pump import MessagePump
    from textual.timer import Timer

SHORTEST = 0.001
"""The ticks of a shorter timer are over before it can wait for them. In seconds."""


def call_once(pump: MessagePump, seconds: float, call: Callable[[], None]) -> Timer:
    """Call a function once, however busy the machine is.

    A timer that Textual sets for one tick skips it, and so never fires, when the tick's
    time is over before the timer first looks at the clock. One that repeats comes at
    its next tick then.

    Args:
        pump: The widget or app that waits; when it goes, the call does not come.
        seconds: How long to wait.
        call: What is called.

    Returns:
        The timer; stop it to take the call back.
    """
    due = [call]

    def tick() -> None:
        # A timer that is stopped may come once more before it notices.
        timer.stop()
        while due:
            due.pop()()

    timer = pump.set_interval(max(SHORTEST, seconds), tick)
    return timer
