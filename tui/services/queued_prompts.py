"""Prompts that wait behind a running answer, kept over a crash as drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.storage.queue_files import QueueFile, find_left_queues

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tui.services.drafts import Drafts
    from tui.services.engine import Disk
    from tui.storage.library_folder import LibraryFolder


class QueuedPrompts:
    """The queued prompts on disk, by conversation file."""

    def __init__(self, folder: Path, disk: Disk, home: LibraryFolder) -> None:
        """Make it empty; nothing is read before `recover`.

        Args:
            folder: Where each running program has its file.
            disk: The thread that does the file work.
            home: The data folder, in which that one may lie.
        """
        self._home = home
        self._folder = folder
        self._file = QueueFile(folder)
        self._disk = disk
        self._prompts: dict[str, str] = {}

    def note(self, file: str, prompts: Sequence[str]) -> None:
        """Take the queued prompts of a conversation; the next write has them."""
        if prompts:
            self._prompts[file] = "\n\n".join(prompts)
        else:
            self._prompts.pop(file, None)

    async def keep(self, file: str, prompts: Sequence[str]) -> None:
        """Write the queued prompts of a conversation; durable on return.

        Raises:
            StorageError: They can't be written; the next write has them.
        """
        self.note(file, prompts)
        await self._disk.run(self._write, dict(self._prompts))

    def _write(self, prompts: dict[str, str]) -> None:
        self._home.check_for(self._folder)
        self._file.save(prompts)

    async def recover(self, drafts: Drafts) -> int:
        """Turn what a run that is over had queued into drafts.

        Returns:
            How many conversations have such a draft now.
        """
        found = 0
        left = await self._disk.run(find_left_queues, self._folder)
        for queue in left:
            for file, text in queue.prompts.items():
                found += 1
                draft = drafts.get(file)
                if text not in draft:
                    drafts.put(file, f"{text}\n\n{draft}" if draft else text)
        if left:
            await drafts.save()
        for queue in left:
            safe = not drafts.unsaved()
            await self._disk.run(queue.remove if safe else queue.leave)
        return found

    async def close(self) -> None:
        """Let go of the file; what is still queued is left to the next start."""
        remove = not self._prompts
        await self._disk.run(lambda: self._file.close(remove=remove))
