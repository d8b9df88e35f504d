"""`fortytwo`: builds the objects and runs the full-screen app."""

from __future__ import annotations

import gc
import logging
import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.cli.configuration import find_places, read_settings, with_endpoint
from tui.domain.errors import UsageError
from tui.domain.settings import Endpoint, Settings
from tui.storage.theme_files import load_themes

if TYPE_CHECKING:
    from argparse import Namespace

    from tui.cli.embedded_server import EmbeddedServer
    from tui.domain.settings import Problem
    from tui.storage.locations import Locations

DEMO_ENDPOINT = "demo"
TRY_DEMO = "demo"
"""What the app returns when setup ends in a wish to try the demo."""


def run_chat(arguments: Namespace) -> int:
    """Run the app until the user leaves it; returns the exit code.

    Raises:
        UsageError: There is no terminal, or the arguments make no sense.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "This is a full-screen program and needs a terminal; "
            "stdin or stdout is not one."
        )
    if os.environ.get("TERM", "") in ("", "dumb"):
        raise UsageError("TERM names no terminal that can show a full screen.")
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
    outcome, code = run_app(arguments, places, settings, problems)
    if outcome == TRY_DEMO:
        return run_demo(arguments, places, settings, problems)
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
        settings = replace(with_endpoint(settings, endpoint), model="")
        if arguments.model:
            settings = replace(settings, model=arguments.model)
        if arguments.data_dir is None:
            places = places.for_demo()
        _, code = run_app(arguments, places, settings, problems, server)
        return code
    finally:
        server.stop()


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
    from tui.services.workspace import Workspace
    from tui.ui.app import FortytwoApp
    from tui.ui.signals import EndingSignals

    themes, theme_problems = load_themes(places.themes)
    workspace = Workspace(settings, places, os.environ)
    app = FortytwoApp(
        workspace,
        themes,
        [*problems, *theme_problems],
        open_file=arguments.conversation,
        demo=server is not None,
        when_painted=server.start if server else None,
    )
    signals = EndingSignals(app)

    async def run() -> str | None:
        with signals.watch():
            return await app.run_async(mouse=settings.mouse)

    outcome = asyncio.run(run())
    if workspace.last_words:
        complain(workspace.last_words)
    if signals.number is not None:
        return None, signals.exit_code
    return outcome, app.return_code or int(bool(workspace.last_words))
