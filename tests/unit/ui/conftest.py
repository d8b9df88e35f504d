from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.demo import DemoThread

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def demo() -> Iterator[DemoThread]:
    """The embedded server without pauses; one for all tests."""
    with DemoThread() as running:
        yield running


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
