"""What a streamed token costs, and what typing feels like meanwhile.

    python tests/bench/transcript_streaming.py

Each case runs in a process of its own, in a real pseudo-terminal of 120×40, below 1,000
messages. Deltas of one token arrive at a fixed rate; a key is typed into a text area
every 40 ms. CPU is the process's own, less what the same time costs without a stream.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.transcript_pty import hand_over, run_in_terminal
from tests.bench.transcript_scale import conversation

PROSE = "Many **nodes** answer the question and `rank` the answers. " * 12 + "\n\n"
CASES: dict[str, tuple[int, int, int]] = {
    # tokens there before, tokens streamed, streams at once
    "idle": (0, 0, 1),
    "prose, at 200 tokens": (200, 1200, 1),
    "prose, at 20,000 tokens": (20_000, 1200, 1),
    "code, at 200 tokens": (200, 1200, 1),
    "code, at 20,000 tokens": (20_000, 1200, 1),
    "table, at 200 tokens": (200, 1200, 1),
    "table, at 20,000 tokens": (20_000, 1200, 1),
    "list, at 200 tokens": (200, 1200, 1),
    "list, at 20,000 tokens": (20_000, 1200, 1),
    "four streams": (200, 1200, 4),
}
RATE = 200


def tokens(kind: str, count: int) -> list[str]:
    """Return about `count` tokens of four characters of a kind of text."""
    if kind.startswith("code"):
        text = "```python\n" + "def f(x):\n    return rank(x) + 1\n\n" * (count // 8)
    elif kind.startswith("table"):
        text = "| name | value |\n|---|---|\n" + "| some name | 12 |\n" * (count // 4)
    elif kind.startswith("list"):
        text = "- an item with some words\n" * (count // 6)
    else:
        text = PROSE * (count * 4 // len(PROSE) + 1)
    pieces = [text[at : at + 4] for at in range(0, len(text), 4)]
    return pieces[:count]


def measure(name: str) -> None:
    """Run in the pseudo-terminal and hand over milliseconds."""
    from textual import events
    from textual.app import App, ComposeResult
    from textual.widgets import TextArea

    from tui.ui.garbage import collect_when_idle
    from tui.ui.transcript import Entry, EntryKind, Transcript

    before, streamed, streams = CASES[name]
    pieces = tokens(name, before + streamed + 10)

    class Bench(App[None]):
        CSS = "TextArea { height: 5; }"

        def __init__(self) -> None:
            super().__init__()
            self.typed_at: float | None = None
            self.echoes: list[float] = []

        def compose(self) -> ComposeResult:
            yield Transcript()
            yield TextArea()

        def on_mount(self) -> None:
            self.query_one(TextArea).focus()
            collect_when_idle(self)
            self.run_worker(self.work(), exit_on_error=True)

        def on_text_area_changed(self) -> None:
            self.query_one(Transcript).make_way()
            self.call_after_refresh(self.echoed)

        def echoed(self) -> None:
            if self.typed_at is not None:
                self.echoes.append((perf_counter() - self.typed_at) * 1000)
                self.typed_at = None

        async def type_keys(self) -> None:
            while True:
                await asyncio.sleep(0.04)
                if self.typed_at is None:
                    self.typed_at = perf_counter()
                    self.post_message(events.Key("x", "x"))

        async def work(self) -> None:
            view = self.query_one(Transcript)
            entries = conversation(1_000)
            entries += [
                Entry(
                    f"s{number}",
                    EntryKind.ASSISTANT,
                    "".join(pieces[:before]),
                    "model",
                    streaming=True,
                )
                for number in range(streams)
            ]
            view.show_entries(entries, key="one")
            await asyncio.sleep(0.5)
            while view.busy:  # noqa: ASYNC110  # the widget has no event for it
                await asyncio.sleep(0.05)
            typing = asyncio.create_task(self.type_keys())
            start, cpu = perf_counter(), process_time()
            sent = 0
            seconds = (streamed or 1_200) / RATE
            while perf_counter() - start < seconds:
                await asyncio.sleep(0.033)
                due = min(streamed, int((perf_counter() - start) * RATE))
                if due > sent:
                    text = "".join(pieces[before + sent : before + due])
                    for number in range(streams):
                        view.extend_answer(f"s{number}", text)
                    sent = due
            figures: dict[str, Any] = {
                "cpu": (process_time() - cpu) * 1000,
                "tokens": sent * streams,
                "echo": self.echoes,
            }
            typing.cancel()
            hand_over(figures)
            self.exit()

    Bench().run()


def percentile(values: list[float], share: float) -> float:
    """Return the value that a share of all values don't exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def main() -> None:
    """Print CPU for each token and the echo of keys, for each case."""
    print(f"{'':26}{'CPU ms/token':>13}{'echo p50':>10}{'p95':>8}{'p99':>8}")
    cost: dict[str, float] = {}
    idle = run_in_terminal("transcript_streaming.py", "idle")
    idle_p99 = percentile(idle["echo"], 0.99)
    for name in CASES:
        figures = (
            idle if name == "idle" else run_in_terminal("transcript_streaming.py", name)
        )
        count = figures["tokens"] or 1
        cost[name] = max(0.0, figures["cpu"] - idle["cpu"]) / count
        echo = figures["echo"]
        print(
            f"{name:26}{cost[name]:13.2f}{statistics.median(echo):10.1f}"
            f"{percentile(echo, 0.95):8.1f}{percentile(echo, 0.99):8.1f}"
        )
    print()
    for kind in ("prose", "code", "table", "list"):
        ratio = cost[f"{kind}, at 20,000 tokens"] / cost[f"{kind}, at 200 tokens"]
        print(f"{kind}: a token at 20,000 costs {ratio:.2f} of one at 200")
    ratio = percentile(echo, 0.99) / idle_p99
    print(f"echo p99 with four streams: {ratio:.2f} of idle")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(sys.argv[1])
    else:
        main()
