from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tui.services.drafts import Drafts, without
from tui.services.engine import Disk
from tui.storage.drafts_file import load_drafts
from tui.storage.library import Library

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("draft", "sent", "left"),
    [
        ("", "sent", ""),
        ("sent", "sent", ""),
        ("two\nlines", "two\nlines", ""),
        ("sent\ntyped since", "sent", "typed since"),
        ("came back\n\nsent", "sent", "came back"),
        ("came back\n\nsent\ntyped since", "sent", "came back\n\ntyped since"),
        ("sent words", "sent", "sent words"),
        ("unsent\n\nsent", "sent", "unsent"),
        ("something else", "sent", "something else"),
    ],
)
def test_only_what_was_sent_leaves_a_draft(draft: str, sent: str, left: str) -> None:
    assert without(draft, sent) == left


async def test_saves_that_overlap_are_not_taken_for_another_copy(
    tmp_path: Path,
) -> None:
    path = tmp_path / "drafts.toml"
    drafts = Drafts(path, Disk(), Library(tmp_path).folder)
    await drafts.load()
    saves = []
    for number in range(20):
        drafts.put("chat.toml", f"draft {number}")
        saves.append(asyncio.create_task(drafts.save()))
        await asyncio.sleep(0)
    await asyncio.gather(*saves)
    drafts.put("chat.toml", "the last")
    leaving = asyncio.create_task(drafts.save())
    await asyncio.sleep(0)
    leaving.cancel()
    drafts.put("chat.toml", "")
    await drafts.close()
    assert "draft" not in "".join(load_drafts(path).values())
    assert not path.exists() or "elsewhere" not in path.read_text()
