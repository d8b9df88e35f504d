"""Opens an address in the user's browser, where that is on the user's screen."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

_SAFE = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x1f\x7f-\x9f]+", re.IGNORECASE)
PATIENCE = 5.0
"""Seconds until an opener that has not complained counts as working."""


def may_be_opened(address: str) -> bool:
    """Return whether an address is http, https or mailto, and nothing else."""
    return _SAFE.fullmatch(address) is not None


def browser_command(environ: Mapping[str, str]) -> Sequence[str]:
    """Return what opens an address on the user's screen, or nothing.

    Nothing over SSH, where the browser would open on another machine, and nothing
    without a desktop, where a text browser would draw over the program.
    """
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        return ()
    path = environ.get("PATH")
    candidates: list[Sequence[str]] = []
    if environ.get("WSL_DISTRO_NAME"):
        candidates += [("wslview",), ("explorer.exe",)]
    if environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"):
        candidates += [("xdg-open",), ("gio", "open")]
    else:
        # Only macOS has a program of this name that opens addresses.
        candidates += [("/usr/bin/open",)] if shutil.which("pbcopy", path=path) else []
    for command in candidates:
        if shutil.which(command[0], path=path):
            return command
    return ()


def open_in_browser(
    address: str, environ: Mapping[str, str], private: Collection[str] = ()
) -> str:
    """Open an address.

    Blocking: call it in a thread.

    Args:
        address: http, https or mailto; all others are refused.
        environ: The environment: tells what there is, and is handed down.
        private: Variables that are not handed down: keys.

    Returns:
        The name of what opened it, or "" when nothing can or may.
    """
    command = browser_command(environ) if may_be_opened(address) else ()
    if not command:
        return ""
    try:
        process = subprocess.Popen(
            [*command, address],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={name: environ[name] for name in environ if name not in private},
            start_new_session=True,
        )
    except OSError:
        return ""
    try:
        failed = process.wait(PATIENCE) != 0
    except subprocess.TimeoutExpired:
        # It is the browser itself and lives as long as its window.
        process.returncode = 0
        failed = False
    return "" if failed else command[0]
