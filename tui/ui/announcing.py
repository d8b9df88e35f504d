"""Tells somebody who looks elsewhere that an answer is over."""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING

from tui.domain.message import Status
from tui.services.notifying import Notifier, Way

if TYPE_CHECKING:
    from tui.domain.turn import Turn
    from tui.ui.app import FortytwoApp


async def announce(app: FortytwoApp, turn: Turn, title: str) -> None:
    """Tell of an answer that took long, unless somebody looks at the program.

    Args:
        app: The program.
        turn: The answer.
        title: The conversation's title.
    """
    settings = app.workspace.settings
    if time.monotonic() - turn.queued_at < settings.notice_after:
        return
    notifier = Notifier(settings.notices, settings.without_keys(os.environ))
    if notifier.way is Way.OFF:
        return
    if app.app_focus and not await asyncio.to_thread(notifier.looked_away):
        return
    status = turn.ended.status if turn.ended is not None else None
    word = "is there" if status is Status.COMPLETE else "ended"
    sequence = await asyncio.to_thread(notifier.notify, f"The answer {word}: {title}")
    if sequence and app.guarded_driver is not None:
        app.guarded_driver.write(sequence)
