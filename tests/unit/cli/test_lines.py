"""Lines from a terminal: nothing entered is lost, whatever interrupts the reading."""

from __future__ import annotations

import os
import pty
from contextlib import nullcontext

import pytest

from tui.cli.plain.lines import Lines


def test_ctrl_c_right_behind_a_line_does_not_cost_the_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal, descriptor = pty.openpty()
    try:
        lines = Lines(descriptor, nullcontext)
        os.write(terminal, b"a prompt\n")

        def interrupt(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr("tui.cli.plain.lines.select.select", interrupt)
            with pytest.raises(KeyboardInterrupt):
                lines.next()
        assert lines.next() == ["a prompt"]
        lines.let_go()
        os.write(terminal, b"\x04")
        assert lines.next() is None
    finally:
        os.close(terminal)
        os.close(descriptor)
