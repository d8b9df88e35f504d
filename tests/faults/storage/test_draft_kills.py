"""A draft survives SIGKILL: what was typed until shortly before is there again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.support.demo import DemoThread
from tests.support.pty_program import FORTYTWO, PtyProgram, program_env

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.promises import Measured

MOST_LOST = 2.0
PIECES = 40
"""What is typed in a round, a tenth of a second apart."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def start(folder: Path, base_url: str) -> PtyProgram:
    places = ("--data-dir", str(folder / "data"), "--base-url", base_url)
    return PtyProgram([*FORTYTWO, *places], env=program_env(str(folder)))


@pytest.mark.promise
@pytest.mark.timeout(600)
def test_a_kill_while_typing_costs_at_most_two_seconds(
    tmp_path: Path, request: pytest.FixtureRequest, measured: Measured
) -> None:
    rounds = 30 if request.config.getoption("--long") else 3
    worst = 0.0
    draft = ""
    with DemoThread() as demo:
        for number in range(rounds):
            typed: list[float] = []
            with start(tmp_path, demo.base_url) as program:
                program.wait_for("Ask anything" if not draft else draft[-20:])
                word = LETTERS[number % 26] * 2
                for _ in range(PIECES):
                    program.type(word)
                    typed += [time.monotonic()] * len(word)
                    program.read(0.1)
                killed = time.monotonic()
                program.kill()
                program.wait_ended()
            whole = draft + word * PIECES
            with start(tmp_path, demo.base_url) as program:
                program.wait_for("esc nav")
                program.type(b"\x11")
                program.wait_ended()
            kept = kept_draft(tmp_path)
            assert whole.startswith(kept)
            assert kept.startswith(draft)
            missing = len(whole) - len(kept)
            if missing:
                worst = max(worst, killed - typed[-missing])
            draft = kept
    measured("P18", f"{rounds} kills while typing: at most {worst:.1f} s lost")
    assert worst <= MOST_LOST


def kept_draft(folder: Path) -> str:
    from tui.storage.drafts_file import load_drafts

    found = list(folder.rglob("drafts.toml"))
    return load_drafts(found[0]).get("", "") if found else ""
