"""The guide answers out of the manual, and says so when it can't."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from tui.demo import guide, small_talk
from tui.demo.chat_request import ChatMessage, ChatRequest
from tui.demo.pacing import split_tokens
from tui.demo.script import Say, Think
from tui.demo.showcase import MARKDOWN_PAGE, long_answer
from tui.services.sending import CONTINUE_PROMPT


def ask(*said: str, system: str = "", thinks: bool = False) -> str:
    """Return the answer to a conversation: user, assistant, user, …"""
    roles = ("user", "assistant")
    messages = tuple(
        ChatMessage(roles[at % 2], content) for at, content in enumerate(said)
    )
    if system:
        messages = (ChatMessage("system", system), *messages)
    script = guide.answer(ChatRequest("fortytwo-guide", messages), thinks=thinks)
    kind = Think if thinks else Say
    return "".join(step.text for step in script if isinstance(step, kind))


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("how do I stop an answer?", "Stopping an answer"),
        ("Can I cancel a reply?", "Stopping an answer"),
        ("where are my conversations stored?", "Where the files are stored"),
        ("how do I make a newline", "Sending and newlines"),
        ("change the colours", "Choosing a theme"),
        ("what does 429 mean?", "Too many requests (429)"),
        ("How to use ollama", "Servers on your own machine"),
        ("is my key safe?", "The API key"),
        ("what is swarm inference?", "The Fortytwo network and swarm inference"),
        ("how do I delete a chat", "Deleting and undoing"),
        ("how do I quit?", "Quitting"),
        ("can I edit the files with vim", "Editing files by hand"),
        ("how do I set the temperature", "Parameters such as temperature"),
        (
            "is anything sent to the internet?",
            "What is sent to the internet, and where",
        ),
        (
            "how do I switch the model",
            "Models: seeing which there are, choosing a model",
        ),
        ("which models are there", "Models: seeing which there are, choosing a model"),
        ("what happens when my laptop crashes?", "After a crash, a kill or a laptop's"),
        ("tmux", "Terminals, tmux and SSH"),
        ("does it work over ssh", "Terminals, tmux and SSH"),
        ("what is nav mode?", "Nav mode: the second way of using keys"),
        ("can I write it in vim", "Writing a prompt in your own editor, such as vim"),
        ("what if the disk is full?", "A file could not be saved"),
        ("How do I write a system prompt?", "Writing a system prompt"),
        ("how do I set the system prompt", "System prompts"),
        ("new line", "Sending and newlines"),
        ("how do I use another server", "Endpoints"),
        ("copy to clipboard", "Copying to the clipboard"),
        ("environment variables", "Environment variables"),
        ("HOW DO I RENAME A CONVERSATION???", "Renaming"),
    ],
)
def test_a_question_finds_its_section(question: str, heading: str) -> None:
    assert ask(question).startswith(f"## {heading}")


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of France?",
        "write me a poem about the sea",
        "2+2",
        "Explain quantum entanglement to me",
        "Python lists",
        "¿Qué hora es?",
        "🦊",
        "The quick brown fox jumps over the lazy dog. " * 200,
    ],
)
def test_what_the_manual_does_not_know_gets_an_honest_answer(question: str) -> None:
    assert ask(question) == small_talk.UNKNOWN


def test_the_guide_says_what_it_is() -> None:
    for question in ("hello", "who are you?", "What can you do?", "are you an AI?"):
        assert "not a language model" in ask(question)


def test_the_system_prompt_is_read_out_when_asked_for() -> None:
    assert "no system prompt" in ask("what is my system prompt?")
    answer = ask("what is the system prompt?", system="Speak like\na pirate.")
    assert "> Speak like\n> a pirate." in answer
    assert "pirate" not in ask("hello", system="Speak like a pirate.")


def test_more_tells_what_was_not_told_yet() -> None:
    question = "system prompt"
    said = [question]
    headings = []
    for _ in range(3):
        answer = ask(*said)
        headings.append(answer.split("\n")[0])
        said += [answer, "more"]
    assert len(set(headings)) == 3
    assert all("prompt" in heading.casefold() for heading in headings[:2])


def test_more_comes_to_an_end() -> None:
    said = ["backup"]
    for _ in range(20):
        answer = ask(*said)
        if answer == small_talk.NOTHING_MORE:
            return
        said += [answer, "and then?"]
    pytest.fail("never ended")


def test_more_without_a_question_says_that_there_is_none() -> None:
    assert ask("more") == small_talk.NOTHING_MORE


def test_a_follow_up_is_understood_with_the_question_before_it() -> None:
    first = ask("how do I delete a conversation?")
    answer = ask("how do I delete a conversation?", first, "and how to undo that?")
    assert answer.startswith("## Deleting and undoing")
    assert ask("long gone", first, "and in vain?") == small_talk.UNKNOWN


@pytest.mark.parametrize("question", ["how do I stop an answer?", "long answer 300"])
@pytest.mark.parametrize("go_on", ["continue", "Go on!", CONTINUE_PROMPT, ""])
def test_an_answer_that_broke_off_is_continued_where_it_ended(
    question: str, go_on: str
) -> None:
    whole = ask(question)
    begun = whole[: len(whole) // 3]
    asked = (question, begun, go_on) if go_on else (question, begun)
    assert begun + ask(*asked) == whole


def test_thoughts_name_the_words_and_the_sections() -> None:
    thoughts = ask("how do I stop an answer?", thinks=True)
    assert "stop, answer" in thoughts
    assert "“Stopping an answer”" in thoughts


@pytest.mark.parametrize("words", [1, 9, 10, 100, 2000])
def test_a_long_answer_has_exactly_so_many_words(words: int) -> None:
    assert len(long_answer(words).split()) == words
    assert len(ask(f"long answer {words}").split()) == words


def test_a_long_answer_has_a_limit() -> None:
    assert len(ask("long answer of 999,999,999 words").split()) == small_talk.MOST_WORDS
    assert len(ask("long answer").split()) == 1000


def test_the_markdown_page_has_every_kind_of_block() -> None:
    assert ask("show me markdown") == MARKDOWN_PAGE
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = parser.parse(MARKDOWN_PAGE)
    kinds = {token.type for token in tokens}
    kinds |= {child.type for token in tokens for child in token.children or ()}
    assert kinds >= {
        "heading_open",
        "paragraph_open",
        "bullet_list_open",
        "ordered_list_open",
        "blockquote_open",
        "fence",
        "code_block",
        "table_open",
        "hr",
        "html_block",
        "strong_open",
        "em_open",
        "s_open",
        "link_open",
        "image",
        "code_inline",
        "hardbreak",
    }
    assert {t.tag for t in tokens if t.type == "heading_open"} == {
        f"h{level}" for level in range(1, 7)
    }


def test_faults_are_listed() -> None:
    assert "| `cut off` |" in ask("faults")


@pytest.mark.parametrize(
    "text", ["", " ", "a", "two words\n\n  and  blanks \n", "🦊" * 9]
)
def test_tokens_join_to_the_same_text(text: str) -> None:
    assert "".join(split_tokens(text)) == text
    assert all(len(re.sub(r"\s", "", token)) <= 7 for token in split_tokens(text))
