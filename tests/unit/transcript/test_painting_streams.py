"""A stream paints what has changed, all of it, and not the whole screen each time."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from textual.geometry import Region

from tests.unit.transcript.laying_out import FRAGMENTS
from tests.unit.transcript.showing import Host, answer, prompt, settled, talk, until
from tui.ui.transcript import Transcript

if TYPE_CHECKING:
    from textual.strip import Strip


class Watched(Transcript):
    """Remembers which lines of the screen it asked to be painted."""

    dirty: set[int]
    paints = 0

    def refresh(self, *regions: Region, **options: bool) -> Watched:
        lines: set[int] = getattr(self, "dirty", set())
        self.paints += 1
        for region in regions or (Region(0, 0, 1, 10_000),):
            lines |= set(range(max(0, region.y), min(region.bottom, 200)))
        self.dirty = lines
        return super().refresh(*regions, **options)


class WatchedHost(Host):
    def __init__(self) -> None:
        super().__init__()
        self.transcript: Watched = Watched(background=False)


def lines_of(view: Transcript) -> list[Strip]:
    return [view.render_line(y) for y in range(view.size.height)]


@pytest.mark.parametrize("seed", range(4))
async def test_every_changed_line_is_painted(seed: int) -> None:
    rng = random.Random(seed)
    app = WatchedHost()
    async with app.run_test(size=(60, 24)) as pilot:
        view = app.transcript
        entries = [*talk(3), answer(9, " ", streaming=True), prompt(9, "queued")]
        view.show_entries(entries, key="one")
        await settled(pilot, view)
        if seed % 2:
            view.move_lines(-3)
            await settled(pilot, view)
        part = 0
        for turn in range(40):
            before = lines_of(view)
            view.dirty = set()
            text = rng.choice((*FRAGMENTS, *["word "] * len(FRAGMENTS)))
            view.extend_answer("a9", text, "thinks" if turn == 30 else "")
            await settled(pilot, view)
            after = lines_of(view)
            changed = {y for y in range(24) if before[y] != after[y]}
            assert changed <= view.dirty, (text, changed - view.dirty)
            part += len(view.dirty & set(range(24))) < 24
        assert part > 8


async def test_a_stream_goes_on_under_somebody_who_types_all_the_time() -> None:
    app = WatchedHost()
    async with app.run_test(size=(60, 24)) as pilot:
        view = app.transcript
        view.show_entries([answer(9, " ", streaming=True)], key="one")
        await settled(pilot, view)

        def typed_and_seen() -> bool:
            view.make_way()
            return "what streamed in" in "\n".join(line.text for line in lines_of(view))

        view.extend_answer("a9", "what streamed in")
        await until(pilot, typed_and_seen)
