"""A tiny app that shows a transcript, and entries to show."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rich.color import Color
from textual.app import App, ComposeResult

from tests.support.waiting import PATIENCE
from tui.ui.transcript import Entry, EntryKind, Transcript
from tui.ui.transcript.painted_view import FALLBACK_COLORS

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message import Message
    from textual.pilot import Pilot


class Host(App[None]):
    """Shows nothing but a transcript, and keeps the messages it posts."""

    CSS = "Transcript { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Message] = []
        self.transcript = Transcript(background=False)

    def compose(self) -> ComposeResult:
        yield self.transcript

    def on_transcript_position_changed(self, message: Message) -> None:
        self.heard.append(message)

    def on_transcript_formatting_failed(self, message: Message) -> None:
        self.heard.append(message)

    def on_transcript_find_changed(self, message: Message) -> None:
        self.heard.append(message)


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    """Wait for a condition, letting the app have its turns meanwhile."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("the condition did not come true")
        await pilot.pause(0.005)


async def settled(pilot: Pilot[None], transcript: Transcript) -> None:
    """Wait until no layout runs ahead any more."""
    await pilot.pause()
    await until(pilot, lambda: not transcript.busy)
    await pilot.pause()


async def resize(pilot: Pilot[None], transcript: Transcript, *size: int) -> None:
    """Make the window another size and wait until everything is laid out for it."""
    await pilot.resize_terminal(*size)
    await until(pilot, lambda: transcript.size == size)
    await settled(pilot, transcript)


def prompt(number: int, text: str = "") -> Entry:
    return Entry(
        f"p{number}", EntryKind.USER, text or f"Question {number}?", "You", "14:02"
    )


def answer(number: int, text: str = "", **facts: object) -> Entry:
    text = text or f"Answer {number}: " + "some words that go on. " * 12
    return Entry(
        f"a{number}",
        EntryKind.ASSISTANT,
        text,
        "model",
        "14:03",
        **facts,  # type: ignore[arg-type]  # fields of Entry
    )


def talk(count: int) -> list[Entry]:
    """Return prompts and answers, `count` of each."""
    return [
        entry for number in range(count) for entry in (prompt(number), answer(number))
    ]


def screen_text(transcript: Transcript) -> list[str]:
    """Return the lines on the screen, without blanks at their end."""
    return [
        transcript.render_line(y).text.rstrip() for y in range(transcript.size.height)
    ]


def highlighted(transcript: Transcript, *, here: bool = False) -> list[tuple[int, str]]:
    """Return what is drawn as a match: the row of the screen, and the text there.

    Args:
        transcript: The widget.
        here: True for the current match only, False for all.
    """
    current = Color.parse(FALLBACK_COLORS.accent)
    colors = [current] if here else [current, Color.parse(FALLBACK_COLORS.match)]
    found: list[tuple[int, str]] = []
    for y in range(transcript.size.height):
        text = ""
        for segment in transcript.render_line(y):
            if segment.style is not None and segment.style.bgcolor in colors:
                text += segment.text
            elif text:
                found.append((y, text))
                text = ""
        if text:
            found.append((y, text))
    return found
