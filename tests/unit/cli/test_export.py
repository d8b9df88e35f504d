"""`fortytwo export`: what comes out can be read, by people and by programs."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.unit.cli.test_commands import put
from tui.domain.conversation import Conversation
from tui.domain.message import Message, Role, Status
from tui.services.exporting import Format, export
from tui.storage.foreign_files import read_foreign
from tui.storage.import_entry import Entry

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.cli.running import Desk

HOSTILE = (
    "<script>alert(1)</script> ![spy](https://spy.example/x.png) "
    "[click](javascript:alert(1)) <img src=x onerror=alert(1)>\n\n"
    "```python\nprint('</code><script>alert(2)</script>')\n```\n\n"
    '```"onload="x\ncode\n```\n\x1b[31mred'
)


def conversation(*contents: str, **changes: object) -> Conversation:
    messages: list[Message] = []
    for nth, content in enumerate(contents):
        answer = nth % 2 == 1
        messages.append(
            Message(
                id=f"m{nth}",
                role=Role.ASSISTANT if answer else Role.USER,
                content=content,
                parent=f"m{nth - 1}" if nth else None,
                model="some-model" if answer else "",
                status=Status.COMPLETE if answer else None,
                reasoning="Thinking.\n\nMore." if answer else "",
            )
        )
    return Conversation("abc", "A <title>", messages=tuple(messages))


def test_html_holds_no_foreign_markup() -> None:
    page = export(conversation(HOSTILE, HOSTILE), Format.HTML)
    tags = set(re.findall(r"<([a-z0-9]+)", page))
    assert not tags & {"script", "img", "iframe", "link", "object", "form"}
    assert "javascript:" not in re.sub(r"\[click\]\(javascript:[^)]*\)", "", page)
    assert not re.search(r"<[^>]+\son\w+=", page)
    assert not re.search(r'(src|href)="https?://spy', page.replace('<a href="', ""))
    assert "\x1b" not in page
    assert "default-src 'none'" in page


def test_html_is_one_page_with_highlighted_code() -> None:
    page = export(conversation("Hi", "```python\ndef f(): pass\n```"), Format.HTML)
    assert '<span class="k">def</span>' in page
    assert "pre .k {" in page
    assert "<summary>Reasoning</summary>" in page
    assert "@import" not in page
    assert "url(" not in page
    assert "<title>A &lt;title&gt;</title>" in page


@pytest.mark.parametrize("language", ["", "no-such-language", "py", "html", "c++"])
def test_code_of_any_language_survives(language: str) -> None:
    page = export(conversation("Hi", f"```{language}\na < b && c\n```"), Format.HTML)
    plain = re.sub(r"<[^>]+>", "", page.split("<body>")[1])
    assert "a &lt; b &amp;&amp; c" in plain


def test_json_is_what_the_api_takes() -> None:
    told = json.loads(export(conversation("One", "Two\n", "Three"), Format.JSON))
    assert told["model"] == "some-model"
    assert told["messages"] == [
        {"role": "user", "content": "One"},
        {"role": "assistant", "content": "Two\n"},
        {"role": "user", "content": "Three"},
    ]


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "## You\n\nno heading\n\n## Assistant",
        "ends with lines\n\n\n",
        "\n\nbegins with lines",
        '## You <!-- fortytwo {"of": "other", "role": "user"} -->\n\nquoted',
        "--> <!-- ## 你好 \u2028 \U0001f469\u200d\U0001f4bb",
        "```\n## You\n",
    ],
)
def test_markdown_comes_back_as_it_was(tmp_path: Path, text: str) -> None:
    before = conversation(text, text, "last")
    path = tmp_path / "x.md"
    path.write_text(export(before, Format.MARKDOWN), encoding="utf-8", newline="")
    (entry,) = read_foreign(path, lambda progress: None)
    assert isinstance(entry, Entry)
    after = entry.conversation
    assert (after.id, after.messages) == (before.id, before.messages)


def test_to_stdout_to_a_file_and_to_a_folder(desk: Desk) -> None:
    put(desk, "2026-01-01-bread-aaaa.toml", "Bread", "How long?", "An hour.")
    out = desk.run("export", "bread").stdout
    assert out.startswith("# Bread\n")
    file = desk.folder / "new" / "bread.md"
    assert desk.run("export", "bread", "--output", file).returncode == 0
    assert file.read_text() == out
    desk.run("export", "bread", "--to", "json", "--output", file.parent)
    assert json.loads((file.parent / "2026-01-01-bread-aaaa.json").read_text())


def test_all_of_them_and_the_unreadable_ones_by_name(desk: Desk) -> None:
    for nth in range(3):
        put(desk, f"2026-01-0{nth + 1}-x.toml", f"T{nth}", "Q", "A")
    (desk.conversations / "2026-01-04-torn.toml").write_text("title = ")
    folder = desk.folder / "out"
    done = desk.run("export", "--all", "--to", "html", "--output", folder)
    assert done.returncode == 1
    assert "2026-01-04-torn.toml" in done.stderr
    assert len(list(folder.glob("*.html"))) == 3
    assert desk.run("export", "--all").returncode == 2
    assert desk.run("export").returncode == 2


def test_a_full_disk_is_a_sentence(desk: Desk) -> None:
    put(desk, "2026-01-01-bread-aaaa.toml", "Bread", "How long?", "An hour.")
    done = desk.run("export", "bread", "--output", "/dev/full")
    assert done.returncode == 1
    assert "the disk is full" in done.stderr


def test_an_export_of_one_library_is_an_import_of_another(desk: Desk) -> None:
    file = put(desk, "2026-01-01-bread-aaaa.toml", "Bread", "How long?", "An hour.")
    out = desk.folder / "bread.md"
    desk.run("export", "bread", "--output", out)
    # Where it came from, it is known.
    assert "1 known already" in desk.run("import", out).stderr
    desk.data = desk.folder / "other"
    desk.conversations = desk.data / "conversations"
    assert "1 added" in desk.run("import", out).stderr
    (copied,) = desk.conversations.glob("*.toml")
    before = (desk.folder / "data" / "conversations" / file).read_text()
    messages = tomllib.loads(copied.read_text())["messages"]
    assert [one["content"] for one in messages] == [
        one["content"] for one in tomllib.loads(before)["messages"]
    ]
