"""Somebody makes an open file read-only: nothing is sent, and it is not replaced."""

from __future__ import annotations

import asyncio
import ctypes
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.demo import DemoThread
from tests.support.desk import Desk, settings_for
from tests.support.waiting import until
from tests.unit.storage.samples import chat, prompt
from tui.domain.errors import ReadOnlyError
from tui.services.events import FileChecked
from tui.storage.library import Library

if TYPE_CHECKING:
    from tests.support.promises import Measured

PROJECT = Path(__file__).parents[3]
DROP_FROM_BOUND = 24
"""`PR_CAPBSET_DROP` of prctl(2)."""
IGNORE_PERMISSIONS = (1, 2)
"""`CAP_DAC_OVERRIDE` and `CAP_DAC_READ_SEARCH`."""


def obey_permissions() -> None:
    """Let permissions count for root as well, from the next program on."""
    if os.geteuid() == 0:
        for capability in IGNORE_PERMISSIONS:
            ctypes.CDLL(None).prctl(DROP_FROM_BOUND, capability, 0, 0, 0)


def refuse_at_once(folder: Path) -> None:
    library = Library(folder / "data")
    loaded = library.create(chat(1))
    path = library.conversations / loaded.file
    path.chmod(0o400)
    before = (path.read_bytes(), path.stat().st_ino)
    with pytest.raises(ReadOnlyError, match="permissions"):
        library.append(loaded, [prompt(5)])
    with pytest.raises(ReadOnlyError, match="permissions"):
        library.replace(loaded, chat(2))
    assert (path.read_bytes(), path.stat().st_ino) == before
    path.chmod(0o600)
    library.append(loaded, [prompt(5)])


def refuse_while_running(folder: Path) -> None:
    asyncio.run(_refuse_while_running(folder))


async def _refuse_while_running(folder: Path) -> None:
    with DemoThread() as demo:
        async with Desk(folder, settings_for(demo.base_url)) as desk:
            file = await desk.workspace.send(None, "Hi")
            answer = await desk.ending()
            await desk.saved(file, 2)
            await desk.workspace.open(file)
            path = desk.places.data / "conversations" / file
            asked = len(demo.server.requests)
            before = path.read_bytes()
            path.chmod(0o400)
            # Before the next look at the folder, and after it.
            for _ in range(2):
                with pytest.raises(ReadOnlyError):
                    await desk.workspace.send(file, "Are you there?")
                with pytest.raises(ReadOnlyError):
                    await desk.workspace.retry(file, answer.id)
                await until(lambda: desk.told(FileChecked), "it is seen")
            assert "permissions" in desk.told(FileChecked)[-1].read_only
            assert len(demo.server.requests) == asked
            assert path.read_bytes() == before
            path.chmod(0o600)
            await until(lambda: not desk.told(FileChecked)[-1].read_only, "seen, too")
            await desk.workspace.send(file, "And now?")
            await desk.ending(2)


@pytest.mark.promise
@pytest.mark.parametrize("refuse", ["refuse_at_once", "refuse_while_running"])
def test_a_file_made_read_only_while_open_is_not_written(
    tmp_path: Path, refuse: str, measured: Measured
) -> None:
    code = f"from {__name__} import *; {refuse}(Path({str(tmp_path)!r}))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        preexec_fn=obey_permissions,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    measured("P17", "files made read-only while open: written to: 0", 1)
