"""`fortytwo trash`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.unit.storage.samples import chat
from tui.storage.library import Library

if TYPE_CHECKING:
    from tests.unit.cli.running import Desk


@pytest.fixture
def deleted(desk: Desk) -> Desk:
    library = Library(desk.data)
    for title in ("Bread", "Breath", "Rust"):
        library.trash(library.create(chat(1, title)).file)
    return desk


def test_it_is_listed_for_pipes_and_as_json(deleted: Desk) -> None:
    lines = deleted.run("trash").stdout.splitlines()
    assert {line.split("\t")[2] for line in lines} == {"Bread", "Breath", "Rust"}
    rows = json.loads(deleted.run("trash", "--json").stdout)
    assert {row["title"] for row in rows} == {"Bread", "Breath", "Rust"}


def test_one_comes_back_by_its_title(deleted: Desk) -> None:
    done = deleted.run("trash", "--restore", "rust")
    assert done.returncode == 0
    assert [one["title"] for one in deleted.files()] == ["Rust"]
    assert (deleted.conversations / done.stdout.strip()).exists()
    for wanted, words in (("Brea", "may mean"), ("rust", "Nothing in the trash")):
        done = deleted.run("trash", "--restore", wanted)
        assert (done.returncode, words in done.stderr) == (2, True)
    assert len(deleted.files()) == 1


def test_it_is_emptied_by_age(deleted: Desk) -> None:
    assert deleted.run("trash", "--empty", "1").stdout == ""
    assert len(list((deleted.data / "trash").iterdir())) == 3
    assert len(deleted.run("trash", "--empty", "0").stdout.splitlines()) == 3
    assert deleted.run("trash").stdout == ""


def test_no_trash_is_an_empty_list(desk: Desk) -> None:
    done = desk.run("trash")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
