"""What happens below reaches the screen, however late the machine is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.unit.ui.program import running_program
from tui.ui.app import FortytwoApp

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.support.demo import DemoThread


async def test_no_round_of_news_hangs_on_a_timer_that_may_never_fire(
    tmp_path: Path, demo: DemoThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Textual skips the only tick of a timer whose time is over before it begins.
    monkeypatch.setattr(FortytwoApp, "set_timer", lambda *_, **__: None)
    async with running_program(tmp_path, demo.base_url) as program:
        for number in range(3):
            await program.say(f"Question {number}")
            await program.shows(f"Question {number}")
