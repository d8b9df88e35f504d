"""Each foreign format gives the conversation that its own program would show."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.storage import foreign_samples as samples
from tests.unit.storage.foreign_samples import (
    chatgpt_entry,
    chatgpt_node,
    claude_entry,
    claude_message,
)
from tui.domain.errors import UnreadableError
from tui.domain.message import Role, Status
from tui.storage.chatgpt_export import read_chatgpt
from tui.storage.claude_export import read_claude
from tui.storage.foreign_files import read_foreign
from tui.storage.import_entry import Entry, Refused

if TYPE_CHECKING:
    from pathlib import Path

    from tui.domain.conversation import Conversation


def taken(entry: Entry | Refused) -> Conversation:
    assert isinstance(entry, Entry), entry
    return entry.conversation


def read(path: Path) -> list[Entry | Refused]:
    return list(read_foreign(path, lambda progress: None))


def said(conversation: Conversation) -> list[tuple[Role, str]]:
    return [(message.role, message.content) for message in conversation.path]


def test_chatgpt_shows_the_branch_that_was_shown() -> None:
    conversation = taken(
        read_chatgpt(
            chatgpt_entry(
                [
                    chatgpt_node("sys", "root", "system", ""),
                    chatgpt_node("u", "sys", "user", "Fjords?", 1),
                    chatgpt_node("new", "u", "assistant", "Second try", 9),
                    chatgpt_node("old", "u", "assistant", "First try", 2),
                ]
            )
        )
    )
    assert conversation.id == "chatgpt-conv-1"
    assert conversation.title == "Norway"
    assert conversation.created == datetime(2024, 2, 1, tzinfo=UTC)
    # `current_node` is the older one.
    assert said(conversation) == [(Role.USER, "Fjords?"), (Role.ASSISTANT, "First try")]
    assert [one.id for one in conversation.siblings("old")] == ["old", "new"]
    answer = conversation.path[-1]
    assert (answer.model, answer.status) == ("gpt-4o", Status.COMPLETE)
    # A model of theirs is no model of ours: going on asks the default one.
    assert conversation.model == ""


def test_chatgpt_thoughts_tools_and_pictures() -> None:
    picture = {
        "content_type": "image_asset_pointer",
        "asset_pointer": "file-service://x",
    }
    entry = read_chatgpt(
        chatgpt_entry(
            [
                chatgpt_node(
                    "u",
                    "root",
                    "user",
                    "",
                    content={
                        "content_type": "multimodal_text",
                        "parts": [picture, "What is this?"],
                    },
                ),
                chatgpt_node(
                    "t",
                    "u",
                    "assistant",
                    "",
                    content={
                        "content_type": "thoughts",
                        "thoughts": [{"summary": "Looking", "content": "It has ears."}],
                    },
                ),
                chatgpt_node(
                    "c",
                    "t",
                    "assistant",
                    "",
                    recipient="python",
                    content={
                        "content_type": "code",
                        "language": "unknown",
                        "text": "1+1",
                    },
                ),
                chatgpt_node("r", "c", "tool", "2"),
                chatgpt_node(
                    "a",
                    "r",
                    "assistant",
                    "A cat",
                    metadata={
                        "model_slug": "o3",
                        "finish_details": {"type": "max_tokens"},
                    },
                ),
            ]
        )
    )
    conversation = taken(entry)
    assert isinstance(entry, Entry)
    assert entry.left_out == "1 picture or file, 1 tool's message"
    user, code, answer = conversation.path
    assert user.content == "What is this?"
    assert code.content == "```python\n1+1\n```"
    assert code.reasoning == "It has ears."
    assert (answer.content, answer.parent) == ("A cat", "c")
    assert answer.status is Status.TRUNCATED


def test_chatgpt_documents_quotes_and_what_nobody_knows() -> None:
    essay = {"name": "Essay", "type": "document", "content": "Words of it."}
    program = {"name": "Sum", "type": "code/python", "content": "1 + 1"}

    def node(
        name: str, above: str, kind: str, recipient: str = "all", **content: Any
    ) -> Any:
        return chatgpt_node(
            name,
            above,
            "assistant",
            "",
            recipient=recipient,
            content={"content_type": kind, **content},
        )

    canvas = "canmore.create_textdoc"
    entry = read_chatgpt(
        chatgpt_entry(
            [
                chatgpt_node("u", "root", "user", "Write"),
                node("d", "u", "code", canvas, text=json.dumps(essay)),
                node("p", "d", "text", canvas, parts=[json.dumps(program)]),
                node("q", "p", "tether_quote", url="x", text="A quoted text."),
                node("x", "q", "hologram", data="1"),
                node("a", "x", "text", parts=["There."]),
            ]
        )
    )
    assert isinstance(entry, Entry)
    assert [message.content for message in entry.conversation.path] == [
        "Write",
        "**Essay**\n\nWords of it.",
        "**Sum**\n\n```python\n1 + 1\n```",
        "A quoted text.",
        "There.",
    ]
    assert entry.left_out == "1 unknown part"


def test_claude_artifacts_are_a_part_of_the_answer() -> None:
    def artifact(kind: str, content: str, **more: str) -> dict[str, Any]:
        made = {"command": "create", "title": "It", "type": kind, "content": content}
        return {"type": "tool_use", "name": "artifacts", "input": {**made, **more}}

    change = {"command": "update", "old_str": "a", "new_str": "b"}
    blocks = [
        {"type": "text", "text": "Here:"},
        artifact("text/markdown", "# Words"),
        artifact("application/vnd.ant.code", "x = 1", language="python"),
        {"type": "tool_use", "name": "artifacts", "input": change},
    ]
    entry = read_claude(
        claude_entry(
            [
                claude_message("1", None, "human", "Write"),
                claude_message("2", None, "assistant", "", content=blocks),
            ]
        )
    )
    assert isinstance(entry, Entry)
    assert entry.conversation.path[1].content == (
        "Here:\n\n**It**\n\n# Words\n\n**It**\n\n```python\nx = 1\n```"
    )
    assert entry.left_out == "1 tool's message"


@pytest.mark.parametrize(
    "mapping",
    [
        {},
        {"a": None},
        {"a": {"parent": "a", "children": ["a"], "message": {"author": 3}}},
        {"a": {"parent": None, "children": [1, None, "b"], "message": {"content": []}}},
    ],
)
def test_a_strange_mapping_is_refused_by_name(mapping: dict[str, object]) -> None:
    refused = read_chatgpt({"title": "Odd", "mapping": mapping})
    assert refused == Refused("Odd", "it has no messages")


def test_claude_with_branches_thoughts_and_pasted_text() -> None:
    root = "00000000-0000-4000-8000-000000000000"
    paste = {"file_name": "log.txt", "extracted_content": "line\n```\nline"}
    entry = read_claude(
        {
            **claude_entry(
                [
                    claude_message("u", root, "human", "Why?", attachments=[paste]),
                    claude_message(
                        "a",
                        "u",
                        "assistant",
                        "",
                        content=[
                            {"type": "thinking", "thinking": "Hm."},
                            {"type": "tool_use", "name": "search", "input": {}},
                            {"type": "text", "text": "Because."},
                        ],
                    ),
                    claude_message("u2", root, "human", "Edited", files=[{"x": 1}]),
                ]
            ),
            "current_leaf_message_uuid": "a",
        }
    )
    conversation = taken(entry)
    assert isinstance(entry, Entry)
    assert entry.left_out == "1 picture or file, 1 tool's message"
    assert said(conversation) == [
        (Role.USER, "Why?\n\nlog.txt:\n\n````\nline\n```\nline\n````"),
        (Role.ASSISTANT, "Because."),
    ]
    assert conversation.path[1].reasoning == "Hm."
    assert [one.id for one in conversation.siblings("u")] == ["u", "u2"]
    assert conversation.path[0].created == datetime(2025, 3, 4, 10, tzinfo=UTC)


def test_an_older_claude_export_is_a_line() -> None:
    conversation = taken(
        read_claude(
            claude_entry(
                [
                    claude_message("1", None, "human", "One"),
                    claude_message("2", None, "assistant", ""),
                    claude_message("3", None, "assistant", "Two"),
                ]
            )
        )
    )
    assert said(conversation) == [(Role.USER, "One"), (Role.ASSISTANT, "Two")]


def test_an_empty_claude_conversation_is_refused_by_name() -> None:
    assert read_claude(claude_entry([])) == Refused("Taxes", "it has no messages")


def test_the_zip_is_read_part_by_part(tmp_path: Path) -> None:
    path = samples.write_zip(
        tmp_path / "export.zip",
        **{
            "conversations-000": [samples.small_chatgpt(1)],
            "conversations-001": [samples.small_chatgpt(2), {"odd": 1}],
            "user": {"email": "me@example.org"},
        },
    )
    first, second, odd = read(path)
    assert taken(first).title == "Talk 1"
    assert taken(second).title == "Talk 2"
    assert isinstance(odd, Refused)
    assert odd.name == "entry 2"


@pytest.mark.parametrize("length", [60, 200, 400])
def test_a_damaged_zip_is_a_sentence(tmp_path: Path, length: int) -> None:
    path = samples.write_zip(
        tmp_path / "x.zip", conversations=[samples.small_chatgpt(n) for n in range(9)]
    )
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(UnreadableError, match="archive"):
        read(path)


def test_damage_inside_a_zip_is_a_sentence(tmp_path: Path) -> None:
    path = samples.write_zip(
        tmp_path / "x.zip", conversations=[samples.small_chatgpt(n) for n in range(90)]
    )
    content = bytearray(path.read_bytes())
    content[100:140] = bytes(40)
    path.write_bytes(content)
    with pytest.raises(UnreadableError, match="archive"):
        read(path)


def test_elia(tmp_path: Path) -> None:
    bread, roles, nothing = read(samples.write_elia(tmp_path / "elia.sqlite"))
    conversation = taken(bread)
    assert conversation.title == "Bread"
    assert conversation.system_prompt == "Be brief."
    assert conversation.created == datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert said(conversation) == [
        (Role.USER, "How long?"),
        (Role.ASSISTANT, "An hour."),
    ]
    assert conversation.path[1].model == "gpt-4o"
    assert taken(roles).title == "Old"
    assert said(taken(roles))[1] == (Role.ASSISTANT, "work, too")
    assert nothing == Refused("Nothing", "it has no messages")


def test_oterm(tmp_path: Path) -> None:
    (entry,) = read(samples.write_oterm(tmp_path / "store.db"))
    conversation = taken(entry)
    assert isinstance(entry, Entry)
    assert entry.left_out == "1 picture"
    assert conversation.system_prompt == "Speak French."
    assert [content for _, content in said(conversation)] == [
        "Bonjour ?",
        "Salut.",
        "Encore",
        "Oui.",
    ]
    assert conversation.path[1].model == "llama3"


def test_a_foreign_database_is_left_alone(tmp_path: Path) -> None:
    path = samples.write_oterm(tmp_path / "store.db")
    before = path.read_bytes(), sorted(tmp_path.iterdir())
    read(path)
    assert (path.read_bytes(), sorted(tmp_path.iterdir())) == before


def test_the_ids_are_the_same_every_time(tmp_path: Path) -> None:
    for write in (samples.write_elia, samples.write_oterm):
        first, second = tmp_path / "a.db", tmp_path / "b.db"
        write(first)
        write(second)
        ids = [
            [taken(one).id for one in read(path) if isinstance(one, Entry)]
            for path in (first, second)
        ]
        assert ids[0] == ids[1]
        first.unlink()
        second.unlink()


def test_messages_of_the_api(tmp_path: Path) -> None:
    path = samples.write_json(
        tmp_path / "chat.json",
        {
            "title": "Sums",
            "model": "m",
            "messages": [
                {"role": "system", "content": "Count."},
                {"role": "user", "content": [{"type": "text", "text": "1+1?"}]},
                {"role": "assistant", "content": "2"},
            ],
        },
    )
    conversation = taken(read(path)[0])
    assert conversation.system_prompt == "Count."
    assert said(conversation) == [(Role.USER, "1+1?"), (Role.ASSISTANT, "2")]


@pytest.mark.parametrize(
    "text",
    [
        "# Tea\n\n## User\n\nHow hot?\n\n## Assistant\n\n80 °C\n",
        "# Tea\n\n**You:** How hot?\n\n**ChatGPT:** 80 °C\n",
        "# Tea\n\n### Human:\nHow hot?\n\n---\n\n### Claude\n80 °C",
        "# Tea\n\n## You said:\nHow hot?\n\n## ChatGPT said:\n80 °C",
        "# Tea\n\n## User 12:03\nHow hot?\n\n## Claude 3.5 Sonnet\n80 °C",
        "# Tea\n\n**User**\n\nHow hot?\n\n**Assistant**: 80 °C",
    ],
)
def test_markdown_by_headings(tmp_path: Path, text: str) -> None:
    path = tmp_path / "tea.md"
    path.write_text(text)
    conversation = taken(read(path)[0])
    assert conversation.title == "Tea"
    assert said(conversation) == [(Role.USER, "How hot?"), (Role.ASSISTANT, "80 °C")]


def test_a_heading_inside_code_divides_nothing(tmp_path: Path) -> None:
    path = tmp_path / "code.md"
    path.write_text("## User\n\n```md\n## Assistant\n```\n\n## Assistant\n\nI see.\n")
    conversation = taken(read(path)[0])
    assert [content for _, content in said(conversation)] == [
        "```md\n## Assistant\n```",
        "I see.",
    ]


def test_words_that_only_begin_like_a_speaker_are_a_part_of_a_message(
    tmp_path: Path,
) -> None:
    path = tmp_path / "talk.md"
    answer = (
        "**You should** know that robots are nice.\n\n## AI basics\n\nIn the answer."
        "\n\n### Human rights\n\n**Answer:** 42 is what **User** needs.\n\n### User"
    )
    path.write_text(
        f"# ChatGPT\n\nA preface.\n\n## User\n\nWhat?\n\n## Assistant\n\n{answer}\n"
    )
    (entry,) = read(path)
    assert isinstance(entry, Entry)
    assert said(entry.conversation) == [(Role.USER, "What?"), (Role.ASSISTANT, answer)]
    assert entry.left_out == "the text above the first speaker"


def test_markdown_without_speakers_says_what_is_expected(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_text("# Notes\n\nNothing was said.\n")
    (refused,) = read(path)
    assert isinstance(refused, Refused)
    assert "## User" in refused.reason


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("x.json", b"[", "ends in the middle"),
        ("x.toml", b'format = 1\ntitle = "x"\n', "conversation of this program"),
        ("x.bin", b"\xff\xfe\x00", "UTF-16"),
        ("x.db", b"SQLite format 3\0" + b"\1" * 200, "SQLite"),
    ],
)
def test_what_can_not_be_read_is_a_sentence(
    tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    try:
        said = [one.reason for one in read(path) if isinstance(one, Refused)]
    except UnreadableError as error:
        said = [error.sentence]
    assert sentence in said[0]


def test_a_missing_file_and_a_folder_are_sentences(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="no such file"):
        read(tmp_path / "none")
    with pytest.raises(UnreadableError, match="folder"):
        read(tmp_path)
