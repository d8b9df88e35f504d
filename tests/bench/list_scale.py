"""The conversation list with 100,000 rows against one with 100, in the same run.

    python -m tests.bench.list_scale [--rows N] [--rounds N]

Measured in process CPU time, the median of the rounds, rounds alternating: what one
key, one changed row and one letter in the filter cost until the lines are painted.
Taking the whole list and the first letter of a filter walk over it once; their time
is printed, and bounded by a limit in seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from textual.app import App

from tui.domain.summary import Summary
from tui.services.events import Activity
from tui.ui.widgets.conversation_list import ConversationList

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

FEW = 100
RATIOS = {"cursor down": 2.0, "row changed": 2.0, "mark changed": 2.0}
SECONDS = {"whole list": 0.25, "first letter": 0.25, "next letter": 0.25}
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
WORDS = ("rust", "swarm", "letter", "tax", "Norway", "borrow checker", "日本")


class Bench(App[None]):
    """Nothing but the list."""

    def compose(self) -> ComposeResult:
        yield ConversationList(clock=lambda: NOW)


def make_summaries(count: int) -> Sequence[Summary]:
    """Return conversations of several years, newest first."""
    return tuple(
        Summary(
            f"{at:06}.toml",
            f"Conversation about {WORDS[at % len(WORDS)]} number {at}",
            NOW - timedelta(minutes=17 * at),
        )
        for at in range(count)
    )


async def measure(count: int, rounds: int) -> dict[str, list[float]]:
    """Return the CPU seconds of every step, by its name."""
    spent: dict[str, list[float]] = defaultdict(list)
    summaries = make_summaries(count)
    async with Bench().run_test(size=(30, 40)) as pilot:
        widget = pilot.app.query_one(ConversationList)
        widget.focus()
        await pilot.pause()

        def clock(name: str, step: Callable[[], object]) -> None:
            begin = time.process_time()
            step()
            for y in range(widget.size.height):
                widget.render_line(y)
            spent[name].append(time.process_time() - begin)

        for round_ in range(rounds):
            clock("whole list", lambda: widget.show_summaries(summaries, NOW))
            middle = summaries[count // 2]
            clock("cursor down", lambda: widget.move(1))
            changed = replace(middle, title=f"Changed {round_}")
            clock("row changed", partial(widget.put_summary, changed))
            activity = Activity(unread=round_ + 1)
            change = partial(widget.put_activity, middle.file, activity)
            clock("mark changed", change)
            clock("first letter", lambda: widget.filter("r"))
            clock("next letter", lambda: widget.filter("ru"))
            widget.filter("")
            await pilot.pause()
    return spent


def main() -> int:
    """Measure, print, and return 1 when a limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    few: dict[str, list[float]] = defaultdict(list)
    many: dict[str, list[float]] = defaultdict(list)
    for _ in range(2):
        for kept, count in ((few, FEW), (many, options.rows)):
            for name, times in asyncio.run(measure(count, options.rounds)).items():
                kept[name] += times
    broken = False
    print(f"{'':14}{FEW:>12,}{options.rows:>12,}{'ratio':>8}  limit")
    for name in few:
        low, high = statistics.median(few[name]), statistics.median(many[name])
        ratio = high / low
        bad = ratio > RATIOS.get(name, ratio) or high > SECONDS.get(name, high)
        limit = f"{RATIOS[name]}" if name in RATIOS else f"{SECONDS[name]} s"
        broken |= bad
        line = f"{name:14}{low * 1000:>9.2f} ms{high * 1000:>9.2f} ms{ratio:>8.2f}"
        print(f"{line}  {limit}{'  BROKEN' if bad else ''}")
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
