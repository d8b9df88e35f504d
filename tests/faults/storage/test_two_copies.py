"""Two copies of the program on one library: nothing is lost, each sees the other."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from tests.support.demo import DemoThread
from tests.support.desk import Desk, settings_for
from tests.support.waiting import until
from tui.demo.pacing import Pace
from tui.services.events import AnswerEnded, ConversationChanged, SummaryChanged

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.promises import Measured

SEEN_WITHIN = 2.0


async def ask_many(desk: Desk, shared: str, name: str, count: int) -> None:
    """Ask in turn in the shared conversation and in one of one's own."""
    own: str | None = None
    for number in range(count):
        file = shared if number % 2 else own
        before = len(desk.told(AnswerEnded))
        sent = await desk.workspace.send(file, f"{name} {number}")
        own = own or (sent if sent != shared else None)
        await desk.ending(before + 1)


@pytest.mark.promise
@pytest.mark.timeout(900)
async def test_two_copies_lose_nothing_and_see_each_other(
    tmp_path: Path, measured: Measured
) -> None:
    count = 200
    with DemoThread() as demo:
        settings = settings_for(demo.base_url)
        async with Desk(tmp_path, settings) as one, Desk(tmp_path, settings) as two:
            shared = await one.workspace.send(None, "the shared one")
            await one.ending()
            began = time.monotonic()
            await until(
                lambda: any(e.summary.file == shared for e in two.told(SummaryChanged)),
                "the other copy lists it",
            )
            listed = time.monotonic() - began
            await one.workspace.open(shared)
            await two.workspace.open(shared)
            await asyncio.gather(
                ask_many(one, shared, "one", count), ask_many(two, shared, "two", count)
            )
            await one.saved(shared, 2 + 2 * count)
            began = time.monotonic()
            await one.workspace.rename(shared, "Renamed by one")
            await until(
                lambda: any(
                    e.conversation.title == "Renamed by one"
                    for e in two.told(ConversationChanged)
                ),
                "the other copy shows it",
            )
            shown = time.monotonic() - began
        found = [
            message["content"]
            for path in (tmp_path / "data" / "conversations").glob("*.toml")
            for message in one.on_disk(path.name)["messages"]
        ]
    for name in ("one", "two"):
        for number in range(count):
            assert found.count(f"{name} {number}") == 1
    assert len(found) == 2 * (1 + 2 * count), "every prompt has its answer"
    measured("P10", f"{2 * count} prompts of two whole programs: 0 lost")
    measured(
        "P10", f"the other's file listed after {listed:.1f} s, shown {shown:.1f} s"
    )
    assert max(listed, shown) <= SEEN_WITHIN


@pytest.mark.promise
async def test_a_second_copy_takes_no_queued_prompt_from_the_first(
    tmp_path: Path, measured: Measured
) -> None:
    with DemoThread(pace=Pace(first=60.0, token=0.0)) as demo:
        settings = settings_for(demo.base_url)
        async with Desk(tmp_path, settings) as one:
            file = await one.workspace.send(None, "the running one")
            await one.workspace.send(file, "queued in the first")
            async with Desk(tmp_path, settings) as two:
                opened = await two.workspace.open(file)
                assert opened.draft == ""
                other = await two.workspace.send(None, "another running one")
                await two.workspace.send(other, "queued in the second")
                queued = tmp_path / "data" / "state" / "queued"
                texts = "".join(path.read_text() for path in queued.glob("*.toml"))
                assert "queued in the first" in texts
                assert "queued in the second" in texts
            opened = await one.workspace.open(file)
            assert opened.queued == ("queued in the first",)
        async with Desk(tmp_path, settings) as three:
            drafts = [(await three.workspace.open(f)).draft for f in (file, other)]
            assert drafts == ["queued in the first", "queued in the second"]
    measured("P10", "prompts queued in two copies at once: 0 lost", 2)
