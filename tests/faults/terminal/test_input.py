"""Noise, pastes and resizes in a real pty: alive, and nothing is sent by itself."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import pytest

from tests.faults.terminal.leaving import saved_messages, start

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.demo import DemoThread
    from tests.support.promises import Measured
    from tests.support.pty_program import PtyProgram

BEGIN, END = b"\x1b[200~", b"\x1b[201~"
MEGABYTE = 1024 * 1024
RESIZES = 1_000

pytestmark = pytest.mark.promise


@pytest.fixture
def program(tmp_path: Path, quick_demo: DemoThread) -> Iterator[PtyProgram]:
    with start(tmp_path, quick_demo.base_url) as program:
        program.wait_for("Ask anything")
        yield program


def still_types(tmp_path: Path, program: PtyProgram) -> None:
    """Check that keys arrive, in order, and that nothing was sent."""
    program.type("zq!")
    program.wait_for("zq!")
    assert saved_messages(tmp_path) == []
    program.type(b"\x11")
    assert program.wait_ended() == 0


def test_bytes_that_are_no_text(
    tmp_path: Path, program: PtyProgram, measured: Measured
) -> None:
    program.type(b"caf\xe9 \xff\xfe \xc3( \xe2\x82 ")
    program.wait_for("› caf�")
    still_types(tmp_path, program)
    measured("P25", "invalid UTF-8: alive, the keys after it arrive")


def test_noise_on_the_line(
    tmp_path: Path, program: PtyProgram, measured: Measured
) -> None:
    dice = random.Random(42)
    # No ctrl+q, no Enter: those a person means.
    quiet = bytes(set(range(256)) - {0x0D, 0x11, 0x1B} - set(range(0x20)))
    for _ in range(50):
        program.type(bytes(dice.choices(quiet, k=40)) + b"\x1b[9999999;1u\x1b[<0;x")
        program.read(0.01)
    program.type(b"\x1b")
    program.read(0.3)
    program.type(b"i")
    still_types(tmp_path, program)
    measured("P25", "2,000 bytes of noise and broken sequences: alive")


def test_a_paste_that_never_ends(
    tmp_path: Path, program: PtyProgram, measured: Measured
) -> None:
    program.type(BEGIN + b"without an end\r")
    began = time.monotonic()
    program.wait_for("without an end")
    took = time.monotonic() - began
    still_types(tmp_path, program)
    assert took < 4.0
    measured("P25", f"a paste without its end is over after {took:.1f} s")


def test_a_paste_with_its_end_mark_inside_and_enter_after_it(
    tmp_path: Path, program: PtyProgram, measured: Measured
) -> None:
    program.type(BEGIN + b"one" + END + b"\rtwo\r" + END)
    program.wait_for("two")
    program.read(0.5)
    still_types(tmp_path, program)
    measured("P25", "a paste with its end mark and Enter inside sends nothing")


def test_lines_without_paste_marks(
    tmp_path: Path, program: PtyProgram, measured: Measured
) -> None:
    program.type(b"one\rtwo\rthree\r")
    program.wait_for("three")
    program.read(0.5)
    still_types(tmp_path, program)
    measured("P25", "several lines without paste marks send nothing")


def test_five_megabytes_pasted(
    tmp_path: Path, program: PtyProgram, measured: Measured
) -> None:
    line = b"the quick brown fox jumps over the lazy dog\n"
    text = line * (5 * MEGABYTE // len(line))
    began = time.monotonic()
    program.type(BEGIN + text + END)
    program.wait_for("‹paste 1", patience=60)
    took = time.monotonic() - began
    program.type("zq!")
    program.wait_for("zq!")
    assert saved_messages(tmp_path) == []
    measured("P25", f"5 MB pasted: a token after {took:.1f} s, typing goes on")


def test_a_thousand_resizes(
    tmp_path: Path, program: PtyProgram, measured: Measured
) -> None:
    dice = random.Random(42)
    program.type("kept")
    program.wait_for("› kept")
    for _ in range(RESIZES):
        program.resize(dice.randint(1, 240), dice.randint(1, 80))
        program.read(0)
    program.resize(120, 40)
    program.wait_for("› kept")
    still_types(tmp_path, program)
    measured("P25", "resizes from 1×1 to 240×80: alive, the draft stands", RESIZES)
