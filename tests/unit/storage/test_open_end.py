"""The end of a file and what follows from above are what loading it whole gives."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.storage.samples import NASTY, answer, chat, conversations, prompt
from tui.domain.conversation import Conversation
from tui.domain.errors import ReadOnlyError, UnreadableError
from tui.storage.earlier_messages import EarlierMessages
from tui.storage.encoding import encode
from tui.storage.library import Library

if TYPE_CHECKING:
    from tui.domain.message import Message
    from tui.storage.conversation_end import LoadedEnd
    from tui.storage.loaded_file import LoadedFile

FILE = "2026-11-23-a.toml"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path)


def put(library: Library, content: bytes | str | Conversation) -> Path:
    """Write a conversation's file as an editor would."""
    if isinstance(content, Conversation):
        content = encode(content)
    if isinstance(content, str):
        content = content.encode()
    library.conversations.mkdir(exist_ok=True, parents=True)
    path = library.conversations / FILE
    path.write_bytes(content)
    return path


def end_of(library: Library, messages: int = 2) -> LoadedEnd:
    end = library.open_end(FILE, messages, whole_up_to=0)
    assert end is not None
    return end


def read_on(
    library: Library, end: LoadedEnd, block: int = 300, at_once: int = 1
) -> tuple[list[tuple[Message, ...]], LoadedFile | None, bool]:
    """Return the slices, the lowest first, the whole file, and whether it changed."""
    earlier = EarlierMessages(library.conversations / FILE, end, block)
    slices: list[tuple[Message, ...]] = []
    while slice_ := earlier.read_slice(at_once):
        slices.append(slice_)
    return slices, earlier.finish(), earlier.changed


def check(library: Library, messages: int, block: int, at_once: int = 1) -> bool:
    """Compare both ways; returns whether the end could be opened by itself."""
    end = library.open_end(FILE, messages, whole_up_to=0)
    if end is None:
        return False
    try:
        expected = library.load(FILE)
    except UnreadableError:
        with pytest.raises(UnreadableError):
            read_on(library, end, block, at_once)
        return True
    _, whole, changed = read_on(library, end, block, at_once)
    assert not changed
    assert whole == expected
    assert whole.stamp.digest.digest() == expected.stamp.digest.digest()
    assert end.under(whole, changed=changed) == expected
    return True


texts = st.one_of(
    st.sampled_from([text for text in NASTY if len(text) < 500]),
    st.text("\"'\\\n\r\t [#]=messages", max_size=40),
)


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(
    conversation=conversations(),
    written=st.lists(texts, min_size=4, max_size=9),
    branches=st.lists(st.integers(0, 12), max_size=9),
    messages=st.integers(1, 4),
    block=st.integers(1, 2_000),
)
def test_the_end_and_the_rest_are_the_whole(
    conversation: Conversation,
    written: list[str],
    branches: list[int],
    messages: int,
    block: int,
) -> None:
    made = list(conversation.messages)
    for number, text in enumerate(written):
        above = [message.id for message in made]
        branch = branches[number] if number < len(branches) else 0
        parent = above[-1 - branch] if branch < len(above) else None
        made.append(replace(prompt(number, parent=parent), content=text))
    with TemporaryDirectory() as folder:
        library = Library(Path(folder))
        put(library, replace(conversation, messages=tuple(made)))
        check(library, messages, block)


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(
    pairs=st.integers(2, 6),
    inserted=st.sampled_from(
        [
            "\n[[messages]]\n",
            '"""',
            "'''",
            "\n[parameters]\ntemperature = 1\n",
            "\n[messages.tool]\nname = 1\n",
            "\n[[messages.tool]]\nname = 1\n",
            '\nrole = "nobody"\n',
            '\nid = "p0"\n',
            '\nparent = "nowhere"\n',
            '\nparent = "a0"\n',
            '\nparent = "p1"\n',
            '\nparent = ""\n',
            "\nparent = 5\n",
            "\nnonsense\n",
            "<<<<<<< HEAD\n",
            "\ufeff",
            "\0",
            "\r\n",
            '\n[["messages"]]\nrole = "user"\ncontent = "by hand"\n',
            '\n[["mess\\u0061ges"]]\nrole = "user"\ncontent = "by hand"\n',
            "\n[[messages]]\nrole = 'user'\ncontent = 'no id'\n" * 2,
            '\n[[messages]]\ncontent = """\n'
            "[[messages]]\ncontent = '''\n"
            "\"\"\"\n#'''\n",
            "\n# a comment\n",
            "\nstray = 1",
        ]
    ),
    where=st.floats(0, 1),
    line=st.booleans(),
    cut=st.booleans(),
    messages=st.integers(1, 4),
    block=st.integers(1, 2_000),
)
def test_edits_by_hand_are_read_as_the_whole_file_reads_them(
    *,
    pairs: int,
    inserted: str,
    where: float,
    line: bool,
    cut: bool,
    messages: int,
    block: int,
) -> None:
    text = encode(chat(pairs)).decode()
    at = int(where * len(text))
    if line:
        at = text.rfind("\n", 0, at) + 1
    text = text[:at] + inserted + ("" if cut else text[at:])
    with TemporaryDirectory() as folder:
        library = Library(Path(folder))
        put(library, text)
        check(library, messages, block)


def test_only_the_bytes_of_the_end_are_read(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(library, chat(5_000))
    read = 0
    pread = os.pread

    def counting(fd: int, count: int, at: int) -> bytes:
        nonlocal read
        content = pread(fd, count, at)
        read += len(content)
        return content

    monkeypatch.setattr(os, "pread", counting)
    end = library.open_end(FILE, 100)
    assert end is not None
    assert [m.id for m in end.conversation.messages[-2:]] == ["p4999", "a4999"]
    assert len(end.conversation.messages) == 100
    assert end.conversation.messages[0].parent == "a4949"
    assert end.conversation.system_prompt == "You are a helpful assistant."
    assert read < 200_000 < path.stat().st_size


def test_slices_follow_from_below_upward(library: Library) -> None:
    put(library, chat(50))
    end = end_of(library, 10)
    slices, whole, _ = read_on(library, end, block=3_000, at_once=8)
    assert len(slices) > 3
    assert slices[0][-1].id == "a44"
    joined = [message for slice_ in reversed(slices) for message in slice_]
    assert whole is not None
    assert (*joined, *end.conversation.messages) == whole.conversation.messages


@pytest.mark.parametrize("pairs", [0, 1])
def test_what_is_short_is_read_whole(library: Library, pairs: int) -> None:
    put(library, chat(pairs))
    assert library.open_end(FILE, 2, whole_up_to=0) is None
    assert library.open_end(FILE, 1) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nothing = [",
        b"messages = [{id = 'a'}, {id = 'b'}, {id = 'c'}]\n",
        b"\xff\xfe" + "[[messages]]\n".encode("utf-16-le"),
    ],
)
def test_what_cannot_be_cut_is_read_whole(library: Library, content: bytes) -> None:
    put(library, content)
    assert library.open_end(FILE, 1, whole_up_to=0) is None


def test_a_file_that_is_gone_is_left_to_loading(library: Library) -> None:
    assert library.open_end(FILE, 1, whole_up_to=0) is None


def test_siblings_are_known_as_far_down_as_the_end_reaches(library: Library) -> None:
    conversation = chat(10)
    retry = replace(answer(77), parent="p9")
    put(library, conversation.with_message(retry))
    end = end_of(library, 3)
    assert [m.id for m in end.conversation.path] == ["p9", "a77"]
    assert [m.id for m in end.conversation.siblings("a77")] == ["a9", "a77"]
    # The sibling's parent is above the end that was asked for: more of it is read.
    end = end_of(library, 1)
    assert [m.id for m in end.conversation.path] == ["a77"]
    assert end.above == "p9"
    assert [m.id for m in end.conversation.siblings("a77")] == ["a9", "a77"]


def test_a_path_that_leads_far_up_is_read_whole(library: Library) -> None:
    conversation = chat(40)
    put(library, conversation.with_message(replace(answer(77), parent="p1")))
    assert library.open_end(FILE, 4, whole_up_to=0) is None
    put(library, replace(conversation, active="a3"))
    assert library.open_end(FILE, 4, whole_up_to=0) is None
    put(library, replace(conversation, active="a39"))
    assert end_of(library, 4).conversation.path[-1].id == "a39"


def test_an_end_is_appended_to_and_the_rest_joins_it(library: Library) -> None:
    put(library, chat(20))
    end = end_of(library, 4)
    said = prompt(100, "Below an end?", parent="a19")
    after = library.append_to_end(end, [said])
    assert after is not None
    again = library.append_to_end(after, [answer(100, parent="p100")])
    assert again is not None
    assert again.conversation.messages[-2] == said
    # Said twice, it is there once.
    assert library.append_to_end(again, [said]) is again
    _, whole, changed = read_on(library, end)
    assert whole is not None
    assert changed
    joined = again.under(whole, changed=changed)
    assert joined is not None
    loaded = library.load(FILE)
    assert replace(joined, stamp=loaded.stamp) == loaded
    assert joined.stamp.digest.digest() == loaded.stamp.digest.digest()
    # What was put together can be written from.
    renamed = replace(joined.conversation, title="Another")
    written = library.replace(joined, renamed)
    assert written.conversation.messages == joined.conversation.messages
    more = library.append(written, [prompt(101, parent="a100")])
    assert library.load(FILE).conversation == more.conversation


def test_a_sibling_below_an_end_keeps_its_parent(library: Library) -> None:
    put(library, chat(20))
    end = end_of(library, 4)
    after = library.append_to_end(end, [replace(answer(100), parent="p19")])
    assert after is not None
    assert library.load(FILE).conversation.find("a100") == after.conversation.find(
        "a100"
    )
    assert len(library.load(FILE).conversation.siblings("a100")) == 2


def test_nothing_is_appended_to_another_version(library: Library) -> None:
    path = put(library, chat(20))
    end = end_of(library, 4)
    theirs = replace(chat(20), title="By hand").with_message(
        prompt(50, "By hand", parent="a19")
    )
    put(library, theirs)
    before = path.read_bytes()
    assert library.append_to_end(end, [prompt(100, parent="a19")]) is None
    assert path.read_bytes() == before
    _, whole, changed = read_on(library, end)
    assert changed
    assert whole is None or end.under(whole, changed=changed) is None


def test_a_change_that_leaves_no_trace_in_the_times_is_not_overwritten(
    library: Library,
) -> None:
    path = put(library, chat(20))
    end = end_of(library, 4)
    after = library.append_to_end(end, [prompt(100, parent="a19")])
    assert after is not None
    content = path.read_bytes()
    status = path.stat()
    path.write_bytes(content.replace(b"Prompt 3?", b"Prompt X?"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert library.append_to_end(after, [answer(100, parent="p100")]) is None
    _, whole, changed = read_on(library, end)
    assert whole is not None
    assert after.under(whole, changed=changed) is None


def test_what_must_not_be_written_is_refused(library: Library) -> None:
    text = encode(chat(20)).decode().replace("format = 1", "format = 99")
    path = put(library, text)
    end = end_of(library, 4)
    assert "newer version" in end.read_only
    with pytest.raises(ReadOnlyError):
        library.append_to_end(end, [prompt(100)])
    assert path.read_text() == text


def test_a_version_that_lost_our_words_is_left_to_loading(library: Library) -> None:
    path = put(library, chat(20))
    older = path.read_bytes()
    library.append(library.load(FILE), [prompt(100, parent="a19")])
    path.write_bytes(older.replace(b"Answer 3", b"Edited 3"))
    assert library.open_end(FILE, 4, whole_up_to=0) is None
    assert library.load(FILE).conversation.messages[-1].id == "p100"


def test_damage_in_the_middle_shows_at_the_end_of_reading(library: Library) -> None:
    text = encode(chat(40)).decode()
    put(library, text.replace("Prompt 7?", 'Prompt 7? """ x'))
    end = end_of(library, 4)
    with pytest.raises(UnreadableError, match="Line "):
        read_on(library, end)
