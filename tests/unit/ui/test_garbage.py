"""Full collections come while nothing happens, and not before."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

import pytest

from tui.ui.garbage import IdleCollector

if TYPE_CHECKING:
    from collections.abc import Iterator


class Node:
    """Refers to itself."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def _only_by_hand() -> Iterator[None]:
    before = gc.get_threshold()
    gc.collect()
    gc.set_threshold(700, 10, 1_000)
    yield
    gc.set_threshold(*before)


def test_garbage_goes_once_nothing_happens_any_more() -> None:
    collector = IdleCollector()
    node = Node()
    trace = weakref.ref(node)
    for _ in range(12):
        gc.collect(1)
    del node
    gc.collect(1)
    # Much has happened since the program began: not now.
    assert not collector.look()
    assert trace() is not None
    assert collector.look()
    assert trace() is None
    # Nothing has been made since: nothing to look for.
    assert not collector.look()
