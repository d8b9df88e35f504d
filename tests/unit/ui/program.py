"""The real app on real files and a real server, driven like a person does it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual.widgets._toast import Toast

from tests.support.desk import places_below, settings_for
from tests.support.waiting import until
from tui.domain.phase import Phase
from tui.services.workspace import Workspace
from tui.storage.theme_files import load_themes
from tui.ui.app import FortytwoApp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from textual.pilot import Pilot

    from tui.domain.settings import Settings
    from tui.ui.screens.main import MainScreen

NOWHERE = "http://127.0.0.1:9/v1"
"""A server that refuses every connection."""


class Program:
    """One run of the program."""

    def __init__(self, app: FortytwoApp, pilot: Pilot[str | None]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def main(self) -> MainScreen:
        return self.app.main

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def write(self, text: str) -> None:
        self.main.composer.focus()
        self.main.composer.insert(text)
        await self.pilot.pause()

    async def ask(self, text: str) -> str:
        """Send a prompt; returns the conversation's file."""
        before = self.main.chat.last
        await self.write(text)
        await self.pilot.press("enter")
        await until(
            lambda: self.main.chat.file and self.main.chat.last != before, "was sent"
        )
        assert self.main.chat.file
        return self.main.chat.file

    async def answered(self) -> None:
        chat = self.main.chat
        await until(
            lambda: chat.turn is not None and chat.turn.phase is Phase.ENDED,
            "the answer ended",
        )
        await until(lambda: not self.app.workspace.running(), "nothing runs")
        await self.pilot.pause()

    async def say(self, text: str) -> str:
        """Send a prompt and wait for the end of its answer."""
        file = await self.ask(text)
        await self.answered()
        return file

    async def toast(self, part: str) -> None:
        await until(lambda: any(part in text for text in self.toasts()), part)

    def toasts(self) -> list[str]:
        return [str(toast.render()) for toast in self.app.screen.query(Toast)]

    async def shows(self, part: str) -> None:
        await until(lambda: part in self.picture(), f"{part!r} on the screen")

    def picture(self) -> str:
        """Return the screen as text, one line for each row."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text for strip in strips)

    async def dialog(self, kind: type[Any]) -> Any:
        await until(lambda: isinstance(self.app.screen, kind), kind.__name__)
        await self.pilot.pause()
        return self.app.screen


@asynccontextmanager
async def running_program(
    folder: Path,
    base_url: str = NOWHERE,
    *,
    size: tuple[int, int] = (120, 40),
    settings: Settings | None = None,
    environ: dict[str, str] | None = None,
    **options: Any,
) -> AsyncIterator[Program]:
    """Run the app until the block ends."""
    if settings is None:
        settings = settings_for(base_url, concurrency=4)
    workspace = Workspace(settings, places_below(folder), environ or {})
    themes, problems = load_themes(None)
    app = FortytwoApp(workspace, themes, problems, **options)
    async with app.run_test(size=size, notifications=True) as pilot:
        program = Program(app, pilot)
        await until(lambda: app.started, "the services run")
        await pilot.pause()
        yield program


def with_keys(base_url: str, **keys: tuple[str, ...]) -> Settings:
    """Return settings with keys of the user's, `_` standing for the dot."""
    return replace(
        settings_for(base_url),
        keys={name.replace("_", ".", 1): chosen for name, chosen in keys.items()},
    )
