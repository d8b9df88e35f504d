"""Files that name no ids, as people write them: correcting a text moves no message."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.demo import DemoThread
from tests.support.desk import Desk, settings_for
from tests.support.waiting import until
from tests.unit.storage.samples import prompt
from tui.storage.library import Library

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

TABLES = """\
# Mine
[[messages]] # asked
role = "user"
content = "Helo"
# answered
[[messages]]
role = "assistant"
content = "Hi"
"""
INLINE = """\
# Mine
messages = [ # asked
  {role = "user", content = "Helo"},
  {role = "assistant", content = "Hi"}, # answered
]
"""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    with DemoThread() as demo:
        async with Desk(tmp_path, settings_for(demo.base_url)) as desk:
            yield desk


def place(desk: Desk, text: str) -> Path:
    path = desk.places.data / "conversations" / "hand.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text, newline="")
    return path


@pytest.mark.parametrize("text", [TABLES, TABLES.replace("\n", "\r\n"), INLINE])
async def test_a_corrected_prompt_keeps_all_its_answers(desk: Desk, text: str) -> None:
    path = place(desk, text)
    opened = await desk.workspace.open("hand.toml")
    answer = opened.conversation.path[-1]
    await desk.workspace.retry("hand.toml", answer.id)
    again = await desk.ending()
    await desk.saved("hand.toml", 3)
    written = path.read_bytes().decode()
    assert all(word in written for word in ("# Mine", "# asked", "# answered"))
    path.write_bytes(written.replace('"Helo"', '"Hello"').encode())
    now = (await desk.workspace.open("hand.toml")).conversation
    assert [one.content for one in now.path] == ["Hello", again.content]
    assert len(now.siblings(again.id)) == 2
    await desk.workspace.flip("hand.toml", again.id, -1)
    written = path.read_bytes().decode()
    assert "# answered" in written
    path.write_bytes(written.replace('"Hi"', '"Hi there"').encode())
    now = (await desk.workspace.open("hand.toml")).conversation
    assert [one.content for one in now.path] == ["Hello", "Hi there"]


async def test_only_what_is_referred_to_gets_an_id(desk: Desk) -> None:
    path = place(desk, TABLES)
    await desk.workspace.send("hand.toml", "Go on")
    await desk.ending()
    await until(lambda: len(desk.on_disk("hand.toml")["messages"]) == 4, "the answer")
    assert path.read_text().startswith(TABLES)


def test_in_a_long_file_too(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.conversations.mkdir()
    path = library.conversations / "hand.toml"
    texts = [f"word {count} " + "x" * 500 for count in range(800)]
    path.write_text(
        "title = 'Long'\n\n"
        + "".join(
            f"[[messages]]\nrole = 'user'\ncontent = '{text}'\n\n" for text in texts
        )
    )
    end = library.open_end("hand.toml", 20)
    assert end is not None
    beside = prompt(1, parent=end.conversation.messages[-2].id)
    assert library.append_to_end(end, [beside]) is None
    library.append(library.load("hand.toml"), [beside])
    path.write_text(path.read_text().replace(texts[-2], "corrected"))
    now = library.load("hand.toml").conversation
    assert [one.content for one in now.siblings("p1")] == [texts[-1], "Prompt 1?"]
