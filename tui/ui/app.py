"""The full-screen program: themes, keys, toasts, the way in and the way out."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal, cast

from textual import events
from textual.actions import SkipAction
from textual.app import App
from textual.binding import Binding
from textual.widgets import Input, TextArea

from tui.domain.errors import FortytwoError
from tui.domain.settings import Problem
from tui.domain.visible import visible_line
from tui.services.reports import write_report
from tui.ui.actions.opening import begin
from tui.ui.bindings import bindings_of, keymap
from tui.ui.crash import Crash
from tui.ui.garbage import collect_when_idle
from tui.ui.keys import Place, rows_with
from tui.ui.keys_in_turn import KeysInTurn
from tui.ui.leaving import PATIENCE, Leaving
from tui.ui.line_filter import VisibleFilter
from tui.ui.once import call_once
from tui.ui.screens.main import MainScreen
from tui.ui.taken_keys import rows_that_work
from tui.ui.terminal.driver import GuardedDriver
from tui.ui.theming import choose_theme, css_variables, textual_theme
from tui.ui.typed_text import types_unprintable
from tui.ui.widgets.paste_area import PasteArea

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from textual.binding import BindingType
    from textual.filter import LineFilter
    from textual.screen import Screen

    from tui.domain.theme import ThemeSpec
    from tui.services.workspace import Workspace

log = logging.getLogger(__name__)

FRAME = 1 / 30
"""Seconds between two rounds of events, at least."""

FIRST_KEYS = 0.03
"""Seconds after the first frame that belong to what was typed before it."""

_STYLES = Path(__file__).parent / "styles"
MOST_PROBLEMS = 2
"""Problems that are told one by one at the start."""

_LONGEST_TOAST = 500
_SEVERITIES = ("information", "warning", "error")
Severity = Literal["information", "warning", "error"]


class FortytwoApp(App[str | None], inherit_bindings=False):
    """The program. Its result is `"demo"` when the user wants to try the demo."""

    TITLE = "fortytwo"
    CSS_PATH = [  # noqa: RUF012 - Textual's own name and type
        _STYLES / name for name in ("base.tcss", "main.tcss")
    ]
    ENABLE_COMMAND_PALETTE = False
    NOTIFICATION_TIMEOUT = 6.0
    BINDINGS: ClassVar[list[BindingType]] = [
        # Ahead of stopping, whichever keys the user stops by.
        Binding("ctrl+c", "copy_selected", show=False, priority=True),
        *bindings_of(Place.ANYWHERE),
    ]

    def __init__(
        self,
        workspace: Workspace,
        themes: Sequence[ThemeSpec],
        problems: Sequence[Problem] = (),
        *,
        open_file: str | None = None,
        demo: bool = False,
        when_painted: Callable[[], None] | None = None,
        taken_keys: Collection[str] = (),
        late_problems: Callable[[], Sequence[Problem]] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Make it without touching a file, the network or the terminal.

        Args:
            workspace: The services, not started yet.
            themes: The themes to choose from.
            problems: What is wrong in the user's files so far.
            open_file: The conversation to begin with: its file's name or the start
                of it; None begins a new one.
            demo: True when the embedded server answers.
            when_painted: Called once, after the first frame; must return at once.
            taken_keys: Keys that the terminal keeps for itself: no hint names them.
            late_problems: Finds more problems, in a thread, after the first frame.
            now: The time of day (aware).
        """
        settings = workspace.settings
        spec, missing = choose_theme(themes, settings.theme)
        self.theme_spec = spec
        # One for good: strips remember what a filter made of them.
        self._filter = VisibleFilter()
        super().__init__(driver_class=GuardedDriver)
        self.workspace = workspace
        self.demo = demo
        self._when_painted = when_painted
        self._late_problems = late_problems
        self.started = False
        """True once the library is listed and the first conversation is shown."""
        self.start_over = asyncio.Event()
        """Set with `started`."""
        self.now = now
        self.rows = rows_that_work(rows_with(settings.keys), taken_keys)
        self.themes = {theme.name: theme for theme in (*themes, spec)}
        self._copied = ""
        self._told: dict[str, float] = {}
        """What toasts say now, and until when (monotonic seconds)."""
        self._keys = KeysInTurn(self, super().on_event)
        self._open_file = open_file
        self._last_round = 0.0
        self._round_waits = False
        self.leaving = Leaving(self)
        self._problems = [
            *problems,
            *([Problem(missing, key="theme")] if missing else []),
        ]
        for theme in self.themes.values():
            self.register_theme(textual_theme(theme))
        # Assigning the theme here would have all style sheets parsed twice: the base
        # class has begun with the variables of its own theme.
        self.set_reactive(FortytwoApp.theme, spec.name)
        self.stylesheet.set_variables(self.get_css_variables())
        self.set_class(spec.dark, "-dark-mode", update=False)
        self.set_class(not spec.dark, "-light-mode", update=False)
        self.set_keymap(keymap(settings.keys))

    @property
    def guarded_driver(self) -> GuardedDriver | None:
        """The driver; None before there is one, and without a terminal.

        Textual keeps it under a private name (8.2.8); `test_driver.py` fails when
        that changes.
        """
        driver = self._driver
        return driver if isinstance(driver, GuardedDriver) else None

    # Screens and looks

    def get_default_screen(self) -> Screen[object]:
        """Return the main screen: the one everything else lies over."""
        return MainScreen(self.workspace, self.rows, self.now, demo=self.demo)

    @property
    def main(self) -> MainScreen:
        """The main screen, whatever lies over it."""
        return cast("MainScreen", self.screen_stack[0])

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return a value for every variable that our style sheets use."""
        return css_variables(self.theme_spec.colors)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Let no control character of any text pass to the terminal."""
        return [*super().get_line_filters(), self._filter]

    def use_theme(self, name: str) -> None:
        """Show the program in a theme of `themes`."""
        self.theme_spec = self.themes[name]
        self.theme = name
        self.main.use_colors(self.theme_spec.colors)

    # Telling

    def tell(self, sentence: str, severity: str = "information") -> None:
        """Show a sentence for a few seconds; the only way to a toast.

        Args:
            sentence: Our own or foreign words; cleaned here, never read as markup.
            severity: "information", "warning" or "error".
        """
        text = visible_line(sentence)
        if len(text) > _LONGEST_TOAST:
            text = text[:_LONGEST_TOAST] + "…"
        known = severity if severity in _SEVERITIES else "information"
        seconds = self.NOTIFICATION_TIMEOUT * (1 if known == "information" else 2)
        now = time.monotonic()
        self._told = {said: until for said, until in self._told.items() if until > now}
        if text in self._told:
            # It stands there: a key that is held down piles nothing up.
            return
        self._told[text] = now + seconds
        self.notify(
            text, severity=cast("Severity", known), timeout=seconds, markup=False
        )

    def tell_error(self, error: BaseException) -> None:
        """Show what went wrong; the unforeseen gets a report and its path."""
        if isinstance(error, FortytwoError):
            self.tell(error.sentence, "error")
            return
        report = write_report(self.workspace.locations.state, error, self.now())
        where = f" Report: {report}" if report else ""
        self.tell(
            f"Something unforeseen went wrong ({type(error).__name__}); "
            f"the program goes on.{where}",
            "error",
        )

    # Events

    async def on_event(self, event: events.Event) -> None:
        """Let keys and pastes act in turn; have fields take what they would drop."""
        if (
            isinstance(event, events.Key)
            and isinstance(self.focused, Input | TextArea)
            and not isinstance(self.focused, PasteArea)
            and types_unprintable(event)
        ):
            event = events.Paste(event.character or "")
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self._keys.take(event)
        else:
            await super().on_event(event)

    def painted(self) -> None:
        """Let the first keys through, then start the services."""
        call_once(self, FIRST_KEYS, self.begin)

    def begin(self) -> None:
        """Start the services, once the first frame is painted."""
        collect_when_idle(self)
        context = contextvars.copy_context()
        loop = asyncio.get_running_loop()

        def wake() -> None:
            # The loop may be closed by the time the last answer is saved.
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._plan_round, context=context)

        if self._when_painted is not None:
            self._when_painted()
        self.workspace.connect(wake)
        self.run_worker(self._start(), group="start", exit_on_error=False)

    async def _start(self) -> None:
        problems = [str(problem) for problem in self._problems]
        if len(problems) > MOST_PROBLEMS:
            first = f"{len(problems)} problems in your files. The first: {problems[0]}"
            problems = [f"{first} · fortytwo doctor lists them all."]
        for problem in problems:
            self.tell(problem, "warning")
        try:
            await self.workspace.start()
            await begin(self.main, self._open_file)
        except Exception as error:  # noqa: BLE001 - a sentence, whatever it is
            self.tell_error(error)
        finally:
            self.started = True
            self.start_over.set()
        if self.workspace.needs_setup() and not self.demo:
            self.main.start("app.setup")
        if self._late_problems is not None:
            for late in await asyncio.to_thread(self._late_problems):
                self.tell(str(late), "warning")

    def _plan_round(self) -> None:
        if self._round_waits or not self.is_running:
            return
        self._round_waits = True
        wait = self._last_round + FRAME - time.monotonic()
        if wait > 0:
            call_once(self, wait, self._take_events)
        else:
            self.call_later(self._take_events)

    def _take_events(self) -> None:
        self._round_waits = False
        self._last_round = time.monotonic()
        try:
            self.main.router.take(self.workspace.take_events())
        except Exception as error:  # noqa: BLE001 - one bad event ends nothing
            self.tell_error(error)

    # Copying

    @property
    def clipboard(self) -> str:
        """What was copied last inside the program."""
        return self._copied

    def copy_to_clipboard(self, text: str) -> None:
        """Copy a text by the best route; Textual's own fields call this."""
        self._copied = text
        self.run_worker(self.copy(text), group="copy", exit_on_error=False)

    async def copy(self, text: str) -> None:
        """Copy a text by the best route there is, and say which."""
        from tui.services.clipboard import Clipboard, Route

        self._copied = text
        environ = self.workspace.settings.without_keys(os.environ)
        clipboard = Clipboard(environ, self.workspace.locations.state)
        try:
            copied = await asyncio.to_thread(clipboard.copy, text)
        except FortytwoError as error:
            self.tell_error(error)
            return
        if copied.route is Route.TERMINAL:
            super().copy_to_clipboard(copied.text)
        severity = "warning" if copied.route is Route.FILE else "information"
        self.tell(copied.sentence, severity)

    def action_copy_selected(self) -> None:
        """Copy what the mouse selected; without that the key means something else."""
        field = self.focused
        if isinstance(field, Input | TextArea) and field.selected_text:
            raise SkipAction
        selected = self.screen.get_selected_text()
        if not selected:
            raise SkipAction
        self.copy_to_clipboard(selected)
        self.screen.clear_selection()

    # Leaving

    async def action_run(self, action_id: str) -> None:
        """Run an action of the table; dialogs have none but the way out."""
        self.main.start(action_id)

    async def on_unmount(self) -> None:
        """Save, whichever way the program ends."""
        self.workspace.close_now(PATIENCE)

    # Textual has no public way to replace its last words: a traceback with every
    # local variable, keys and messages included (8.2.8). tests/unit/ui/test_crash.py
    # fails when this name is gone.
    def _handle_exception(self, error: Exception) -> None:
        """End after the unforeseen: all saved, one sentence, a report on disk."""
        if isinstance(self._exception, Crash):
            # The end is under way. What breaks meanwhile gets a report, no words.
            write_report(self.workspace.locations.state, error, self.now())
            return
        if isinstance(error, Crash):
            super()._handle_exception(error)
            return
        self.leaving.keep_typed()
        saved = self.workspace.close_now(PATIENCE)
        report = write_report(self.workspace.locations.state, error, self.now())
        super()._handle_exception(Crash(error, report, saved=saved))
