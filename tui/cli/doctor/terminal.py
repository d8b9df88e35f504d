"""What the doctor finds around the screen: terminal, tmux, clipboard, locale."""

from __future__ import annotations

import locale
import shutil
import sys
from typing import TYPE_CHECKING

from tui.cli.doctor.finding import Finding, Verdict
from tui.services.clipboard import Clipboard, Route
from tui.services.tmux import ask_tmux

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

SMALLEST = (40, 12)
"""Columns and lines below which the app only says that the terminal is too small."""

SLOW_ESCAPE = 100
"""Milliseconds of tmux's `escape-time` from which on Esc feels slow."""


def examine_terminal(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Report the terminal, its colours, its size, and what is between it and us."""
    term = environ.get("TERM", "")
    if term in ("", "dumb"):
        sentence = (
            f"TERM={term or '(unset)'} names no terminal that can show a full screen; "
            "set it to what yours is, such as xterm-256color."
        )
        yield Finding("terminal", sentence, Verdict.BROKEN)
    else:
        size = shutil.get_terminal_size()
        sentence = f"TERM={term}, {_colours(environ)}, {size.columns}×{size.lines}"
        small = size.columns < SMALLEST[0] or size.lines < SMALLEST[1]
        if small and sys.stdout.isatty():
            sentence += f"; make it at least {SMALLEST[0]}×{SMALLEST[1]}."
            yield Finding("terminal", sentence, Verdict.ODD)
        else:
            yield Finding("terminal", sentence)
    if environ.get("TMUX"):
        yield from _examine_tmux(environ)
    elif environ.get("STY"):
        yield Finding("multiplexer", "GNU screen; OSC 52 copies may not get out")
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        yield Finding("SSH", "yes; copies go through the terminal")


def examine_clipboard(environ: Mapping[str, str], state: Path) -> Finding:
    """Report which way a copy goes."""
    expected = Clipboard(environ, state).expected()
    match expected.route:
        case Route.TOOL:
            return Finding("clipboard", f"through {expected.place}")
        case Route.TMUX if expected.place:
            sentence = f"into tmux only: {expected.place}"
            return Finding("clipboard", sentence, Verdict.ODD)
        case Route.TMUX:
            return Finding("clipboard", "through tmux, which hands it on")
        case Route.TERMINAL:
            sentence = "through the terminal (OSC 52), which does not say if it obeyed"
            return Finding("clipboard", sentence)
        case Route.FILE:
            sentence = (
                f"No way to one is known; copies go into {expected.place}. "
                "Install wl-clipboard, xclip or xsel."
            )
            return Finding("clipboard", sentence, Verdict.ODD)


def examine_locale(environ: Mapping[str, str]) -> Finding:
    """Report whether text is written as UTF-8."""
    names = [
        f"{name}={environ[name]}"
        for name in ("LC_ALL", "LC_CTYPE", "LANG")
        if environ.get(name)
    ]
    said = ", ".join(names) or "no LANG"
    encoding = locale.getpreferredencoding(False)
    if encoding.lower().replace("-", "") != "utf8":
        sentence = f"{said} means {encoding}; set LANG to a UTF-8 locale: C.UTF-8."
        return Finding("locale", sentence, Verdict.ODD)
    return Finding("locale", f"{said}, {encoding}")


def _colours(environ: Mapping[str, str]) -> str:
    if environ.get("NO_COLOR"):
        return "no colours (NO_COLOR)"
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "16 million colours"
    term = environ.get("TERM", "")
    if "direct" in term or "kitty" in term or "ghostty" in term:
        return "16 million colours"
    return "256 colours" if "256" in term else "16 colours"


def _examine_tmux(environ: Mapping[str, str]) -> Iterator[Finding]:
    version = ask_tmux(environ, "-V")
    if not version:
        sentence = "TMUX is set, but tmux does not answer; start it anew."
        yield Finding("tmux", sentence, Verdict.ODD)
        return
    yield Finding("tmux", version)
    escape = ask_tmux(environ, "show-options", "-sv", "escape-time")
    if escape.isdigit() and int(escape) > SLOW_ESCAPE:
        sentence = (
            f"Esc takes {escape} ms; put `set -sg escape-time 20` into ~/.tmux.conf."
        )
        yield Finding("tmux", sentence, Verdict.ODD)
    if ask_tmux(environ, "show-options", "-sv", "set-clipboard") == "off":
        sentence = (
            "Copies stay inside tmux; put `set -s set-clipboard on` into ~/.tmux.conf."
        )
        yield Finding("tmux", sentence, Verdict.ODD)
