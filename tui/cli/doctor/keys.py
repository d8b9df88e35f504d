"""`fortytwo doctor keys`: listens, and says what arrives and what it does here."""

from __future__ import annotations

import contextlib
import os
import sys
import termios
import tty
from typing import TYPE_CHECKING

from textual.events import Key

from tui.cli.configuration import check_user_keys, find_places, read_settings
from tui.cli.output import Output
from tui.domain.errors import UsageError
from tui.services.tmux import ask_tmux, tmux_prefixes
from tui.ui.keys import key_name, rows_with
from tui.ui.taken_keys import taken_keys, wants_kitty
from tui.ui.terminal.input import TerminalInput
from tui.ui.terminal.key_parser import make_parser
from tui.ui.terminal.modes import KITTY_FLAGS
from tui.ui.widgets.newlines import normalize_key, teach_sequences

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tui.domain.settings import Settings
    from tui.ui.keys import KeyRow

END = "ctrl+c"
"""Pressed twice in a row, it ends the listening."""


def run_doctor_keys(arguments: Namespace) -> int:
    """Listen until ctrl+c is pressed twice.

    Raises:
        UsageError: There is no terminal.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("Listening to keys needs a terminal.")
    places = find_places(arguments, os.environ)
    settings, _ = read_settings(arguments, places, os.environ)
    output = Output()
    listener = Listener(settings, os.environ, output)
    for line in listener.surroundings():
        output.write_line(line)
    for problem in check_user_keys(settings, places):
        output.write_line(f"! {problem}")
    output.write_line("Press the keys to try. ctrl+c twice ends.")
    output.write_line("")
    output.flush()
    listener.listen(sys.stdin.fileno())
    for line in listener.summary():
        output.write_line(line)
    return 0


class Listener:
    """Names what arrives."""

    def __init__(
        self, settings: Settings, environ: Mapping[str, str], output: Output
    ) -> None:
        """Prepare.

        Args:
            settings: The user's keys, and whether kitty's protocol is wanted.
            environ: What is around the program.
            output: Where to say what arrives.
        """
        self._rows = rows_with(settings.keys)
        self._environ = environ
        self._output = output
        self._kitty = wants_kitty(settings.kitty_keys, environ)
        self._prefixes = tmux_prefixes(environ)
        self._taken = taken_keys(environ, self._prefixes)
        self._recorder = Recorder()
        self._arrived: list[str] = []
        self._last = ""
        self._done = False

    def surroundings(self) -> Iterator[str]:
        """Yield what is known before a key is pressed."""
        environ = self._environ
        term = environ.get("TERM", "(unset)")
        program = environ.get("TERM_PROGRAM", "")
        yield f"Terminal: TERM={term}" + (f", {program}" if program else "")
        kitty = "asked for" if self._kitty else "not asked for"
        yield f"Kitty keyboard protocol: {kitty} (kitty_keys in the configuration)"
        if environ.get("TMUX"):
            extended = ask_tmux(environ, "show-options", "-sv", "extended-keys")
            prefix = " ".join(self._prefixes) or "unknown"
            yield f"tmux: prefix {prefix}, extended-keys {extended or 'unknown'}"
            if extended in ("", "off"):
                yield (
                    "  shift+enter arrives as Enter; ctrl+j and \\ Enter begin a new "
                    "line. `set -s extended-keys on` in ~/.tmux.conf changes that."
                )
        for key, keeper in self._taken.items():
            yield f"Kept by {keeper}: {key_name(key)}"

    def listen(self, descriptor: int) -> None:
        """Say what every key is, until ctrl+c came twice in a row."""
        teach_sequences()
        terminal = TerminalInput(
            descriptor, self._recorder.begin, self._take, self._take_paste
        )
        with raw_mode(descriptor, self._output, kitty=self._kitty):
            terminal.run(lambda: self._done)

    def _take(self, event: object) -> None:
        raw, self._recorder.raw = self._recorder.raw, ""
        if not isinstance(event, Key):
            return
        key = normalize_key(event.key)
        meaning = "; ".join(meanings(key, self._rows)) or "nothing of ours"
        self._say(f"{spell(raw):22} {key_name(key):16} {meaning}")
        self._arrived.append(key)
        self._done = key == END == self._last
        self._last = key

    def _take_paste(self, text: str) -> None:
        self._say(f"{'a paste':22} {len(text):,} characters")
        self._last = ""

    def _say(self, line: str) -> None:
        # In raw mode the terminal does not go back to the line's beginning by itself.
        self._output.write_line(line)
        self._output.write_styled("\r")
        self._output.flush()

    def summary(self) -> Iterator[str]:
        """Yield what of the table arrived, and what was not tried."""
        ours = [key for row in self._rows for key in row.while_typing]
        ours = list(dict.fromkeys(ours))
        arrived = [key for key in ours if key in self._arrived]
        yield ""
        yield f"Arrived, and works while typing: {_names(arrived)}"
        rest = [key for key in ours if key not in arrived]
        yield f"Not pressed, or not arrived: {_names(rest)}"
        yield (
            "What does not arrive has a letter in nav mode (Esc), a name in the "
            "palette and a slash command; `fortytwo keys` lists them."
        )


class Recorder:
    """Textual's parser, and the text behind what it finds."""

    def __init__(self) -> None:
        self.raw = ""
        self._parser = make_parser()

    def begin(self) -> Recorder:
        """Begin anew, after something that the parser broke at."""
        self._parser = make_parser()
        return self

    def feed(self, data: str) -> Iterable[object]:
        """Take text; yields the events."""
        self.raw += data
        yield from self._parser.feed(data)

    def tick(self) -> Iterable[object]:
        """Look at what has waited too long; yields the events."""
        return self._parser.tick()


def meanings(key: str, rows: Sequence[KeyRow]) -> Iterator[str]:
    """Yield what a key does, while typing and in nav mode."""
    for row in rows:
        if key in row.while_typing:
            yield f"{row.label} ({row.id})"
        elif key in row.keys:
            yield f"nav mode: {row.label} ({row.id})"


def spell(raw: str) -> str:
    """Return raw input readably: `ESC [13;2u`, `^J`, `a`."""
    text = raw.replace("\x1b", "ESC ")
    return "".join(
        f"^{chr(ord(one) + 64)}" if one < " " else "^?" if one == "\x7f" else one
        for one in text
    )


@contextlib.contextmanager
def raw_mode(descriptor: int, output: Output, *, kitty: bool) -> Iterator[None]:
    """Let every key through, with the modes that the app asks for."""
    before = termios.tcgetattr(descriptor)
    tty.setraw(descriptor, termios.TCSANOW)
    modes = termios.tcgetattr(descriptor)
    modes[1] |= termios.OPOST | termios.ONLCR
    termios.tcsetattr(descriptor, termios.TCSANOW, modes)
    output.write_styled("\x1b[?2004h" + (f"\x1b[>{KITTY_FLAGS}u" if kitty else ""))
    output.flush()
    try:
        yield
    finally:
        output.write_styled("\x1b[?2004l" + ("\x1b[<u" if kitty else ""))
        output.flush()
        termios.tcsetattr(descriptor, termios.TCSANOW, before)


def _names(keys: Sequence[str]) -> str:
    return " ".join(map(key_name, keys)) or "none"
