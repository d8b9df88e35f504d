"""What Textual takes from the environment only, and only at its import."""

from __future__ import annotations

import os
import subprocess
import sys

PROGRAM = """
from tui.cli.chat import prepare_textual
prepare_textual("auto")
from textual.screen import UPDATE_PERIOD
print(round(1 / UPDATE_PERIOD))
"""


def looks_per_second(**variables: str) -> int:
    """Return how often Textual looks for what to paint once it is prepared."""
    environ = {name: os.environ[name] for name in os.environ if "TEXTUAL" not in name}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**environ, **variables},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return int(done.stdout)


def test_a_letter_right_behind_a_frame_waits_four_milliseconds_at_most() -> None:
    assert looks_per_second() == 240


def test_what_the_user_tells_textual_counts() -> None:
    assert looks_per_second(TEXTUAL_FPS="30") == 30
