"""SIGKILL at any moment of the program's services, against a server that keeps count.

The server numbers the words it streams and notes when each was sent; so it is known
which prompts must be on disk, and how much of an answer a kill has cost.
"""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.wire_server import (
    Peer,
    WireServer,
    delta,
    frame,
    head,
    respond_json,
)
from tui.domain.message import Role, Status
from tui.services.engine import Engine
from tui.storage.journal import recover
from tui.storage.library import Library

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.promises import Measured

WORDS_A_SECOND = 60
LANES = 3
"""Libraries that are killed at the same time, each by itself."""

MOST_LOST = 1.0
MEDIAN_LOST = 0.5

PROGRAM = """
import asyncio, itertools, sys
from pathlib import Path
from tests.support.desk import places_below, settings_for
from tui.services.workspace import Workspace

async def main(folder, url, name):
    settings = settings_for(url, model="counting")
    workspace = Workspace(settings, places_below(folder), {})
    await workspace.start()
    files = sorted((folder / "data" / "conversations").glob("*.toml"))
    file = files[0].name if files and int(name.split("-")[1]) % 4 else None
    for turn in itertools.count():
        file = await workspace.send(file, f"<{name}.{turn}>")
        while workspace.running():
            await asyncio.sleep(0.01)

asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
"""


@dataclass
class Counting:
    """The server's book: which prompts came, and when each word of an answer went."""

    sent: dict[str, list[float]] = field(default_factory=dict)

    async def answer(self, peer: Peer) -> None:
        """Stream numbered words, about a second of them."""
        if peer.request.method == "GET":
            await respond_json(200, {"data": [{"id": "counting"}]})(peer)
            return
        prompt = peer.request.json["messages"][-1]["content"]
        sent = self.sent[prompt] = []
        await peer.send(head(200, "text/event-stream", "Transfer-Encoding: chunked"))
        for number in range(random.Random(prompt).randrange(10, 90)):
            await peer.send(frame(delta(f"{prompt}:{number} ")))
            sent.append(time.monotonic())
            await asyncio.sleep(1 / WORDS_A_SECOND)
        await peer.send(frame(delta("", "stop")), frame(b"data: [DONE]\n\n"))
        await peer.send(b"0\r\n\r\n")


@pytest.fixture
def counting() -> Iterator[tuple[Counting, str]]:
    book = Counting()
    server = WireServer(book.answer)
    engine = Engine()
    engine.start()
    engine.run_blocking(server.__aenter__(), 10)
    try:
        yield book, server.base_url
    finally:
        engine.run_blocking(server.__aexit__(), 10)
        engine.stop(5)


@dataclass
class Lane:
    """One library whose program is killed again and again."""

    folder: Path
    book: Counting
    url: str
    name: str
    killed: dict[str, float] = field(default_factory=dict)
    """When the program was killed while it waited for the answer to a prompt."""
    known: dict[str, str] = field(default_factory=dict)
    """What was on disk after the last kill: texts by their messages' ids."""
    files: int = 0

    def kill_once(self, number: int, moment: float) -> None:
        name = f"{self.name}-{number}"
        command = [sys.executable, "-c", PROGRAM, str(self.folder), self.url, name]
        with subprocess.Popen(command) as program:
            time.sleep(moment)
            assert program.poll() is None
            program.send_signal(signal.SIGKILL)
            now = time.monotonic()
            program.wait()
        self.check(now, f"<{name}.")

    def check(self, now: float, mine: str) -> None:
        """Look at the files before any program repairs them."""
        texts: dict[str, str] = {}
        for path in (self.folder / "data").rglob("*.toml"):
            content = path.read_text("utf-8")
            assert content, f"{path} is empty"
            self.files += 1
            messages: list[Any] = tomllib.loads(content).get("messages", [])
            texts |= {message["id"]: message["content"] for message in messages}
        prompts = set(texts.values())
        for prompt in tuple(self.book.sent):
            if prompt.startswith(mine):
                assert prompt in prompts, f"{prompt} was sent and is not on disk"
                self.killed[prompt] = now
        for identity, text in self.known.items():
            assert texts[identity].startswith(text), f"{identity} shrank"
        self.known = texts

    def losses(self) -> list[float]:
        """Recover once more; return the seconds of text that each kill has cost.

        Only answers that a kill cut off are counted.
        """
        library = Library(self.folder / "data")
        recover(library)
        lost: list[float] = []
        found = 0
        for row in library.scan():
            messages = library.load(row.file).conversation.messages
            answers = {
                message.parent: message
                for message in messages
                if message.role is Role.ASSISTANT
            }
            for message in messages:
                if message.content not in self.killed:
                    continue
                answer = answers.get(message.id)
                words = answer.content.split() if answer else []
                assert words == [f"{message.content}:{n}" for n in range(len(words))]
                found += 1
                if answer and answer.status is Status.COMPLETE:
                    assert len(words) == len(self.book.sent[message.content])
                    continue
                sent = self.book.sent[message.content]
                killed = self.killed[message.content]
                missing = sent[len(words)] if len(words) < len(sent) else killed
                lost.append(max(0.0, killed - missing))
        assert found == len(self.killed), "each prompt is there once"
        return lost


@pytest.mark.promise
@pytest.mark.timeout(3600)
def test_kills_at_random_moments(
    tmp_path: Path,
    counting: tuple[Counting, str],
    request: pytest.FixtureRequest,
    measured: Measured,
) -> None:
    rounds = 1_000 if request.config.getoption("--long") else 30
    book, url = counting
    lanes = [Lane(tmp_path / f"{at}", book, url, f"{at}") for at in range(LANES)]

    def run(lane: Lane) -> list[float]:
        chosen = random.Random(lane.name)
        for number in range(rounds // LANES + (rounds % LANES > int(lane.name))):
            lane.kill_once(number, chosen.uniform(0.1, 4.0))
        return lane.losses()

    with ThreadPoolExecutor(LANES) as pool:
        lost = sorted(loss for losses in pool.map(run, lanes) for loss in losses)
    files = sum(lane.files for lane in lanes)
    measured("P1", f"{rounds:,} kills, {files:,} files read: 0 unreadable")
    measured("P2", f"{len(book.sent):,} prompts reached the server: 0 missing")
    measured(
        "P3",
        f"{len(lost):,} answers cut off: at most {lost[-1]:.2f} s lost, "
        f"median {median(lost):.2f} s, at {WORDS_A_SECOND} words/s",
    )
    measured("P4", f"{sum(len(lane.known) for lane in lanes):,} messages: 0 holes")
    assert lost[-1] <= MOST_LOST
    assert median(lost) <= MEDIAN_LOST
