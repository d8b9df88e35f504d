from __future__ import annotations

import pytest

from tui.domain.errors import UsageError
from tui.ui.commands import Command, parse_command, prompt_text


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/new", Command("chat.new", "")),
        ("  /new  ", Command("chat.new", "")),
        ("/rename A better title", Command("chat.rename", "A better title")),
        ("/system line one\nline two", Command("chat.system", "line one\nline two")),
        ("/model gpt/x:1", Command("chat.model", "gpt/x:1")),
        ("/quit", Command("app.quit", "")),
    ],
)
def test_commands(text: str, command: Command) -> None:
    assert parse_command(text) == command


@pytest.mark.parametrize(
    "text",
    ["hello", "/etc/hosts is broken", "//new", "/", "what is /new?", "/New", "a\n/new"],
)
def test_prompts(text: str) -> None:
    assert parse_command(text) is None


def test_an_unknown_command_is_a_sentence_that_helps() -> None:
    with pytest.raises(UsageError) as caught:
        parse_command("/nwe chat")
    assert caught.value.sentence == (
        "There is no command /nwe. /help lists them; //nwe sends it as text."
    )


def test_a_command_that_takes_no_words_is_not_done_with_some() -> None:
    for text in ("/send hi", "/delete the old files", "/clear\neverything"):
        with pytest.raises(UsageError, match="takes no words behind it"):
            parse_command(text)


def test_two_slashes_send_one() -> None:
    assert prompt_text("//new is a command") == "/new is a command"
    assert prompt_text("/etc/hosts") == "/etc/hosts"
