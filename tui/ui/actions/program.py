"""Actions on the program itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.errors import UsageError
from tui.ui.keys import hint

if TYPE_CHECKING:
    from tui.ui.screens.main import MainScreen


async def show_help(screen: MainScreen, _: str) -> None:
    """Show the keys and the manual."""
    from tui.ui.screens.help import Help

    await screen.fortytwo.push_screen(Help(screen.fortytwo.rows))


async def show_commands(screen: MainScreen, _: str) -> None:
    """Let the user choose an action by its name."""
    from tui.ui.screens.palette import Palette

    app = screen.fortytwo
    chosen = await screen.ask(Palette(app.rows))
    if chosen:
        await screen.perform(chosen)


async def choose_theme(screen: MainScreen, name: str) -> None:
    """Choose the colours."""
    from tui.ui.screens.theme_picker import ThemePicker

    app = screen.fortytwo
    before = app.theme_spec.name
    if name:
        if name not in app.themes:
            known = ", ".join(app.themes)
            raise UsageError(f"There is no theme “{name}”; there are: {known}.")
        chosen: str | None = name
    else:
        chosen = await screen.ask(
            ThemePicker(app.themes.values(), before, app.use_theme)
        )
    app.use_theme(chosen or before)
    if chosen and chosen != before:
        await screen.workspace.store_theme(chosen)


async def set_up(screen: MainScreen, _: str) -> None:
    """Enter a key, choose a server, or try the demo."""
    from tui.ui.screens.setup import TRY_DEMO, Setup

    app = screen.fortytwo
    if app.demo:
        # Its server lets every key in, and what it keeps is for no other server.
        raise UsageError(
            "The demo needs no key and no server. "
            f"{hint('app.quit', screen.rows, typing=True)} leaves it; fortytwo without "
            "--demo has /setup."
        )
    outcome = await screen.ask(Setup(screen.workspace))
    if outcome == TRY_DEMO:
        await app.leaving.leave(TRY_DEMO)
    elif outcome:
        app.tell(outcome)
        chat, chosen = screen.chat, screen.workspace.settings.endpoint
        moves = chat.endpoint not in ("", chosen) and not chat.answered
        if chat.file and moves and not chat.read_only:
            # Nobody answered here yet: the prompt that failed is for the new server.
            await screen.workspace.set_endpoint(chat.file, chosen)
        screen.around.show()


def suspend(screen: MainScreen, _: str) -> None:
    """Stop the process; the shell's fg brings it back."""
    composer = screen.composer
    screen.drafts.keep(composer.file, composer.draft)
    screen.app.action_suspend_process()


async def leave(screen: MainScreen, _: str) -> None:
    """Leave; says first what is still streaming."""
    await screen.fortytwo.leaving.ask()


ACTIONS = {
    "app.help": show_help,
    "app.palette": show_commands,
    "app.theme": choose_theme,
    "app.setup": set_up,
    "app.suspend": suspend,
    "app.quit": leave,
}
