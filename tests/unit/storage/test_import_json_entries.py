"""A JSON array is read entry by entry, wherever the reads cut it."""

from __future__ import annotations

import io
import json
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.domain.errors import UnreadableError
from tui.storage.import_entry import Refused
from tui.storage.json_entries import read_entries

if TYPE_CHECKING:
    from collections.abc import Iterator


class Trickle(io.RawIOBase):
    """Gives a few bytes at a time, however many are asked for."""

    def __init__(self, content: bytes, size: int) -> None:
        self._content = io.BytesIO(content)
        self._size = size

    def read(self, size: int = -1, /) -> bytes:
        return self._content.read(self._size)


def entries(content: bytes, size: int = 1 << 16) -> list[Any]:
    stream: Any = Trickle(content, size)
    return list(read_entries(stream, lambda read: None))


values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 99) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner)
    ),
    max_leaves=8,
)


@given(st.lists(values, max_size=5), st.integers(1, 9), st.booleans())
@settings(max_examples=150, deadline=None)
def test_any_array_in_any_pieces(listed: list[Any], size: int, spaced: bool) -> None:
    text = json.dumps(listed, ensure_ascii=False, indent=2 if spaced else None)
    assert entries(text.encode("utf-8", "surrogatepass"), size) == listed


def test_a_broken_entry_costs_itself_alone() -> None:
    good, bad, also = entries(b'[{"a": 1}, {"b": nonsense, "c": [}]}, {"d": 2}]')[:3]
    assert good == {"a": 1}
    assert isinstance(bad, Refused)
    assert bad.name == "entry 2"
    assert also == {"d": 2}


def test_a_file_that_ends_early_keeps_what_is_whole() -> None:
    first, rest = entries(b'[{"a": "}"}, {"b": "x')
    assert first == {"a": "}"}
    assert rest == Refused("entry 2", "the file ends in the middle of it")


def test_a_single_object_is_one_entry() -> None:
    assert entries(b'\xef\xbb\xbf {"a": [1, 2]} ') == [{"a": [1, 2]}]


def test_no_text_and_no_json() -> None:
    assert isinstance(entries(b'[{"a": "\xff"}]')[0], Refused)
    with pytest.raises(UnreadableError):
        entries(b"hello")


def test_deep_nesting_is_refused_not_a_crash() -> None:
    deep = b"[" + b"[" * 200_000 + b"]" * 200_000 + b', {"a": 1}]'
    first, second = entries(deep)
    assert isinstance(first, Refused)
    assert second == {"a": 1}


def test_a_long_file_is_not_held_in_memory() -> None:
    entry = json.dumps({"text": "x" * 20_000}).encode()

    class Endless(io.RawIOBase):
        def __init__(self) -> None:
            self._pieces = self._make()

        def _make(self) -> Iterator[bytes]:
            yield b"["
            for _ in range(2_000):
                yield entry + b","
            yield b"0]"

        def read(self, size: int = -1, /) -> bytes:
            return next(self._pieces, b"")

    stream: Any = Endless()
    tracemalloc.start()
    try:
        count = sum(1 for _ in read_entries(stream, lambda read: None))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 2_001
    assert peak < 4_000_000
