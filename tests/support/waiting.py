"""Waiting for conditions, never for time."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 20.0
"""Seconds after which a condition will not come true any more."""

TICK = 0.01


async def until(
    condition: Callable[[], object], what: str = "", patience: float = PATIENCE
) -> None:
    """Return once the condition holds.

    Args:
        condition: Asked again and again, on this loop.
        what: What is being waited for, for the failure's text.
        patience: Seconds after which the wait has failed.

    Raises:
        AssertionError: It did not hold in time.
    """
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"did not happen: {what or condition}")
        await asyncio.sleep(TICK)


def until_blocking(
    condition: Callable[[], object], what: str = "", patience: float = PATIENCE
) -> None:
    """Return once the condition holds, blocking this thread meanwhile."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"did not happen: {what or condition}")
        time.sleep(TICK)


async def let_others_run() -> None:
    """Give every other ready task of this loop one turn."""
    await asyncio.sleep(0)
