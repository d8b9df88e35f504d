"""A call that is due a little later comes, however busy the machine is."""

from __future__ import annotations

from textual.app import App

from tests.support.waiting import until
from tui.ui.once import call_once


async def test_a_wait_of_nearly_nothing_ends_once() -> None:
    app = App[None]()
    came: list[float] = []
    async with app.run_test() as pilot:
        for seconds in (-1.0, 0.0, 1e-9, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3):
            for _ in range(20):

                def come(seconds: float = seconds) -> None:
                    came.append(seconds)

                call_once(app, seconds, come)
        await until(lambda: len(set(came)) == 8 and len(came) == 160)
        await pilot.pause(0.05)
        assert len(came) == 160


async def test_a_call_that_is_taken_back_does_not_come() -> None:
    app = App[None]()
    came: list[int] = []
    async with app.run_test():
        call_once(app, 0.01, lambda: came.append(1)).stop()
        call_once(app, 0.05, lambda: came.append(2))
        await until(lambda: came)
        assert came == [2]
