from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings

from tests.unit.storage.samples import NASTY, answer, chat, conversations, prompt, texts
from tui.domain.errors import UnreadableError
from tui.domain.message import Message, Role
from tui.storage.decoding import MOST_PROBLEMS, decode
from tui.storage.encoding import encode, encode_messages
from tui.storage.toml_text import clean_text, write_block, write_line

if TYPE_CHECKING:
    from tui.domain.conversation import Conversation


def read_back(written: str) -> str:
    read = tomllib.loads(f"k = {written}")["k"]
    assert isinstance(read, str)
    return read


@pytest.mark.parametrize("text", NASTY)
def test_nasty_texts_come_back(text: str) -> None:
    assert read_back(write_block(text)) == text
    assert read_back(write_line(text)) == text


@given(texts)
@settings(max_examples=1000, deadline=None)
def test_every_text_comes_back(text: str) -> None:
    assert read_back(write_block(text)) == text
    assert read_back(write_line(text)) == text


def test_half_surrogates_become_replacement_characters() -> None:
    assert clean_text("a\ud83db") == "a\ufffdb"
    assert clean_text("\ud83d\ude00") == "😀"
    assert read_back(write_block("x\udc00")) == "x\ufffd"
    conversation = replace(chat(1), title="\ud800", parameters={"stop": "\udfff"})
    again = decode(encode(conversation), "x.toml").conversation
    assert (again.title, again.parameters["stop"]) == ("\ufffd", "\ufffd")


def test_text_is_readable_in_the_file() -> None:
    text = 'Say "hi":\n\n    print("it\'s")\n\tTabs, 日本語, 👩‍👩‍👧 and   blanks.\n'
    assert write_block(text) == f'"""\n{text}"""'
    latex = "\\frac{1}{2} is C:\\half"
    assert write_block(latex) == f"'''\n{latex}'''"
    assert write_line('a "quoted" title') == "'a \"quoted\" title'"


@given(conversations())
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_conversation_comes_back(conversation: Conversation) -> None:
    content = encode(conversation)
    decoded = decode(content, "x.toml")
    assert decoded.conversation == conversation
    assert decoded.problems == ()
    assert decoded.read_only == ""
    tables = tomllib.loads(content.decode()).get("messages", [])
    assert len(tables) == len(conversation.messages)
    assert decoded.starts is not None
    assert len(decoded.starts) == len(conversation.messages)


def test_file_looks_like_the_documented_format() -> None:
    conversation = replace(chat(1), extra={"pinned": True, "mine": {"a": 1}})
    assert encode(conversation).decode() == (
        "format = 1\n"
        'id = "conversation-1"\n'
        'title = "What is swarm inference?"\n'
        "created = 2026-11-23T12:00:00Z\n"
        'model = "some-model"\n'
        'system_prompt = """\nYou are a helpful assistant."""\n'
        "pinned = true\n"
        "\n[parameters]\ntemperature = 0.7\n"
        "\n[mine]\na = 1\n"
        '\n[[messages]]\nid = "p0"\nrole = "user"\n'
        "created = 2026-11-23T12:00:00Z\n"
        'content = """\nPrompt 0?"""\n'
        '\n[[messages]]\nid = "a0"\nrole = "assistant"\n'
        "created = 2026-11-23T12:00:00.500000Z\n"
        'model = "some-model"\nstatus = "complete"\n'
        'response_id = "chatcmpl-0"\nfinish_reason = "stop"\n'
        "prompt_tokens = 25\ncompletion_tokens = 50\ntotal_tokens = 75\n"
        "first_token_seconds = 0.25\ntotal_seconds = 1.5\n"
        'content = """\nAnswer 0.\n\n* with\n* lines"""\n'
    )


def test_parent_is_written_only_when_it_is_not_the_message_above() -> None:
    first = prompt(0)
    made = (first, answer(0, parent="p0"), answer(1, parent="p0"), prompt(1))
    written = encode_messages(made, None).decode()
    assert written.count("parent =") == 2
    assert 'id = "a1"\nparent = "p0"\n' in written
    assert 'id = "p1"\nparent = ""\n' in written
    read = decode(written.encode(), "x.toml").conversation.messages
    assert [message.parent for message in read] == [None, "p0", "p0", None]


HAND_WRITTEN = """\
# My notes
title = "By hand"
mood = "good"

[[messages]]
role = "User"
content = "Hello"
stars = 5

[messages.weather]
sky = "blue"

[[messages]]
role = "assistant"
content = "Hi"

[parameters]
top_p = 0.5

[notes]
text = "kept"
"""


def test_hand_written_files_open_with_stable_ids() -> None:
    one = decode(HAND_WRITTEN.encode(), "hand.toml")
    other = decode(HAND_WRITTEN.encode(), "hand.toml")
    assert one.conversation == other.conversation
    assert one.problems == ()
    first, second = one.conversation.messages
    assert first.id
    assert second.parent == first.id
    assert first.role is Role.USER
    assert first.extra == {"stars": 5, "weather": {"sky": "blue"}}
    assert one.conversation.parameters == {"top_p": 0.5}
    assert one.conversation.extra == {"mood": "good", "notes": {"text": "kept"}}
    appended = HAND_WRITTEN.encode() + encode_messages([prompt(9)], second.id)
    more = decode(appended, "hand.toml").conversation.messages
    assert [message.id for message in more] == [first.id, second.id, "p9"]


def test_wrong_values_are_named_with_their_line_and_the_rest_opens() -> None:
    content = """\
format = 1
id = "c"
title = 7
created = "yesterday"

[[messages]]
id = "m"
role = "tool"
content = "x"

[[messages]]
id = "n"
role = "user"
content = "y"
status = "odd"
prompt_tokens = "many"
parent = "nobody"
"""
    decoded = decode(content.encode(), "x.toml")
    found = {(problem.line, problem.key) for problem in decoded.problems}
    assert found == {
        (3, "title"),
        (4, "created"),
        (8, "role"),
        (15, "status"),
        (16, "prompt_tokens"),
        (17, "parent"),
    }
    assert all(problem.file == "x.toml" for problem in decoded.problems)
    assert decoded.conversation.title == "x"
    assert [m.content for m in decoded.conversation.messages] == ["x", "y"]
    assert decoded.conversation.messages[1].parent == "m"
    again = tomllib.loads(encode(decoded.conversation).decode())
    assert again["created"] == "yesterday"
    assert again["messages"][0]["role"] == "tool"
    assert again["messages"][1]["status"] == "odd"
    assert again["messages"][1]["prompt_tokens"] == "many"


def test_newer_format_is_read_only() -> None:
    decoded = decode(b'format = 2\ntitle = "x"\nfuture = 1\n', "x.toml")
    assert "format 2" in decoded.read_only
    assert decoded.conversation.title == "x"


@pytest.mark.parametrize("value", ['"x"', "3", "[1, 2]", "{a = 1}"])
def test_messages_that_are_no_tables_make_a_file_read_only(value: str) -> None:
    decoded = decode(f'title = "t"\nmessages = {value}\n'.encode(), "x.toml")
    assert decoded.read_only
    assert decoded.problems[0].line == 2
    assert decoded.conversation.messages == ()


def test_inline_messages_open_but_are_not_appended_to() -> None:
    content = b'messages = [{role = "user", content = "x"}]\n'
    decoded = decode(content, "x.toml")
    assert decoded.conversation.messages[0].content == "x"
    assert not decoded.appendable
    assert decode(b'title = "x"\n', "x.toml").appendable
    assert not decode(b"messages = []\n", "x.toml").appendable


def test_false_tables_in_foreign_strings_are_seen_through() -> None:
    content = (
        "system_prompt = '''\n[[messages]]\nrole = 'user'\n'''\n"
        "[[messages]]\nid = 'a'\nrole = 'user'\ncontent = '''\n[[messages]]\n'''\n"
        "[[messages]]\nid = 'b'\nrole = 'user'\ncontent = 'x'\n"
    )
    decoded = decode(content.encode(), "x.toml")
    assert [message.id for message in decoded.conversation.messages] == ["a", "b"]
    assert decoded.conversation.system_prompt == "[[messages]]\nrole = 'user'\n"


def test_same_id_twice_is_told_and_both_are_kept() -> None:
    content = encode_messages([prompt(0), prompt(0)], None)
    decoded = decode(content, "x.toml")
    assert [message.id for message in decoded.conversation.messages] == ["p0", "p0-2"]
    assert decoded.problems[0].key == "id"


@pytest.mark.parametrize(
    ("parents", "lines"),
    [("ba", [4]), ("bcab", [4]), ("a", [4]), ("cdb", [4, 12]), ("badc", [4, 20])],
)
def test_parents_in_a_circle_are_told_and_every_message_has_a_place(
    parents: str, lines: list[int]
) -> None:
    tables = [
        f"[[messages]]\nrole = 'user'\nid = '{name}'\nparent = '{parent}'\n"
        f"content = '{name}'\n\n\n\n"
        for name, parent in zip("abcd", parents, strict=False)
    ]
    decoded = decode("".join(tables).encode(), "x.toml")
    assert {one.key for one in decoded.problems} == {"parent"}
    assert sorted(one.line or 0 for one in decoded.problems) == lines
    conversation = decoded.conversation
    for message in conversation.messages:
        seen = replace(conversation, active=message.id).path
        assert message in seen
        assert seen[0].parent is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"title = 'x'\nbroken", "Line 2"),
        (b'title = \'x\'\n[[messages]]\ncontent = """\nhalf', "Line 4"),
        ("title = 'x'".encode("utf-16"), "UTF-16"),
        (b"title = 'ok'\nx = '\xe9'", "Line 2"),
        (b"x = " + b"[" * 20_000, "deep"),
        (b"a = 1\nx = " + b"1" * 5_000, "Line 2 .* 4,300 digits"),
        (b"a." * 5_000 + b"a = 1", "parts"),
        (
            b"title = 'x'\n<<<<<<< HEAD\na = 1\n=======\n>>>>>>> b\n",
            "Line 2 is a merge",
        ),
        (b"title = 'x'\0", "Line 1"),
    ],
)
def test_unreadable_content_says_why(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        decode(content, "x.toml")


def test_byte_order_mark_and_windows_line_ends_are_accepted() -> None:
    content = b"\xef\xbb\xbf" + encode(chat(2)).replace(b"\n", b"\r\n")
    assert decode(content, "x.toml").conversation == chat(2)


def test_message_with_a_block_of_a_megabyte_comes_back() -> None:
    text = "".join(f'{number} "q" \\ line\r\n' for number in range(50_000))
    message = Message(id="m", role=Role.ASSISTANT, content=text)
    read = decode(encode_messages([message], None), "x.toml").conversation.messages
    assert read == (message,)


def test_lines_are_right_where_a_file_cannot_be_cut() -> None:
    inline = "title = 'x'\nmessages = [\n  {role = 'a'},\n  {role = 'b'},\n]\n"
    decoded = decode(inline.encode(), "x.toml")
    assert [problem.line for problem in decoded.problems] == [2, 2]
    whole = "[[messages]]\nrole = 'a'\n[x]\ny = 1\n[[messages]]\nrole = 'b'\n[x.z]\n"
    decoded = decode(whole.encode(), "x.toml")
    assert decoded.starts is None
    assert [problem.line for problem in decoded.problems] == [2, 6]


def test_a_file_wrong_all_over_opens_with_a_bounded_list() -> None:
    content = "".join(
        f"[[messages]]\nrole = 'odd'\ncontent = 'a.b.c. {number}'\n"
        for number in range(5_000)
    )
    decoded = decode(content.encode(), "x.toml")
    assert len(decoded.conversation.messages) == 5_000
    assert len(decoded.problems) == MOST_PROBLEMS + 1
    assert decoded.problems[0].line == 2
