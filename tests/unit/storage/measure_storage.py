"""Prints what the storage layer costs: `python -m tests.unit.storage.measure_storage`.

Append against length, opening, renaming, and the list of 10,000 files.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tests.unit.storage.samples import answer, chat
from tui.storage.codec import encode
from tui.storage.library import Library

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

BODY = (
    "Answer with **Markdown**.\n\n* a list\n* of two\n\n"
    "```python\ndef f(x):\n    return x\n```\n" + "word " * 120
)
FILES = 10_000


def timed(act: Callable[[], T]) -> tuple[float, T]:
    """How long something takes, in milliseconds, and its result."""
    start = time.perf_counter()
    result = act()
    return (time.perf_counter() - start) * 1000, result


def measure_length(pairs: int) -> str:
    """One conversation of that many prompts and answers."""
    with tempfile.TemporaryDirectory() as name:
        library = Library(Path(name))
        made = chat(pairs)
        messages = tuple(
            replace(message, content=BODY) if number % 2 else message
            for number, message in enumerate(made.messages)
        )
        loaded = library.create(replace(made, messages=messages))
        opening, loaded = timed(lambda: library.load(loaded.file))
        appends: list[float] = []
        for number in range(40):
            before = loaded
            new = [answer(100_000 + number, BODY)]
            took, loaded = timed(lambda: library.append(before, new))  # noqa: B023
            appends.append(took)
        titled = replace(loaded.conversation, title="New")
        renaming, _ = timed(lambda: library.replace(loaded, titled))
        size = loaded.stamp.size / 1e6
        return (
            f"{2 * pairs:6} messages, {size:5.2f} MB: open {opening:7.1f} ms, "
            f"append {statistics.median(appends):5.2f} ms, rename {renaming:6.1f} ms"
        )


def measure_list() -> str:
    """The list of many files, read the first and the second time."""
    with tempfile.TemporaryDirectory() as name:
        library = Library(Path(name))
        library.conversations.mkdir()
        content = encode(chat(20))
        for number in range(FILES):
            path = library.conversations / f"2026-11-23-{number}.toml"
            path.write_bytes(content)
        first, _ = timed(library.scan)
        second, rows = timed(library.scan)
        known = library.snapshot()
        changes, _ = timed(lambda: library.changed(known))
        glance, _ = timed(lambda: library.changed(known, watched=[rows[0].file]))
        return (
            f"{FILES} files: first scan {first:.0f} ms, second {second:.0f} ms, "
            f"changes {changes:.0f} ms, a glance {glance * 1000:.0f} µs"
        )


if __name__ == "__main__":
    for count in (50, 500, 10_000):
        sys.stdout.write(measure_length(count) + "\n")
    sys.stdout.write(measure_list() + "\n")
