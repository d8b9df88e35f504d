from __future__ import annotations

import os
import threading
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual._xterm_parser import XTermParser
from textual.events import Key

from tests.support.waiting import until_blocking
from tui.ui.terminal.input import TerminalInput
from tui.ui.terminal.pastes import BEGIN, END, Pasted, Pastes

if TYPE_CHECKING:
    from collections.abc import Iterator

Found = tuple[str, str]


def found_in(pieces: list[str]) -> list[Found]:
    """Return keys and pastes, keys that follow each other joined."""
    pastes = Pastes()
    found: list[Found] = []
    for piece in pieces:
        add(found, pastes.take(piece))
    add(found, pastes.give_up())
    return found


def add(found: list[Found], new: Iterator[str | Pasted]) -> None:
    for one in new:
        if isinstance(one, Pasted):
            found.append(("paste", one.text))
        elif found and found[-1][0] == "keys":
            found[-1] = ("keys", found[-1][1] + one)
        else:
            found.append(("keys", one))


TEXTS = st.text(alphabet="ab\r\n é[~20", max_size=8)


@given(
    st.lists(st.tuples(st.booleans(), TEXTS), max_size=6),
    st.lists(st.integers(0, 80), max_size=12),
)
def test_pastes_are_the_same_however_the_input_is_torn(
    parts: list[tuple[bool, str]], cuts: list[int]
) -> None:
    raw = "".join(f"{BEGIN}{t}{END}" if pasted else t for pasted, t in parts)
    at = [0, *sorted(min(cut, len(raw)) for cut in cuts), len(raw)]
    pieces = [raw[a:b] for a, b in pairwise(at)]
    # A lone ESC is the Esc key: it is not held back for the rest of a mark.
    whole = [piece for piece in pieces if piece]
    if any(piece == "\x1b" for piece in whole):
        return
    assert found_in(whole) == found_in([raw] if raw else [])


def test_keys_after_an_end_mark_inside_a_paste_are_keys() -> None:
    assert found_in([f"{BEGIN}one{END}\rtwo{END}"]) == [
        ("paste", "one"),
        ("keys", f"\rtwo{END}"),
    ]


class Typing:
    """A terminal's input thread on a pipe."""

    def __init__(self) -> None:
        self.source, self.pen = os.pipe()
        self.events: list[object] = []
        self.pastes: list[str] = []
        self.ended = threading.Event()
        self.left: list[bool] = []
        terminal = TerminalInput(
            self.source, XTermParser, self.events.append, self.pastes.append
        )
        self.thread = threading.Thread(
            target=lambda: self.left.append(terminal.run(self.ended.is_set))
        )
        self.thread.start()

    def type(self, data: bytes) -> None:
        os.write(self.pen, data)

    def pressed(self) -> list[str]:
        return [event.key for event in self.events if isinstance(event, Key)]

    def close(self) -> None:
        self.ended.set()
        self.thread.join(5)
        os.close(self.source)


@pytest.fixture
def typing() -> Iterator[Typing]:
    typing = Typing()
    yield typing
    typing.close()


def test_bytes_that_are_no_text_cost_themselves_only(typing: Typing) -> None:
    typing.type(b"a\xff\xfe\xc3(b\xe2\x82")
    typing.type(b"c")
    until_blocking(lambda: "c" in typing.pressed(), "the last key")
    assert [key for key in typing.pressed() if len(key) == 1] == ["a", "b", "c"]
    assert typing.thread.is_alive()


@pytest.mark.parametrize(
    "noise",
    [
        b"\x1b[9999999;1u",
        b"\x1b[99999999999999999999;5u",
        b"\x1b[1114112;2u",
        b"\x1b[97;1;1114112u",
        b"\x1b[<0;99999999999999999999;1M",
        b"\x1b]0;never ended",
        b"\x1b[" + b"1;" * 200 + b"x",
    ],
)
def test_sequences_that_make_no_sense_cost_no_key_after_them(
    typing: Typing, noise: bytes
) -> None:
    typing.type(b"a")
    typing.type(noise)
    typing.type(b"zq")
    until_blocking(lambda: typing.pressed()[-1:] == ["q"], "the last key")
    assert typing.pressed()[0] == "a"
    assert typing.thread.is_alive()


def test_a_paste_without_an_end_is_over_after_a_silence(typing: Typing) -> None:
    typing.type(b"\x1b[200~lost its end\r")
    until_blocking(lambda: typing.pastes, "the paste", patience=3.0)
    assert typing.pastes == ["lost its end\r"]
    typing.type(b"k")
    until_blocking(lambda: typing.pressed() == ["k"], "the key after it")


def test_the_end_of_input_is_told(typing: Typing) -> None:
    os.close(typing.pen)
    typing.thread.join(5)
    assert typing.left == [False]
