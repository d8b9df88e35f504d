"""Notices what others did to the folder of conversations, by `stat` alone."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui.storage.file_names import is_conversation_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

FileState = tuple[int, int, int]
"""Time of modification (ns), size (bytes), inode."""


@dataclass(frozen=True)
class Snapshot:
    """What the folder looked like.

    Attributes:
        files: The state of each file by name.
        folder_mtime_ns: The folder's own time of modification: it moves when a name
            comes, goes or is replaced, not when a file is written in place.
    """

    files: Mapping[str, FileState] = field(default_factory=dict)
    folder_mtime_ns: int = -1


@dataclass(frozen=True)
class Changes:
    """What happened between two snapshots.

    Attributes:
        added: Names that are new.
        changed: Names whose file is another version.
        removed: Names that are gone.
        snapshot: The newer snapshot.
        moved: The new names of files that are the same under another name, by the old.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    snapshot: Snapshot
    moved: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything happened."""
        return bool(self.added or self.changed or self.removed)


def take_snapshot(folder: Path) -> Snapshot:
    """Return the state of every conversation file, without opening one."""
    files: dict[str, FileState] = {}
    try:
        # Taken before the list: what comes in between shows the next time.
        folder_mtime_ns = folder.stat().st_mtime_ns
        with os.scandir(folder) as entries:
            for entry in entries:
                if is_conversation_name(entry.name):
                    files[entry.name] = _state_of_entry(entry)
    except OSError:
        return Snapshot()
    return Snapshot(files, folder_mtime_ns)


def find_changes(
    folder: Path, known: Snapshot, watched: Iterable[str] | None = None
) -> Changes:
    """Compare the folder with what is known of it.

    Args:
        folder: The folder of conversations.
        known: The last snapshot.
        watched: With names given, only these files are looked at as long as the
            folder's own time stands still: a glance that costs next to nothing.
    """
    if watched is not None:
        glance = _glance(folder, known, watched)
        if glance is not None:
            return glance
    now = take_snapshot(folder)
    added = {
        name: state for name, state in now.files.items() if name not in known.files
    }
    removed = tuple(name for name in known.files if name not in now.files)
    names = {state: name for name, state in added.items()} if removed else {}
    return Changes(
        added=tuple(added),
        changed=tuple(
            name
            for name, state in now.files.items()
            if name in known.files and known.files[name] != state
        ),
        removed=removed,
        snapshot=now,
        moved={
            name: names[known.files[name]]
            for name in removed
            if known.files[name] in names
        },
    )


def _glance(folder: Path, known: Snapshot, watched: Iterable[str]) -> Changes | None:
    try:
        if folder.stat().st_mtime_ns != known.folder_mtime_ns:
            return None
    except OSError:
        return None
    states = {name: state_of(folder / name) for name in watched if name in known.files}
    changed = {
        name: state for name, state in states.items() if known.files[name] != state
    }
    if not changed:
        return Changes((), (), (), known)
    snapshot = Snapshot({**known.files, **changed}, known.folder_mtime_ns)
    return Changes((), tuple(changed), (), snapshot)


def state_of(path: Path) -> FileState:
    """Return a file's state, or zeros when it is gone."""
    try:
        return _state(path.stat())
    except OSError:
        return (0, 0, 0)


def _state_of_entry(entry: os.DirEntry[str]) -> FileState:
    # No path is made for it: half the time for a large folder.
    try:
        return _state(entry.stat())
    except OSError:
        return (0, 0, 0)


def _state(status: os.stat_result) -> FileState:
    return (status.st_mtime_ns, status.st_size, status.st_ino)
