from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.support.waiting import let_others_run, until
from tui.services.request_queue import RequestQueue

if TYPE_CHECKING:
    from collections.abc import Sequence


async def fill(queue: RequestQueue, *ids: str) -> dict[str, asyncio.Task[None]]:
    tasks = {}
    for message_id in ids:
        tasks[message_id] = asyncio.create_task(queue.enter(message_id))
        await let_others_run()
    return tasks


async def test_one_runs_and_the_others_wait_in_order() -> None:
    reports: list[Sequence[str]] = []
    queue = RequestQueue(1, reports.append)
    tasks = await fill(queue, "a", "b", "c")
    assert tasks["a"].done()
    assert list(queue.waiting) == ["b", "c"]
    assert reports[-1] == ("b", "c")
    queue.leave("a")
    await tasks["b"]
    assert list(queue.waiting) == ["c"]
    assert not tasks["c"].done()
    queue.leave("b")
    await tasks["c"]
    assert queue.running == {"c"}


async def test_the_order_can_be_changed_and_one_sent_now() -> None:
    queue = RequestQueue(1)
    tasks = await fill(queue, "a", "b", "c", "d")
    queue.move("d", 1)
    assert list(queue.waiting) == ["d", "b", "c"]
    queue.send_now("c")
    await tasks["c"]
    assert queue.running == {"a", "c"}
    queue.leave("a")
    queue.leave("c")
    await tasks["d"]
    assert list(queue.waiting) == ["b"]
    tasks["b"].cancel()
    await until(lambda: not queue.waiting, "the cancelled one leaves the queue")


async def test_who_is_cancelled_as_it_is_admitted_gives_its_place_back() -> None:
    queue = RequestQueue(1)
    tasks = await fill(queue, "a", "b", "c")
    queue.leave("a")
    tasks["b"].cancel()
    with pytest.raises(asyncio.CancelledError):
        await tasks["b"]
    await tasks["c"]
    assert queue.running == {"c"}


async def test_who_goes_back_to_the_front_is_next() -> None:
    queue = RequestQueue(1)
    tasks = await fill(queue, "a", "b")
    again = asyncio.create_task(queue.enter("z", front=True))
    await let_others_run()
    assert list(queue.waiting) == ["z", "b"]
    queue.leave("a")
    await again
    tasks["b"].cancel()
    await until(lambda: not queue.waiting)
