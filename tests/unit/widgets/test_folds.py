from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.ui.widgets.folds import FOLD_CHARACTERS, FOLD_LINES, Folds, clean_paste, is_big


def test_a_fold_says_how_much_it_is_and_comes_back_in_full() -> None:
    folds = Folds()
    big = "line\n" * 3000
    token = folds.fold(big)
    assert token == "‹paste 1: 3,001 lines, 14.6 KB›"
    assert folds.unfold(f"see {token}!") == f"see {big}!"
    assert folds.spans(f"see {token}!") == [(4, 4 + len(token))]


def test_a_token_nobody_folded_is_plain_text() -> None:
    folds = Folds()
    folds.fold("x" * FOLD_CHARACTERS)
    alien = "‹paste 9: 1 line, 1 B›"
    assert folds.unfold(alien) == alien
    assert folds.spans(alien) == []


def test_a_fold_that_holds_a_token_is_not_unfolded_twice() -> None:
    folds = Folds()
    inner = folds.fold("x" * FOLD_CHARACTERS)
    outer = folds.fold(inner + "y" * FOLD_CHARACTERS)
    assert folds.unfold(outer) == inner + "y" * FOLD_CHARACTERS


def test_big_is_long_or_has_many_lines() -> None:
    assert is_big("x" * FOLD_CHARACTERS)
    assert is_big("\n" * FOLD_LINES)
    assert not is_big("x" * (FOLD_CHARACTERS - 1))


@given(st.text())
def test_a_cleaned_paste_has_one_kind_of_line_end_and_no_control(text: str) -> None:
    cleaned = clean_paste(text)
    assert cleaned.splitlines() == cleaned.removesuffix("\n").split("\n") or not cleaned
    assert not any(
        ord(character) < 32 and character not in "\n\t" for character in cleaned
    )
    cleaned.encode()


def test_line_ends_become_line_feeds_and_escapes_visible() -> None:
    assert clean_paste("a\r\nb\rc\u2028d\x1b[0m\x00") == "a\nb\nc\nd␛[0m␀"
