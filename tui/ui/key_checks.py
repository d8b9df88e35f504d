"""What is wrong with the keys a user chose: unknown ids, clashes, dead chords."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.domain.settings import Problem
from tui.ui.keys import ROWS, Place, key_name, rows_with

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tui.ui.keys import KeyRow

TEXT_KEYS = frozenset(f"ctrl+{letter}" for letter in "aedwukxcvzy") | {"f6", "f7"}
"""What Textual's text area keeps for itself while typing (8.2.8, measured)."""

MOVING_KEYS = frozenset(
    {"up", "down", "left", "right", "home", "end", "backspace", "delete"}
    | {f"shift+{key}" for key in ("up", "down", "left", "right", "home", "end")}
    | {f"ctrl+{key}" for key in ("left", "right", "backspace")}
    | {f"ctrl+shift+{key}" for key in ("left", "right", "k")}
    | {f"alt+{key}" for key in ("backspace", "delete")}
    | {f"super+{key}" for key in ("backspace", "c", "x", "y", "z")}
)
"""What moves, marks and deletes in Textual's text area (8.2.8)."""

FOCUS_KEYS = frozenset({"tab", "shift+tab"})
"""What Textual's screens keep for themselves (8.2.8)."""

DEAD_KEYS = {
    "ctrl+h": "terminals send it as Backspace",
    "ctrl+i": "terminals send it as Tab",
    "ctrl+m": "terminals send it as Enter",
    "ctrl+[": "terminals send it as Esc",
    "ctrl+left_square_bracket": "terminals send it as Esc",
    "ctrl+b": "tmux takes it as its prefix",
}
"""Chords that never arrive as themselves (measured in a default tmux)."""

_NAMED = (
    "enter|tab|space|backspace|delete|insert|home|end|pageup|pagedown"
    "|up|down|left|right|escape|f[1-9]|f1[0-9]|f2[0-4]|[a-z]+(?:_[a-z]+)+"
)
_KEY = re.compile(rf"(?:(?:ctrl|shift|alt|super|meta)\+)*(?:\S|{_NAMED})")
_ANYWHERE = (Place.ANYWHERE, Place.MAIN)
_INTENDED = {"find.next", "find.previous"}
"""Rows that only answer while something is searched for, and pass the key on else."""


def check_keys(
    user_keys: Mapping[str, tuple[str, ...]], prefixes: Sequence[str] = ()
) -> tuple[Problem, ...]:
    """Return what is wrong with the keys of `[keys]`, one problem for each find.

    Args:
        user_keys: Key names by action id.
        prefixes: The prefix keys of the tmux around the program.
    """
    problems: list[Problem] = []
    known = {row.id: row for row in ROWS}
    for action_id, keys in user_keys.items():
        place = f"keys.{action_id}"
        row = known.get(action_id)
        if row is None:
            problems.append(
                Problem(
                    "there is no such action; `fortytwo keys` lists them", key=place
                )
            )
            continue
        if row.fixed:
            problems.append(Problem("this action's keys can't be changed", key=place))
            continue
        problems.extend(_check_each(keys, row, place))
    problems.extend(_clashes(user_keys))
    problems.extend(_kept_by_tmux(user_keys, prefixes))
    return tuple(problems)


def _kept_by_tmux(
    user_keys: Mapping[str, tuple[str, ...]], prefixes: Sequence[str]
) -> Iterator[Problem]:
    for found in rows_with(user_keys):
        for key in found.keys:
            if key in prefixes and key not in DEAD_KEYS:
                where = f"keys.{found.id}"
                yield Problem(f"{key} won't arrive: it is tmux's prefix", key=where)


def _check_each(keys: tuple[str, ...], row: KeyRow, place: str) -> list[Problem]:
    problems: list[Problem] = []
    for key in keys:
        if not _KEY.fullmatch(key):
            sentence = f"“{key}” is no name of a key; write ctrl+n, f5 or a letter"
        elif key in DEAD_KEYS:
            sentence = f"{key} won't arrive: {DEAD_KEYS[key]}"
        elif key in FOCUS_KEYS:
            sentence = f"{key} moves between the parts of the screen, so it won't work"
        elif key in TEXT_KEYS | MOVING_KEYS and row.place is not Place.TRANSCRIPT:
            sentence = f"{key} edits text while typing, so it works in nav mode only"
        else:
            continue
        problems.append(Problem(sentence, key=place))
    return problems


def _clashes(user_keys: Mapping[str, tuple[str, ...]]) -> list[Problem]:
    problems: list[Problem] = []
    rows = [row for row in rows_with(user_keys) if row.id not in _INTENDED]
    for index, row in enumerate(rows):
        for other in rows[index + 1 :]:
            if row.id not in user_keys and other.id not in user_keys:
                continue
            if not _overlap(row.place, other.place):
                continue
            chosen, kept = (other, row) if other.id in user_keys else (row, other)
            problems.extend(
                Problem(
                    f"{key_name(key)} already means {kept.id}; one of them won't work",
                    key=f"keys.{chosen.id}",
                )
                for key in row.keys
                if key in other.keys
            )
    return problems


def _overlap(one: Place, other: Place) -> bool:
    return one is other or one in _ANYWHERE or other in _ANYWHERE
