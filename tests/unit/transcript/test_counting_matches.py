"""What the source tells of matches is what the message shows, or it tells nothing."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.transcript.laying_out import markdown_text, read, read_typed
from tui.ui.transcript.shown_texts import texts_of
from tui.ui.transcript.source_count import Query

WORDS = (
    *("word", "words here", "word word", "code", "bold", "head", "item", "note"),
    *("1", "2", "a", "b", "x", "em", "gone", "1 2", "a b", "amp", "python", "Word"),
    *("x²", "y", "&", "a/b", "here.", "b, a", "e.", "- item", "[x]", "漢字"),
    *("e", "html", "org"),
)


@settings(max_examples=400, deadline=None)
@given(markdown_text(), st.sampled_from(WORDS))
def test_markdown(text: str, words: str) -> None:
    query = Query(words)
    told = query.count_shown(text)
    shown = sum(map(query.count, texts_of(read(text))))
    assert told in (None, shown)


@settings(max_examples=200, deadline=None)
@given(markdown_text(), st.sampled_from(WORDS))
def test_prompts(text: str, words: str) -> None:
    query = Query(words)
    told = query.count_typed(text)
    shown = sum(map(query.count, texts_of(read_typed(text))))
    assert told in (None, shown)


def test_words_of_plain_text_need_no_reading() -> None:
    text = "Some words of an answer.\n\n- An item with words\n\n```py\nwords = 1\n```\n"
    assert Query("words").count_shown(text) == 3
    assert Query("Words").count_shown(text) == 0
    assert Query("An item").count_shown(text) == 1
    assert Query("nowhere").count_shown(text) == 0
    assert Query("**now**").count_shown(text) == 0
