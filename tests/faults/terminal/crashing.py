"""The program, made to break: SIGUSR1 raises in a handler, SIGUSR2 hangs a thread."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading

from tui.cli import main
from tui.ui.app import FortytwoApp

SECRET = "sk-planted-0123456789"


def break_off() -> None:
    api_key = os.environ.get("PLANTED", SECRET)
    raise RuntimeError(f"planted {api_key}")


class BreakingApp(FortytwoApp):
    def begin(self) -> None:
        super().begin()
        signal.signal(signal.SIGUSR1, lambda *_: self.call_later(break_off))
        signal.signal(signal.SIGUSR2, lambda *_: self.call_later(self.hang))

    def hang(self) -> None:
        """Let a thread wait for something that never comes."""
        self.run_worker(asyncio.to_thread(threading.Event().wait), exit_on_error=False)


if __name__ == "__main__":
    import tui.ui.app

    tui.ui.app.FortytwoApp = BreakingApp  # type: ignore[misc]  # what the cli runs
    sys.exit(main())
