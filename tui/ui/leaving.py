"""The way out of the program: what is asked first, and what is saved."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.ui.app import FortytwoApp
    from tui.ui.screens.confirm import Confirm

PATIENCE = 2.0
"""Seconds that saving may take when the program must end."""

log = logging.getLogger(__name__)


class Leaving:
    """Leaves the program once."""

    def __init__(self, app: FortytwoApp) -> None:
        """Make it.

        Args:
            app: The program.
        """
        self._app = app
        self._begun = False
        self._question: Confirm | None = None

    async def ask(self) -> None:
        """Leave, after asking when answers are on their way.

        Asked for again while the question stands, it is a yes to that question only:
        another dialog may ask about something that can't be undone.
        """
        from tui.ui.screens.confirm import Confirm, leaving_question, unsaved_question

        app, asked = self._app, self._question
        if asked is not None and app.screen is asked:
            asked.dismiss(True)
            return

        async def agreed(question: tuple[str, str, str] | None) -> bool:
            if question is None:
                return True
            self._question = Confirm(*question)
            return await app.push_screen_wait(self._question)

        running = app.workspace.running()
        if not await agreed(leaving_question(running, app.main.router.title_of)):
            return
        app.main.drafts.keep(app.main.composer.file, app.main.composer.draft)
        if not await agreed(unsaved_question(await app.workspace.unsaved())):
            return
        await self.leave(None)

    async def leave(self, result: str | None) -> None:
        """Save everything and end.

        Args:
            result: The app's result.
        """
        if self._begun:
            return
        self._begun = True
        app = self._app
        # What was typed meanwhile belongs behind a draft that is still being read.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(app.start_over.wait(), PATIENCE)
        composer = app.main.composer
        app.main.drafts.keep(composer.file, composer.draft)
        app.main.status.show_note("Saving …")
        try:
            await asyncio.wait_for(app.workspace.close(), PATIENCE)
        except TimeoutError:
            app.exit(
                return_code=1,
                message="Not everything could be saved in time; "
                "what was left is in the journal and comes back at the next start.",
            )
        except BaseException:
            app.exit(result)
            raise
        else:
            app.exit(result)

    def keep_typed(self) -> None:
        """Hand on what stands in the composer, if that still works; from any thread."""
        try:
            composer = self._app.main.composer
            self._app.main.drafts.keep(composer.file, composer.words)
        except Exception:
            log.exception("the composer could not be read")
