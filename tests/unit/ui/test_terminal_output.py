from __future__ import annotations

import os
import pty
import threading
import time
from typing import TYPE_CHECKING

import pytest

from tests.support.waiting import until_blocking
from tui.ui.terminal.output import MOST_WAITING, TerminalOutput

if TYPE_CHECKING:
    from collections.abc import Iterator

FRAME = "x" * 20_000


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Both ends of a pty: the reader's and the program's."""
    reader, program = pty.openpty()
    yield reader, program
    os.close(reader)
    os.close(program)


def read_all(reader: int, until: str) -> str:
    text = ""
    while until not in text:
        text += os.read(reader, 65536).decode()
    return text


def test_a_terminal_that_does_not_read_holds_up_neither_writing_nor_the_end(
    terminal: tuple[int, int],
) -> None:
    output = TerminalOutput(terminal[1], lambda: None)
    began = time.monotonic()
    for _ in range(100):
        output.write(FRAME)
    assert output.close(0.1) is False
    output.abort(5.0)
    assert time.monotonic() - began < 5.0
    assert os.get_blocking(terminal[1])


def test_frames_are_left_out_then_the_whole_screen_is_asked_for(
    terminal: tuple[int, int],
) -> None:
    caught_up = threading.Event()
    output = TerminalOutput(terminal[1], caught_up.set)
    for _ in range(100):
        output.write(FRAME)
    output.write("\x07")
    text = read_all(terminal[0], "\x07")
    assert len(text) < MOST_WAITING + 3 * len(FRAME)
    until_blocking(caught_up.is_set, "a whole frame is asked for")
    output.write("afresh")
    assert "afresh" in read_all(terminal[0], "afresh")
    assert output.close(5.0)


def test_what_restores_the_terminal_is_never_left_out(
    terminal: tuple[int, int],
) -> None:
    output = TerminalOutput(terminal[1], lambda: None)
    for _ in range(100):
        output.write(FRAME)
    output.keep_all()
    output.write("\x1b[?1049l")
    assert read_all(terminal[0], "\x1b[?1049l").endswith("\x1b[?1049l")
    assert output.close(5.0)


def test_a_pipe_is_written_to_like_a_terminal() -> None:
    source, sink = os.pipe()
    output = TerminalOutput(sink, lambda: None)
    output.write("words")
    assert output.close(5.0)
    assert os.read(source, 100) == b"words"
    os.close(source)
    os.close(sink)
