"""Who sends before the program has read its files goes on in that conversation."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.support.demo import DemoThread
from tests.support.driver import Driver
from tests.support.waiting import until
from tui.services.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


async def test_a_prompt_sent_before_the_start_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = asyncio.Event()
    show_nothing = Workspace.show_nothing

    async def slowly(self: Workspace) -> str:
        await sent.wait()
        return await show_nothing(self)

    monkeypatch.setattr(Workspace, "show_nothing", slowly)
    with DemoThread() as demo:
        async with Driver(tmp_path, demo.base_url) as chat:
            await chat.say("Hello")
            await chat.rests()
            file = chat.app.main.chat.file
            assert file is not None
            sent.set()
            await until(lambda: chat.app.main.drafts.begun, "the start is over")
            await chat.say("Hello again")
            await chat.rests(2)
            assert len(chat.files) == 1
            assert chat.app.main.composer.file == file
