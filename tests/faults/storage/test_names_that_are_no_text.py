"""File names that are not UTF-8: listed, and nothing else is held up by them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tests.support.demo import DemoThread
from tests.support.desk import Desk, settings_for
from tests.support.waiting import until
from tests.unit.storage.samples import chat
from tui.services.events import NoticeGiven, SummaryChanged
from tui.storage.encoding import encode

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_foreign_name_is_listed_and_nothing_unforeseen(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "conversations"
    folder.mkdir(parents=True)
    with DemoThread() as demo:
        async with Desk(tmp_path, settings_for(demo.base_url)) as desk:
            name = os.fsdecode(b"latin\xe9.toml")
            for count in range(3):
                (folder / name).write_bytes(encode(chat(count + 1)))
                (folder / f"after-{count}.toml").write_bytes(encode(chat(1)))
                await until(
                    lambda count=count: (  # type: ignore[misc]  # bound early
                        {name, f"after-{count}.toml"}
                        <= {one.summary.file for one in desk.told(SummaryChanged)}
                    ),
                    "both are listed",
                )
            said = [one.sentence for one in desk.told(NoticeGiven)]
    assert not [one for one in said if "unforeseen" in one]
