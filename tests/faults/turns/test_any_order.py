"""Whatever a user does, in whichever order: no word is lost, nothing is left behind."""

from __future__ import annotations

import asyncio
import random
import tomllib
from collections import Counter, defaultdict
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING

import pytest

from tests.support.desk import Desk, settings_for
from tests.support.wire_server import (
    DONE,
    HE,
    HELLO,
    LLO,
    STOP,
    Peer,
    Script,
    WireServer,
    delta,
    frame,
    head,
    respond,
    respond_json,
    stream,
)
from tui.api import retry
from tui.domain.errors import FortytwoError
from tui.domain.message import Status
from tui.services import answering
from tui.services.events import DraftChanged, PromptsQueued
from tui.storage.drafts_file import load_drafts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

STEPS = 120
KEY = "sk-test-4242424242424242"


async def silent(peer: Peer) -> None:
    await peer.gone()


async def slowly(peer: Peer) -> None:
    await peer.send(head(200, "text/event-stream", "Transfer-Encoding: chunked"))
    for _ in range(40):
        await asyncio.sleep(0.01)
        await peer.send(frame(delta("word ")))
    await peer.send(frame(STOP), frame(DONE), b"0\r\n\r\n")


async def at_once_cut(peer: Peer) -> None:
    peer.close()


BUSY = {"error": {"message": "Too many concurrent requests. Retry after 0.02s."}}
ANSWERS: tuple[Script, ...] = (
    stream(*HELLO),
    stream(*HELLO),
    slowly,
    slowly,
    silent,
    at_once_cut,
    stream(HE, end="cut"),
    stream(HE, LLO, end="reset"),
    stream(HE, end="hang"),
    respond(503, b"", "", "Retry-After: 0.02"),
    respond_json(429, BUSY),
    respond_json(401, {"error": {"message": "no"}}),
)


class Person:
    """Does one thing after the other, and remembers what was written."""

    def __init__(self, desk: Desk, chance: random.Random) -> None:
        self.desk = desk
        self.chance = chance
        self.files: list[str] = []
        self.written: Counter[str] = Counter()
        self.composers: defaultdict[str, str] = defaultdict(str)
        self.leaving: set[str] = set()
        self.queued: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
        self._seen = 0
        self._number = count()

    async def act(self) -> None:
        doings: tuple[Callable[[], Awaitable[object]], ...] = (
            self.begin,
            self.begin,
            self.go_on,
            self.go_on,
            self.stop,
            self.stop,
            self.ask_again,
            self.rename,
            self.delete,
            self.undo,
            self.open,
            self.take_back,
            self.reorder,
        )
        with suppress(FortytwoError):
            await self.chance.choice(doings)()

    def _prompt(self) -> str:
        return f"prompt {next(self._number):03}"

    def _file(self) -> str:
        return self.chance.choice(self.files) if self.files else "none.toml"

    async def begin(self) -> None:
        text = self._prompt()
        self.files.append(await self.desk.workspace.send(None, text))
        self.written[text] += 1

    async def go_on(self) -> None:
        file = self._file()
        if file in self.leaving:
            return
        prompt = self._prompt()
        self.look()
        text = f"{self.composers[file]}\n{prompt}".strip()
        self.composers[file] = ""
        self.leaving.add(file)
        self.desk.workspace.save_draft(file, text)
        self.written[prompt] += 1
        try:
            await self.desk.workspace.send(file, text)
        except FortytwoError:
            self.composers[file] = f"{self.composers[file]}\n{text}".strip()
        finally:
            self.leaving.discard(file)
        self.desk.workspace.save_draft(file, self.composers[file])

    def look(self) -> None:
        """See what came back into the composers, as the interface does."""
        self.desk.told(DraftChanged)
        for event in self.desk.events[self._seen :]:
            if isinstance(event, PromptsQueued):
                self.queued[event.file] = event.prompts
            elif isinstance(event, DraftChanged):
                typed, queued = self.composers[event.file], self.queued[event.file]
                text = "\n\n".join([*queued, *([typed] if typed else [])])
                self.composers[event.file] = text if queued else event.text
                self.desk.workspace.save_draft(event.file, self.composers[event.file])
        self._seen = len(self.desk.events)

    async def stop(self) -> None:
        await self.desk.workspace.stop(self._file())

    async def ask_again(self) -> None:
        file = self._file()
        opened = await self.desk.workspace.open(file)
        if opened.conversation.messages:
            message = self.chance.choice(opened.conversation.messages)
            await self.desk.workspace.retry(file, message.id)

    async def rename(self) -> None:
        await self.desk.workspace.rename(self._file(), f"Title {next(self._number)}")

    async def delete(self) -> None:
        await self.desk.workspace.delete(self._file())

    async def undo(self) -> None:
        await self.desk.workspace.undo()

    async def open(self) -> None:
        await self.desk.workspace.open(self._file())

    async def take_back(self) -> None:
        await self.desk.workspace.take_back_queued(self._file())

    async def reorder(self) -> None:
        self.desk.workspace.move_in_queue(self._file(), self.chance.randint(1, 3))
        self.desk.workspace.send_now(self._file())


def found(desk: Desk) -> tuple[Counter[str], list[str | None]]:
    """Return every prompt that any file holds, and how the answers ended."""
    prompts: Counter[str] = Counter()
    endings: list[str | None] = []
    for file in desk.places.data.rglob("*.toml"):
        said = tomllib.loads(file.read_text()).get("messages", [])
        for message in said:
            if message["role"] == "user":
                prompts.update(message["content"].split("\n"))
        endings += [m.get("status") for m in said if m["role"] == "assistant"]
    if desk.places.drafts_file.exists():
        drafts = load_drafts(desk.places.drafts_file)
        for text in drafts.values():
            prompts.update(text.split("\n"))
    return prompts, endings


@pytest.mark.parametrize(
    "seed",
    [
        *range(3),
        *(pytest.param(seed, marks=pytest.mark.long) for seed in range(3, 60)),
    ],
)
async def test_any_order(
    seed: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(answering, "RETURN_PAUSE", 0.01)
    monkeypatch.setattr(retry, "LONGEST_BACKOFF", 0.05)
    chance = random.Random(seed)

    async def anything(peer: Peer) -> None:
        await chance.choice(ANSWERS)(peer)

    async with WireServer(anything) as server:
        settings = settings_for(
            server.base_url, model="m-1", concurrency=chance.randint(1, 4)
        )
        desk = Desk(tmp_path, settings)
        async with desk:
            person = Person(desk, chance)
            for _ in range(STEPS):
                await asyncio.gather(
                    *(person.act() for _ in range(chance.randint(1, 3)))
                )
                if chance.random() < 0.3:
                    await asyncio.sleep(chance.random() * 0.05)
            person.look()
        await server.connections_become(0)

    prompts, endings = found(desk)
    missing = {text for text in person.written if not prompts[text]}
    twice = {text for text, times in prompts.items() if text and times > 1}
    assert not missing
    assert not twice
    assert set(endings) <= {status.value for status in Status}
    assert not desk.workspace.running()
    # The test's own server may find that its client has left.
    logged = [r for r in caplog.records if "client_connected_cb" not in r.msg]
    assert not [r for r in logged if r.levelname in ("ERROR", "CRITICAL")]
