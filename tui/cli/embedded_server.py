"""The demo's server inside the app's own process, on an engine of its own."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from tui.demo.listening import base_url_of, listen
from tui.services.engine import Engine

if TYPE_CHECKING:
    from tui.demo.server import DemoServer

STOP_PATIENCE = 5.0
"""Seconds that its clients may take to be hung up on."""

log = logging.getLogger(__name__)


class EmbeddedServer:
    """Has its address at once; answers once `start` was called.

    Attributes:
        base_url: The URL to give a client. Who connects before the server runs waits.
    """

    def __init__(self) -> None:
        """Take a free port.

        Raises:
            OSError: There is none.
        """
        self._listener = listen()
        self.base_url = base_url_of(self._listener)
        self._engine = Engine()
        self._server: DemoServer | None = None

    def start(self) -> None:
        """Load and start the server on a thread; returns at once."""
        self._engine.start()
        self._engine.begin(self._serve())

    async def _serve(self) -> None:
        # Nothing else runs on this loop yet, so a slow import may hold it up.
        try:
            from tui.demo.server import DemoServer

            self._server = DemoServer()
            await self._server.start(listener=self._listener)
        except BaseException:
            log.exception("the demo server did not start")
            # Clients are refused instead of waiting for ever.
            self._listener.close()
            raise

    async def _end(self) -> None:
        if self._server is not None:
            await self._server.stop()

    def stop(self) -> None:
        """Break off its answers and stop."""
        if self._engine.running:
            self._engine.run_blocking(self._end(), STOP_PATIENCE)
            self._engine.stop(timeout=2)
        self._listener.close()
