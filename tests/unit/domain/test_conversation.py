from __future__ import annotations

from dataclasses import replace

from tui.domain.conversation import (
    Conversation,
    first_line_title,
    request_messages,
)
from tui.domain.message import Message, Role, Status


def prompt(id: str, parent: str | None, text: str | None = None) -> Message:  # noqa: A002
    return Message(id, Role.USER, id if text is None else text, parent=parent)


def answer(id: str, parent: str, text: str | None = None) -> Message:  # noqa: A002
    content = id if text is None else text
    return Message(id, Role.ASSISTANT, content, parent=parent, status=Status.COMPLETE)


TREE = Conversation(
    id="c",
    title="t",
    messages=(
        prompt("p1", None),
        answer("a1", "p1"),
        prompt("p2", "a1"),
        answer("a2", "p2"),
        answer("a1b", "p1"),
    ),
)


def ids(conversation: Conversation) -> list[str]:
    return [message.id for message in conversation.path]


def test_the_newest_message_names_the_path() -> None:
    assert ids(TREE) == ["p1", "a1b"]


def test_the_active_message_names_the_path_and_what_follows_it() -> None:
    assert ids(replace(TREE, active="a1")) == ["p1", "a1", "p2", "a2"]


def test_an_active_message_that_is_gone_is_ignored() -> None:
    assert ids(replace(TREE, active="gone")) == ["p1", "a1b"]


def test_a_loop_of_parents_ends() -> None:
    loop = Conversation(
        id="c", title="t", messages=(prompt("a", "b"), prompt("b", "a"))
    )
    assert sorted(ids(loop)) == ["a", "b"]


def test_siblings_share_parent_and_role() -> None:
    assert [m.id for m in TREE.siblings("a1")] == ["a1", "a1b"]
    assert [m.id for m in TREE.siblings("p2")] == ["p2"]


def test_what_is_sent_leads_with_the_system_prompt_and_leaves_failures_out() -> None:
    conversation = Conversation(
        id="c",
        title="t",
        system_prompt="Be brief.",
        messages=(
            prompt("p1", None, "Hello"),
            Message("f", Role.ASSISTANT, "", parent="p1", status=Status.FAILED),
            prompt("p2", "f", "Hello"),
        ),
    )
    assert request_messages(conversation) == (
        (Role.SYSTEM, "Be brief."),
        (Role.USER, "Hello"),
    )


def test_reasoning_is_never_sent_back() -> None:
    thought = replace(answer("a", "p", "Yes."), reasoning="hm")
    conversation = Conversation(
        id="c", title="t", messages=(prompt("p", None), thought)
    )
    assert ("hm" in str(request_messages(conversation))) is False


def test_sending_stops_at_the_named_message() -> None:
    sent = request_messages(replace(TREE, active="a1"), upto="p1")
    assert sent == ((Role.USER, "p1"),)


def test_a_title_is_the_first_line_with_words() -> None:
    assert first_line_title("\n\n  Hello \t world \nmore") == "Hello world"
    assert first_line_title(" \n ") == "Untitled"
    assert len(first_line_title("x" * 500)) == 80
