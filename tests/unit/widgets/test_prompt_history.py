from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.ui.widgets.prompt_history import KEPT, PromptHistory


def history_of(*prompts: str) -> PromptHistory:
    history = PromptHistory()
    history.replace(prompts)
    return history


def test_walks_back_and_forward_and_keeps_what_was_being_written() -> None:
    history = history_of("one", "two")
    assert history.back("half a thou") == "two"
    assert history.back("two") == "one"
    assert history.back("one") is None
    assert history.forward("one") == "two"
    assert history.forward("two") == "half a thou"
    assert history.forward("half a thou") is None


def test_a_changed_recall_is_kept_while_walking() -> None:
    history = history_of("one", "two")
    history.back("")
    history.back("two, changed")
    assert history.forward("one") == "two, changed"


def test_nothing_unsent_is_forgotten_by_the_draft() -> None:
    history = history_of("one")
    assert history.unsent("half") == "half"
    history.back("half")
    assert history.unsent("one") == "half"
    assert history.unsent("one, changed") == "half\none, changed"
    assert history.written("one") == "half"


def test_repetitions_in_a_row_and_blanks_count_once_or_never() -> None:
    history = history_of("a", "a", " ", "b", "a")
    assert list(history.prompts) == ["a", "b", "a"]
    history.add("a")
    assert list(history.prompts) == ["a", "b", "a"]


def test_is_bounded() -> None:
    history = history_of(*map(str, range(KEPT + 5)))
    assert len(history.prompts) == KEPT
    assert history.prompts[0] == "5"


@given(st.lists(st.sampled_from("bf"), max_size=30))
def test_any_walk_comes_back_to_the_text(steps: list[str]) -> None:
    history = history_of("one", "two", "three")
    shown = "mine"
    for step in steps:
        new = history.back(shown) if step == "b" else history.forward(shown)
        shown = shown if new is None else new
    while (new := history.forward(shown)) is not None:
        shown = new
    assert shown == "mine"
