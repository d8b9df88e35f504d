"""The user's own editor for a prompt: which one, and what came back.

Nothing here touches Textual: the caller hands the terminal over first.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

_FALLBACKS = ("sensible-editor", "editor", "nano", "vim", "vi")
_RETURN_AT_ONCE = frozenset(
    {"code", "code-insiders", "codium", "cursor", "zed", "subl", "gedit", "kate"}
)
"""Editors with a window of their own; they wait only when asked to."""

_WAIT_OPTIONS = {"kate": "--block"}


@dataclass(frozen=True, slots=True)
class Edited:
    """What an editor left behind.

    Attributes:
        text: The text to go on with; the old one when the editor failed.
        problem: One sentence when something went wrong, or "".
    """

    text: str
    problem: str = ""


def editor_command(environ: Mapping[str, str]) -> list[str]:
    """Return the user's editor as a command, or an empty list when there is none.

    `VISUAL` goes before `EDITOR`; both may hold options.
    """
    for name in ("VISUAL", "EDITOR"):
        try:
            command = shlex.split(environ.get(name, ""))
        except ValueError:  # an unclosed quote: taken as it is
            command = [environ[name].strip()]
        if command:
            return _waiting(command)
    path = environ.get("PATH")
    for name in _FALLBACKS:
        if shutil.which(name, path=path):
            return [name]
    return []


def edit_in_editor(
    text: str,
    environ: Mapping[str, str],
    private: Collection[str] = (),
    *,
    name: str = "prompt.md",
) -> Edited:
    """Let the user edit a text in their editor; returns when it is closed.

    Args:
        text: The text.
        environ: The environment: names the editor, and is handed down to it.
        private: Variables that are not handed down: keys.
        name: The file's name, from which the editor knows the language.

    Returns:
        The new text, or the old one and a sentence when the editor can't be
        started, reports a failure, or leaves no readable file.
    """
    command = editor_command(environ)
    if not command:
        return Edited(text, "No editor found. Set VISUAL or EDITOR.")
    environment = {name: environ[name] for name in environ if name not in private}
    try:
        with tempfile.TemporaryDirectory(prefix="fortytwo-") as folder:
            return _edit_file(text, Path(folder) / name, command, environment)
    except OSError as error:
        reason = error.strerror or str(error)
        return Edited(text, f"The editor could not be used: {reason}.")


def _edit_file(
    text: str, path: Path, command: Sequence[str], environment: Mapping[str, str]
) -> Edited:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        file.write(text.encode("utf-8", "replace").decode() + "\n")
    editor = f"The editor {Path(command[0]).name}"
    try:
        ended = subprocess.run([*command, str(path)], env=environment, check=False)
    except OSError as error:
        reason = error.strerror or str(error)
        return Edited(text, f"{editor} could not be started: {reason}.")
    if ended.returncode:
        return Edited(
            text, f"{editor} ended with status {ended.returncode}; text kept."
        )
    if not path.exists():
        return Edited(text, f"{editor} left no file; text kept.")
    new = path.read_bytes().decode("utf-8", "replace")
    new = new.replace("\r\n", "\n").replace("\r", "\n")
    return Edited(new.removesuffix("\n"))


def _waiting(command: list[str]) -> list[str]:
    name = Path(command[0]).name
    option = _WAIT_OPTIONS.get(name, "--wait")
    if name not in _RETURN_AT_ONCE or option in command or "-w" in command:
        return command
    return [command[0], option, *command[1:]]
