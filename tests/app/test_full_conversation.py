"""A conversation that has grown as large as its file may become."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.desk import settings_for
from tests.support.driver import Driver
from tests.support.waiting import until
from tests.support.wire_server import DONE, STOP, Peer, WireServer, delta, stream
from tui.storage.room import FULL

if TYPE_CHECKING:
    from pathlib import Path

FILE = "2026-11-23-full.toml"
PASTED = 1024 * 1024
"""Bytes of one of the pastes that filled it."""

ROOM = 100_000
"""Bytes that are left."""


async def talkative(peer: Peer) -> None:
    """Answer with more than there is room for."""
    lines = "So it goes on and on.\n" * (2 * ROOM // 22)
    await stream(delta(lines + "The last words."), STOP, DONE)(peer)


def write_full(folder: Path) -> Path:
    """Write a conversation with `ROOM` bytes left; what fills it is another branch."""
    path = folder / "data" / "conversations" / FILE
    path.parent.mkdir(parents=True)
    line = "A line of a log that was pasted whole.\n"
    pasted = line * (PASTED // len(line))
    end = (
        '\n[[messages]]\nid = "q"\nparent = ""\nrole = "user"\ncontent = "Hello?"\n'
        '\n[[messages]]\nid = "a"\nrole = "assistant"\ncontent = "Hello."\n'
    )
    with path.open("w") as file:
        file.write('format = 1\nid = "full"\ntitle = "Logs"\nmodel = "m-1"\n')
        number = 0
        while (left := FULL - ROOM - len(end) - file.tell() - 100) > 0:
            text = pasted[:left]
            file.write(f'\n[[messages]]\nid = "p{number}"\nrole = "user"\n')
            file.write(f'content = """\n{text}"""\n')
            number += 1
        file.write(end)
    return path


async def test_a_full_conversation_is_told_and_stays_open(tmp_path: Path) -> None:
    path = write_full(tmp_path)
    async with WireServer(talkative) as server:
        settings = settings_for(server.base_url, model="m-1")
        async with Driver(tmp_path, settings, open_file=FILE) as chat:
            await chat.sees("Hello.")
            await chat.say("Go on")
            await chat.sees("has 63 of at most 64 MB", "The last words.")
            await until(lambda: path.stat().st_size > FULL)
            before = path.read_bytes()

            await chat.say("And then?")
            await chat.sees("Not sent: this conversation's file is full (64 MB)")
            assert chat.draft == "And then?"
            assert path.read_bytes() == before

        async with Driver(tmp_path, settings, open_file=FILE) as chat:
            await chat.sees("The last words.")
            await until(lambda: chat.app.main.chat.complete)
            assert chat.draft == "And then?"
            await chat.press("escape", "r")
            await chat.sees("is full")
            assert len(asked(server)) == 1
            await chat.press("ctrl+n")
            await chat.say("Elsewhere")
            await until(lambda: asked(server) == ["Go on", "Elsewhere"])
            assert len(chat.files) == 2


def asked(server: WireServer) -> list[str]:
    """Return the last prompt of each question that left."""
    questions = [one for one in server.requests if one.method == "POST"]
    return [one.json["messages"][-1]["content"] for one in questions]
