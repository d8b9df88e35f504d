"""Start with a large library against a small one: until the list stands there.

    python -m tests.bench.library_start [--files N] [--rounds N]

Real TOML files, two short messages each, and the index as a first run of the services
has left it. Each start is a process of its own: the clock runs from the start of the
services until the interface could paint the first screenful of the list, and until it
knows all of it. Rounds alternate, the medians are compared. The first run, which has
no index, is told apart.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from tests.bench.corpus import END
from tests.support.desk import places_below, settings_for
from tui.domain.conversation import Conversation
from tui.domain.message import Message, Role
from tui.services.events import LibraryExtended, LibraryListed
from tui.services.workspace import Workspace
from tui.storage.encoding import encode

LIMIT = 1.3
FEW = 10
SCREENFUL = 40
FIRST_RUN_PATIENCE = 900.0


def write_library(folder: Path, count: int) -> None:
    conversations = folder / "data" / "conversations"
    conversations.mkdir(parents=True)
    for number in range(count):
        created = (END - timedelta(minutes=15 * number)).replace(microsecond=0)
        answer = created + timedelta(minutes=1)
        messages = (
            Message("a", Role.USER, f"What is number {number}?", created),
            Message("b", Role.ASSISTANT, f"It is {number:,}.", answer, "a"),
        )
        title = f"What is number {number}?"
        made = Conversation(f"{number:x}", title, created, messages=messages)
        name = f"{created:%Y-%m-%d}-what-is-{number:06}.toml"
        (conversations / name).write_bytes(encode(made))


async def start(folder: Path, count: int, read: bool) -> dict[str, float]:
    """Return seconds until a screenful and until all of the list."""
    workspace = Workspace(settings_for("http://127.0.0.1:9/v1"), places_below(folder))
    listed: set[str] = set()
    times: dict[str, float] = {}
    begin = time.perf_counter()
    starting = asyncio.create_task(workspace.start())
    starting.add_done_callback(
        lambda _: times.setdefault("begun", time.perf_counter() - begin)
    )
    while "all" not in times:
        for event in workspace.take_events():
            if isinstance(event, LibraryListed | LibraryExtended):
                listed.update(one.file for one in event.summaries)
        spent = time.perf_counter() - begin
        if len(listed) >= min(count, SCREENFUL):
            times.setdefault("screenful", spent)
        if len(listed) >= count:
            times["all"] = spent
        await asyncio.sleep(0.001)
    await starting
    await asyncio.sleep(0)
    if read:
        # There is no event for that.
        while (found := await workspace.search("number")) is None or (  # noqa: ASYNC110
            found.read < count
        ):
            await asyncio.sleep(0.5)
        times["read"] = time.perf_counter() - begin
    await workspace.close()
    return times


def start_apart(folder: Path, count: int, *, read: bool = False) -> dict[str, float]:
    arguments = ["--one", str(folder), "--files", str(count)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.library_start", *arguments]
        + (["--read"] if read else []),
        capture_output=True,
        text=True,
        check=True,
        timeout=FIRST_RUN_PATIENCE,
    )
    times: dict[str, float] = json.loads(done.stdout)
    return times


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--read", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(asyncio.run(start(options.one, options.files, options.read))))
        return 0
    sizes = (FEW, options.files)
    taken: dict[int, list[dict[str, float]]] = {size: [] for size in sizes}
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            write_library(Path(folder) / str(size), size)
            first = start_apart(Path(folder) / str(size), size, read=True)
            print(
                f"{size:,} files, no index: screenful {first['screenful']:.2f} s, "
                f"all {first['all']:.1f} s, texts read {first['read']:.1f} s"
            )
        for _ in range(options.rounds):
            for size in sizes:
                taken[size].append(start_apart(Path(folder) / str(size), size))
    few, many = (
        {
            name: statistics.median(one[name] for one in taken[size])
            for name in ("screenful", "all", "begun")
        }
        for size in sizes
    )
    for name, text in (
        ("screenful", "first screenful of the list"),
        ("all", "all of the list"),
        ("begun", "services begun"),
    ):
        print(
            f"{text:28}{few[name] * 1000:8.0f} ms{many[name] * 1000:8.0f} ms"
            f"{many[name] / few[name]:7.2f}"
        )
    ratio = many["screenful"] / few["screenful"]
    print(f"limit: {LIMIT} for the screenful{'  BROKEN' if ratio > LIMIT else ''}")
    return int(ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
