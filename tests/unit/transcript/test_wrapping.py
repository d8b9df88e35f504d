"""Wrapping loses nothing, fits, and breaks where a reader expects it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.ui.transcript.wrapping import chop, wrap

words = st.lists(
    st.one_of(
        st.sampled_from(
            [" ", "  ", "word", "longer-word", "漢字", "。", "👩‍👩‍👧", "e\u0301", "ß"]
        ),
        st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=5),
    ),
    max_size=30,
).map("".join)


@given(words, st.integers(2, 40))
def test_nothing_is_lost_and_all_fits(text: str, width: int) -> None:
    for cut in (wrap(text, width), chop(text, width)):
        at = 0
        for start, end, following in cut:
            assert start == at
            assert start <= end <= following
            assert not text[end:following].strip(" ")
            assert (
                cell_len(text[start:end]) <= width
                or end - start == 1
                or (cell_len(text[start]) > 0)
            )
            at = following
        assert at == len(text)


def pieces(text: str, width: int) -> list[str]:
    return [text[start:end] for start, end, _ in wrap(text, width)]


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("one two three", 8, ["one two", "three"]),
        ("one  two", 5, ["one", "two"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("a abcdefgh", 3, ["a", "abc", "def", "gh"]),
        ("  indented words", 10, ["  indented", "words"]),
        ("", 5, [""]),
        ("漢字漢字漢字", 6, ["漢字漢", "字漢字"]),
        ("漢字漢。字", 6, ["漢字", "漢。字"]),
        ("über alle Maßen", 9, ["über alle", "Maßen"]),
        ("👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", 4, ["👩‍👩‍👧👩‍👩‍👧", "👩‍👩‍👧"]),
    ],
)
def test_breaks(text: str, width: int, expected: list[str]) -> None:
    assert pieces(text, width) == expected
