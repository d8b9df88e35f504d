"""Makes the system calls of the whole program fail for a while."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tui.storage.system_calls import SystemCalls

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

WRITING = ("open", "write", "fsync", "link", "replace", "truncate")


class Trouble:
    """Breaks system calls while it is on.

    Attributes:
        error: What they fail with, an `errno`; 0 lets them work.
    """

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, names: Sequence[str] = WRITING
    ) -> None:
        self.error = 0
        for name in names:
            self._wrap(monkeypatch, name)

    def _wrap(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        real = getattr(SystemCalls, name)

        def call(calls: SystemCalls, *arguments: object) -> object:
            if self.error:
                raise OSError(self.error, os.strerror(self.error))
            return real(calls, *arguments)

        monkeypatch.setattr(SystemCalls, name, call)
