"""The program, made to break at SIGUSR1: an exception in a handler of the app."""

from __future__ import annotations

import os
import signal
import sys

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


if __name__ == "__main__":
    import tui.ui.app

    tui.ui.app.FortytwoApp = BreakingApp  # type: ignore[misc]  # what the cli runs
    sys.exit(main())
