"""Prefix sums: the tree always agrees with adding up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.ui.transcript.heights import Heights

values = st.lists(st.integers(0, 50), max_size=60)


@given(values, values, st.data())
def test_agrees_with_adding_up(
    start: list[int], more: list[int], data: st.DataObject
) -> None:
    heights = Heights(start)
    plain = list(start)
    for value in more:
        heights.append(value)
        plain.append(value)
    for _ in range(10):
        if plain:
            at = data.draw(st.integers(0, len(plain) - 1))
            value = data.draw(st.integers(0, 50))
            assert heights.set(at, value) == value - plain[at]
            plain[at] = value
    assert heights.total == sum(plain)
    assert len(heights) == len(plain)
    for at in range(len(plain) + 1):
        assert heights.before(at) == sum(plain[:at])
    for line in range(heights.total):
        index, first = heights.find(line)
        assert first == sum(plain[:index])
        assert first <= line < first + plain[index]


def test_beyond_the_ends() -> None:
    heights = Heights([3, 4])
    assert heights.find(-5) == (0, 0)
    assert heights.find(99) == (1, 3)
    with pytest.raises(IndexError):
        Heights().find(0)
