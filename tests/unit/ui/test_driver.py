"""What the guarded driver takes for granted of Textual's; a change shows here."""

from __future__ import annotations

import inspect
import re
import signal
from typing import TYPE_CHECKING

import pytest
from textual import constants
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.driver import Driver
from textual.drivers import linux_driver
from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver

from tui.ui.terminal.driver import GuardedDriver
from tui.ui.terminal.modes import KITTY_FLAGS, RESET, modes_again

if TYPE_CHECKING:
    from collections.abc import Iterator

_SET = re.compile(r"\\x1b\[\?(\d+)([hl])")


@pytest.fixture
def _signals() -> Iterator[None]:
    """Take back the handlers that every driver installs when it is made."""
    numbers = (signal.SIGTSTP, signal.SIGCONT)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("_signals")
async def test_the_private_names_that_the_driver_uses_are_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import io

    class Stdin(io.StringIO):
        def fileno(self) -> int:
            return 0

    monkeypatch.setattr("sys.__stdin__", Stdin())
    app: App[None] = App()
    driver = GuardedDriver(app, mouse=False)
    assert app._driver is None
    assert driver._app is app
    assert driver._mouse is False
    assert driver._debug is False
    assert driver._loop.is_running()
    assert driver._writer_thread is None
    assert driver.attrs_before is None
    assert signal.getsignal(signal.SIGCONT) == driver._sigcont_application


@pytest.mark.parametrize(
    "name",
    [
        "write",
        "close",
        "start_application_mode",
        "stop_application_mode",
        "suspend_application_mode",
        "run_input_thread",
        "_sigcont_application",
    ],
)
def test_what_is_overridden_exists_below(name: str) -> None:
    assert callable(getattr(LinuxDriver, name))
    assert getattr(GuardedDriver, name) is not getattr(LinuxDriver, name)


def test_the_library_starts_a_writer_of_its_own_that_can_be_stopped() -> None:
    source = inspect.getsource(LinuxDriver.start_application_mode)
    assert "self._writer_thread = WriterThread" in source
    assert callable(WriterThread.stop)


def test_the_library_hears_of_resizes_by_a_signal() -> None:
    source = inspect.getsource(LinuxDriver.start_application_mode)
    assert "signal.signal(signal.SIGWINCH, on_terminal_resize)" in source


def test_the_library_still_calls_what_we_override() -> None:
    assert "self.run_input_thread()" in inspect.getsource(LinuxDriver)
    assert "self.stop_application_mode()" in inspect.getsource(
        Driver.suspend_application_mode
    )
    assert "self.close()" in inspect.getsource(Driver.suspend_application_mode)


def test_the_parser_takes_text_and_yields_events() -> None:
    parser = XTermParser(False)
    assert [type(event).__name__ for event in parser.feed("x")] == ["Key"]
    assert list(parser.tick()) == []


def test_the_parser_still_breaks_at_numbers_that_are_no_characters() -> None:
    """When this fails, `TerminalInput._feed` need not catch it any more."""
    with pytest.raises((ValueError, OverflowError)):
        list(XTermParser(False).feed("\x1b[9999999;1u"))


def test_every_mode_that_the_library_changes_is_undone_by_force() -> None:
    source = re.sub(r"#.*", "", inspect.getsource(linux_driver))
    changed = {int(mode) for mode, _ in _SET.findall(source)}
    undone = {int(mode) for mode in re.findall(r"\x1b\[\?(\d+)[hl]", RESET)}
    assert changed - undone == set()
    assert {25, 1049, 2004, 2026} <= undone


def test_the_kitty_flags_are_those_that_the_library_asks_for() -> None:
    source = inspect.getsource(LinuxDriver.start_application_mode)
    asked = source.partition("KITTY_PROTOCOL_FLAG = (")[2].partition(")")[0]
    names = re.findall(r"KITTY_\w+", asked)
    flags = 0
    for name in names:
        flags |= getattr(linux_driver, name)
    assert flags == KITTY_FLAGS
    assert f"={KITTY_FLAGS};1u" in modes_again(mouse=False, kitty=True)
    assert "u" not in modes_again(mouse=True, kitty=False)


def test_the_switch_for_the_kitty_protocol_is_where_we_look_for_it() -> None:
    assert isinstance(constants.DISABLE_KITTY_KEY, bool)
