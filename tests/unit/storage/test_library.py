from __future__ import annotations

import os
import stat
import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings

from tests.unit.storage.samples import (
    NASTY,
    NOON,
    answer,
    chat,
    conversations,
    prompt,
    texts,
)
from tui.domain.errors import (
    ConflictError,
    MissingError,
    ReadOnlyError,
    UnreadableError,
)
from tui.storage.file_names import conversation_name, is_conflict_name
from tui.storage.library import Library
from tui.storage.rewriting import rewrite, rewrite_header

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.promises import Measured
    from tui.domain.conversation import Conversation


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "data")


def on_disk(library: Library, file: str) -> list[str]:
    """The contents of the messages as an independent reader sees them."""
    text = (library.conversations / file).read_text("utf-8")
    return [message["content"] for message in tomllib.loads(text).get("messages", [])]


def test_nothing_is_created_by_looking(tmp_path: Path) -> None:
    library = Library(tmp_path / "data")
    assert library.scan() == []
    assert library.trashed() == []
    assert not library.snapshot().files
    assert library.repair() == []
    assert not (tmp_path / "data").exists()


def test_created_conversation_is_listed_and_loads(library: Library) -> None:
    created = library.create(chat(1))
    assert created.file.startswith("2026-11-23-what-is-swarm-inference-")
    assert library.load(created.file).conversation == chat(1)
    (summary,) = library.scan()
    assert summary.file == created.file
    assert summary.title == "What is swarm inference?"
    assert summary.model == "some-model"
    assert summary.updated == NOON + timedelta(milliseconds=500)
    assert (summary.problem, summary.read_only, summary.conflict) == ("", "", False)


@pytest.mark.promise
def test_modes_are_private_whatever_the_umask(
    tmp_path: Path, measured: Measured
) -> None:
    measured("P14", "folders 0700, files 0600 under umask 000, 077 and 777")
    for umask in (0o000, 0o077, 0o777):
        before = os.umask(umask)
        try:
            library = Library(tmp_path / f"deep/data{umask}")
            loaded = library.create(chat(1))
            library.append(loaded, [prompt(7)])
            library.trash(library.create(chat(1)).file)
        finally:
            os.umask(before)
        for path in (library.root, *library.root.rglob("*")):
            mode = stat.S_IMODE(path.stat().st_mode)
            if path.name != ".lock":
                assert mode == (0o700 if path.is_dir() else 0o600), path


def test_append_adds_to_the_end_and_leaves_the_rest(library: Library) -> None:
    loaded = library.create(chat(2))
    path = library.conversations / loaded.file
    before = path.read_bytes()
    loaded = library.append(loaded, [prompt(5, parent="a1")])
    loaded = library.append(loaded, [answer(5, parent="p5")])
    assert path.read_bytes().startswith(before)
    again = library.load(loaded.file)
    assert again.conversation == loaded.conversation
    assert again.starts == loaded.starts
    assert again.stamp.identity == loaded.stamp.identity
    assert on_disk(library, loaded.file)[-2] == "Prompt 5?"


@pytest.mark.parametrize("pairs", [500, 3_000])
def test_long_files_are_appended_to_in_place(library: Library, pairs: int) -> None:
    loaded = library.create(chat(pairs))
    before = (library.conversations / loaded.file).stat()
    loaded = library.append(loaded, [answer(9_999, parent=None)])
    after = (library.conversations / loaded.file).stat()
    assert after.st_size > 256 * 1024 or after.st_ino != before.st_ino
    assert after.st_size - before.st_size < 500
    assert library.load(loaded.file).conversation == loaded.conversation


def test_hard_links_keep_their_second_name(library: Library) -> None:
    loaded = library.create(chat(1))
    second = library.root / "second"
    second.hardlink_to(library.conversations / loaded.file)
    library.append(library.load(loaded.file), [prompt(5)])
    assert "Prompt 5?" in second.read_text()


@pytest.mark.parametrize("in_place_from", [0, 1_000_000])
@pytest.mark.parametrize(
    "text",
    [
        'title = "x" # no line end',
        "title = 'x'\n[[messages]]\nrole = 'user'\ncontent = 'y'\n\n[notes]\nz = 1",
        "messages = [{role = 'user', content = 'y'}]\n",
        "messages = []\n",
        "[parameters]\ntemperature = 1\n# the end",
        "title = 'x'\r\n[[messages]]\r\nrole = 'user'\r\ncontent = 'y'\r\n",
        "\ufefftitle = 'x'\n",
    ],
)
def test_append_is_valid_whatever_the_file_ends_with(
    tmp_path: Path, text: str, in_place_from: int
) -> None:
    library = Library(tmp_path, in_place_from=in_place_from)
    library.conversations.mkdir(parents=True)
    path = library.conversations / "hand.toml"
    path.write_text(text, "utf-8", newline="")
    loaded = library.load("hand.toml")
    values = tomllib.loads(text.removeprefix("\ufeff"))
    for number in range(2):
        loaded = library.append(loaded, [prompt(number)])
        read = tomllib.loads(path.read_text("utf-8").removeprefix("\ufeff"))
        assert read.pop("messages")[-1]["content"] == f"Prompt {number}?"
        for key in ("title", "notes", "parameters"):
            assert read.get(key, "hand") == values.get(key, "hand")
    assert library.load("hand.toml").conversation == loaded.conversation


@pytest.mark.promise
def test_opening_changes_no_byte(library: Library, measured: Measured) -> None:
    measured("P11", "opening a file of hand-written oddities: 0 bytes changed")
    loaded = library.create(chat(3))
    path = library.conversations / loaded.file
    before = (path.read_bytes(), path.stat())
    library.load(loaded.file)
    library.read_text(loaded.file)
    Library(library.root).scan()
    after = (path.read_bytes(), path.stat())
    assert before[0] == after[0]
    assert before[1].st_mtime_ns == after[1].st_mtime_ns


COMMENTED = """\
# Mine, by hand.
title = "Old"   # the name
mood = 'good'

[parameters]
temperature = 0.5 # warm

[[messages]]
# first
id = "a"
role = "user"
content = 'one'
stars = 3

[messages.deep]
x = 1

[[messages]]
id = "b"
role = "assistant"
content = "two" # short
"""


@pytest.mark.promise
def test_replace_keeps_comments_layout_and_unknown_keys(
    library: Library, measured: Measured
) -> None:
    measured("P11", "a rename keeps comments, layout and unknown keys at every level")
    library.conversations.mkdir(parents=True)
    path = library.conversations / "hand.toml"
    path.write_text(COMMENTED)
    loaded = library.load("hand.toml")
    changed = replace(
        loaded.conversation,
        title="New",
        system_prompt="Be brief.\nAlways.",
        parameters={"temperature": 0.5, "top_p": 0.9},
        active="b",
    )
    loaded = library.replace(loaded, changed)
    text = path.read_text()
    assert text.startswith('# Mine, by hand.\ntitle = "New"   # the name\n')
    assert 'system_prompt = """\nBe brief.\nAlways."""\n' in text
    assert "temperature = 0.5 # warm\ntop_p = 0.9\n" in text
    assert text.endswith(COMMENTED[COMMENTED.index("\n[[messages]]") :])
    assert library.load("hand.toml").conversation == loaded.conversation == changed

    edited = replace(changed.messages[1], content="three")
    library.replace(loaded, changed.with_replaced(edited))
    text = path.read_text()
    assert "# first\n" in text
    assert "[messages.deep]\nx = 1\n" in text
    assert on_disk(library, "hand.toml") == ["one", "three"]


def test_problems_keep_their_lines_when_the_header_grows(library: Library) -> None:
    library.conversations.mkdir(parents=True)
    path = library.conversations / "hand.toml"
    path.write_text("created = 1\n[[messages]]\nrole = 'odd'\ncontent = 'x'\n")
    loaded = library.load("hand.toml")
    wanted = replace(loaded.conversation, system_prompt="one\ntwo\nthree")
    loaded = library.replace(loaded, wanted)
    assert loaded.problems == library.load("hand.toml").problems
    assert {problem.key for problem in loaded.problems} == {"created", "role"}


def test_replace_can_remove_any_message(library: Library) -> None:
    for gone in range(6):
        loaded = library.create(chat(3))
        messages = loaded.conversation.messages
        left = messages[:gone] + messages[gone + 1 :]
        library.replace(loaded, replace(loaded.conversation, messages=left))
        again = library.load(loaded.file)
        assert again.problems == ()
        read = again.conversation.messages
        assert [m.content for m in read] == [m.content for m in left]
        above = [None, *(message.id for message in read)]
        assert [message.parent for message in read] == above[:-1]


@given(conversations(), conversations())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_change_of_any_file_says_what_it_should(
    old: Conversation, new: Conversation
) -> None:
    from tui.storage.decoding import decode
    from tui.storage.encoding import encode

    content = encode(old)
    before = decode(content, "x.toml")
    written, after = rewrite(content, before, new, "x.toml")
    assert decode(written, "x.toml") == after
    assert after.conversation == new
    other = replace(new, messages=old.messages, active=None)
    quick = rewrite_header(content, before, other, "x.toml")
    if quick is not None:
        assert decode(quick[0], "x.toml") == quick[1]
        assert quick[1].conversation == other


@pytest.mark.promise
@pytest.mark.timeout(1800)
def test_any_text_comes_back_through_real_files(
    tmp_path: Path, request: pytest.FixtureRequest, measured: Measured
) -> None:
    long = request.config.getoption("--long")
    strings: set[str] = set()

    @given(texts)
    @settings(max_examples=10_000 if long else 100, deadline=None, database=None)
    def check(text: str) -> None:
        strings.add(text)
        check_text_comes_back(tmp_path, text)

    for text in NASTY:
        strings.add(text)
        check_text_comes_back(tmp_path, text)
    check()
    measured("P13", f"{len(strings):,} strings through real files: 0 changed")


def check_text_comes_back(tmp_path: Path, text: str) -> None:
    library = Library(tmp_path / "data")
    made = replace(chat(0), title=text or "t", system_prompt=text)
    loaded = library.create(made)
    loaded = library.append(loaded, [prompt(1, text or "x")])
    loaded = library.append(loaded, [answer(1, text or "x", parent="p1")])
    again = Library(tmp_path / "data").load(loaded.file).conversation
    assert again == loaded.conversation
    assert again.title == (text or "t")
    assert again.system_prompt == text
    assert again.messages[1].content == (text or "x")
    library.trash(loaded.file)


def test_others_appends_are_merged(library: Library) -> None:
    mine = library.create(chat(1))
    other = Library(library.root)
    theirs = other.load(mine.file)
    theirs = other.append(theirs, [prompt(7, parent="a0")])
    mine = library.append(mine, [prompt(8, parent="a0")])
    assert [message.id for message in mine.conversation.messages] == [
        "p0",
        "a0",
        "p7",
        "p8",
    ]
    theirs = other.append(theirs, [answer(7, parent="p7")])
    assert library.load(mine.file).conversation == theirs.conversation
    assert len(theirs.conversation.messages) == 5


@pytest.mark.parametrize("style", ["rename", "in place", "same time"])
def test_outside_edits_survive_our_append(library: Library, style: str) -> None:
    loaded = library.create(chat(1))
    path = library.conversations / loaded.file
    status = path.stat()
    edited = path.read_bytes().replace(b"Answer 0", b"ANSWER 0")
    if style == "rename":
        beside = path.with_suffix(".swp")
        beside.write_bytes(edited)
        beside.replace(path)
    else:
        path.write_bytes(edited)
    if style == "same time":
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    library.append(loaded, [prompt(5)])
    assert on_disk(library, loaded.file) == [
        "Prompt 0?",
        "ANSWER 0.\n\n* with\n* lines",
        "Prompt 5?",
    ]


def test_outside_change_of_another_key_is_merged_into_a_rename(
    library: Library,
) -> None:
    loaded = library.create(chat(1))
    path = library.conversations / loaded.file
    path.write_text("# note\n" + path.read_text().replace("0.7", "0.1"))
    ours = replace(loaded.conversation, title="Renamed")
    again = library.replace(loaded, ours)
    assert again.conversation.title == "Renamed"
    assert again.conversation.parameters == {"temperature": 0.1}
    assert path.read_text().startswith("# note\n")


def test_clash_makes_a_second_file(library: Library) -> None:
    loaded = library.create(chat(1))
    path = library.conversations / loaded.file
    theirs = path.read_text().replace("What is swarm", "What was swarm")
    path.write_text(theirs)
    with pytest.raises(ConflictError) as raised:
        library.replace(loaded, replace(loaded.conversation, title="Ours"))
    assert path.read_text() == theirs
    kept = library.load(raised.value.kept)
    assert kept.conversation.title == "Ours"
    assert kept.conversation.messages == loaded.conversation.messages
    assert [s.conflict for s in library.scan() if s.file == kept.file] == [True]


@pytest.mark.parametrize("damage", [b"broken [", b"", None])
def test_append_to_a_file_that_was_ruined_or_removed_goes_into_a_second_file(
    library: Library, damage: bytes | None
) -> None:
    loaded = library.create(chat(1))
    path = library.conversations / loaded.file
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage)
    with pytest.raises(ConflictError) as raised:
        library.append(loaded, [prompt(5)])
    assert (path.read_bytes() if damage is not None else None) == damage
    assert on_disk(library, raised.value.kept)[-1] == "Prompt 5?"


def test_a_file_with_the_longest_name_gets_a_second_file_and_into_the_trash(
    library: Library,
) -> None:
    short = library.create(chat(1)).file
    for letters in (("x", 250), ("日", 83)):
        file = letters[0] * letters[1] + ".toml"
        path = library.conversations / file
        path.write_bytes((library.conversations / short).read_bytes())
        loaded = library.load(file)
        content = path.read_bytes()
        path.write_text("ruined [")
        with pytest.raises(ConflictError) as raised:
            library.append(loaded, [prompt(9, "precious")])
        kept = raised.value.kept
        assert is_conflict_name(kept)
        assert "precious" in (library.conversations / kept).read_text()
        path.write_bytes(content)
        restored = library.restore(library.trash(file))
        assert (library.conversations / restored).read_bytes() == content


def test_older_copy_saved_over_a_new_message_loses_nothing(library: Library) -> None:
    loaded = library.create(chat(1))
    path = library.conversations / loaded.file
    older = path.read_bytes()
    loaded = library.append(loaded, [prompt(5)])
    path.write_bytes(older.replace(b"Answer 0", b"Edited 0"))
    again = library.load(loaded.file)
    assert [m.content[:8] for m in again.conversation.messages] == [
        "Prompt 0",
        "Edited 0",
        "Prompt 5",
    ]
    assert on_disk(library, loaded.file)[-1] == "Prompt 5?"


def test_message_that_was_removed_on_purpose_stays_removed(library: Library) -> None:
    loaded = library.append(library.create(chat(1)), [prompt(5)])
    wanted = replace(loaded.conversation, messages=loaded.conversation.messages[:2])
    library.replace(loaded, wanted)
    assert len(library.load(loaded.file).conversation.messages) == 2


def test_reply_to_a_message_that_was_removed_outside_goes_below_its_parent(
    library: Library,
) -> None:
    loaded = library.create(chat(2))
    other = Library(library.root)
    theirs = other.load(loaded.file)
    left = replace(theirs.conversation, messages=theirs.conversation.messages[:2])
    other.replace(theirs, left)
    loaded = library.append(loaded, [prompt(5, parent="a1")])
    assert loaded.conversation.messages[-1].parent == "a0"


def test_newer_format_is_never_written_to(library: Library) -> None:
    library.conversations.mkdir(parents=True)
    path = library.conversations / "new.toml"
    path.write_text("format = 9\ntitle = 'x'\n")
    loaded = library.load("new.toml")
    assert loaded.read_only
    assert library.scan()[0].read_only
    with pytest.raises(ReadOnlyError, match=r"new\.toml"):
        library.append(loaded, [prompt(1)])
    with pytest.raises(ReadOnlyError):
        library.replace(loaded, chat(0))
    assert path.read_text() == "format = 9\ntitle = 'x'\n"


@pytest.mark.promise
def test_deleting_is_moving_and_can_be_undone(
    library: Library, measured: Measured
) -> None:
    measured("P20", "deleted and restored: the same bytes under the same name")
    loaded = library.create(chat(1))
    content = (library.conversations / loaded.file).read_bytes()
    trashed = library.trash(loaded.file)
    assert library.scan() == []
    (one,) = library.trashed()
    assert one.name == trashed
    assert one.summary.title == "What is swarm inference?"
    assert abs(one.deleted - datetime.now(UTC)) < timedelta(minutes=1)
    with pytest.raises(MissingError):
        library.trash(loaded.file)
    assert library.restore(trashed) == loaded.file
    assert (library.conversations / loaded.file).read_bytes() == content
    with pytest.raises(MissingError):
        library.restore(trashed)


@pytest.mark.parametrize(
    "file",
    ["Notes.TOML", "x" * 250 + ".toml", "日" * 83 + ".Toml", "y" * 228 + ".toml"],
)
def test_what_comes_out_of_the_trash_has_its_old_name(
    library: Library, file: str
) -> None:
    content = (library.conversations / library.create(chat(1)).file).read_bytes()
    path = library.conversations / file
    path.write_bytes(content)
    trash = library.root / "trash"
    assert library.restore(library.trash(file)) == file
    assert path.read_bytes() == content
    assert list(trash.iterdir()) == []
    second = library.restore(library.copy_to_trash(file))
    assert second != file
    assert second.casefold().endswith(".toml")
    assert list(trash.iterdir()) == []
    library.remove_trashed(library.copy_to_trash(file))
    library.trash(file)
    assert len(library.trashed()) == 1
    library.empty_trash(timedelta(0), datetime.now(UTC) + timedelta(days=1))
    assert list(trash.iterdir()) == []


def test_restoring_never_overwrites(library: Library) -> None:
    loaded = library.create(chat(1))
    path = library.conversations / loaded.file
    trashed = library.trash(loaded.file)
    path.write_text("title = 'another'\n")
    again = library.restore(trashed)
    assert again != loaded.file
    assert path.read_text() == "title = 'another'\n"
    assert library.load(again).conversation == chat(1)


def test_trash_is_emptied_by_age(library: Library) -> None:
    trashed = library.trash(library.create(chat(1)).file)
    soon = datetime.now(UTC) + timedelta(days=29)
    assert library.empty_trash(timedelta(days=30), soon) == []
    later = soon + timedelta(days=2)
    assert library.empty_trash(timedelta(days=30), later) == [trashed]
    assert library.trashed() == []


@pytest.mark.promise
def test_symbolic_links_stay_links(
    library: Library, tmp_path: Path, measured: Measured
) -> None:
    measured("P14", "a linked folder and a linked file stay links")
    real = tmp_path / "elsewhere"
    real.mkdir()
    library.root.mkdir()
    library.conversations.symlink_to(real)
    loaded = library.create(chat(1))
    outside = tmp_path / "outside.toml"
    (real / loaded.file).rename(outside)
    outside.chmod(0o640)
    (real / loaded.file).symlink_to(outside)
    loaded = library.append(library.load(loaded.file), [prompt(5)])
    loaded = library.replace(loaded, replace(loaded.conversation, title="New"))
    assert library.conversations.is_symlink()
    assert (real / loaded.file).is_symlink()
    assert stat.S_IMODE(outside.stat().st_mode) == 0o640
    assert tomllib.loads(outside.read_text())["title"] == "New"


HOSTILE = [
    "../../etc/passwd",
    "/etc/passwd",
    "CON",
    "nul.txt",
    "LPT1",
    ".hidden",
    "-rf",
    "trailing. ",
    'a/b\\c:d*e?f"g<h>i|j',
    "\0\x1b[31m\u202e",
    "界" * 300,
    "👩‍👩‍👧‍👦" * 50,
    "\u0301\u0301",
    "\ud800",
    "e\u0301" * 100,
    "",
    "   ",
    "\n\n",
]


@pytest.mark.promise
def test_hostile_titles_make_valid_names_that_never_collide(
    library: Library, measured: Measured
) -> None:
    import unicodedata

    titles = HOSTILE * 40 + ["Case", "case", "CASE", "caf\u00e9", "cafe\u0301"] * 60
    seen: set[str] = set()
    for title in titles:
        name = conversation_name(title, NOON)
        assert len(name.encode()) <= 200
        assert len(name) <= 90
        assert name.startswith("2026-11-23-")
        assert name.endswith(".toml")
        assert not set(name) & set('/\\:*?"<>|\0\n ')
        assert all(unicodedata.category(letter)[0] != "C" for letter in name)
        assert unicodedata.normalize("NFC", name.casefold()) == name
        seen.add(name)
    assert len(seen) >= len(titles) - 2
    measured("P15", f"{len(titles):,} hostile titles: 0 names outside or invalid")
    for title in HOSTILE:
        library.create(replace(chat(0), title=title or "x"))
    assert len(library.scan()) == len(HOSTILE)
    assert {path.name for path in library.root.iterdir()} <= {
        "conversations",
        "journal",
        ".lock",
    }


def test_names_outside_the_folder_are_refused(library: Library) -> None:
    library.create(chat(0))
    for name in ("../x.toml", "/etc/passwd", "", "..", "a/b.toml", "x\0.toml"):
        with pytest.raises(MissingError):
            library.load(name)
        with pytest.raises(MissingError):
            library.trash(name)


@pytest.mark.promise
def test_absurd_clocks_keep_the_order(library: Library, measured: Measured) -> None:
    measured("P16", "1970, 9999, a year back, files of 1970: order kept, 0 overwritten")
    first = library.create(chat(1))
    early = replace(prompt(8), created=datetime(1970, 1, 1, tzinfo=UTC))
    late = replace(prompt(9), created=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))
    loaded = library.append(first, [early])
    loaded = library.append(loaded, [late])
    other = library.create(replace(chat(1), created=NOON - timedelta(days=365)))
    ids = [message.id for message in library.load(first.file).conversation.messages]
    assert ids == ["p0", "a0", "p8", "p9"]
    assert [row.file for row in library.scan()] == [first.file, other.file]
    for path in library.conversations.iterdir():
        os.utime(path, (0, 0))
    fresh = Library(library.root)
    assert [row.file for row in fresh.scan()] == [first.file, other.file]


@pytest.mark.parametrize(
    "name",
    [
        "note.sync-conflict-20261123-101112-ABCDEF7.toml",
        "note (Ann's conflicted copy 2026-11-23).toml",
        "note (conflicted copy 2026-11-23 101112).toml",
        "note.conflict-20261123-101112-k3f9.toml",
    ],
)
def test_conflict_copies_are_told_apart(name: str) -> None:
    assert is_conflict_name(name)
    assert not is_conflict_name("2026-11-23-a-conflict-of-interest-k3f9.toml")


def test_rows_are_read_again_only_when_a_file_changed(library: Library) -> None:
    loaded = library.create(chat(1))
    first = library.scan()[0]
    assert library.scan()[0] is first
    library.append(loaded, [prompt(9)])
    again = library.scan()[0]
    assert again.updated == NOON + timedelta(seconds=9)
    assert library.summary(loaded.file) is again
    assert library.summary("gone.toml") is None


def test_header_and_tail_are_enough_for_a_row(library: Library) -> None:
    long = "word " * 100_000
    made = replace(chat(40), system_prompt="x" * 20_000)
    loaded = library.create(made)
    loaded = library.append(loaded, [answer(99, long)])
    (row,) = Library(library.root).scan()
    assert row.title == made.title
    assert row.problem == ""


def test_row_without_dates_has_the_files_time(library: Library) -> None:
    library.conversations.mkdir(parents=True)
    path = library.conversations / "plain.toml"
    path.write_text("pinned = true\n")
    os.utime(path, (1_000_000, 1_000_000))
    (row,) = library.scan()
    assert row.updated == datetime.fromtimestamp(1_000_000, UTC)
    assert row.title == "plain"
    assert row.pinned
    assert row.id == library.load("plain.toml").conversation.id


def test_changes_are_seen_by_stat(library: Library) -> None:
    one = library.create(chat(1))
    two = library.create(chat(1))
    known = library.snapshot()
    assert not library.changed(known)
    assert not library.changed(known, watched=[one.file])
    library.append(one, [prompt(5)])
    glance = library.changed(known, watched=[one.file])
    assert glance.changed == (one.file,)
    assert library.changed(known).changed == (one.file,)
    library.trash(two.file)
    three = library.create(chat(1))
    changes = library.changed(glance.snapshot, watched=[one.file])
    assert (changes.added, changes.removed) == ((three.file,), (two.file,))
    assert not library.changed(changes.snapshot)


def test_unreadable_files_are_listed_with_their_reason(library: Library) -> None:
    loaded = library.create(chat(50))
    path = library.conversations / loaded.file
    content = path.read_bytes()
    middle = len(content) // 2
    path.write_bytes(content[:middle] + b"\0" + content[middle:])
    with pytest.raises(UnreadableError, match=r"Line \d+"):
        library.load(loaded.file)
    (row,) = library.scan()
    assert "Line" in row.problem
    assert library.read_text(loaded.file).count("\0") == 1
