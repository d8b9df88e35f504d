"""Prompts that wait behind a running answer, kept over a crash as drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.storage.drafts_file import load_drafts, save_drafts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tui.services.drafts import Drafts
    from tui.services.engine import Disk


class QueuedPrompts:
    """The queued prompts on disk, by conversation file."""

    def __init__(self, path: Path, disk: Disk) -> None:
        """Make it empty; nothing is read before `recover`."""
        self._path = path
        self._disk = disk
        self._prompts: dict[str, str] = {}

    async def keep(self, file: str, prompts: Sequence[str]) -> None:
        """Write the queued prompts of a conversation; durable on return.

        Raises:
            StorageError: They can't be written.
        """
        if prompts:
            self._prompts[file] = "\n\n".join(prompts)
        else:
            self._prompts.pop(file, None)
        await self._disk.run(save_drafts, self._path, dict(self._prompts))

    async def recover(self, drafts: Drafts) -> int:
        """Turn what an earlier run had queued into drafts.

        Returns:
            How many conversations have such a draft now.
        """
        left = await self._disk.run(load_drafts, self._path)
        for file, text in left.items():
            draft = drafts.get(file)
            if text not in draft:
                drafts.put(file, f"{text}\n\n{draft}" if draft else text)
        if left:
            await drafts.save()
            await self._disk.run(save_drafts, self._path, {})
        return len(left)
