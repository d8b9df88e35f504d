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
from tui.services.events import AnswerEnded, TurnChanged
from tui.services.opened import NewConversation

if TYPE_CHECKING:
    from pathlib import Path

    from tui.domain.settings import Settings
    from tui.services.parts import Parts

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


async def test_a_request_that_is_stopped_at_once_does_not_wait_for_its_turn(
    tmp_path: Path,
) -> None:
    async with (
        WireServer(silent) as server,
        Desk(tmp_path, settings_of(server)) as desk,
    ):
        await desk.workspace.send(None, "one")
        await until(lambda: len(server.requests) == 1)

        async def send_and_stop(parts: Parts) -> None:
            # Nothing in between: the answer's own task has not begun.
            parts.answers.stop(await parts.sending.send(None, "2", NewConversation()))

        for count in range(1, 11):
            await desk.workspace._services.run(send_and_stop)
            await until(lambda count=count: len(desk.told(AnswerEnded)) == count)  # type: ignore[misc]  # bound early
        assert len(server.requests) == 1
        assert {e.message.status for e in desk.told(AnswerEnded)} == {Status.STOPPED}


async def test_what_still_waited_at_the_end_says_that_it_was_never_sent(
    tmp_path: Path,
) -> None:
    async with WireServer(silent) as server:
        async with Desk(tmp_path, settings_of(server)) as desk:
            first = await desk.workspace.send(None, "one")
            await until(lambda: len(server.requests) == 1)
            second = await desk.workspace.send(None, "two")
        sent, waited = desk.on_disk(first), desk.on_disk(second)

    assert "error" not in sent["messages"][1]
    assert [m["role"] for m in waited["messages"]] == ["user", "assistant"]
    assert waited["messages"][1]["status"] == "stopped"
    assert waited["messages"][1]["error"].startswith("Never sent")


async def test_a_model_that_vanished_is_told_with_the_list(tmp_path: Path) -> None:
    listed = [{"id": f"model-number-{number}"} for number in range(30)]

    async def without_it(peer: Peer) -> None:
        if peer.request.method == "GET":
            await respond_json(200, {"data": listed})(peer)
        else:
            error = {"message": "Model not found.", "type": "model_not_found"}
            await respond_json(404, {"error": error})(peer)

    async with (
        WireServer(without_it) as server,
        Desk(tmp_path, settings_of(server)) as desk,
    ):
        await desk.workspace.send(None, "Hi")
        message = await desk.ending()

    assert message.status is Status.FAILED
    assert "no model “m-1”" in message.error
    assert "model-number-0, model-number-1" in message.error
    assert "27 more" in message.error
    assert len(message.error) < 166


async def test_a_model_that_is_listed_and_refused_is_told_as_it_is(
    tmp_path: Path,
) -> None:
    async def listed_and_refused(peer: Peer) -> None:
        if peer.request.method == "GET":
            await respond_json(200, {"data": [{"id": "m-1"}, {"id": "m-2"}]})(peer)
        else:
            error = {"message": "Model not found.", "type": "model_not_found"}
            await respond_json(404, {"error": error})(peer)

    async with (
        WireServer(listed_and_refused) as server,
        Desk(tmp_path, settings_of(server)) as desk,
    ):
        await desk.workspace.send(None, "Hi")
        message = await desk.ending()

    assert "“m-1” at local, although it is listed" in message.error
    assert message.error.endswith("chooses another: m-2.")


async def test_a_model_that_vanished_is_told_where_no_list_is_to_be_had(
    tmp_path: Path,
) -> None:
    refusal = respond_json(404, {"error": {"message": "x", "type": "model_not_found"}})
    async with (
        WireServer(refusal) as server,
        Desk(tmp_path, settings_of(server)) as desk,
    ):
        await desk.workspace.send(None, "Hi")
        message = await desk.ending()

    assert "no model “m-1”" in message.error
