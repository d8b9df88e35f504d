from __future__ import annotations

import re
import subprocess
import sys

import pytest
from textual.screen import Screen
from textual.widgets import TextArea

from tui.ui.actions import ACTIONS
from tui.ui.key_checks import DEAD_KEYS, FOCUS_KEYS, MOVING_KEYS, TEXT_KEYS, check_keys
from tui.ui.keys import (
    GROUPS,
    ROWS,
    Place,
    hint,
    key_name,
    key_table,
    markdown_key_table,
    row,
    rows_with,
)
from tui.ui.taken_keys import rows_that_work, taken_keys, wants_kitty

LISTENED_TO_BY_WIDGETS = {"chat.history"}


def test_every_row_is_an_action_and_every_action_a_row() -> None:
    ids = {found.id for found in ROWS} - LISTENED_TO_BY_WIDGETS
    assert ids == set(ACTIONS)


def test_ids_and_commands_are_unique() -> None:
    ids = [found.id for found in ROWS]
    assert len(ids) == len(set(ids))
    commands = [found.command for found in ROWS if found.command]
    assert len(commands) == len(set(commands))
    assert {found.group for found in ROWS} == set(GROUPS)


def test_no_default_key_is_dead_or_taken_by_the_text_area() -> None:
    for found in ROWS:
        for key in found.keys:
            assert key not in DEAD_KEYS
            if found.place is not Place.TRANSCRIPT and found.id != "chat.stop":
                assert key not in TEXT_KEYS


def test_defaults_do_not_clash() -> None:
    same = {found.id: found.keys for found in ROWS if not found.fixed}
    clashes = [
        str(problem) for problem in check_keys(same) if "already means" in str(problem)
    ]
    # In the list `/` narrows the list; everywhere else it searches.
    assert [clash for clash in clashes if "list.filter" not in clash] == []


def test_everything_is_reachable_without_alt_or_a_modified_enter() -> None:
    for found in ROWS:
        plain = [
            key
            for key in found.keys
            if not key.startswith("alt+") and not key.endswith("+enter")
        ]
        assert plain or found.command, found.id


def test_the_users_keys_replace_the_rows_own() -> None:
    rows = rows_with({"chat.new": ("f9",), "chat.open": (), "chat.send": ("f8",)})
    assert row("chat.new", rows).keys == ("f9",)
    assert row("chat.open", rows).keys == ()
    assert row("chat.send", rows).keys == ("enter",)
    assert hint("chat.open", rows) == "/open"


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"chat.nwe": ("f9",)}, "keys.chat.nwe: there is no such action"),
        ({"chat.new": ("ctrl+h",)}, "ctrl+h won't arrive"),
        ({"chat.new": ("ctrl+b",)}, "tmux takes it as its prefix"),
        ({"chat.new": ("ctrl+w",)}, "edits text while typing"),
        ({"chat.new": ("ctrl-n",)}, "is no name of a key"),
        ({"chat.new": ("ctrl+o",)}, "ctrl+o already means chat.open"),
        ({"chat.send": ("f8",)}, "can't be changed"),
        ({"chat.new": ("tab",)}, "moves between the parts of the screen"),
        ({"chat.new": ("ctrl+left",)}, "edits text while typing"),
    ],
)
def test_wrong_keys_are_named(keys: dict[str, tuple[str, ...]], expected: str) -> None:
    assert any(expected in str(problem) for problem in check_keys(keys))


def test_the_prefix_of_a_tmux_is_named_for_every_key_in_force() -> None:
    assert check_keys({}, ("ctrl+a",)) == ()
    (problem,) = check_keys({"chat.new": ("f9",)}, ("f9",))
    assert str(problem) == "keys.chat.new: f9 won't arrive: it is tmux's prefix"
    assert any("keys.chat.open" in str(one) for one in check_keys({}, ("ctrl+o",)))


def test_every_key_of_textuals_own_is_known() -> None:
    def keys_of(kind: type[Screen[object]] | type[TextArea]) -> set[str]:
        return {
            key
            for binding in kind.BINDINGS
            for key in (binding if isinstance(binding, tuple) else (binding.key,))[
                0
            ].split(",")
        }

    scrolling = {"pageup", "pagedown"}
    assert keys_of(TextArea) - TEXT_KEYS - MOVING_KEYS - scrolling == set()
    assert keys_of(Screen) - FOCUS_KEYS - TEXT_KEYS - MOVING_KEYS == set()


def test_hints_name_only_keys_that_arrive() -> None:
    rows = rows_that_work(ROWS, taken_keys({"GNOME_TERMINAL_SCREEN": "x"}))
    assert hint("app.help", rows, typing=True) == "/help"
    assert hint("app.help", rows) == "?"
    rows = rows_that_work(ROWS, taken_keys({"ZELLIJ": "0"}))
    assert hint("chat.open", rows, typing=True) == "F3"
    assert rows_that_work(ROWS, taken_keys({})) == ROWS


@pytest.mark.parametrize(
    ("choice", "environ", "wanted"),
    [
        ("auto", {}, True),
        ("auto", {"TERM_PROGRAM": "vscode"}, False),
        ("auto", {"TEXTUAL_DISABLE_KITTY_KEY": "1"}, False),
        ("on", {"TERM_PROGRAM": "vscode"}, True),
        ("off", {}, False),
    ],
)
def test_the_kitty_protocol_is_asked_for_where_it_helps(
    choice: str, environ: dict[str, str], wanted: bool
) -> None:
    assert wants_kitty(choice, environ) is wanted


def test_good_keys_are_no_problem() -> None:
    assert check_keys({"chat.new": ("f9", "ctrl+shift+n", "ö"), "chat.open": ()}) == ()


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("escape", "Esc"),
        ("f1", "F1"),
        ("ctrl+n", "ctrl+n"),
        ("ctrl+down", "ctrl+↓"),
        ("R", "R"),
        ("pageup", "PgUp"),
    ],
)
def test_keys_are_named_as_people_read_them(key: str, name: str) -> None:
    assert key_name(key) == name


def test_hints_tell_a_key_that_works_where_one_is() -> None:
    assert hint("chat.retry") == "r"
    assert hint("chat.retry", typing=True) == "F5"
    assert hint("app.theme") == "/theme"


def test_the_table_is_aligned_and_complete() -> None:
    table = list(key_table({}))
    assert {len(cells) for cells in table} == {5}
    assert len(table) == len(ROWS) + 1


def test_the_markdown_table_has_one_line_for_each_row() -> None:
    lines = markdown_key_table().splitlines()
    assert len(lines) == len(ROWS) + 2
    assert all(line.startswith(("| ", "|--")) for line in lines)
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {5}


def test_the_table_loads_no_textual() -> None:
    code = "import sys, tui.ui.keys; print('textual' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
