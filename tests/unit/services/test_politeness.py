"""How many requests a server sees, and when."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.desk import Desk, settings_for
from tests.support.waiting import until
from tests.support.wire_server import (
    HELLO,
    Peer,
    WireServer,
    respond_json,
    stream,
)
from tui.domain.message import Status
from tui.domain.phase import Phase
from tui.services import answering
from tui.services.events import TurnChanged
from tui.services.opened import NewConversation

if TYPE_CHECKING:
    from pathlib import Path

    from tui.domain.settings import Settings

WORDS = "Too many concurrent requests. Retry after 0.1s."
FULL = respond_json(429, {"error": {"message": WORDS, "type": "rate_limit_exceeded"}})


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "RETURN_PAUSE", 0.05)


async def silent(peer: Peer) -> None:
    await peer.gone()


def settings_of(server: WireServer, **changes: object) -> Settings:
    return settings_for(server.base_url, model="m-1", **changes)


async def test_one_request_too_many_queues_again(tmp_path: Path) -> None:
    async with (
        WireServer(FULL, FULL, stream(*HELLO)) as server,
        Desk(tmp_path, settings_of(server)) as desk,
    ):
        file = await desk.workspace.send(None, "Say hello.")
        message = await desk.ending()
        turns = [event.turn for event in desk.told(TurnChanged)]
        saved = await desk.saved(file, 2)

    assert (message.status, message.content) == (Status.COMPLETE, "Hello")
    assert any(turn.phase is Phase.QUEUED and turn.retry_at for turn in turns)
    asked = [r for r in server.requests if r.method == "POST"]
    assert len(asked) == 3
    assert [one["role"] for one in saved] == ["user", "assistant"]


async def test_it_does_not_queue_for_ever(tmp_path: Path) -> None:
    async with (
        WireServer(FULL) as server,
        Desk(tmp_path, settings_of(server)) as desk,
    ):
        await desk.workspace.send(None, "Say hello.")
        message = await desk.ending()

    assert message.status is Status.FAILED
    assert "at once" in message.error
    assert len(server.requests) == 1 + answering.MOST_RETURNS


async def test_a_long_wait_is_told_and_left_to_the_user(tmp_path: Path) -> None:
    words = WORDS.replace("0.1", "3600")
    refusal = respond_json(429, {"error": {"message": words}})
    async with (
        WireServer(refusal) as server,
        Desk(tmp_path, settings_of(server)) as desk,
    ):
        await desk.workspace.send(None, "Say hello.")
        message = await desk.ending()

    assert "Try again" in message.error
    assert len(server.requests) == 1


async def test_endpoints_with_one_server_and_key_share_a_queue(tmp_path: Path) -> None:
    async with WireServer(silent) as server:
        settings = settings_of(server)
        local = settings.endpoints["local"]
        twin = replace(local, name="twin", model="m-2", concurrency=3)
        other = replace(local, name="other", api_key_command="echo key-4242")
        settings = replace(
            settings, endpoints={"local": local, "twin": twin, "other": other}
        )
        async with Desk(tmp_path, settings) as desk:
            await desk.workspace.send(None, "one")
            twins = await desk.workspace.send(None, "two", NewConversation("twin"))
            await until(lambda: len(server.requests) == 1)
            turn = desk.workspace.turn(twins)
            assert turn is not None
            assert turn.phase is Phase.QUEUED
            await desk.workspace.send(None, "three", NewConversation("other"))
            await until(lambda: len(server.requests) == 2)
            assert len(desk.workspace.running()) == 3
