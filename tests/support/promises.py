"""What the library promises, and what a run has measured of it.

`pytest -m promise` measures every one and prints the list; `--long` measures more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest


class Measured(Protocol):
    """Takes a figure of a promise."""

    def __call__(self, promise: str, figure: str, count: int = 0) -> None: ...


PROMISES = {
    "P1": "killed at any moment: no file unreadable or empty",
    "P2": "killed at any moment: every prompt that the server got is in its file",
    "P3": "killed at any moment: at most a second of streamed text is lost",
    "P4": "what is on disk has no holes, stays in order, and never shrinks",
    "P5": "signals, a closed terminal and quitting save everything and end in 2 s",
    "P6": "whoever reads the files meanwhile never sees a torn one",
    "P7": "every rename follows a sync of the file; one of the folder follows",
    "P8": "whichever system call fails: the old file is whole, all is saved afterwards",
    "P9": "an edit by others between reading and saving is never lost",
    "P10": "two copies of the program lose nothing, and see each other",
    "P11": "unknown keys and comments survive; opening changes no byte",
    "P12": "damaged files are listed with a reason, and never changed",
    "P13": "every text comes back exactly",
    "P14": "files are private; links stay links",
    "P15": "no title leads outside the folder or to a name in use",
    "P16": "clocks that jump change no order and overwrite nothing",
    "P17": "what must not be written opens for reading; nothing is sent unsaved",
    "P18": "a draft survives a kill, but for its last 2 s",
    "P19": "large libraries and conversations open at once",
    "P20": "deleting is moving aside, and is undone",
    "P21": "after any end the terminal is as it was; a crash has a status",
    "P22": "a terminal that stops reading delays neither saving nor the end",
    "P23": "no process is left without a terminal; rest takes no processor time",
    "P24": "stops and continues: one input thread, the screen comes back",
    "P25": "noise, pastes and resizes: alive, nothing sent by itself, no key lost",
    "P26": "the unforeseen: nothing lost, a sentence, a report",
    "P27": "poor terminals: a sentence or a usable screen",
    "P28": "stopping an answer takes effect at once and keeps its text",
    "P29": "no control byte of any text reaches the terminal",
    "P30": "what is replaced is visible; other scripts stay as they are",
    "P31": "no text is read as markup",
    "P32": "only web addresses open, and only on a key press",
    "P33": "the clipboard is written on the user's command only",
    "P34": "every visible character of an answer can be seen",
    "P35": "the screen never stands still for giant texts",
    "P36": "the key is in no file, log, report, environment or terminal",
}
"""By name, in the order in which they are printed."""

_KEY = "promise"


def note(item: pytest.Item, promise: str, figure: str, count: int) -> None:
    """Keep a figure with the test that measured it.

    Args:
        item: The test.
        promise: One of `PROMISES`.
        figure: What was measured, in a few words.
        count: How many of them; the same figure of several tests is added up.
    """
    assert promise in PROMISES
    item.user_properties.append((_KEY, (promise, figure, count)))


def print_promises(
    reporter: pytest.TerminalReporter, reports: Iterable[pytest.TestReport]
) -> None:
    """Print each promise with what was measured, if anything was."""
    figures: dict[str, dict[str, int]] = {}
    for report in reports:
        for key, value in report.user_properties:
            if key == _KEY and isinstance(value, tuple | list):
                promise, figure, count = value
                words = f"BROKEN: {figure}" if report.failed else figure
                counts = figures.setdefault(promise, {})
                counts[words] = counts.get(words, 0) + count
    if not figures:
        return
    reporter.section("what the library promises, and what was measured")
    for name, promise in PROMISES.items():
        reporter.write_line(f"{name:<4} {promise}")
        for figure, count in figures.get(name, {"not measured here": 0}).items():
            number = f"{count:,} " if count else ""
            reporter.write_line(f"     · {number}{figure}")
