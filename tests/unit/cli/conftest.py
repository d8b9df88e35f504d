from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.demo import DemoThread
from tests.unit.cli.running import Desk
from tui.demo.pacing import Pace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A program without a server."""
    return Desk(tmp_path)


@pytest.fixture
def online(tmp_path: Path) -> Iterator[Desk]:
    """A program and a server that answers at once."""
    with DemoThread() as demo:
        yield Desk(tmp_path, demo.base_url)


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Desk]:
    """A program and a server that takes its time."""
    with DemoThread(pace=Pace(first=0.0, token=0.02)) as demo:
        yield Desk(tmp_path, demo.base_url)
