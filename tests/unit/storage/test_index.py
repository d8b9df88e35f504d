"""The search index on real files: kept, compared, damaged, shared, searched."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.unit.storage.samples import chat
from tui.domain.errors import IndexUnusableError
from tui.domain.summary import Summary
from tui.storage import row_cache
from tui.storage.index import Index, IndexedMessage, ReadFile
from tui.storage.index_lock import IndexLock
from tui.storage.index_query import body_match, fold, parse_query
from tui.storage.index_reading import read_whole
from tui.storage.index_rows import Row
from tui.storage.index_schema import VERSION, index_file
from tui.storage.index_search import IndexReader
from tui.storage.index_snippets import make_snippet, rank
from tui.storage.library import Library
from tui.storage.summaries import read_summary

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def file_of(
    name: str, *bodies: str, title: str = "", state: int = 1, age: int = 0
) -> ReadFile:
    moment = datetime.fromtimestamp(NOON.timestamp() - age, UTC)
    summary = Summary(f"{name}.toml", title or name, moment, id=name)
    messages = [
        IndexedMessage(f"{name}{at}", "user", moment.timestamp() + at, body)
        for at, body in enumerate(bodies)
    ]
    return ReadFile(Row((state, 1, 1), summary), messages)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return index_file(tmp_path / "cache", tmp_path / "conversations")


def found(path: Path, text: str) -> list[str]:
    """Return titles' files and messages' ids, in their order."""
    reader = IndexReader(path)
    try:
        answer = reader.search(text)
    finally:
        reader.close()
    assert answer is not None
    return [hit.message_id or hit.file for hit in answer.hits]


def test_words_prefixes_phrases_and_parts_of_words_are_found(path: Path) -> None:
    index = Index(path)
    index.put_files(
        [
            file_of("a", "the quick brown fox", "a lazy dog"),
            file_of("b", "brown bread, quick to bake"),
        ]
    )
    assert set(found(path, "quick brown")) == {"a0", "b0"}
    assert found(path, '"quick brown"') == ["a0"]
    assert found(path, "brea") == ["b0"]
    assert found(path, "laz do") == ["a1"]
    assert found(path, "azy") == ["a1"]
    assert found(path, "100%_") == []
    index.close()


def test_titles_come_first_and_by_any_part(path: Path) -> None:
    index = Index(path)
    index.put_files([file_of("a", "norway"), file_of("b", "x", title="Trip to Nörway")])
    assert found(path, "norw") == ["b.toml", "a0"]
    assert found(path, "orw")[0] == "b.toml"
    assert found(path, "to") == ["b.toml"]
    index.close()


def test_a_phrase_outranks_and_the_newer_one_wins_among_equals(path: Path) -> None:
    day = 86_400
    index = Index(path)
    index.put_files(
        [
            file_of("old", "red apple", age=400 * day),
            file_of("new", "red apple"),
            file_of("apart", "apple of some other sort, and then red"),
        ]
    )
    assert found(path, "red apple ") == ["new0", "apart0", "old0"]
    index.close()


def test_only_what_changed_is_written_again(path: Path) -> None:
    index = Index(path)
    index.put_files([file_of("a", "first", "second")])
    assert index.unread(10) == []
    changed = file_of("a", "first", "other", "third", title="New", state=2)
    index.put_rows([changed.row])
    assert index.unread(10) == ["a.toml"]
    assert index.counts() == (0, 1)
    index.put_files([changed])
    assert index.counts() == (1, 1)
    assert found(path, "second") == []
    assert [found(path, word) for word in ("first", "other", "third")] == [
        ["a0"],
        ["a1"],
        ["a2"],
    ]
    index.remove(["a.toml"])
    assert found(path, "first") == found(path, "New") == []
    index.close()
    with sqlite3.connect(path) as connection:
        # Raises when the words and the texts do not agree.
        connection.execute("INSERT INTO titles(titles) VALUES('integrity-check')")
    connection.close()


def test_the_rows_come_back_newest_first_and_pinned_ones_on_top(path: Path) -> None:
    index = Index(path)
    files = [file_of(f"f{age:03}", "x", age=age * 3600) for age in range(300)]
    pinned = Summary("p.toml", "p", datetime(2020, 1, 1, tzinfo=UTC), pinned=True)
    index.put_rows([Row((1, 1, 1), pinned), *(file.row for file in files)])
    reader = IndexReader(path)
    slices = list(reader.rows(50, 100))
    reader.close()
    index.close()
    rows = [row for rows in slices for row in rows]
    assert [row.summary for row in rows] == [pinned, *(f.row.summary for f in files)]
    assert len(slices[0]) == 51


@pytest.mark.parametrize("damage", ["no database", "truncated", "table gone"])
def test_damage_is_told_as_such(path: Path, damage: str) -> None:
    index = Index(path)
    index.put_files([file_of("a", *(f"word{n} " * 50 for n in range(200)))])
    index.close()
    if damage == "no database":
        path.write_bytes(b"not a database " * 1000)
    elif damage == "truncated":
        content = path.read_bytes()
        path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    else:
        with sqlite3.connect(path) as connection:
            connection.execute("DROP TABLE files")
        connection.close()
    reader = IndexReader(path)
    with pytest.raises(IndexUnusableError) as caught:
        reader.search("word1")
    reader.close()
    assert caught.value.damaged


def test_a_folder_that_can_not_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way")
    with pytest.raises(IndexUnusableError) as caught:
        Index(index_file(tmp_path / "cache", tmp_path))
    assert not caught.value.damaged


def test_one_copy_writes_and_hands_over(path: Path) -> None:
    first, second = IndexLock(path), IndexLock(path)
    assert first.take()
    assert not second.take()
    first.free()
    assert second.take()
    second.free()


def test_what_older_versions_knew_of_a_library_is_removed(path: Path) -> None:
    path.parent.mkdir()
    start = f"index-{VERSION}-"
    mine = path.with_name(path.name.replace(start, "index-1-"))
    other = path.with_name("index-1-00000000.sqlite3")
    ends = ("", "-wal", "-shm", ".lock")
    for older in (mine, other):
        for end in ends:
            older.with_name(older.name + end).write_text("old")
    Index(path).close()
    assert set(path.parent.iterdir()) == {
        path,
        *(other.with_name(other.name + end) for end in ends),
    }


def test_files_are_private(path: Path) -> None:
    Index(path).close()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_thousands_of_messages_of_one_second_find_their_places(path: Path) -> None:
    index = Index(path)
    moment = NOON.timestamp()
    messages = [IndexedMessage(str(at), "user", moment, f"n{at}") for at in range(3000)]
    index.put_files([ReadFile(file_of("a").row, messages)])
    assert found(path, "n2999 ") == ["2999"]
    index.close()


def test_a_file_that_is_no_toml_has_a_reason_and_no_messages(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text('format = 1\n[[messages]]\ncontent = "cut')
    read = read_whole(tmp_path, "x.toml")
    assert read is not None
    assert "Line 3" in read.row.summary.problem
    assert read.messages == ()
    assert read_whole(tmp_path, "gone.toml") is None


@pytest.mark.parametrize("text", ["Straße İstanbul Å ﬁ 日本", "e\u0301", "\U0001f468"])
def test_folding_keeps_places(text: str) -> None:
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("foo ba", '"foo" AND "ba"*'),
        ("foo b", '"foo" AND "b"'),
        ("foo ", '"foo"'),
        ('"foo ba', '"foo ba"*'),
        ('"foo bar" x"', '"foo bar" AND "x"'),
        ("++ --", ""),
        ("AND NEAR( *", '"and" AND "near"'),
    ],
)
def test_what_is_typed_is_asked_safely(typed: str, asked: str) -> None:
    assert body_match(parse_query(typed)) == asked


def test_a_snippet_shows_the_match_in_one_line() -> None:
    text = "word\n" * 500 + "the needle stands\there\n" + "word " * 500
    query = parse_query("needle")
    line, marks = make_snippet(text, query, rank(text, query).start)
    assert "\n" not in line
    assert line.startswith("…")
    assert [line[start:end] for start, end in marks] == ["needle"]


def test_a_listing_takes_from_the_index_what_stands_still(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_cache, "MANY", 1)
    library = Library(tmp_path)
    files = [library.create(chat(1, f"Title {number}")).file for number in range(3)]
    cache = tmp_path / "cache"
    index = Index(index_file(cache, library.conversations))
    found = (read_whole(library.conversations, file) for file in files)
    index.put_files([one for one in found if one is not None])
    index.close()
    (library.conversations / files[1]).write_text('title = "Changed"\n')
    (library.conversations / files[2]).unlink()
    read: list[str] = []
    real = read_summary

    def note(path: Path) -> Summary | None:
        read.append(path.name)
        return real(path)

    monkeypatch.setattr(row_cache, "read_summary", note)
    rows = Library(tmp_path, cache=cache).scan()
    assert {row.title for row in rows} == {"Title 0", "Changed"}
    assert read == [files[1]]
    index_file(cache, library.conversations).write_bytes(b"no database" * 99)
    assert Library(tmp_path, cache=cache).scan() == rows
