from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from tests.support.waiting import until
from tui.storage.notifications import changed_names

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_name_that_is_not_utf8_costs_no_later_notification(
    tmp_path: Path,
) -> None:
    found: set[str] = set()

    async def listen() -> None:
        async for names in changed_names(tmp_path):
            found.update(names)

    def write(name: bytes) -> None:
        fd = os.open(os.fsencode(tmp_path) + b"/" + name, os.O_WRONLY | os.O_CREAT)
        os.write(fd, b"x")
        os.close(fd)

    listening = asyncio.create_task(listen())

    def told(name: bytes) -> bool:
        # Again and again: nobody says when the watch has begun.
        write(name)
        return name.decode() in found

    await until(lambda: told(b"first.toml"), "it is told")
    write(b"latin\xe9.toml")
    await until(lambda: told(b"second.toml"), "it is told after that")
    assert not listening.done()
    listening.cancel()
    with suppress(asyncio.CancelledError):
        await listening
