"""20,000 messages against 100: opening, paging, both ends, resizing, theme, finding.

    python tests/bench/transcript_scale.py

Each size runs in processes of its own, by turns, in a real pseudo-terminal of 120×40. A
figure is the time from the call until the screen has been painted, the median of all.
While something is searched for, a heartbeat of a millisecond runs: its longest gap is
the freeze; what the event loop's thread worked in its busiest gap stands beside it,
because other programs lengthen the gap and not the work.
"""

from __future__ import annotations

import asyncio
import gc
import resource
import statistics
import sys
from dataclasses import replace
from pathlib import Path
from time import perf_counter, thread_time
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.transcript_pty import hand_over, run_in_terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.ui.transcript import Entry

SIZES = (100, 20_000)
SCRIPT = "transcript_scale.py"
ROUNDS = 3
LIMIT = 2.0
MEMORY_LIMIT = 30.0
"""Megabytes beyond the text itself."""

FREEZE_LIMIT = 100.0

SEARCHING = frozenset({"find, first slice", "find, all read", "find, far match"})
"""Reads all there is, in slices: how long a slice holds up the loop is what counts."""

FREEZES = ("find, freeze", "find, busiest work")


def conversation(count: int) -> list[Entry]:
    """Return prompts and answers: lists, code in 1 of 4, a table in 1 of 10."""
    from tui.ui.transcript import Entry, EntryKind

    code = "\n\n```python\n" + "def rank(a):\n    return sorted(a)[0]\n" * 7 + "```\n"
    table = "\n\n| name | value |\n|---|---|\n" + "| one | 1 |\n" * 8
    words = "Swarm inference asks **many nodes** and ranks `their` answers. " * 8
    entries: list[Entry] = []
    for number in range(count // 2):
        entries.append(
            Entry(f"p{number}", EntryKind.USER, f"Question {number}?", "You", "14:02")
        )
        text = f"# Answer {number}\n\n{words}\n\n- one\n- two\n- three"
        text += code if number % 4 == 0 else ""
        text += table if number % 10 == 0 else ""
        entries.append(Entry(f"a{number}", EntryKind.ASSISTANT, text, "model", "14:03"))
    return entries


def measure(count: int) -> None:
    """Run in the pseudo-terminal and hand over milliseconds."""
    from textual import events
    from textual.app import App, ComposeResult
    from textual.geometry import Size

    from tui.ui.garbage import collect_when_idle
    from tui.ui.transcript import Transcript
    from tui.ui.transcript.painted_view import FALLBACK_COLORS

    entries = conversation(count)
    small = conversation(20)
    gc.collect()

    class Bench(App[None]):
        def compose(self) -> ComposeResult:
            yield Transcript()

        def on_mount(self) -> None:
            collect_when_idle(self)
            self.run_worker(self.work(), exit_on_error=True)

        async def painted(self, act: Callable[[], object]) -> float:
            done = asyncio.Event()
            start = perf_counter()
            act()
            self.screen.call_after_refresh(done.set)
            await done.wait()
            return (perf_counter() - start) * 1000

        async def rest(self) -> None:
            view = self.query_one(Transcript)
            await asyncio.sleep(0.05)
            while view.busy:  # noqa: ASYNC110  # the widget has no event for it
                await asyncio.sleep(0.02)

        async def repeat(
            self, times: int, act: Callable[[int], object], *, rest: bool = True
        ) -> list[float]:
            found: list[float] = []
            for turn in range(times):
                found.append(await self.painted(lambda turn=turn: act(turn)))  # type: ignore[misc]
                if rest:
                    await self.rest()
            return found

        async def beat(self, figures: dict[str, Any]) -> None:
            gap = busiest = 0.0
            while True:
                at, worked = perf_counter(), thread_time()
                await asyncio.sleep(0.001)
                gap = max(gap, perf_counter() - at - 0.001)
                busiest = max(busiest, thread_time() - worked)
                figures["find, freeze"] = [gap * 1000]
                figures["find, busiest work"] = [busiest * 1000]

        async def search(self, view: Transcript, figures: dict[str, Any]) -> None:
            beating = asyncio.create_task(self.beat(figures))
            # Everywhere, nowhere, in one message far away; as somebody types it.
            figures["find, all read"] = []
            for query in ("ranks", "zzz", "Answer"):
                start = perf_counter()
                for end in range(len(query)):
                    view.find(query[: end + 1])
                while not (view.find_state and view.find_state.complete):  # noqa: ASYNC110
                    await asyncio.sleep(0.001)
                figures["find, all read"].append((perf_counter() - start) * 1000)
                view.clear_find()
                await self.rest()
            view.go_to_end()
            await self.rest()
            figures["find, far match"] = []
            for number in (0, count // 4, count // 2 - 1):
                start = perf_counter()
                view.find(f"Question {number}?")
                while not (view.find_state and view.find_state.position):  # noqa: ASYNC110
                    await asyncio.sleep(0.001)
                figures["find, far match"].append((perf_counter() - start) * 1000)
                await self.rest()
                view.clear_find()
            # From match to match on the screen, then over what was never laid out.
            view.find("ranks")
            await self.rest()
            figures["find, next near"] = await self.repeat(
                12, lambda turn: view.find_next() if turn % 4 else view.find_previous()
            )
            figures["find, next far"] = []
            for key in ("far", "far again", "once more"):
                view.clear_find()
                view.show_entries(entries, key=key)
                view.find("9?")
                await self.rest()
                figures["find, next far"] += await self.repeat(
                    4, lambda _: view.find_next()
                )
            beating.cancel()

        async def work(self) -> None:
            view = self.query_one(Transcript)
            figures: dict[str, Any] = {}
            await self.rest()
            view.show_entries(small, key="warm")
            await self.rest()
            gc.collect()
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            figures["open"] = await self.repeat(
                5, lambda turn: view.show_entries(entries, key=f"open{turn}")
            )
            figures["page up"] = await self.repeat(12, lambda _: view.page(-1))
            figures["page up, held"] = await self.repeat(
                12, lambda _: view.page(-1), rest=False
            )
            figures["home"] = await self.repeat(
                5, lambda turn: view.go_home() if turn % 2 == 0 else view.go_to_end()
            )
            figures["end"] = await self.repeat(
                6, lambda turn: view.go_to_end() if turn % 2 else view.go_home()
            )
            view.go_to_end()
            view.page(-1)
            await self.rest()
            widths = (80, 110, 90, 120)
            figures["resize"] = []
            for width in widths * 2:
                start = perf_counter()
                size = Size(width, 40)
                self.post_message(events.Resize(size, size))
                while view.reading.width != width - 1:  # noqa: ASYNC110
                    await asyncio.sleep(0)
                done = asyncio.Event()
                self.screen.call_after_refresh(done.set)
                await done.wait()
                figures["resize"].append((perf_counter() - start) * 1000)
                await self.rest()
            darker = replace(FALLBACK_COLORS, background="#101010")
            figures["theme"] = await self.repeat(
                6, lambda turn: view.use_colors(FALLBACK_COLORS if turn % 2 else darker)
            )
            figures["find, first slice"] = await self.repeat(
                4, lambda turn: view.find(("zz", "Answer", "ranks", "Question")[turn])
            )
            await self.search(view, figures)
            after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            figures["memory"] = [(after - before) / 1024]
            hand_over(figures)
            self.exit()

    Bench().run()


def main() -> int:
    """Print each figure for both sizes and their ratio."""
    small: dict[str, list[float]] = {}
    large: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for size, found in zip(SIZES, (small, large), strict=True):
            for name, times in run_in_terminal(SCRIPT, str(size)).items():
                found.setdefault(name, []).extend(times)
    print(f"{'median ms':18}{SIZES[0]:>10}{SIZES[1]:>10}{'ratio':>8}")
    worst = 0.0
    for name in small:
        if name == "memory" or name in FREEZES:
            continue
        one, other = statistics.median(small[name]), statistics.median(large[name])
        ratio = other / one
        if name not in SEARCHING:
            worst = max(worst, ratio)
        print(f"{name:18}{one:10.1f}{other:10.1f}{ratio:8.2f}")
        print(f"{'  slowest':18}{max(small[name]):10.1f}{max(large[name]):10.1f}")
    little, memory = max(small["memory"]), max(large["memory"])
    print(f"memory added, MB  {little:10.1f}{memory:10.1f}")
    for name in FREEZES:
        print(f"{name:18}{max(small[name]):10.1f}{max(large[name]):10.1f}")
    busiest = max(large[FREEZES[1]])
    print(f"\nthe worst ratio is {worst:.2f} (limit {LIMIT}); reading all has none")
    print(
        f"searching holds up the loop for {busiest:.0f} ms (limit {FREEZE_LIMIT:.0f})"
    )
    print(f"memory beyond the text: {memory:.1f} MB (limit {MEMORY_LIMIT:.0f})")
    kept = worst <= LIMIT and memory <= MEMORY_LIMIT and busiest <= FREEZE_LIMIT
    return 0 if kept else 1


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(int(sys.argv[1]))
    else:
        sys.exit(main())
