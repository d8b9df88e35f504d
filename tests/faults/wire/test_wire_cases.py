"""Every case of the wire, against a real server that writes those bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.wire.answer_cases import ANSWERS
from tests.faults.wire.break_cases import BREAKS
from tests.faults.wire.case import Case, Played, check, play
from tests.faults.wire.status_cases import STATUSES

if TYPE_CHECKING:
    from collections.abc import Callable

CASES = [*ANSWERS, *BREAKS, *STATUSES]


def outcome(played: Played) -> str:
    """Return what came of a case, as one line of the table."""
    ended = played.ended
    text = f"{played.text[:12]!r}"
    if not ended.failure:
        return f"{ended.status:<10} {text}"
    return f"{ended.status:<10} {text:<8} {ended.failure.sentence}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
async def test_wire_case(case: Case, note: Callable[[str, str], None]) -> None:
    played, server = await play(case)

    note(case.id, outcome(played))
    check(case, played, server)
    assert server.connections == 0
