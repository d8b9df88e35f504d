"""The program, made to break: in a handler (SIGUSR1), in a thread, while saving.

SIGUSR2 hangs a thread; after SIGURG the next saving of everything breaks at its end.
"""

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
        signal.signal(signal.SIGURG, lambda *_: self.call_later(self.break_saving))

    def hang(self) -> None:
        """Let a thread wait for something that never comes."""
        self.run_worker(asyncio.to_thread(threading.Event().wait), exit_on_error=False)

    def break_saving(self) -> None:
        workspace, close_now = self.workspace, self.workspace.close_now

        def close_and_break(timeout: float) -> bool:
            workspace.close_now = close_now  # type: ignore[method-assign]  # once
            close_now(timeout)
            raise RuntimeError("planted")

        workspace.close_now = close_and_break  # type: ignore[method-assign]
        self.tell("Saving breaks.")


if __name__ == "__main__":
    import tui.ui.app

    tui.ui.app.FortytwoApp = BreakingApp  # type: ignore[misc]  # what the cli runs
    sys.exit(main())
