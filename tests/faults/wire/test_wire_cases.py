"""Every case of the wire, against a real server that writes those bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.wire import test_stop, test_surroundings
from tests.faults.wire.answer_cases import ANSWERS
from tests.faults.wire.break_cases import BREAKS
from tests.faults.wire.case import Case, Played, check, play
from tests.faults.wire.conftest import NUMBERED
from tests.faults.wire.status_cases import STATUSES

if TYPE_CHECKING:
    from collections.abc import Callable

CASES = [*ANSWERS, *BREAKS, *STATUSES]

OUTSIDE = {
    60: test_stop.test_200_stops_leave_nothing_behind,
    61: test_surroundings.test_refused,
    62: test_surroundings.test_self_signed,
    80: test_surroundings.test_broken_environment_is_told,
    81: test_surroundings.test_unsendable_key,
    82: test_surroundings.test_models,
}
"""The cases that are not one exchange with one server, and what plays them."""


def outcome(played: Played) -> str:
    """Return what came of a case, as one line of the table."""
    ended = played.ended
    text = f"{played.text[:12]!r}"
    if not ended.failure:
        return f"{ended.status:<10} {text}"
    return f"{ended.status:<10} {text:<8} {ended.failure.sentence}"


def test_every_number_of_the_contract_is_played() -> None:
    played = {case.number for case in CASES}
    assert sorted(played | set(OUTSIDE)) == list(range(1, NUMBERED + 1))
    assert not played & set(OUTSIDE)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
async def test_wire_case(case: Case, note: Callable[[str, str], None]) -> None:
    played, server = await play(case)

    note(case.id, outcome(played))
    check(case, played, server)
    assert server.connections == 0
