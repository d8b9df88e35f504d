"""Prefix sums: the tree always agrees with adding up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.ui.transcript.prefix_sums import PrefixSums

values = st.lists(st.integers(0, 50), max_size=60)


@given(values, values, st.data())
def test_agrees_with_adding_up(
    start: list[int], more: list[int], data: st.DataObject
) -> None:
    sums = PrefixSums(start)
    plain = list(start)
    for value in more:
        sums.append(value)
        plain.append(value)
    for _ in range(10):
        if plain:
            at = data.draw(st.integers(0, len(plain) - 1))
            value = data.draw(st.integers(0, 50))
            assert sums.set(at, value) == value - plain[at]
            plain[at] = value
    assert sums.total == sum(plain)
    assert len(sums) == len(plain)
    for at in range(len(plain) + 1):
        assert sums.before(at) == sum(plain[:at])
    for line in range(sums.total):
        index, first = sums.find(line)
        assert first == sum(plain[:index])
        assert first <= line < first + plain[index]


def test_beyond_the_ends() -> None:
    sums = PrefixSums([3, 4])
    assert sums.find(-5) == (0, 0)
    assert sums.find(99) == (1, 3)
    with pytest.raises(IndexError):
        PrefixSums().find(0)
