"""How full the model's context is, as far as the server tells its size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.desk import settings_for
from tests.support.driver import Driver
from tests.support.waiting import until
from tests.support.wire_server import (
    DONE,
    HE,
    LLO,
    STOP,
    Peer,
    WireServer,
    chunk,
    event,
    respond,
    respond_json,
    stream,
)

if TYPE_CHECKING:
    from pathlib import Path

USAGE = {"prompt_tokens": 250, "completion_tokens": 50, "total_tokens": 300}
COUNTED = stream(HE, LLO, event(chunk({}, "stop", usage=USAGE)), DONE)
UNCOUNTED = stream(HE, LLO, STOP, DONE)


async def one_thousand(peer: Peer) -> None:
    """List a model of a thousand tokens, and count what it answers."""
    if peer.request.method == "GET":
        listed = {"data": [{"id": "m-1", "context_length": 1000}]}
        await respond_json(200, listed)(peer)
    else:
        await COUNTED(peer)


async def one_thousand_uncounted(peer: Peer) -> None:
    if peer.request.method == "GET":
        await one_thousand(peer)
    else:
        await UNCOUNTED(peer)


async def no_list(peer: Peer) -> None:
    if peer.request.method == "GET":
        await respond(404, b"")(peer)
    else:
        await COUNTED(peer)


@pytest.mark.parametrize("model", ["", "m-1"])
async def test_the_part_of_the_context_that_is_used(tmp_path: Path, model: str) -> None:
    async with WireServer(one_thousand) as server:
        settings = settings_for(server.base_url, model=model)
        async with Driver(tmp_path, settings) as chat:
            await chat.say("Hi")
            await chat.rests()
            await chat.sees("ctx 30%")
            await chat.press("ctrl+n")
            await chat.misses("ctx")
            lists = [r for r in server.requests if r.method == "GET"]
            assert len(lists) == 1


async def test_our_own_estimate_is_marked(tmp_path: Path) -> None:
    async with (
        WireServer(one_thousand_uncounted) as server,
        Driver(tmp_path, settings_for(server.base_url)) as chat,
    ):
        await chat.say("Hi")
        await chat.rests()
        await chat.sees("ctx ≈<1%", "≈1 tokens")


async def test_no_meter_where_no_size_is_told(tmp_path: Path) -> None:
    async with WireServer(no_list) as server:
        settings = settings_for(server.base_url, model="m-1")
        async with Driver(tmp_path, settings) as chat:
            for count in (1, 2):
                await chat.say("Hi")
                await chat.rests(count)
            assert "ctx" not in chat.screen
            # A list that fails is asked for once, and never in the way.
            await until(lambda: len(server.requests) == 3)
