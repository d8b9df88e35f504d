"""What a person wrote into a file keeps its bytes when the program changes the file."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.unit.storage.samples import prompt
from tui.domain.errors import ConflictError
from tui.storage.library import Library

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tui.domain.conversation import Conversation
    from tui.storage.loaded_file import LoadedFile

TABLES = """\
# Mine, by hand.
title = "Old"   # the name
{header}
# above the messages
[[messages]]
id = "a"  # one
role = "user"
content = "hi"
{message}
# about the answer
[[messages]]
id = "b"
role = "assistant"
content = "yo" # short
# the end
"""

ODD_HEADERS = (
    "weird = nan # odd",
    "weird = -nan # odd",
    "[parameters]\ntemperature = nan # odd",
    "system_prompt = '''\nSay\n[[messages]]\nand no more.'''",
    "system_prompt = '''\n[[messages]]\nrole = \"user\"\n[[messages]]'''  # odd",
)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = Library(tmp_path)
    library.conversations.mkdir()
    return library


def written(library: Library, text: str) -> LoadedFile:
    (library.conversations / "hand.toml").write_text(text, "utf-8", newline="")
    return library.load("hand.toml")


def text_of(library: Library) -> str:
    return (library.conversations / "hand.toml").read_bytes().decode()


def retitled(now: Conversation) -> Conversation:
    return replace(now, title="New")


def pinned(now: Conversation) -> Conversation:
    return replace(now, pinned=True)


def told(now: Conversation) -> Conversation:
    return replace(now, system_prompt="Be brief.\nAlways.")


@pytest.mark.parametrize("edit", [retitled, pinned, told])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "text",
    [
        *(TABLES.format(header=header, message="") for header in ODD_HEADERS),
        TABLES.format(header="", message="weird = nan # odd"),
        TABLES.format(
            header="weird = [nan, {a = +nan}]", message="[messages.x]\ny=nan"
        ),
        "\ufeff" + TABLES.format(header=ODD_HEADERS[-1], message="z = 'é'"),
    ],
)
def test_odd_values_and_odd_layouts_cost_no_comment(
    library: Library,
    text: str,
    line_end: str,
    edit: Callable[[Conversation], Conversation],
) -> None:
    text = text.replace("\n", line_end)
    before = written(library, text)
    changed = library.replace(before, edit(before.conversation))
    now = text_of(library)
    assert edit(before.conversation) == library.load("hand.toml").conversation
    first = now.rindex("# above the messages")
    assert now[first:] == text[text.rindex("# above the messages") :]
    assert "# Mine, by hand." in now
    undone = library.replace(changed, before.conversation)
    assert undone.conversation == before.conversation
    if edit is retitled:
        assert text_of(library) == text


def test_two_writers_of_a_file_with_nan_make_no_second_file(library: Library) -> None:
    mine = written(library, TABLES.format(header="weird = nan", message="odd = nan"))
    library.append(library.load("hand.toml"), [prompt(9, parent="b")])
    merged = library.replace(mine, replace(mine.conversation, title="New"))
    assert [one.id for one in merged.conversation.messages] == ["a", "b", "p9"]
    assert [path.name for path in library.conversations.iterdir()] == ["hand.toml"]
    assert "# above the messages" in text_of(library)


INLINE = (
    "messages = [{role='user', content='hi'}]",
    "messages = [ {role='user', content='hi'}, ] # behind",
    "messages = [ # list\n  {role='user', content='a]'}, # one\n"
    "  {role='assistant', content=\"yo\"} # two, no comma\n  # three\n] # behind",
    "messages = [\n  {role='user', content='hi', meta = {a = [1, {b = nan}]}},\n\t]",
)


@pytest.mark.parametrize("messages", INLINE)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_an_answer_below_inline_messages_leaves_every_other_byte(
    library: Library, messages: str, line_end: str
) -> None:
    text = f"# Mine\ntitle = 'T' # why\n{messages}\n\n[notes] # n\nx = nan\n# the end"
    text = text.replace("\n", line_end)
    loaded = written(library, text)
    there = len(loaded.conversation.messages)
    nasty = "a\n[[messages]]\n'''\"\"\"\\ \r\x00 \u2028 ]} # é"
    extra = {"odd": [{"a": 1}, 2], "deep": {"x": {"y": True}}}
    new = [prompt(1, nasty), replace(prompt(2, "two"), extra=extra, parent="p1")]
    for message in new:
        loaded = library.append(loaded, [message])
    now = text_of(library)
    left = iter(now)
    assert all(letter in left for letter in text if letter not in " \t"), now
    again = library.load("hand.toml").conversation
    assert again == loaded.conversation
    assert again.messages[there:] == tuple(new)
    comments = re.findall("# [a-zM]+", text)
    assert [one for one in re.findall("# [a-zM]+", now) if one in comments] == comments
    library.replace(loaded, replace(again, title="New", pinned=True))
    assert all(line in text_of(library) for line in now.splitlines()[2:])


@pytest.mark.parametrize("comment", ["", " # none yet"])
def test_an_empty_list_gives_way_to_tables_and_costs_no_comment(
    library: Library, comment: str
) -> None:
    text = f"# Mine\nmessages = []{comment}\ntitle = 'T' # why\n[notes] # n\nx = 1"
    loaded = written(library, text)
    loaded = library.replace(loaded, replace(loaded.conversation, title="New"))
    assert text_of(library) == text.replace("'T'", '"New"')
    loaded = library.append(loaded, [prompt(1)])
    assert loaded.appendable
    kept = comment.lstrip() + "\n" if comment else ""
    start = f'# Mine\n{kept}title = "New" # why\n[notes] # n\nx = 1\n\n[[messages]]\n'
    assert text_of(library).startswith(start)
    assert library.load("hand.toml").conversation.messages == (prompt(1),)


BEHIND = (
    TABLES.format(header="[notes]\nx = 1 # n", message="[messages.meta] # m\nfoo = 1")
    + "[after] # tail\nq = 1\n# at the end"
)
BETWEEN = TABLES.format(header="", message="[between] # b\nz = 'é'\n\n# above")


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "text", [BEHIND, BETWEEN, TABLES.format(header="", message=""), *INLINE]
)
def test_clearing_leaves_what_is_no_message_and_is_undone_to_the_byte(
    library: Library, text: str, line_end: str
) -> None:
    if text.startswith("messages"):
        text = f"# Mine, by hand.\n{text}\n[after] # tail\nq = 1\n# at the end"
    text = text.replace("\n", line_end)
    loaded = written(library, text)
    before = loaded.conversation
    copy = library.copy_to_trash("hand.toml")
    cleared = library.replace(loaded, replace(before, messages=(), active=None))
    now = text_of(library)
    assert cleared.conversation.messages == ()
    assert library.load("hand.toml").conversation == cleared.conversation
    for kept in (
        "# Mine",
        "# the name",
        "# above",
        "[after]",
        "# tail",
        "# at the end",
    ):
        assert (kept in now) == (kept in text)
    assert ("[between] # b" in now) == ("[between] # b" in text)
    assert ("# about the answer" in now) == ("[between]" in text)
    assert cleared.conversation.extra == before.extra
    assert library.put_back(cleared, before, copy).conversation == before
    assert text_of(library) == text
    assert library.trashed() == []


def test_messages_come_back_with_their_comments_below_what_changed_since(
    library: Library,
) -> None:
    loaded = written(library, BEHIND)
    before = loaded.conversation
    copy = library.copy_to_trash("hand.toml")
    cleared = library.replace(loaded, replace(before, messages=(), active=None))
    path = library.conversations / "hand.toml"
    path.write_text("# since\n" + path.read_text())
    since = library.append(library.load("hand.toml"), [prompt(7)])
    whole = replace(since.conversation, messages=(*before.messages, prompt(7)))
    assert library.put_back(since, whole, copy).conversation == whole
    now = text_of(library)
    assert cleared.file == since.file
    assert set(BEHIND.splitlines()) < set(now.splitlines())
    assert now.count("# tail") == now.count("# at the end") == now.count("# short") == 1
    assert library.trashed() == []


def test_a_copy_that_holds_more_than_the_file_stays_in_the_trash(
    library: Library,
) -> None:
    loaded = written(library, BEHIND)
    before = loaded.conversation
    copy = library.copy_to_trash("hand.toml")
    library.replace(loaded, replace(before, messages=(), active=None))
    path = library.conversations / "hand.toml"
    path.write_text(path.read_text().replace("# Mine, by hand.\n", ""))
    now = library.load("hand.toml")
    now = library.put_back(
        now, replace(now.conversation, messages=before.messages), copy
    )
    assert now.conversation == before
    assert [one.name for one in library.trashed()] == [copy]


@pytest.mark.parametrize("in_place_from", [0, 1_000_000])
@pytest.mark.parametrize("damage", [None, b"<<<<<<< HEAD\nbroken"])
def test_a_second_file_has_the_comments_of_the_one_that_was_spoiled_or_removed(
    tmp_path: Path, damage: bytes | None, in_place_from: int
) -> None:
    library = Library(tmp_path, in_place_from=in_place_from)
    library.conversations.mkdir()
    loaded = written(library, BEHIND + "\n")
    loaded = library.append(loaded, [prompt(1)])
    path = library.conversations / "hand.toml"
    before = path.read_text()
    path.unlink()
    if damage is not None:
        path.write_bytes(damage)
    what = "removed" if damage is None else "changed"
    with pytest.raises(ConflictError, match=f"was {what} by another") as raised:
        library.append(loaded, [prompt(2, parent="p1")])
    second = (library.conversations / raised.value.kept).read_text()
    assert second.startswith(before)
    assert library.load(raised.value.kept).conversation.messages[-1].id == "p2"


def test_a_second_file_after_a_clash_has_the_comments(library: Library) -> None:
    mine = written(library, BEHIND)
    library.replace(library.load("hand.toml"), replace(mine.conversation, title="A"))
    with pytest.raises(ConflictError) as raised:
        library.replace(mine, replace(mine.conversation, title="B"))
    second = (library.conversations / raised.value.kept).read_text()
    assert second == BEHIND.replace('"Old"', '"B"')
