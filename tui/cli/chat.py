"""`fortytwo`: builds the objects and runs the full-screen app."""

from __future__ import annotations

import gc
import logging
import os
import sys
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.cli.configuration import (
    check_user_keys,
    find_places,
    read_settings,
)
from tui.domain.errors import UsageError
from tui.domain.settings import Endpoint, Settings
from tui.storage.theme_files import load_themes
from tui.ui.taken_keys import taken_keys, wants_kitty

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Mapping

    from tui.cli.embedded_server import EmbeddedServer
    from tui.domain.settings import Problem
    from tui.services.workspace import Workspace
    from tui.storage.locations import Locations

NOT_ACCESSIBLE = frozenset({"", "0", "false", "no"})
"""Values of `ACCESSIBLE` that do not ask for the linear mode."""

LOOKS_PER_SECOND = 240
"""How often Textual looks whether there is something to paint.

At its own 60, a letter typed right behind a frame of a stream waits for up to 17 ms
(measured). A look paints nothing; how often a stream is painted is the transcript's
own business.
"""

LAST_SECONDS = 1.5
"""Seconds that the process may take to end once the screen is left."""

DEMO_ENDPOINT = "demo"
TRY_DEMO = "demo"
"""What the app returns when setup ends in a wish to try the demo."""


def run_chat(arguments: Namespace) -> int:
    """Run the app until the user leaves it; returns the exit code.

    Raises:
        UsageError: There is no terminal, or the arguments make no sense.
    """
    plain = arguments.plain or wants_plain(os.environ)
    if not plain:
        check_terminal(os.environ)
    # Nothing that is imported is garbage: collecting meanwhile takes a tenth of the
    # time to the first frame. The app turns it on again once that is painted.
    gc.disable()
    # A library's log lines must never reach the screen or a file: they may quote
    # headers, and the key is one of them.
    logging.getLogger().addHandler(logging.NullHandler())
    places = find_places(arguments, os.environ)
    settings, problems = read_settings(arguments, places, os.environ)
    if arguments.demo:
        return run_demo(arguments, places, settings, problems)
    if plain:
        return run_line_by_line(arguments, places, settings, problems)
    outcome, code = run_app(arguments, places, settings, problems)
    if outcome == TRY_DEMO:
        return run_demo(arguments, places, settings, problems)
    return code


def wants_plain(environ: Mapping[str, str]) -> bool:
    """Return whether the environment asks for the linear mode."""
    return environ.get("ACCESSIBLE", "").strip().lower() not in NOT_ACCESSIBLE


def check_terminal(environ: Mapping[str, str]) -> None:
    """Raise UsageError when there is no terminal that shows a full screen."""
    elsewhere = "fortytwo --plain works line by line"
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "This is a full-screen program and needs a terminal; "
            f"stdin or stdout is not one. {elsewhere}, fortytwo ask asks once."
        )
    term = environ.get("TERM", "")
    if term in ("", "dumb"):
        raise UsageError(
            f"TERM={term or '(unset)'} names no terminal that can show a full screen; "
            f"{elsewhere}."
        )


def open_workspace(
    arguments: Namespace,
    places: Locations,
    settings: Settings,
    problems: list[Problem],
) -> Workspace:
    """Return the services for these settings, not started yet."""
    from tui.services.workspace import Workspace

    return Workspace(
        settings,
        places,
        os.environ,
        problems=tuple(problems),
        read_again=lambda: read_settings(arguments, places, os.environ),
    )


def run_line_by_line(
    arguments: Namespace,
    places: Locations,
    settings: Settings,
    problems: list[Problem],
    *,
    demo: bool = False,
) -> int:
    """Run the linear mode and return the exit code."""
    from tui.cli import complain
    from tui.cli.plain.run import run_plain

    gc.enable()
    workspace = open_workspace(arguments, places, settings, problems)
    code = run_plain(workspace, problems, arguments.conversation, demo=demo)
    if workspace.last_words:
        complain(workspace.last_words)
        return code or 1
    return code


def run_demo(
    arguments: Namespace,
    places: Locations,
    settings: Settings,
    problems: list[Problem],
) -> int:
    """Run the app against the embedded server, on a library of its own."""
    from tui.cli.embedded_server import EmbeddedServer

    server = EmbeddedServer()
    try:
        endpoint = Endpoint(
            DEMO_ENDPOINT, base_url=server.base_url, concurrency=4, ad_hoc=True
        )
        settings = replace(settings.using_endpoint(endpoint), model="")
        if arguments.model:
            settings = replace(settings, model=arguments.model)
        if arguments.data_dir is None:
            places = places.for_demo()
        if arguments.plain or wants_plain(os.environ):
            server.start()
            return run_line_by_line(arguments, places, settings, problems, demo=True)
        _, code = run_app(arguments, places, settings, problems, server)
        return code
    finally:
        server.stop()


def log_thread(broken: threading.ExceptHookArgs) -> None:
    """Log what broke a thread; Python would print a traceback over the screen."""
    if broken.exc_value is not None:
        logging.getLogger("tui").error("a thread broke", exc_info=broken.exc_value)


def end_in_time(exit_code: Callable[[], int]) -> None:
    """End the process in `LAST_SECONDS`, whatever a thread of it still waits for.

    Everything is saved and the terminal restored by now; Python would wait for ever
    for a thread that hangs in a network disk or in another program.
    """

    def end() -> None:
        time.sleep(LAST_SECONDS)
        os._exit(exit_code())

    threading.Thread(target=end, name="watchdog", daemon=True).start()


def prepare_textual(kitty_keys: str) -> None:
    """Tell Textual, before its import, what it takes from the environment only.

    Args:
        kitty_keys: The setting, for whether to ask for the kitty keyboard protocol.
    """
    wanted = wants_kitty(kitty_keys, os.environ)
    os.environ["TEXTUAL_DISABLE_KITTY_KEY"] = "0" if wanted else "1"
    os.environ.setdefault("TEXTUAL_FPS", str(LOOKS_PER_SECOND))


def keys_kept_by_tmux(settings: Settings, places: Locations) -> list[Problem]:
    """Return which keys in force are the prefix of the tmux around the program."""
    from tui.services.tmux import tmux_prefixes

    known = check_user_keys(settings, places)
    found = check_user_keys(settings, places, tmux_prefixes(os.environ))
    return [problem for problem in found if problem not in known]


def run_app(
    arguments: Namespace,
    places: Locations,
    settings: Settings,
    problems: list[Problem],
    server: EmbeddedServer | None = None,
) -> tuple[str | None, int]:
    """Build the app, run it, and return its result and the exit code.

    With a server it is the demo; the server starts once the first frame is painted.
    """
    import asyncio

    from tui.cli import complain

    prepare_textual(settings.kitty_keys)
    from tui.ui.app import FortytwoApp
    from tui.ui.signals import EndingSignals

    themes, theme_problems = load_themes(places.themes)
    workspace = open_workspace(arguments, places, settings, problems)
    app = FortytwoApp(
        workspace,
        themes,
        [*problems, *theme_problems, *check_user_keys(settings, places)],
        open_file=arguments.conversation,
        demo=server is not None,
        when_painted=server.start if server else None,
        taken_keys=taken_keys(os.environ),
        late_problems=lambda: keys_kept_by_tmux(settings, places),
    )
    signals = EndingSignals(app)
    threading.excepthook = log_thread

    def exit_code() -> int:
        if signals.number is not None:
            return signals.exit_code
        return app.return_code or int(bool(workspace.last_words))

    async def run() -> str | None:
        with signals.watch():
            outcome = await app.run_async(mouse=settings.mouse)
        if outcome != TRY_DEMO:
            end_in_time(exit_code)
        return outcome

    outcome = asyncio.run(run())
    if workspace.last_words:
        complain(workspace.last_words)
    return (None if signals.number is not None else outcome), exit_code()
