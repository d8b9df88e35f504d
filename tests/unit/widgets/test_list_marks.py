from __future__ import annotations

import pytest

from tests.unit.widgets.stage import make_summary
from tui.domain.phase import Phase
from tui.services.events import Activity
from tui.ui.widgets.list_marks import marks_of, totals_of, words_of


@pytest.mark.parametrize(
    ("activity", "symbol", "words"),
    [
        (Activity(phase=Phase.STREAMING), "●", "streaming"),
        (Activity(phase=Phase.SENT), "●", "waiting for the answer"),
        (Activity(phase=Phase.QUEUED), "…", "queued"),
        (Activity(unread=2), "2▴", "2 unread answers"),
        (Activity(unread=1), "1▴", "1 unread answer"),
        (Activity(unread=1000), "99+▴", "1000 unread answers"),
        (Activity(failed=True), "!", "the last answer failed"),
        (Activity(draft=True), "✎", "an unsent draft"),
        (Activity(unsaved="Not saved: disk full."), "⚠", "Not saved: disk full."),
    ],
)
def test_every_state_has_a_symbol_and_words(
    activity: Activity, symbol: str, words: str
) -> None:
    (mark,) = marks_of(make_summary("x"), activity)
    assert (mark.symbol, mark.words) == (symbol, words)


def test_the_file_speaks_first() -> None:
    summary = make_summary("x", problem="line 4: bad", conflict=True, pinned=True)
    symbols = [mark.symbol for mark in marks_of(summary, Activity(failed=True))]
    assert symbols == ["⚠", "≠", "!"]
    assert words_of(summary, None) == (
        "unreadable: line 4: bad · a conflicting copy · pinned"
    )


def test_an_ended_turn_leaves_no_mark() -> None:
    assert marks_of(make_summary("x"), Activity(phase=Phase.ENDED)) == ()


def test_totals_count_what_is_on_its_way_and_what_is_queued() -> None:
    phases = [Phase.STREAMING, Phase.RETRYING, Phase.QUEUED, Phase.ENDED, None]
    assert totals_of(Activity(phase=phase) for phase in phases) == (2, 1)
