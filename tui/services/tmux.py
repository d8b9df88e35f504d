"""Questions to the tmux around the program."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PATIENCE = 2.0
"""Seconds that tmux may take to answer."""


def ask_tmux(environ: Mapping[str, str], *words: str) -> str:
    """Run a command of tmux and return what it prints, or "" when it can't be asked.

    Args:
        environ: The environment, which names the server; keys are not handed down.
        words: The command and its arguments.
    """
    passed = {name: environ[name] for name in _NEEDED if name in environ}
    try:
        done = subprocess.run(
            ("tmux", *words),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
            env=passed,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace").strip() if not done.returncode else ""


def tmux_prefixes(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the prefix keys of the tmux around the program, as Textual names keys.

    Empty without a tmux.
    """
    if not environ.get("TMUX"):
        return ()
    names = (
        ask_tmux(environ, "show-options", "-gv", option)
        for option in ("prefix", "prefix2")
    )
    return tuple(
        _textual_name(name) for name in names if name and name.lower() != "none"
    )


_NEEDED = ("TMUX", "TMUX_PANE", "TMUX_TMPDIR", "PATH", "HOME", "TERM", "LANG", "LC_ALL")


def _textual_name(name: str) -> str:
    """Return `ctrl+a` for tmux's `C-a`."""
    modifiers = {"C": "ctrl", "M": "alt", "S": "shift"}
    *before, last = name.split("-") if len(name) > 1 else [name]
    named = {"Space": "space", "BSpace": "backspace"}.get(last, last.lower())
    return "+".join([*(modifiers.get(one, one) for one in before), named])
