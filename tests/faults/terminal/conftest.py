from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.demo import DemoThread
from tui.demo.pacing import Pace

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="package")
def slow_demo() -> Iterator[DemoThread]:
    """A server whose answers take their time."""
    with DemoThread(pace=Pace(first=0.0, token=0.02)) as demo:
        yield demo


@pytest.fixture(scope="package")
def quick_demo() -> Iterator[DemoThread]:
    """A server that answers at once."""
    with DemoThread() as demo:
        yield demo


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> int:
    """How often a thing is done: 100 times with `--long`."""
    return 100 if request.config.getoption("--long") else 2
