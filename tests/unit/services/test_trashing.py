"""The trash ages by the days on which its library was used."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.demo import DemoThread
from tests.support.desk import Desk, settings_for
from tests.support.waiting import until
from tests.unit.storage.samples import chat
from tui.services.workspace import Workspace
from tui.storage.library import Library

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.promises import Measured

TRASHED = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def demo() -> Iterator[DemoThread]:
    with DemoThread() as demo:
        yield demo


def delete_long_ago(folder: Path) -> Path:
    """Put a conversation into the trash as if on `TRASHED`; returns the trash."""
    library = Library(folder / "data")
    library.trash(library.create(chat(1)).file)
    trash = folder / "data" / "trash"
    (old,) = trash.iterdir()
    stamp = old.name.split(".deleted-")[1][:15]
    old.rename(trash / old.name.replace(stamp, f"{TRASHED:%Y%m%dT%H%M%S}"))
    return trash


async def left_after_a_start(
    folder: Path, base_url: str, day: int, *, days: int = 30
) -> int:
    """Start and leave so many days after `TRASHED`; returns what is in the trash."""
    settings = replace(settings_for(base_url), trash_days=days)
    desk = Desk(folder, settings)
    desk.workspace = Workspace(
        settings, desk.places, {}, now=lambda: TRASHED + timedelta(days=day)
    )
    async with desk:
        return len(await desk.workspace.trashed())


@pytest.mark.parametrize("days", [3, 0, 10**12])
async def test_the_trash_is_emptied_after_days_of_use(
    tmp_path: Path, demo: DemoThread, days: int
) -> None:
    trash = delete_long_ago(tmp_path)
    starts = [0, 1, 1, 1, 2, 200, 201]
    left = [
        await left_after_a_start(tmp_path, demo.base_url, day, days=days)
        for day in starts
    ]
    # The third day of use after it was deleted comes after a long absence.
    assert left == ([1, 1, 1, 1, 1, 0, 0] if days == 3 else [1] * 7)
    assert (trash / "days-of-use.txt").read_text().count("\n2026-") == 5


async def test_a_long_absence_empties_the_trash_at_no_start(
    tmp_path: Path, demo: DemoThread
) -> None:
    delete_long_ago(tmp_path)
    for day in (1, 300, 300, 301, 302):
        assert await left_after_a_start(tmp_path, demo.base_url, day) == 1


async def test_each_day_of_a_program_that_is_left_open_counts(
    tmp_path: Path, demo: DemoThread
) -> None:
    trash = delete_long_ago(tmp_path)
    settings = settings_for(demo.base_url)
    today = TRASHED + timedelta(days=1)
    desk = Desk(tmp_path, settings)
    desk.workspace = Workspace(settings, desk.places, {}, now=lambda: today)
    async with desk:
        await desk.workspace.trashed()
        for _ in range(30):
            today += timedelta(days=1)
            desk.workspace.save_draft(None, f"on {today}")
            counted = f"{today:%Y-%m-%d}\n"
            await until(
                lambda day=counted: day in (trash / "days-of-use.txt").read_text()  # type: ignore[misc]  # bound early
            )
    assert await left_after_a_start(tmp_path, demo.base_url, 31) == 0


@pytest.mark.promise
async def test_a_clock_that_jumps_ahead_does_not_empty_the_trash(
    tmp_path: Path, demo: DemoThread, measured: Measured
) -> None:
    library = Library(tmp_path / "data")
    library.create(chat(1))
    library.trash(library.create(chat(1)).file)
    desk = Desk(tmp_path, settings_for(demo.base_url))
    desk.workspace = Workspace(
        settings_for(demo.base_url),
        desk.places,
        {},
        now=lambda: datetime.now(UTC) + timedelta(days=3650),
    )
    async with desk:
        assert len(await desk.workspace.trashed()) == 1
    measured("P16", "ten years ahead at a start: the trash is kept")
