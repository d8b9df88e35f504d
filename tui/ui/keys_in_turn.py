"""Keys and pastes of one burst act one after the other, as if typed slowly.

A slow line, a multiplexer or a script delivers `i`, `h`, `e` at once. Textual hands
each key to what has the focus when the key arrives, and the `i` moves the focus only
later: the letters behind it would be taken for commands.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections import deque
from typing import TYPE_CHECKING

from textual.app import ScreenStackError
from textual.events import Paste
from textual.widgets import Input, TextArea

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.events import Key
    from textual.widget import Widget

    from tui.ui.app import FortytwoApp

PATIENCE = 0.5
"""Seconds for which a key that acts may hold up the keys behind it."""

FIRST_PATIENCE = 5.0
"""Seconds for which keys that were typed before the first frame wait for it."""

_BLINK = 0.002
_CHORD = re.compile(r"f\d+|ctrl\+(?!j$).+")


class KeysInTurn:
    """Holds the keys behind one that acts until it has acted.

    Letters in a text field never hold up the letters behind them.
    """

    def __init__(
        self, app: FortytwoApp, pass_on: Callable[[Key | Paste], Awaitable[None]]
    ) -> None:
        """Make it.

        Args:
            app: Knows what has the focus.
            pass_on: Hands a key or a paste to what has the focus.
        """
        self._app = app
        self._pass_on = pass_on
        self._held: deque[Key | Paste] = deque()
        self._acting = False
        self._focus_seen = False
        self._outlasted = 0
        """How many running actions have held up the keys for as long as they may."""

    async def take(self, key: Key | Paste) -> None:
        """Pass a key or a paste on, now or in its turn."""
        if self._acting:
            self._held.append(key)
            return
        target = self._app.focused
        self._focus_seen = self._focus_seen or target is not None
        if not self._focus_seen and len(self._app.screen_stack) < 2:
            # Typed while the program was starting: nothing has the focus yet.
            self._acting = True
            self._held.append(key)
            self._app.run_worker(self._go_on(self._see_focus()), group="keys")
            return
        await self._pass_on(key)
        if _acts(key, target):
            self._acting = True
            self._app.run_worker(self._go_on(self._settle(target)), group="keys")

    async def _go_on(self, before: Awaitable[None]) -> None:
        try:
            await before
            while self._held:
                key = self._held.popleft()
                target = self._app.focused
                await self._pass_on(key)
                if _acts(key, target):
                    await self._settle(target)
        except ScreenStackError:
            # The program ends: its screens are gone, and the keys with them.
            self._held.clear()
        finally:
            self._acting = False

    async def _see_focus(self) -> None:
        """Wait until something has the focus for the first time."""
        until = time.monotonic() + FIRST_PATIENCE
        await _wait(lambda: self._app.focused is not None, until)
        self._focus_seen = True

    async def _settle(self, target: Widget | None) -> None:
        """Wait until a key has acted and the focus is where it put it."""
        until = time.monotonic() + PATIENCE
        path = (target or self._app.screen).ancestors_with_self
        # The key goes up from the focus; what binds it is run at the top. What the
        # widget tells of it goes the same way.
        for node in (*path, *path):
            await _turn(node.call_later, until)
        await _wait(self._has_acted, until)
        if not self._has_acted():
            self._outlasted = self._app.main.acting
        # A dialog that was opened is there when its queue is reached; a focus is set
        # by a callback of the app's.
        await _turn(self._app.screen.call_later, until)
        await _turn(self._app.call_later, until)

    def _has_acted(self) -> bool:
        """Return whether no action is under way that a key has to wait for."""
        main = self._app.main
        self._outlasted = min(self._outlasted, main.acting)
        return main.acting <= self._outlasted or self._app.screen is not main


def _acts(key: Key | Paste, target: Widget | None) -> bool:
    """Return whether a key may do more than change the text of a field."""
    if isinstance(key, Paste):
        return False
    if isinstance(target, Input) and key.key in ("enter", "tab", "shift+tab"):
        return True
    if not isinstance(target, Input | TextArea):
        return True
    return key.key == "escape" or bool(_CHORD.fullmatch(key.key))


async def _turn(
    call_later: Callable[[Callable[[], object]], bool], until: float
) -> None:
    """Wait until a queue has come to what is put into it now."""
    reached = asyncio.Event()
    if call_later(reached.set):
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(reached.wait(), until - time.monotonic())


async def _wait(condition: Callable[[], bool], until: float) -> None:
    while not condition():
        if time.monotonic() > until:
            return
        await asyncio.sleep(_BLINK)
