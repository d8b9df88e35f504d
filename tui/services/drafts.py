"""The unsent texts: one for each conversation, kept over a restart and a crash."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from tui.domain.errors import StorageError
from tui.storage.drafts_file import load_drafts, save_drafts

if TYPE_CHECKING:
    from pathlib import Path

    from tui.services.engine import Disk
    from tui.storage.library_folder import LibraryFolder

SAVE_PAUSE = 0.5
"""Seconds that changes are gathered before they go to disk."""

log = logging.getLogger(__name__)


class Drafts:
    """Drafts by file name; "" is the conversation that does not exist yet."""

    def __init__(self, path: Path, disk: Disk, home: LibraryFolder) -> None:
        """Make it empty; `load` reads the file.

        Args:
            path: The file.
            disk: The thread that does the file work.
            home: The data folder, in which the file may lie.
        """
        self._home = home
        self._path = path
        self._disk = disk
        self._drafts: dict[str, str] = {}
        self._saved: dict[str, str] = {}
        self._touched: set[str] = set()
        self._dirty = False
        self._saving = asyncio.Lock()
        self._saver: asyncio.Task[None] | None = None

    async def load(self) -> None:
        """Read the drafts of earlier runs."""
        async with self._saving:
            loaded = await self._disk.run(load_drafts, self._path)
            self._saved = dict(loaded)
            for file, text in loaded.items():
                if file not in self._touched:
                    self._drafts[file] = text

    def get(self, file: str) -> str:
        """Return the draft of a conversation, or ""."""
        return self._drafts.get(file, "")

    def files(self) -> tuple[str, ...]:
        """Return the conversations that have a draft."""
        return tuple(file for file in self._drafts if file)

    def put(self, file: str, text: str) -> None:
        """Take a draft; it is on disk within a second."""
        self._touched.add(file)
        if self._drafts.get(file, "") == text:
            return
        if text:
            self._drafts[file] = text
        else:
            self._drafts.pop(file, None)
        self._dirty = True
        if self._saver is None or self._saver.done():
            self._saver = asyncio.create_task(self._save_soon())

    def move(self, file: str, to: str) -> None:
        """Let a draft follow a conversation whose file has another name now."""
        text, there = self.get(file), self.get(to)
        if not text:
            return
        if there:
            # Of another conversation that had the name before: it must not get lost.
            new = self.get("")
            self.put("", f"{new}\n\n{there}" if new else there)
        self.put(to, text)
        self.put(file, "")

    def take_out(self, file: str, sent: str) -> None:
        """Take a text that was sent out of a draft.

        What stands around it stays: it was typed since, or came back from the queue.
        """
        self.put(file, without(self.get(file), sent))

    async def _save_soon(self) -> None:
        while self._dirty:
            await asyncio.sleep(SAVE_PAUSE)
            await self.save()

    async def save(self) -> None:
        """Write the drafts if they changed; they are on disk when this returns."""
        # One after the other: each must know what the one before it wrote, or takes
        # that for the words of another copy of the program.
        async with self._saving:
            if not self._dirty:
                return
            self._dirty = False
            before, self._saved = self._saved, dict(self._drafts)
            try:
                await self._disk.run(self._write, self._saved, before)
            except Exception as error:
                self._dirty, self._saved = True, before
                if not isinstance(error, StorageError):
                    raise
                log.warning("drafts not saved: %s", error.sentence)

    def _write(self, drafts: dict[str, str], before: dict[str, str]) -> None:
        self._home.check_for(self._path)
        save_drafts(self._path, drafts, before)

    def unsaved(self) -> dict[str, str]:
        """Return the drafts that are not on disk."""
        return {
            file: text
            for file, text in self._drafts.items()
            if self._dirty and text.strip() and self._saved.get(file) != text
        }

    async def close(self) -> None:
        """Write what is left."""
        if self._saver is not None:
            # Not in the middle of a save: nobody would know whether it came through.
            async with self._saving:
                self._saver.cancel()
            await asyncio.gather(self._saver, return_exceptions=True)
        await self.save()


def without(draft: str, sent: str) -> str:
    """Return a draft without the lines that were sent, or as it is without them."""
    at = draft.find(sent)
    while at >= 0:
        before, after = draft[:at], draft[at + len(sent) :]
        if before[-1:] in ("", "\n") and after[:1] in ("", "\n"):
            parts = (before.rstrip("\n"), after.lstrip("\n"))
            return "\n\n".join(part for part in parts if part)
        at = draft.find(sent, at + 1)
    return draft
