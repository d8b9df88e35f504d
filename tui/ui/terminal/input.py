"""Reads the terminal: any bytes, pastes without an end, and the terminal's own end."""

from __future__ import annotations

import os
import re
import select
import time
from codecs import getincrementaldecoder
from typing import TYPE_CHECKING, Protocol

from tui.ui.terminal.pastes import Pasted, Pastes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

TICK = 0.1
"""Seconds after which a lone ESC is looked at, as in Textual's own loop."""

HELD_TICK = 0.005
"""Seconds for which the beginning of a mark waits for the rest of it."""

PASTE_SILENCE = 1.0
"""Seconds of silence after which a paste is over, end mark or not."""

_CHUNK = 64 * 1024

_SEQUENCES = re.compile("(?=\x1b)")
_CONTROL_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~])?")
"""ESC alone, or a whole control sequence. Source: ECMA-48, 5.4."""


class Keys(Protocol):
    """What turns text into key events, like Textual's parser."""

    def feed(self, data: str) -> Iterable[object]:
        """Take text; yields the events."""

    def tick(self) -> Iterable[object]:
        """Look at what has waited too long; yields the events."""


class TerminalInput:
    """The loop of the input thread."""

    def __init__(
        self,
        descriptor: int,
        keys: Callable[[], Keys],
        post: Callable[[object], None],
        post_paste: Callable[[str], None],
    ) -> None:
        """Make it; `run` reads.

        Args:
            descriptor: The terminal's file descriptor.
            keys: Makes what turns text into events.
            post: Takes each event.
            post_paste: Takes each pasted text.
        """
        self._descriptor = descriptor
        self._make_keys = keys
        self._keys = keys()
        self._post = post
        self._post_paste = post_paste
        self._pastes = Pastes()
        # A Latin-1 paste or noise on the line is text with a mark, not the end.
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._heard = time.monotonic()

    def run(self, ended: Callable[[], bool]) -> bool:
        """Read until `ended` says so.

        Returns:
            False when the terminal is gone.
        """
        while not ended():
            tick = HELD_TICK if self._waits_for_mark else TICK
            if select.select([self._descriptor], [], [], tick)[0]:
                data = self._read()
                if not data:
                    return False
                self._heard = time.monotonic()
                self._take(self._pastes.take(self._decode(data)))
            elif self._waits_for_mark or self._paste_is_silent:
                self._take(self._pastes.give_up())
            for event in self._keys.tick():
                self._post(event)
        return True

    @property
    def _waits_for_mark(self) -> bool:
        return self._pastes.holds and not self._pastes.open

    @property
    def _paste_is_silent(self) -> bool:
        return self._pastes.open and time.monotonic() - self._heard > PASTE_SILENCE

    def _read(self) -> bytes:
        try:
            return os.read(self._descriptor, _CHUNK)
        except OSError:
            # EIO: there is no terminal any more.
            return b""

    def _take(self, found: Iterable[str | Pasted]) -> None:
        for one in found:
            if isinstance(one, Pasted):
                self._post_paste(one.text)
            else:
                for piece in filter(None, _SEQUENCES.split(one)):
                    self._feed(piece)

    def _feed(self, piece: str) -> None:
        """Hand keys to the parser; noise that it breaks at costs itself only.

        Textual's parser raises at numbers that are no characters, such as
        `CSI 9999999 u` (8.2.8), and an input thread that ends takes the program along.
        """
        try:
            for event in self._keys.feed(piece):
                self._post(event)
        except (ValueError, OverflowError):
            self._keys = self._make_keys()
            # To the parser, no text is the end of all input.
            if rest := _CONTROL_SEQUENCE.sub("", piece, count=1):
                for event in self._keys.feed(rest):
                    self._post(event)
