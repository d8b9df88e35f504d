from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.widgets.stage import NOW, make_summary
from tui.domain.summary import Summary
from tui.ui.widgets.list_rows import ListRows


def lines_of(rows: ListRows) -> list[str]:
    lines = []
    for line in range(rows.height):
        row = rows.row(line)
        assert row is not None
        lines.append(f"[{row.label}]" if row.label else rows.at(row.index).title)
    return lines


def rows_of(*summaries: Summary, now: datetime = NOW) -> ListRows:
    rows = ListRows(now)
    rows.replace(summaries, now)
    return rows


def test_groups_by_day_newest_first_pinned_on_top() -> None:
    rows = rows_of(
        make_summary("last month", 24 * 30),
        make_summary("now"),
        make_summary("earlier today", 3),
        make_summary("yesterday", 20),
        make_summary("six days ago", 24 * 6),
        make_summary("seven days ago", 24 * 7),
        make_summary("last year", 24 * 400),
        make_summary("pinned", 24 * 100, pinned=True),
    )
    assert lines_of(rows) == [
        "[Pinned]",
        "pinned",
        "[Today]",
        "now",
        "earlier today",
        "[Yesterday]",
        "yesterday",
        "[Tuesday]",
        "six days ago",
        "[November 2026]",
        "seven days ago",
        "[October 2026]",
        "last month",
        "[October 2025]",
        "last year",
    ]


def test_midnight_moves_today_to_yesterday() -> None:
    before = datetime(2026, 11, 23, 23, 59, tzinfo=UTC)
    rows = rows_of(Summary("a", "late", before), now=before)
    assert lines_of(rows) == ["[Today]", "late"]
    assert not rows.move_to(before + timedelta(seconds=30))
    assert rows.move_to(before + timedelta(minutes=2))
    assert lines_of(rows) == ["[Yesterday]", "late"]


def test_the_zone_of_now_decides_where_a_day_begins() -> None:
    zone = ZoneInfo("Pacific/Auckland")
    now = datetime(2026, 11, 23, 1, 0, tzinfo=zone)
    rows = rows_of(
        Summary("a", "after midnight", datetime(2026, 11, 22, 11, 30, tzinfo=UTC)),
        Summary("b", "before midnight", datetime(2026, 11, 22, 10, 30, tzinfo=UTC)),
        now=now,
    )
    assert lines_of(rows) == [
        "[Today]",
        "after midnight",
        "[Yesterday]",
        "before midnight",
    ]


def test_the_future_is_today() -> None:
    assert lines_of(rows_of(make_summary("ahead", -50)))[0] == "[Today]"


def test_the_filter_takes_all_words_in_any_order_and_case() -> None:
    rows = rows_of(
        make_summary("Rust lifetimes"), make_summary("RUST"), make_summary("Life")
    )
    assert rows.filter("LIFE rust") == 1
    assert lines_of(rows) == ["[Today]", "Rust lifetimes"]
    assert rows.filter("") == 3
    assert rows.filter("no such") == 0
    assert rows.height == 0
    assert rows.row(0) is None


def test_a_changed_title_leaves_and_enters_a_filtered_list() -> None:
    summary = make_summary("Rust")
    rows = rows_of(summary, make_summary("Tax"))
    rows.filter("rust")
    rows.put(Summary(summary.file, "Go", summary.updated))
    assert len(rows) == 0
    rows.put(Summary(summary.file, "Rust again", summary.updated))
    assert lines_of(rows) == ["[Today]", "Rust again"]
    assert rows.total == 2


ages = st.integers(min_value=-30, max_value=24 * 500)
titles = st.sampled_from(["rust", "Rust borrow", "tax", "sea", "日本 rust", "[/x]"])
changes = st.lists(
    st.tuples(st.integers(0, 12), titles, ages, st.booleans(), st.booleans()),
    max_size=40,
)


@given(changes, st.sampled_from(["", "r", "rust", "RU b", "zzz"]))
def test_changes_one_by_one_come_to_the_same_as_a_whole_list(
    steps: list[tuple[int, str, int, bool, bool]], words: str
) -> None:
    rows = ListRows(NOW)
    rows.filter(words[:1])
    rows.filter(words)
    kept: dict[str, Summary] = {}
    for number, title, age, pinned, removed in steps:
        file = f"{number}.toml"
        if removed:
            rows.remove(file)
            kept.pop(file, None)
            continue
        summary = Summary(file, title, NOW - timedelta(hours=age), pinned=pinned)
        kept[file] = summary
        rows.put(summary)
    whole = ListRows(NOW)
    whole.replace(kept.values(), NOW)
    whole.filter(words)
    assert lines_of(rows) == lines_of(whole)
    assert rows.total == len(kept)
    for index in range(len(rows)):
        file = rows.at(index).file
        assert rows.index_of(file) == index
        row = rows.row(rows.line_of(index))
        assert row is not None
        assert not row.label
        assert row.index == index
