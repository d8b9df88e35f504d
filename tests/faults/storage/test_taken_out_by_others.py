"""Others save a file without what was just added to it: unknowingly, or on purpose."""

from __future__ import annotations

import subprocess
import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.support.demo import DemoThread
from tests.support.driver import Driver
from tests.support.waiting import until
from tests.unit.storage.samples import answer, chat, prompt
from tui.storage.library import Library

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tui.storage.fresh_messages import Overwritten
    from tui.storage.loaded_file import LoadedFile


@pytest.fixture
def told() -> list[Overwritten]:
    return []


@pytest.fixture(params=[0, 1_000_000], ids=["in place", "replaced"])
def library(
    tmp_path: Path, request: pytest.FixtureRequest, told: list[Overwritten]
) -> Library:
    library = Library(tmp_path, in_place_from=request.param)
    library.told = told.append
    return library


def added(library: Library) -> tuple[LoadedFile, Path, bytes]:
    """Add an exchange; returns the file before it, its path, and its bytes then."""
    loaded = library.create(chat(2))
    path = library.conversations / loaded.file
    before = path.read_bytes()
    loaded = library.append(loaded, [prompt(7, parent="a1")])
    library.append(loaded, [answer(7, parent="p7")])
    return loaded, path, before


def contents(path: Path) -> list[str]:
    return [one["content"] for one in tomllib.loads(path.read_text())["messages"]]


def as_before(before: bytes, _: bytes) -> bytes:
    """What `git checkout` leaves."""
    return before


def without_the_last(_: bytes, now: bytes) -> bytes:
    """What deleting the last table in an editor leaves."""
    return now[: now.rindex(b"[[messages]]")]


def without_both(_: bytes, now: bytes) -> bytes:
    return now[: now.rindex(b"[[messages]]", 0, now.rindex(b"[[messages]]"))]


@pytest.mark.parametrize("take_out", [as_before, without_the_last, without_both])
def test_what_is_only_taken_out_stays_out(
    library: Library,
    told: list[Overwritten],
    take_out: Callable[[bytes, bytes], bytes],
) -> None:
    loaded, path, before = added(library)
    wanted = take_out(before, path.read_bytes())
    path.write_bytes(wanted)
    for _ in range(2):
        again = library.load(loaded.file)
        assert path.read_bytes() == wanted
    (overwritten,) = told
    assert not overwritten.put_back
    assert overwritten.messages[-1].id == "a7"
    # And it stays out when something is added to the file.
    library.append(again, [prompt(9)])
    assert answer(7).content not in contents(path)
    assert len(told) == 1


def with_an_edit(before: bytes) -> bytes:
    return before.replace(b"Answer 0", b"Edited 0")


def with_a_comment(before: bytes) -> bytes:
    return b"# A thought.\n" + before


def with_a_title(before: bytes) -> bytes:
    return before.replace(b"What is swarm", b"What was a swarm")


@pytest.mark.parametrize("edit", [with_an_edit, with_a_comment, with_a_title])
def test_an_older_copy_with_an_edit_costs_no_word(
    library: Library, told: list[Overwritten], edit: Callable[[bytes], bytes]
) -> None:
    loaded, path, before = added(library)
    theirs = edit(before)
    assert theirs != before
    path.write_bytes(theirs)
    library.load(loaded.file)
    assert path.read_bytes().startswith(theirs)
    assert contents(path)[-2:] == [prompt(7).content, answer(7).content]
    (overwritten,) = told
    assert overwritten.put_back
    assert len(overwritten.messages) == 2
    # Taken out once more, it is meant.
    path.write_bytes(theirs)
    library.load(loaded.file)
    assert path.read_bytes() == theirs
    assert not told[-1].put_back


def test_an_older_copy_between_a_prompt_and_its_answer_keeps_both(
    library: Library, told: list[Overwritten]
) -> None:
    loaded = library.create(chat(2))
    path = library.conversations / loaded.file
    before = path.read_bytes()
    loaded = library.append(loaded, [prompt(7, parent="a1")])
    path.write_bytes(before)
    library.append(loaded, [answer(7, parent="p7")])
    assert contents(path)[-2:] == [prompt(7).content, answer(7).content]
    assert told[-1].put_back


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
async def driver(tmp_path: Path) -> AsyncIterator[Driver]:
    with DemoThread() as demo:
        async with Driver(tmp_path, demo.base_url) as driver:
            await driver.say("First")
            await driver.rests()
            yield driver


async def test_a_checkout_is_respected_told_and_undone(driver: Driver) -> None:
    (path,) = driver.files
    git(path.parent, "init", "-q")
    git(path.parent, "add", ".")
    git(path.parent, "commit", "-qm", "one")
    committed = path.read_bytes()
    await driver.say("Second")
    await driver.rests(2)
    git(path.parent, "checkout", "-q", "--", ".")
    await driver.sees("Another program took 2 new messages out")
    await driver.misses("Second")
    assert path.read_bytes() == committed
    await driver.press("escape", "u")
    await driver.sees("Second", "is back")
    assert [one["content"] for one in driver.shown_messages()][2] == "Second"
    assert len(driver.shown_messages()) == 4


async def test_an_older_copy_is_told(driver: Driver) -> None:
    (path,) = driver.files
    older = path.read_bytes()
    await driver.say("Second")
    await driver.rests(2)
    path.write_bytes(older + b"# saved late\n")
    await driver.sees("without 2 new messages; they")
    await until(lambda: len(driver.shown_messages()) == 4, "they are there")
    assert b"# saved late\n" in path.read_bytes()
    await driver.sees("Second")
