"""How long giant pieces of text hold up the event loop.

    python tests/bench/transcript_giants.py [NAME...]

Each text runs in a process of its own, in a real pseudo-terminal of 120×40, and beside
it an ordinary conversation as the baseline. It is opened, paged through, jumped in,
made narrower, searched in, formatted where it is shown plainly, and streamed in while
it is searched in. A heartbeat of a
millisecond runs meanwhile: its longest gap is the freeze, in milliseconds; what the
event loop's thread worked in its busiest gap stands beside it, because other programs
lengthen the gap and not the work.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from pathlib import Path
from time import perf_counter, thread_time
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.transcript_pty import hand_over, run_in_terminal
from tests.bench.transcript_scale import conversation

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = 100.0
DELTA = 8_192
"""Characters of a delta: a fast server's, gathered for one paint."""

ACTS = ("open", "page", "ends", "resize", "find", "format", "stream")


def table(rows: int, columns: int) -> str:
    """Return a table."""
    head = "|" + " head |" * columns + "\n|" + "---|" * columns + "\n"
    return head + ("|" + " a cell |" * columns + "\n") * rows


def code(lines: int) -> str:
    """Return a block of Python."""
    return "```python\n" + "def f(x):\n    return rank(x) + 1\n" * (lines // 2) + "```"


GIANTS: dict[str, Callable[[], str]] = {
    "ordinary": lambda: conversation(2)[1].text,
    "1 MB line": lambda: "word " * 200_000,
    "1 MB line, no blank": lambda: "x" * 1_000_000,
    "1 MB paragraph": lambda: "some *words* and `code` here\n" * 36_000,
    "10,000 paragraphs": lambda: "A *paragraph* of `many` words.\n\n" * 10_000,
    "table 1,000 x 20": lambda: table(1_000, 20),
    "5,000 list items": lambda: "- an **item** of the list\n" * 5_000,
    "50,000 tabs": lambda: "a" + "\t" * 50_000 + "b",
    "50,000 tabs in code": lambda: "```\na" + "\t" * 50_000 + "b\n```",
    "10,000 >": lambda: ">" * 10_000 + " deep",
    "10,000 [": lambda: "[" * 10_000 + " deep",
    "list 300 deep": lambda: "".join("  " * n + "- item\n" for n in range(300)),
    "20,000 ZWJ emoji": lambda: "👩‍👩‍👧" * 20_000,
    "code, 20,000 lines": lambda: code(20_000),
    "1 MB line of code": lambda: "```python\nx = '" + "y" * 1_000_000 + "'\n```",
}


def measure(name: str) -> None:
    """Run in the pseudo-terminal and hand over milliseconds."""
    from textual import events
    from textual.app import App, ComposeResult
    from textual.geometry import Size

    from tui.ui.garbage import collect_when_idle
    from tui.ui.transcript import Entry, EntryKind, Transcript

    text = GIANTS[name]()
    giant = Entry("g", EntryKind.ASSISTANT, text, "model")
    entries = [*conversation(20), giant, *conversation(4)]
    entries[-4:] = [
        Entry(f"z{at}", entry.kind, entry.text, entry.label)
        for at, entry in enumerate(entries[-4:])
    ]
    opened = [*entries[:20], giant]
    gc.collect()

    class Bench(App[None]):
        gap = 0.0
        busiest = 0.0

        def compose(self) -> ComposeResult:
            yield Transcript()

        def on_mount(self) -> None:
            collect_when_idle(self)
            self.run_worker(self.work(), exit_on_error=True)

        async def beat(self) -> None:
            while True:
                at, worked = perf_counter(), thread_time()
                await asyncio.sleep(0.001)
                self.gap = max(self.gap, perf_counter() - at - 0.001)
                self.busiest = max(self.busiest, thread_time() - worked)

        async def freeze(self, *acts: Callable[[], object]) -> tuple[float, float]:
            view = self.query_one(Transcript)
            self.gap = self.busiest = 0.0
            for act in acts:
                act()
                await asyncio.sleep(0.03)
            while view.busy:  # noqa: ASYNC110  # the widget has no event for it
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.05)
            return self.gap * 1000, self.busiest * 1000

        def widen(self, width: int) -> None:
            size = Size(width, 40)
            self.post_message(events.Resize(size, size))

        async def work(self) -> None:
            view = self.query_one(Transcript)
            view.show_entries(conversation(20), key="warm")
            await asyncio.sleep(0.5)
            self.gap = self.busiest = 0.0
            beating = asyncio.create_task(self.beat())
            figures: dict[str, Any] = {}
            figures["open"] = await self.freeze(
                lambda: view.show_entries(opened, key="giant")
            )
            pages = [lambda at=at: view.page(at) for at in (-1, -1, -1, 1, 1, -1, -1)]
            figures["page"] = await self.freeze(*pages)
            figures["ends"] = await self.freeze(
                view.go_home, view.go_to_end, view.go_home, view.go_to_end
            )
            view.go_to_end()
            view.page(-1)
            figures["resize"] = await self.freeze(
                lambda: self.widen(80), lambda: self.widen(120)
            )
            here, nowhere = text[len(text) // 2 :][:3], "Zz"
            figures["find"] = await self.freeze(
                lambda: view.find(here[:1]),
                lambda: view.find(here),
                *([view.find_next] * 4),
                view.find_previous,
                lambda: self.widen(90),
                lambda: self.widen(120),
                lambda: view.find(nowhere),
                view.clear_find,
            )
            figures["format"] = await self.freeze(lambda: view.toggle_formatted("g"))
            if view.reading.has("g"):
                view.reading.memory.formatted.discard("g")
            stream = Entry("s", EntryKind.ASSISTANT, "", "model", streaming=True)
            view.show_entries([*conversation(20), stream], key="stream")
            await self.freeze()
            figures["stream"] = await self.freeze(
                lambda: view.find(here),
                *(
                    lambda at=at: view.extend_answer("s", text[at : at + DELTA])
                    for at in range(0, len(text), DELTA)
                ),
                lambda: view.finish_answer(Entry("s", giant.kind, text, "model")),
            )
            beating.cancel()
            hand_over(figures)
            self.exit()

    Bench().run()


def main(names: list[str]) -> int:
    """Print the longest freeze of every act for every text."""
    print(
        f"longest freeze / busiest work, ms{'':3}" + "".join(f"{a:>13}" for a in ACTS)
    )
    worst = 0.0
    for name in ["ordinary", *(names or list(GIANTS)[1:])]:
        figures = run_in_terminal("transcript_giants.py", "--measure", name)
        cells = ""
        for act in ACTS:
            gap, busiest = figures[act]
            if name != "ordinary":
                worst = max(worst, busiest)
            cells += f"{gap:7.0f} /{busiest:4.0f}"
        print(f"{name:35}{cells}", flush=True)
    print(f"\nthe busiest of all worked {worst:.0f} ms (limit {LIMIT:.0f})")
    return 0 if worst <= LIMIT else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(sys.argv[2])
    else:
        sys.exit(main(sys.argv[1:]))
