"""Tells somebody who looks elsewhere that an answer is there.

Terminals differ: OSC 9 is iTerm2's notice, which WezTerm, Ghostty and kitty know, OSC
777 is rxvt's, which foot knows; inside tmux only the bell gets out of a default
configuration, and tmux marks the window by it. Blocking: call it in a thread.
"""

from __future__ import annotations

import shutil
import subprocess
from enum import StrEnum
from typing import TYPE_CHECKING

from tui.domain.visible import visible_line
from tui.services.tmux import ask_tmux

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PATIENCE = 3.0
"""Seconds that the desktop's notifier may take."""

LONGEST = 120
"""Characters of a notice."""

_KNOW_OSC_9 = frozenset({"iTerm.app", "WezTerm", "ghostty"})
_KNOW_OSC_777 = ("foot", "rxvt")
_SCRIPT = (
    "osascript",
    *("-e", "on run argv"),
    *("-e", 'display notification (item 1 of argv) with title "fortytwo"'),
    *("-e", "end run"),
)


class Way(StrEnum):
    """How a notice is given; the values are those of the setting `notices`."""

    AUTO = "auto"
    BELL = "bell"
    OSC_9 = "osc9"
    OSC_777 = "osc777"
    DESKTOP = "desktop"
    OFF = "off"


class Notifier:
    """Gives notices in the way that is wanted, or that works here."""

    def __init__(self, wanted: str, environ: Mapping[str, str]) -> None:
        """Make it.

        Args:
            wanted: A value of `Way`.
            environ: The environment without keys: it tells what is around the program,
                and is handed down.
        """
        self._environ = environ
        self.way = Way(wanted) if wanted != Way.AUTO else self._best()
        """The way that is taken; never `AUTO`."""

    def _best(self) -> Way:
        environ = self._environ
        term = environ.get("TERM", "")
        if environ.get("CI"):
            return Way.OFF
        if environ.get("TMUX") or environ.get("STY"):
            return Way.BELL
        if environ.get("TERM_PROGRAM") in _KNOW_OSC_9 or "kitty" in term:
            return Way.OSC_9
        if term.startswith(_KNOW_OSC_777):
            return Way.OSC_777
        return Way.DESKTOP if self._tool() else Way.BELL

    def _tool(self) -> Sequence[str]:
        environ = self._environ
        if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
            return ()
        path = environ.get("PATH")
        if environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"):
            if shutil.which("notify-send", path=path):
                return ("notify-send", "--app-name=fortytwo", "--", "fortytwo")
        elif shutil.which("osascript", path=path):
            return _SCRIPT
        return ()

    def looked_away(self) -> bool:
        """Return whether tmux shows another window, or nobody looks at it.

        A default tmux does not tell programs about the focus.
        """
        pane = self._environ.get("TMUX_PANE")
        if not pane or not self._environ.get("TMUX"):
            return False
        shown = "#{&&:#{window_active},#{session_attached}}"
        return (
            ask_tmux(self._environ, "display-message", "-p", "-t", pane, shown) == "0"
        )

    def notify(self, text: str) -> str:
        """Give a notice.

        Args:
            text: One line; foreign text is cleaned here.

        Returns:
            What must be written to the terminal, or "".
        """
        line = visible_line(text)[:LONGEST]
        match self.way:
            case Way.OSC_9:
                return f"\x1b]9;{line}\x07"
            case Way.OSC_777:
                return f"\x1b]777;notify;fortytwo;{line.replace(';', ',')}\x07"
            case Way.DESKTOP:
                return "" if self._run((*self._tool(), line)) else "\x07"
            case Way.OFF:
                return ""
            case _:
                return "\x07"

    def _run(self, command: Sequence[str]) -> bool:
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=PATIENCE,
                check=False,
                env=self._environ,
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        return done.returncode == 0
