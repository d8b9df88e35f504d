"""Drives the real app as a person would: types, presses keys, reads the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.desk import places_below, settings_for
from tests.support.waiting import until
from tui.services.workspace import Workspace
from tui.storage.theme_files import load_themes
from tui.ui.app import FortytwoApp

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path
    from types import TracebackType

    from textual.pilot import Pilot

    from tui.domain.settings import Problem, Settings


class Driver:
    """One run of the program against a real server and real files.

    Verbs of the product only: what a person sees and does. Nothing in here sleeps.
    """

    def __init__(
        self,
        folder: Path,
        settings: Settings | str,
        *,
        size: tuple[int, int] = (120, 40),
        open_file: str | None = None,
        problems: list[Problem] | None = None,
        environ: dict[str, str] | None = None,
    ) -> None:
        """Prepare a run.

        Args:
            folder: Where library and configuration lie.
            settings: The settings, or the base URL of the server to talk to.
            size: Columns and rows of the terminal.
            open_file: The conversation named on the command line.
            problems: What was wrong in the configuration.
            environ: The environment variables that hold keys.
        """
        if isinstance(settings, str):
            settings = settings_for(settings, concurrency=4)
        self.places = places_below(folder)
        self.workspace = Workspace(settings, self.places, environ or {})
        themes, theme_problems = load_themes(self.places.themes)
        self.app = FortytwoApp(
            self.workspace,
            themes,
            [*(problems or []), *theme_problems],
            open_file=open_file,
            demo=False,
        )
        self._size = size
        self._run: AbstractAsyncContextManager[Pilot[str | None]] | None = None
        self.pilot: Pilot[str | None]

    async def __aenter__(self) -> Driver:
        self._run = self.app.run_test(size=self._size, notifications=True)
        self.pilot = await self._run.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._run is not None
        await self._run.__aexit__(kind, error, trace)
        self.workspace.close_now(5)

    # Doing

    async def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        await self.pilot.press(*keys)

    async def press_quickly(self, *keys: str) -> None:
        """Press keys so fast that nothing happens in between."""
        for key in keys:
            self.app.simulate_key(key)
        await self.pilot.pause()

    async def write(self, text: str) -> None:
        """Type text letter by letter."""
        names = {" ": "space", "\n": "ctrl+j", "/": "slash"}
        await self.press(*(names.get(letter, letter) for letter in text))

    async def say(self, text: str) -> None:
        """Type a prompt and send it."""
        await self.write(text)
        await self.pilot.pause()
        await self.press("enter")

    async def resize(self, columns: int, rows: int) -> None:
        """Make the window another size."""
        await self.pilot.resize_terminal(columns, rows)
        await self.pilot.pause()

    # Seeing

    @property
    def screen(self) -> str:
        """What stands on the screen, as lines of text."""
        # Textual offers no public way to the painted cells but an SVG.
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)

    async def sees(self, *texts: str) -> None:
        """Wait until all these texts stand on the screen."""
        for text in texts:
            try:
                await until(lambda text=text: text in self.screen)  # type: ignore[misc]  # bound early
            except AssertionError:
                raise AssertionError(f"never seen: {text!r}\n{self.screen}") from None

    async def misses(self, *texts: str) -> None:
        """Wait until none of these texts stands on the screen."""
        for text in texts:
            try:
                await until(lambda text=text: text not in self.screen)  # type: ignore[misc]  # bound early
            except AssertionError:
                raise AssertionError(f"still there: {text!r}\n{self.screen}") from None

    async def rests(self, answers: int = 1) -> None:
        """Wait until so many answers stand in the shown conversation and none runs."""

        def rested() -> bool:
            path = self.shown_messages()
            ended = sum(1 for message in path if message["role"] == "assistant")
            return ended >= answers and not self.workspace.running()

        await until(rested, f"{answers} answers")
        await self.pilot.pause()

    # The files

    @property
    def files(self) -> list[Path]:
        """The conversation files, by name."""
        return sorted((self.places.data / "conversations").glob("*.toml"))

    def shown_messages(self) -> list[dict[str, Any]]:
        """Return the messages of the shown conversation as its file has them."""
        import tomllib

        file = self.app.main.chat.file
        if file is None:
            return []
        text = (self.places.data / "conversations" / file).read_text()
        messages: list[dict[str, Any]] = tomllib.loads(text)["messages"]
        return messages

    @property
    def draft(self) -> str:
        """What stands in the composer."""
        return self.app.main.composer.text
