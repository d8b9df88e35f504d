"""Tells the folders of a library from others that lie at the same paths for a while.

A disk that is unplugged leaves an empty mount point behind, and a folder that was
renamed leaves nothing. Whoever made the path anew would write where nobody looks for
it, so a folder that was reached once in this run is never made a second time.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from tui.domain.errors import NotSavedError, StorageError
from tui.storage import disk
from tui.storage.reading import read_content

if TYPE_CHECKING:
    from pathlib import Path

    from tui.storage.stamp import Stamp
    from tui.storage.system_calls import SystemCalls


class LibraryFolder:
    """The data folder and the folder of conversations in it, as this run found them.

    Device and inode tell one folder from another. A disk may come back under other
    numbers: then it is known by the file that was read or written last in this run.
    """

    def __init__(self, root: Path, conversations: Path) -> None:
        """Make it without looking.

        Args:
            root: The data folder.
            conversations: The folder of conversations in it.
        """
        self._root = root
        self._conversations = conversations
        self._known: dict[Path, tuple[int, int]] = {}
        self._last: tuple[str, Stamp] | None = None

    def check(self) -> None:
        """Refuse to go on in another folder than the one this run has reached.

        A folder that is there for the first time is the one from now on.

        Raises:
            NotSavedError: It is gone, or another one lies in its place.
        """
        for folder in (self._conversations, self._root):
            found = _identify(folder)
            known = self._known.get(folder)
            if found is None:
                if known is not None:
                    # Short: it stands in one line with what can be done meanwhile.
                    raise NotSavedError("Not saved: the library's folder is gone.")
            elif known is None or found == known or self._holds_the_last_file():
                self._known[folder] = found
            else:
                raise NotSavedError("Not saved: the library's folder is another one.")

    def is_there(self) -> bool:
        """Return whether it is the one this run has reached, or the first one."""
        try:
            self.check()
        except NotSavedError:
            return False
        return True

    def check_for(self, path: Path) -> None:
        """Refuse to write a file that lies in the data folder while that is gone.

        Raises:
            NotSavedError: The data folder is gone, or another one is in its place.
        """
        if path.is_relative_to(self._root):
            self.check()

    def make(self, calls: SystemCalls) -> None:
        """Make the folder of conversations, unless it was there before and is gone.

        Raises:
            NotSavedError: It was, or it can't be made.
        """
        self.check()
        disk.make_folder(calls, self._conversations)
        self.check()

    def note(self, file: str, stamp: Stamp) -> None:
        """Remember a file by which the folder is known when its numbers change."""
        if self.is_there():
            self._last = (file, stamp)

    def _holds_the_last_file(self) -> bool:
        if self._last is None:
            return False
        file, stamp = self._last
        try:
            return stamp.matches(read_content(self._conversations / file))
        except StorageError:
            return False


def _identify(folder: Path) -> tuple[int, int] | None:
    try:
        status = os.stat(folder)  # noqa: PTH116  # a plain call, a microsecond
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISDIR(status.st_mode) else None
