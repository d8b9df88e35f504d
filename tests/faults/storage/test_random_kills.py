"""SIGKILL at any moment: no unreadable file, no lost prompt, at most a flush lost."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

from tui.storage.journal import recover
from tui.storage.library import Library

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.promises import Measured

CHATTER = """
import random, sys
from dataclasses import replace
from pathlib import Path
from tests.unit.storage.samples import answer, chat, prompt
from tui.domain.message import Message, Role, Status
from tui.storage.journal import Journal, recover
from tui.storage.library import Library

root, number = Path(sys.argv[1]), int(sys.argv[2])
library = Library(root, in_place_from=int(sys.argv[3]))
recover(library)
rows = library.scan()
loaded = library.load(rows[0].file) if rows else library.create(chat(1))
print("ready", flush=True)
turn = 0
while True:
    turn += 1
    name = f"{number}.{turn}"
    asked = replace(prompt(1, f"<{name}>", parent=loaded.last_id), id=f"p{name}")
    loaded = library.append(loaded, [asked])
    print("prompt", name, flush=True)
    head = Message(id=f"a{name}", role=Role.ASSISTANT, content="", parent=asked.id)
    journal = Journal.begin(root, loaded.file, head)
    text = ""
    for word in range(random.randrange(1, 12)):
        delta = f"{name}:{word} " * 40
        journal.add(delta)
        journal.flush()
        text += delta
        print("flushed", name, len(text), flush=True)
    if turn % 3 == 0:
        title = f"Title {name}"
        loaded = library.replace(loaded, replace(loaded.conversation, title=title))
    done = replace(head, content=text, status=Status.COMPLETE)
    loaded = library.append(loaded, [done])
    journal.close(remove=True)
    print("complete", name, len(text), flush=True)
"""


def kill_many_times(root: Path, rounds: int, in_place_from: int) -> None:
    chosen = random.Random(rounds + in_place_from)
    prompts: list[str] = []
    flushed: dict[str, int] = {}
    for number in range(rounds):
        with subprocess.Popen(
            [sys.executable, "-c", CHATTER, str(root), str(number), str(in_place_from)],
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(chosen.randrange(1, 40))]
            process.send_signal(signal.SIGKILL)
            lines += process.stdout.readlines()
            assert process.wait() == -signal.SIGKILL
        for line in lines:
            if not line.endswith("\n"):
                continue
            kind, *rest = line.split()
            if kind == "prompt":
                prompts.append(rest[0])
            if kind in ("flushed", "complete"):
                flushed[rest[0]] = int(rest[1])
        for path in root.rglob("*.toml"):
            content = path.read_text("utf-8")
            assert content
            tomllib.loads(content)
    library = Library(root)
    recover(library)
    (row,) = library.scan()
    messages = library.load(row.file).conversation.messages
    contents = [message.content for message in messages]
    asked = [text.strip("<>") for text in contents if text.startswith("<")]
    # The last prompt of a round may be on disk without having been announced.
    assert [name for name in asked if name in set(prompts)] == prompts
    assert len(asked) == len(set(asked))
    answers = {message.id[1:]: message.content for message in messages[2:]}
    for name, length in flushed.items():
        text = answers[name]
        assert len(text) >= length
        words = text.split()
        expected = [f"{name}:{word // 40}" for word in range(len(words))]
        assert words == expected


@pytest.mark.promise
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("in_place_from", [0, 1_000_000])
def test_kills_of_a_writer(
    tmp_path: Path,
    in_place_from: int,
    request: pytest.FixtureRequest,
    measured: Measured,
) -> None:
    kills = 500 if request.config.getoption("--long") else 15
    kill_many_times(tmp_path, kills, in_place_from)
    measured("P1", "kills of a process that only writes: 0 unreadable", kills)
