"""What the doctor finds on the disk: configuration, themes and library."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tui.cli.doctor.finding import Finding, Verdict
from tui.domain.errors import UnreadableError
from tui.storage.library import Library
from tui.storage.theme_files import load_themes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tui.domain.settings import Problem, Settings
    from tui.storage.locations import Locations

MOST_NAMED = 5
"""How many unreadable files are named one by one."""


def examine_configuration(
    places: Locations, settings: Settings, problems: Sequence[Problem]
) -> Iterator[Finding]:
    """Report the configuration file, and each thing that is wrong in it."""
    path = places.config_file
    if path.exists():
        names = ", ".join(settings.endpoints)
        yield Finding("configuration", f"{path} (endpoints: {names})")
    else:
        yield Finding("configuration", f"none; the defaults hold ({path})")
    for problem in problems:
        yield Finding("configuration", str(problem), Verdict.ODD)


def examine_themes(places: Locations, chosen: str) -> Iterator[Finding]:
    """Report theme files that make no theme, and a chosen theme that is not there."""
    themes, problems = load_themes(places.themes)
    for problem in problems:
        yield Finding("themes", str(problem), Verdict.ODD)
    if all(theme.name != chosen for theme in themes):
        sentence = f"There is no theme “{chosen}”; `fortytwo themes` lists them."
        yield Finding("themes", sentence, Verdict.ODD)


def examine_library(places: Locations) -> Iterator[Finding]:
    """Report whether conversations can be kept, and which can't be read."""
    folder = places.data
    if why := _why_not_writable(folder):
        yield Finding("data folder", why, Verdict.BROKEN)
    else:
        yield Finding("data folder", f"{folder} is writable")
    yield Finding("drafts", f"{places.state}")
    try:
        rows = Library(folder).scan()
    except UnreadableError as error:
        sentence = f"The library can't be listed: {error.sentence} Check the folder."
        yield Finding("conversations", sentence, Verdict.BROKEN)
        return
    yield Finding("conversations", f"{len(rows):,} in the library")
    unreadable = [row for row in rows if row.problem]
    for row in unreadable[:MOST_NAMED]:
        sentence = f"{row.file}: {row.problem} Mend it in an editor; it is left alone."
        yield Finding("unreadable", sentence, Verdict.ODD)
    if (rest := len(unreadable) - MOST_NAMED) > 0:
        sentence = f"{rest:,} more can't be read; `fortytwo list` names them."
        yield Finding("unreadable", sentence, Verdict.ODD)
    conflicts = sum(row.conflict for row in rows)
    if conflicts:
        sentence = (
            f"{conflicts:,} are second versions that a conflict left; "
            "open both and delete the one you don't need."
        )
        yield Finding("conflicts", sentence, Verdict.ODD)


def _why_not_writable(folder: Path) -> str:
    """Return why nothing can be written into a folder, or "". Creates nothing."""
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir():
        return f"{there} is no folder; choose another one with --data-dir."
    if not os.access(there, os.W_OK | os.X_OK):
        return (
            f"{there} must not be written to; run `chmod u+rwx` on it, or choose "
            "another folder with --data-dir."
        )
    conversations = folder / "conversations"
    if conversations.exists() and not os.access(conversations, os.W_OK | os.X_OK):
        return (
            f"{conversations} must not be written to; run `chmod u+rwx` on it, or "
            "choose another folder with --data-dir."
        )
    status = os.statvfs(there)
    if status.f_bavail * status.f_frsize < 1024 * 1024:
        return f"The disk of {there} is full; make room, or nothing can be saved."
    return ""
