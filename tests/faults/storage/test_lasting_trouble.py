"""The disk says no while the program runs: words stay, it is told, it heals."""

from __future__ import annotations

import asyncio
import errno
import time
from typing import TYPE_CHECKING

import pytest

from tests.support.demo import DemoThread
from tests.support.desk import Desk, settings_for
from tests.support.failing_disk import Trouble
from tests.support.waiting import until
from tui.demo.pacing import Pace
from tui.domain.errors import StorageError
from tui.services.events import ActivityChanged, AnswerGrew

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.promises import Measured

HEALED_WITHIN = 10.0


@pytest.mark.promise
@pytest.mark.parametrize(
    ("error", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EIO, "the disk reported an error"),
        (errno.EROFS, "the disk is read-only"),
        (errno.EACCES, "permission denied"),
        (errno.EDQUOT, "quota"),
    ],
)
async def test_a_fault_in_mid_stream_is_told_and_heals(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    measured: Measured,
    error: int,
    words: str,
) -> None:
    trouble = Trouble(monkeypatch)
    with DemoThread(pace=Pace(first=0.0, token=0.02)) as demo:
        async with Desk(tmp_path, settings_for(demo.base_url)) as desk:
            file = await desk.workspace.send(None, "long answer 400")
            await until(lambda: desk.told(AnswerGrew), "text arrives")
            path = desk.places.data / "conversations" / file
            before = path.read_bytes()
            trouble.error = error

            def mark() -> str:
                marks = desk.told(ActivityChanged)
                return marks[-1].activity.unsaved if marks else ""

            await until(lambda: words in mark(), "the growing answer is not kept")
            await desk.workspace.stop(file)
            answer = await desk.ending()
            await until(lambda: words in mark(), "the lasting mark")
            asked = len(demo.server.requests)
            for where in (file, None):
                with pytest.raises(StorageError):
                    await desk.workspace.send(where, "Are you there?")
            assert len(demo.server.requests) == asked
            assert path.read_bytes() == before
            assert mark(), "the mark stays"
            assert answer.content
            assert await desk.workspace.unsaved()
            # Another folder would take it; here every call fails.
            with pytest.raises(StorageError):
                await desk.workspace.save_copy(file, str(tmp_path / "copy.toml"))
            trouble.error = 0
            healed = time.monotonic()
            _, saved = await desk.saved(file, 2)
            seconds = time.monotonic() - healed
            await until(lambda: not mark(), "the mark goes")
            assert saved["content"].strip() == answer.content.strip()
            assert not list(desk.places.data.rglob(".*.fortytwo-tmp"))
            await until(
                lambda: not list((desk.places.data / "journal").glob("*.journal")),
                "nothing is left in the journal",
            )
            await asyncio.sleep(0)
    assert seconds < HEALED_WITHIN
    measured("P8", f"{words}: marked, kept, saved {seconds:.1f} s after its end")
    measured("P17", "prompts refused before any request left", 2)
