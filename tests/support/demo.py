"""The embedded server in a thread of its own, for tests that block or run loops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.pacing import INSTANT, Pace
from tui.demo.server import DemoServer
from tui.services.engine import Engine

if TYPE_CHECKING:
    from types import TracebackType


class DemoThread:
    """Runs a demo server; `base_url` is where it answers."""

    def __init__(self, *, key: str = "", pace: Pace = INSTANT) -> None:
        self.server = DemoServer(key=key, pace=pace)
        self._engine = Engine()
        self.base_url = ""

    def __enter__(self) -> DemoThread:
        self._engine.start()
        self.base_url = self._engine.run_blocking(self.server.start(), 10)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._engine.run_blocking(self.server.stop(), 10)
        self._engine.stop(5)
