"""Brings text to the user's clipboard by the best route there is, and says which.

The order: a tool of the desktop, unless the program runs over SSH; tmux, which can
hand a buffer on to its terminal; the terminal itself by OSC 52; a file. A bare OSC 52
never leaves a tmux in its default configuration, `load-buffer -w` does (measured with
tmux 3.3a), and no terminal tells whether it obeyed OSC 52.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tui.domain.errors import NotSavedError
from tui.storage.private_folder import make_private_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

PATIENCE = 3.0
"""Seconds that a tool may take."""

MOST_BY_SEQUENCE = 74_994
"""Bytes that OSC 52 carries: xterm takes 100,000 characters of Base64 in all."""

_DEAF_TERMINALS = ("linux", "dumb", "vt100", "vt102", "vt220")
_CLIPBOARD_CAPABILITY = re.compile(r" Ms: (\S+)")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Route(StrEnum):
    """Which way a copy went."""

    TOOL = "tool"
    TMUX = "tmux"
    TERMINAL = "terminal"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Copied:
    """Where a copy went.

    Attributes:
        route: The way. `TERMINAL` asks the caller to write OSC 52.
        text: What was copied: control characters left out.
        place: The tool's name, the file's path, why tmux keeps it to itself, or "".
    """

    route: Route
    text: str
    place: str = ""

    @property
    def sentence(self) -> str:
        """What to tell the user: the size, the route, and whether it is sure."""
        count = len(self.text)
        size = "1 character" if count == 1 else f"{count:,} characters"
        match self.route:
            case Route.TOOL:
                return f"Copied {size} ({self.place})."
            case Route.TMUX if self.place:
                return f"Copied {size} into tmux only: {self.place}."
            case Route.TMUX:
                return f"Copied {size} into tmux and its terminal's clipboard."
            case Route.TERMINAL:
                return f"Sent {size} to the terminal's clipboard (OSC 52)."
            case Route.FILE:
                return f"No clipboard can be reached; {size} are in {self.place}."


class Clipboard:
    """Copies text. Blocking: call it in a thread."""

    def __init__(self, environ: Mapping[str, str], state: Path) -> None:
        """Make it.

        Args:
            environ: The environment, which tells what there is.
            state: The folder for the file that is the last resort.
        """
        self._environ = environ
        self._state = state

    def copy(self, text: str) -> Copied:
        """Copy a text.

        Args:
            text: Anything; control characters but tab and newline are left out, so
                that pasting it into a shell or an editor does nothing unseen.

        Raises:
            NotSavedError: Not even the file could be written.
        """
        text = _CONTROL.sub("", text.replace("\r\n", "\n"))
        raw = text.encode("utf-8", errors="replace")
        text = raw.decode("utf-8")
        for command in self._tools():
            # Only with a mark of its encoding does clip.exe take more than ASCII.
            wide = command[0] == "clip.exe" and not raw.isascii()
            if self._feed(command, text.encode("utf-16") if wide else raw):
                return Copied(Route.TOOL, text, command[0])
        if self._environ.get("TMUX"):
            if self._feed(("tmux", "load-buffer", "-w", "-"), raw):
                return Copied(Route.TMUX, text, self._why_tmux_only())
            # Before tmux 3.2 there was no -w.
            if self._feed(("tmux", "load-buffer", "-"), raw):
                return Copied(Route.TMUX, text, "it is older than 3.2")
        elif len(raw) <= MOST_BY_SEQUENCE and not self._deaf():
            return Copied(Route.TERMINAL, text)
        return Copied(Route.FILE, text, str(self._keep(raw)))

    def expected(self) -> Copied:
        """Return which way a short text would go, without copying anything."""
        if tools := self._tools():
            return Copied(Route.TOOL, "", tools[0][0])
        if self._environ.get("TMUX"):
            return Copied(Route.TMUX, "", self._why_tmux_only())
        if not self._deaf():
            return Copied(Route.TERMINAL, "")
        return Copied(Route.FILE, "", str(self._file))

    @property
    def _file(self) -> Path:
        return self._state / "clipboard.txt"

    def _tools(self) -> list[Sequence[str]]:
        environ = self._environ
        if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
            return []
        tools: list[Sequence[str]] = []
        if environ.get("WAYLAND_DISPLAY"):
            tools.append(("wl-copy",))
        if environ.get("DISPLAY"):
            tools += [("xclip", "-selection", "clipboard"), ("xsel", "-ib")]
        if environ.get("WSL_DISTRO_NAME"):
            tools.append(("clip.exe",))
        tools.append(("pbcopy",))
        path = environ.get("PATH")
        return [tool for tool in tools if shutil.which(tool[0], path=path)]

    def _deaf(self) -> bool:
        return self._environ.get("TERM", "dumb").startswith(_DEAF_TERMINALS)

    def _without_keys(self) -> dict[str, str]:
        return {
            name: value
            for name, value in self._environ.items()
            if not name.upper().endswith(("_KEY", "_TOKEN", "_SECRET"))
        }

    def _why_tmux_only(self) -> str:
        """Return why tmux can't hand a buffer on to a terminal, or "".

        It does so with the terminal's capability Ms, and is silent where there is none
        (tmux 3.3a, measured).
        """
        terminal = self._ask_tmux("display-message", "-p", "#{client_tty}").strip()
        if not terminal:
            return "no terminal is attached to it"
        listed = self._ask_tmux("show-messages", "-T")
        _, _, ours = listed.partition(f" for {terminal},")
        able = _CLIPBOARD_CAPABILITY.search(ours.partition("\nTerminal ")[0])
        if able is None or able[1] == "[missing]":
            return "it knows no way to its terminal's clipboard"
        return ""

    def _ask_tmux(self, *command: str) -> str:
        """Return what tmux says, or "" when it says nothing."""
        try:
            done = subprocess.run(
                ("tmux", *command),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=PATIENCE,
                check=False,
                env=self._without_keys(),
            )
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return done.stdout if done.returncode == 0 else ""

    def _feed(self, command: Sequence[str], raw: bytes) -> bool:
        # A tool may stay behind to own the selection; it must not hold our pipes,
        # and it has no business with the key.
        try:
            done = subprocess.run(
                command,
                input=raw,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=PATIENCE,
                check=False,
                env=self._without_keys(),
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        return done.returncode == 0

    def _keep(self, raw: bytes) -> Path:
        path = self._file
        try:
            make_private_folder(self._state)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(raw)
        except OSError as error:
            raise NotSavedError(
                f"The text could not be copied: no clipboard, and {path} can't be "
                f"written ({error.strerror})."
            ) from error
        return path
