"""Saving a message against the length of its conversation; listing many files.

    python -m tests.bench.append_scale [--messages N] [--files N]

A conversation of 100 messages, one of 1,000 and one of N: the median of 60 appends,
alternating, each durable when it is counted. They must cost the same. Beside it what is
allowed to grow: reading all of the file, and a rename, which writes it anew. Then the
rows of N files, read without an index, and the memory that took.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tests.unit.storage.samples import answer, chat
from tui.storage.encoding import encode
from tui.storage.library import Library

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.storage.loaded_file import LoadedFile

T = TypeVar("T")

LIMIT = 1.5
"""The most that an append to the longest may cost, as a multiple of the cheapest."""

SHORT = 100
ROUNDS = 60
BODY = (
    "Answer with **Markdown**.\n\n* a list\n* of two\n\n"
    "```python\ndef f(x):\n    return x\n```\n" + "word " * 120
)


def timed(act: Callable[[], T]) -> tuple[float, T]:
    """Return how long something takes, in milliseconds, and its result."""
    start = time.perf_counter()
    result = act()
    return (time.perf_counter() - start) * 1000, result


def make(library: Library, messages: int) -> LoadedFile:
    made = chat(messages // 2)
    full = tuple(
        replace(message, content=BODY) if number % 2 else message
        for number, message in enumerate(made.messages)
    )
    return library.create(replace(made, messages=full))


def measure_appends(sizes: tuple[int, ...]) -> dict[int, float]:
    """Return the median of an append, in milliseconds, by number of messages."""
    with tempfile.TemporaryDirectory() as folder:
        library = Library(Path(folder))
        loaded = {size: make(library, size) for size in sizes}
        taken: dict[int, list[float]] = {size: [] for size in sizes}
        for number in range(ROUNDS):
            for size in sizes:
                before = loaded[size]
                new = [answer(1_000_000 + number, BODY)]
                took, loaded[size] = timed(lambda: library.append(before, new))  # noqa: B023 - called at once
                taken[size].append(took)
        medians = {size: statistics.median(taken[size]) for size in sizes}
        for size in sizes:
            one = loaded[size]
            opening, one = timed(lambda: library.load(one.file))  # noqa: B023
            titled = replace(one.conversation, title="New")
            renaming, _ = timed(lambda: library.replace(one, titled))  # noqa: B023
            print(
                f"{size:7,} messages, {one.stamp.size / 1e6:5.2f} MB: append "
                f"{medians[size]:5.2f} ms, read all {opening:7.1f} ms, "
                f"rename {renaming:7.1f} ms"
            )
        return medians


def measure_list(files: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        library = Library(Path(folder))
        library.conversations.mkdir()
        content = encode(chat(20))
        for number in range(files):
            (library.conversations / f"2026-11-23-{number}.toml").write_bytes(content)
        first, _ = timed(library.scan)
        known = library.snapshot()
        changes, _ = timed(lambda: library.changed(known))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{files:,} files without an index: rows read in {first / 1000:.2f} s, "
            f"looked for changes in {changes:.0f} ms, {memory:.0f} MB at most"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--files", type=int, default=10_000)
    options = parser.parse_args()
    medians = measure_appends((SHORT, 1_000, options.messages))
    ratio = medians[options.messages] / min(medians.values())
    broken = ratio > LIMIT
    print(f"ratio {ratio:.2f}, limit {LIMIT}{'  BROKEN' if broken else ''}")
    measure_list(options.files)
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
