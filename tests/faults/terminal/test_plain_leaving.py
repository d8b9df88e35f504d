"""The linear mode, ended right behind Enter: the line is a prompt or a draft."""

from __future__ import annotations

import random
import signal
import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.support.demo import DemoThread
from tests.support.pty_program import FORTYTWO, PtyProgram, program_env
from tui.demo.pacing import Pace
from tui.storage.drafts_file import load_drafts

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.promises import Measured

ENDINGS = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
LATEST = 0.15
"""Seconds between Enter and the end; a line is looked at for a paste for 0.05 s."""


def start(folder: Path, base_url: str) -> PtyProgram:
    places = ("--data-dir", str(folder / "data"), "--base-url", base_url)
    env = program_env(str(folder / "home"), TERM="dumb")
    return PtyProgram([*FORTYTWO, "--plain", *places], env=env)


def prompts(folder: Path) -> list[str]:
    files = (folder / "data" / "conversations").glob("*.toml")
    found = [tomllib.loads(file.read_text()).get("messages", []) for file in files]
    return [one["content"] for each in found for one in each if one["role"] == "user"]


def drafts(folder: Path) -> list[str]:
    return [
        text
        for file in folder.rglob("drafts.toml")
        for text in load_drafts(file).values()
    ]


@pytest.mark.promise
@pytest.mark.timeout(1800)
def test_a_line_that_was_entered_is_kept_whenever_the_program_ends(
    tmp_path: Path, rounds: int, measured: Measured
) -> None:
    count = max(12, rounds)
    moment = random.Random(42)
    lost, twice, sent = [], 0, 0
    with DemoThread(pace=Pace(first=0.0, token=0.01)) as demo:
        for number in range(count):
            folder = tmp_path / str(number)
            after = moment.uniform(0, LATEST)
            # Typed ahead: the terminal holds the second line when the end comes.
            lines = [f"first {number}", f"second {number}"][: 1 + number % 2]
            with start(folder, demo.base_url) as program:
                program.wait_for("You:")
                program.type("\n".join(lines) + "\n")
                program.read(after)
                program.kill(ENDINGS[number % len(ENDINGS)])
                program.wait_ended()
            asked, kept = prompts(folder), drafts(folder)
            for line in lines:
                places = sum(line in text for text in (*asked, *kept))
                lost += [f"{line}, {after:.3f} s after Enter"] if not places else []
                twice += places > 1
            sent += len(asked)
    measured(
        "P18",
        f"{count} ends right behind Enter: {len(lost)} lost, {sent} sent, "
        f"{twice} kept twice",
    )
    assert lost == []
