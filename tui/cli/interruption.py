"""Turns ctrl+c and the signals to end into one exception, once."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(Exception):
    """The user or the system asked the program to end.

    Attributes:
        exit_code: 128 and the signal's number, as shells have it.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


class Interruption:
    """Where a signal to end may come: anywhere but in what must stay whole."""

    def __init__(self) -> None:
        """Let it come anywhere."""
        self.held = False
        """True in what must stay whole."""
        self._number: int | None = None

    @contextmanager
    def whole(self) -> Iterator[None]:
        """Let a signal wait for the end of the block, which must wait for nothing."""
        self.held = True
        try:
            yield
        finally:
            self.held = False
            if self._number is not None:
                raise Interrupted(self._number)

    def come(self, number: int) -> None:
        """Raise `Interrupted`, now or at the end of what must stay whole."""
        if self.held:
            self._number = number
        else:
            raise Interrupted(number)


@contextmanager
def interruptible(
    signals: Sequence[signal.Signals] = SIGNALS,
) -> Iterator[Interruption]:
    """Raise `Interrupted` at the first signal to end; the following ones are ignored.

    Whoever catches it inside can so tidy up in peace.

    Args:
        signals: The signals that end.
    """
    interruption = Interruption()

    def interrupt(number: int, frame: FrameType | None) -> None:
        for one in signals:
            signal.signal(one, signal.SIG_IGN)
        interruption.come(number)

    before = {number: signal.signal(number, interrupt) for number in signals}
    try:
        yield interruption
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
