from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.domain.visible import visible_line
from tui.ui.text import cut_line, fill_line, foreign_line, foreign_text


def test_foreign_text_is_never_markup_and_never_raw() -> None:
    assert foreign_line("[/x][red]a\x1b[0m\n").plain == "[/x][red]a␛[0m "
    assert foreign_text("[b]\nnext\x07").plain == "[b]\nnext␇"
    assert foreign_line("[b]bold").spans == []


def test_clusters_stay_whole() -> None:
    family = "👩‍👩‍👧"
    assert cut_line(family * 3, 4) == family + "…"
    assert cut_line("日本語", 4) == "日…"
    assert cut_line("abc", 3) == "abc"
    assert cut_line("abcd", 3) == "ab…"
    assert cut_line("abc", 0) == ""


@given(st.text(), st.integers(0, 30))
def test_cut_and_filled_lines_fit(text: str, cells: int) -> None:
    line = visible_line(text)
    assert cell_len(cut_line(line, cells)) <= cells
    assert cell_len(fill_line(line, cells)) == cells


def test_what_is_far_beyond_the_edge_costs_nothing() -> None:
    begin = time.process_time()
    cut_line("日x" * 5_000_000, 30)
    huge = time.process_time() - begin
    assert huge < 0.5
