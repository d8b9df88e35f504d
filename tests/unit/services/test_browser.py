from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.support.waiting import until
from tui.services.browser import browser_command, may_be_opened, open_in_browser

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.promises import Measured


def desktop(folder: Path, status: int = 0) -> dict[str, str]:
    """Put an opener onto a PATH; it keeps the address and its environment."""
    opener = folder / "xdg-open"
    opener.write_text(
        f'#!/bin/sh\necho "$@" > "{folder}/opened"\n'
        f'/usr/bin/env > "{folder}/env"\nexit {status}\n'
    )
    opener.chmod(0o755)
    return {"PATH": str(folder), "DISPLAY": ":0"}


@pytest.mark.promise
@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("https://example.org/a?b#c", True),
        ("HTTP://example.org", True),
        ("mailto:a@example.org", True),
        ("file:///etc/passwd", False),
        ("javascript:alert(1)", False),
        ("https://a b", False),
        ("https://a\x1b[31m", False),
        ("https://", False),
        ("-x", False),
        ("", False),
    ],
)
def test_only_three_schemes_are_opened(
    address: str, good: bool, measured: Measured
) -> None:
    assert may_be_opened(address) is good
    measured("P32", "addresses: only http, https and mailto would open", 1)


async def test_the_desktops_opener_gets_the_address(tmp_path: Path) -> None:
    environ = desktop(tmp_path) | {"MY_KEY": "secret"}
    assert open_in_browser("https://example.org", environ, {"MY_KEY"}) == "xdg-open"
    await until(lambda: (tmp_path / "env").exists(), "opened")
    assert (tmp_path / "opened").read_text() == "https://example.org\n"
    assert "secret" not in (tmp_path / "env").read_text()


def test_an_opener_that_fails_opens_nothing(tmp_path: Path) -> None:
    assert open_in_browser("https://example.org", desktop(tmp_path, 3)) == ""


def test_a_forbidden_address_reaches_no_opener(tmp_path: Path) -> None:
    assert open_in_browser("file:///etc/passwd", desktop(tmp_path)) == ""
    assert not (tmp_path / "opened").exists()


@pytest.mark.parametrize("name", ["SSH_TTY", "SSH_CONNECTION"])
def test_over_ssh_nothing_opens_on_the_wrong_machine(tmp_path: Path, name: str) -> None:
    assert browser_command(desktop(tmp_path) | {name: "x"}) == ()


def test_without_a_desktop_no_text_browser_draws_over_us() -> None:
    assert browser_command({"PATH": os.environ["PATH"]}) == ()
