"""Textual's driver for Linux and macOS, with guards where it breaks (8.2.8, measured).

* A terminal that stops reading blocks the event loop for ever (`output`).
* A byte that is no UTF-8 ends the program; a paste without an end swallows every key
  (`input`); a terminal that is gone makes its input thread spin.
* A burst of resizes interrupts its own signal handler until the stack is full.
* SIGCONT without SIGTSTP starts a second input and a second output thread and leaves
  the terminal raw at the end.

This is the one module that knows the driver's private names: `_app`, `_loop`,
`_mouse`, `_debug`, `_writer_thread` and `_sigcont_application`.
`tests/unit/ui/test_driver.py` fails when one of them changes.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import termios
import threading
import time
from typing import TYPE_CHECKING, Any, cast

from textual import constants, events
from textual.drivers.linux_driver import LinuxDriver

from tui.ui.terminal.input import TerminalInput
from tui.ui.terminal.key_parser import make_parser
from tui.ui.terminal.modes import CANCEL, PIXELS_OFF, RESET, modes_again
from tui.ui.terminal.output import TerminalOutput, open_terminal

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from textual.message import Message

LAST_WRITES = 0.3
"""Seconds that a terminal has for reading the sequences that restore it."""

FORCE = 0.2
"""Seconds for each of the two steps by which a terminal is restored by force."""

REST = 0.15
"""Seconds without a resize after which a window rests."""

MOST_BREAKS = 100
"""Times that reading the terminal may break before the program gives up."""

_TRY = 0.01
"""Seconds between two tries to write to a terminal that is full."""


log = logging.getLogger(__name__)


class GuardedDriver(LinuxDriver):
    """The driver of the program."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what Textual gives a driver."""
        super().__init__(*args, **kwargs)
        self._output: TerminalOutput | None = None
        self._raw: list[Any] | None = None
        self._suspended = False
        self._forcing = threading.Lock()
        self._window_rests: asyncio.TimerHandle | None = None

    # Output

    def write(self, data: str) -> None:
        """Write to the terminal; never waits for it."""
        if self._output is not None:
            self._output.write(data)

    def start_application_mode(self) -> None:
        """Take the terminal."""
        if self._raw is not None:
            # Two input threads would fight for every key.
            return
        if self._output is None:
            self._output = TerminalOutput(
                output_descriptor(), self._repaint_from_thread
            )
        # In the background this stops the process, and goes on in a call of its own.
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual's
        if self._writer_thread is None:
            return
        # The library's own writer has got nothing to do.
        self._writer_thread.stop()
        self._writer_thread = None
        self._hear_resizes_in_turn()
        self._raw = self._attributes() or []
        if self._suspended:
            # The terminal's other screen is empty now, and Textual knows nothing of it.
            self._suspended = False
            self._repaint_from_thread()

    def _hear_resizes_in_turn(self) -> None:
        """Let the loop call the library's handler, which no signal then interrupts."""
        handler = signal.getsignal(signal.SIGWINCH)
        if callable(handler):
            self._loop.add_signal_handler(signal.SIGWINCH, self._resized, handler)

    def _resized(self, tell: Callable[[int, None], object]) -> None:
        """Tell of a new size, and paint the whole screen once the window rests.

        A window that shrinks and grows at once has the size that the app knows, but
        has lost what stood outside.
        """
        tell(signal.SIGWINCH, None)
        if self._window_rests is not None:
            self._window_rests.cancel()
        self._window_rests = self._loop.call_later(REST, self._repaint_from_thread)

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was."""
        self._raw = None
        if self._output is not None:
            self._output.keep_all()
        super().stop_application_mode()
        # The library turns pixel reports on and never off.
        self.write(PIXELS_OFF)

    def close(self) -> None:
        """Write the last sequences, by force when the terminal does not read."""
        output = self._output
        if output is not None and not output.close(LAST_WRITES):
            self.restore_by_force()
        self._output = None

    def restore_by_force(self) -> None:
        """Restore the terminal although it does not read; from any thread.

        Two that did this at once would throw away each other's sequences.
        """
        with self._forcing:
            output, self._output = self._output, None
            if output is not None:
                output.abort(FORCE)
                force_reset(self.attrs_before)

    def suspend_application_mode(self) -> None:
        """Give the terminal back for a while."""
        self._suspended = True
        super().suspend_application_mode()

    # Input

    def run_input_thread(self) -> None:
        """Read the terminal until the program gives it back or it is gone."""
        for _ in range(MOST_BREAKS):
            try:
                if not self._read_terminal():
                    break
            except Exception:
                # One event that nobody foresaw must not cost all keys after it.
                log.exception("the input thread broke")
            else:
                return
        # As the kernel says it, but also under nohup and when only stdin ends.
        os.kill(os.getpid(), signal.SIGHUP)

    def _read_terminal(self) -> bool:
        """Read until the program gives the terminal back; False when it is gone."""
        terminal = TerminalInput(
            self.fileno,
            lambda: make_parser(debug=self._debug),
            lambda event: self.process_message(cast("Message", event)),
            # Textual drops NUL from pastes too.
            lambda text: self.process_message(events.Paste(text.replace("\0", ""))),
        )
        return terminal.run(self.exit_event.is_set)

    # Signals

    def _sigcont_application(self, *_: object) -> None:
        """Go on after a stop.

        After SIGTSTP the terminal is taken anew. After SIGSTOP nobody could give it
        back, and a shell may have changed it meanwhile.
        """
        if self._suspended:
            super()._sigcont_application()
        elif self._raw and self._in_foreground():
            with contextlib.suppress(termios.error, OSError):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self._raw)
            kitty = not constants.DISABLE_KITTY_KEY
            self.write(modes_again(mouse=self._mouse, kitty=kitty))
            self._repaint_from_thread()

    def _in_foreground(self) -> bool:
        with contextlib.suppress(OSError):
            return os.tcgetpgrp(self.fileno) == os.getpgrp()
        return False

    def _attributes(self) -> list[Any] | None:
        with contextlib.suppress(termios.error, OSError):
            return termios.tcgetattr(self.fileno)
        return None

    def _repaint_from_thread(self) -> None:
        def repaint() -> None:
            self._app.refresh(layout=True)

        with contextlib.suppress(RuntimeError):
            # The loop is closed once the program has ended.
            self._loop.call_soon_threadsafe(repaint)


def output_descriptor() -> int:
    """Return the descriptor that Textual writes to: stderr's."""
    return sys.__stderr__.fileno() if sys.__stderr__ else 2


def force_reset(attributes: list[Any] | None) -> None:
    """Restore a terminal that does not read: throw away what waits for it first.

    Args:
        attributes: The terminal's attributes as `tcgetattr` gave them, or None.
    """
    own = open_terminal(output_descriptor())
    if own is not None:
        with contextlib.suppress(OSError, termios.error):
            _write_alone(own, (CANCEL + RESET).encode())
        os.close(own)
    if attributes is not None:
        with contextlib.suppress(OSError, ValueError, termios.error):
            termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, attributes)


def _write_alone(descriptor: int, data: bytes) -> None:
    """Write data, and nothing of what waits before it."""
    deadline = time.monotonic() + FORCE
    while time.monotonic() < deadline:
        termios.tcflush(descriptor, termios.TCOFLUSH)
        with contextlib.suppress(BlockingIOError):
            if os.write(descriptor, data) == len(data):
                return
        time.sleep(_TRY)
