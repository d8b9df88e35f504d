"""The index in the running services: damage, a second copy, what is not indexed yet."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.app.test_search import NOWHERE, write
from tests.support.desk import Desk, settings_for
from tests.support.waiting import until
from tui.services.events import LibraryListed
from tui.storage.index_schema import index_file

if TYPE_CHECKING:
    from pathlib import Path


async def hits(desk: Desk, text: str) -> list[str]:
    found = await desk.workspace.search(text)
    return [hit.message_id or hit.title for hit in found.hits] if found else []


async def finds(desk: Desk, text: str, wanted: str) -> None:
    while wanted not in await hits(desk, text):
        desk.told(LibraryListed)


def index_of(folder: Path) -> Path:
    data = folder / "data"
    return index_file(data / "cache", data / "conversations")


async def test_a_new_title_is_found_at_once(tmp_path: Path) -> None:
    write(tmp_path, "Borrow checker", "Why?")
    async with Desk(tmp_path, settings_for(NOWHERE)) as desk:
        await finds(desk, "why", "bor0")
        file = next((tmp_path / "data" / "conversations").iterdir()).name
        await desk.workspace.rename(file, "Lifetimes")
        assert await hits(desk, "lifet") == ["Lifetimes"]
        await desk.workspace.delete(file)
        assert await hits(desk, "why") == await hits(desk, "lifet") == []


async def test_a_damaged_index_is_made_anew_while_running(tmp_path: Path) -> None:
    write(tmp_path, "Borrow checker", "Why?")
    async with Desk(tmp_path, settings_for(NOWHERE)) as desk:
        await finds(desk, "why", "bor0")
    path = index_of(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    async with Desk(tmp_path, settings_for(NOWHERE)) as desk:
        assert await hits(desk, "borrow") == ["Borrow checker"]
        await finds(desk, "why", "bor0")


async def test_a_file_that_is_no_index_is_replaced(tmp_path: Path) -> None:
    write(tmp_path, "Borrow checker", "Why?")
    path = index_of(tmp_path)
    path.parent.mkdir(parents=True)
    path.write_text("not a database " * 1000)
    async with Desk(tmp_path, settings_for(NOWHERE)) as desk:
        await finds(desk, "why", "bor0")


async def test_two_copies_share_an_index(tmp_path: Path) -> None:
    write(tmp_path, "Borrow checker", "Why?")
    settings = settings_for(NOWHERE)
    async with Desk(tmp_path, settings) as one, Desk(tmp_path, settings) as other:
        await finds(one, "why", "bor0")
        assert await hits(other, "why") == ["bor0"]
        write(tmp_path, "Second", "How come?")
        await finds(other, "come", "sec0")


async def test_an_index_thrown_away_comes_back(tmp_path: Path) -> None:
    write(tmp_path, "Borrow checker", "Why?")
    async with Desk(tmp_path, settings_for(NOWHERE)) as desk:
        await finds(desk, "why", "bor0")
    for path in (tmp_path / "data" / "cache").iterdir():
        path.unlink()
    async with Desk(tmp_path, settings_for(NOWHERE)) as desk:
        await until(lambda: desk.told(LibraryListed), "listed")
        await finds(desk, "why", "bor0")


@pytest.mark.parametrize("whole", [True, False])
async def test_an_index_deleted_while_running_is_built_anew(
    tmp_path: Path, whole: bool
) -> None:
    write(tmp_path, "Borrow checker", "Why?")
    settings = settings_for(NOWHERE)
    async with Desk(tmp_path, settings) as desk, Desk(tmp_path, settings) as other:
        await finds(desk, "why", "bor0")
        await finds(other, "why", "bor0")
        cache = tmp_path / "data" / "cache"
        if whole:
            shutil.rmtree(cache)
        else:
            index_of(tmp_path).unlink()
        await finds(desk, "why", "bor0")
        write(tmp_path, "Second", "How come?")
        await finds(desk, "come", "sec0")
        await finds(other, "come", "sec0")
