"""Another program goes on in the conversation one speaks in: one's own words stay."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.desk import Desk, settings_for
from tests.support.driver import Driver
from tests.support.waiting import until
from tests.support.wire_server import DONE, STOP, Peer, WireServer, delta, head
from tests.unit.storage.samples import answer, prompt
from tui.services.events import AnswerGrew, ConversationChanged, NoticeGiven
from tui.storage.library import Library

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.support.promises import Measured

THEIRS = (prompt(70, "A stranger's prompt."), answer(70, parent="p70"))


async def echo(peer: Peer) -> None:
    """Answer with what was said last; "wait" waits for the client to go."""
    if peer.request.method == "GET":
        models = json.dumps({"object": "list", "data": [{"id": "m-1"}]}).encode()
        size = f"Content-Length: {len(models)}"
        await peer.send(head(200, "application/json", size) + models)
        return
    said = peer.request.json["messages"][-1]["content"]
    await peer.send(head(200, "text/event-stream", "Connection: close"))
    await peer.send(delta(f"Echo of {said}"))
    if said == "wait":
        await peer.gone()
    await peer.send(STOP, DONE)
    peer.close()


@pytest.fixture
async def server() -> AsyncIterator[WireServer]:
    async with WireServer(echo) as server:
        yield server


@pytest.fixture
async def desk(tmp_path: Path, server: WireServer) -> AsyncIterator[Desk]:
    async with Desk(tmp_path, settings_for(server.base_url)) as desk:
        yield desk


def last_sent(server: WireServer) -> list[str]:
    posts = [one.json for one in server.requests if one.method == "POST"]
    return [one["content"] for one in posts[-1]["messages"]]


def notices(desk: Desk) -> list[str]:
    said = (notice.sentence for notice in desk.told(NoticeGiven))
    return [sentence for sentence in said if "beside your own words" in sentence]


def shown(desk: Desk) -> list[str]:
    changed = desk.told(ConversationChanged)
    return [one.content for one in changed[-1].conversation.path] if changed else []


def known(desk: Desk) -> str:
    changed = desk.told(ConversationChanged)
    return str(changed[-1].conversation.messages) if changed else ""


def go_on_beside(data: Path, file: str) -> None:
    """Add what another copy of the program adds that had seen the first answer only."""
    library = Library(data)
    loaded = library.load(file)
    first = loaded.conversation.messages[1].id
    question, reply = THEIRS
    library.append(loaded, [replace(question, parent=first), reply])


async def asked(desk: Desk, *prompts: str) -> str:
    file: str | None = None
    for count, text in enumerate(prompts, 1):
        file = await desk.workspace.send(file, text)
        await desk.ending(count)
        await desk.saved(file, 2 * count)
    assert file is not None
    return file


@pytest.mark.promise
async def test_who_has_spoken_keeps_his_path_and_goes_on_with_it(
    desk: Desk, server: WireServer, measured: Measured
) -> None:
    file = await asked(desk, "one", "two")
    await desk.workspace.open(file)
    await desk.workspace.send(file, "three")
    await desk.ending(3)
    await desk.saved(file, 6)
    go_on_beside(desk.places.data, file)
    await until(lambda: THEIRS[0].content in known(desk), "it is seen")
    own = ["one", "Echo of one", "two", "Echo of two", "three", "Echo of three"]
    assert shown(desk) == own
    assert len(notices(desk)) == 1
    await desk.workspace.rename(file, "Another title")
    assert shown(desk) == own
    await desk.workspace.send(file, "four")
    await desk.ending(4)
    assert last_sent(server) == [*own, "four"]
    await desk.saved(file, 10)
    assert len(notices(desk)) == 1
    assert "active" not in desk.on_disk(file)
    measured("P10", "another program went on beside one's words: they stay shown", 1)


async def test_an_answer_on_its_way_keeps_its_place(
    desk: Desk, server: WireServer
) -> None:
    file = await asked(desk, "one")
    await desk.workspace.open(file)
    await desk.workspace.send(file, "wait")
    await until(lambda: len({e.message_id for e in desk.told(AnswerGrew)}) == 2, "text")
    go_on_beside(desk.places.data, file)
    await desk.workspace.stop(file)
    await desk.ending(2)
    await desk.saved(file, 6)
    await until(lambda: THEIRS[0].content in known(desk), "it is seen")
    assert shown(desk)[-2:] == ["wait", "Echo of wait"]
    assert len(notices(desk)) == 1
    await desk.workspace.send(file, "on")
    await desk.ending(3)
    assert last_sent(server)[-3:] == ["wait", "Echo of wait", "on"]


async def test_who_only_looks_on_sees_the_newest(
    desk: Desk, tmp_path: Path, server: WireServer
) -> None:
    file = await asked(desk, "one", "two")
    async with Desk(tmp_path, settings_for(server.base_url)) as other:
        await other.workspace.open(file)
        go_on_beside(desk.places.data, file)
        await until(lambda: THEIRS[0].content in shown(other), "it is shown")
        assert notices(other) == []


async def test_the_other_path_is_shown_once_it_is_chosen(
    desk: Desk, server: WireServer
) -> None:
    file = await asked(desk, "one", "two")
    opened = await desk.workspace.open(file)
    await desk.workspace.send(file, "three")
    await desk.ending(3)
    go_on_beside(desk.places.data, file)
    await until(lambda: THEIRS[0].content in known(desk), "it is seen")
    await desk.workspace.flip(file, opened.conversation.path[2].id, 1)
    assert shown(desk) == ["one", "Echo of one", *(one.content for one in THEIRS)]
    await desk.workspace.send(file, "to the stranger")
    await desk.ending(4)
    assert last_sent(server)[2] == THEIRS[0].content


async def test_the_screen_keeps_ones_words_and_tells(
    tmp_path: Path, server: WireServer
) -> None:
    async with Driver(tmp_path, server.base_url) as driver:
        await driver.say("one")
        await driver.rests()
        await driver.say("two")
        await driver.rests(2)
        go_on_beside(driver.places.data, driver.files[0].name)
        await driver.sees("Another program has gone on", "Echo of two", "1/2")
        assert THEIRS[0].content not in driver.screen
