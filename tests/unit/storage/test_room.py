"""Nothing that we write is too large for us to open."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.unit.storage.samples import answer, chat
from tui.domain.errors import FullError
from tui.storage import reading, room
from tui.storage.library import Library

if TYPE_CHECKING:
    from pathlib import Path

LIMIT = 20_000


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    for module in (reading, room):
        monkeypatch.setattr(module, "LARGEST", LIMIT)
    return Library(tmp_path, in_place_from=1_000)


def test_what_could_not_be_opened_is_not_written(library: Library) -> None:
    loaded = library.create(chat(2))
    path = library.conversations / loaded.file
    before = path.read_bytes()
    huge = replace(answer(9), content="x" * LIMIT)
    end = library.open_end(loaded.file, 1, whole_up_to=0)
    assert end is not None
    grown = replace(loaded.conversation, system_prompt="x" * LIMIT)
    for write in (
        lambda: library.append(loaded, [huge]),
        lambda: library.append_to_end(end, [huge]),
        lambda: library.replace(loaded, grown),
        lambda: library.create(grown),
    ):
        with pytest.raises(FullError, match="only 0 MB can be opened"):
            write()
    assert path.read_bytes() == before
    assert [one.name for one in library.conversations.glob("*.toml")] == [loaded.file]


def test_a_file_may_grow_up_to_the_limit(library: Library) -> None:
    loaded = library.create(chat(2))
    left = LIMIT - loaded.size - 400
    loaded = library.append(loaded, [replace(answer(9), content="x" * left)])
    assert LIMIT - 400 < loaded.size <= LIMIT
    assert library.load(loaded.file).conversation == loaded.conversation
