"""A bare app around one widget, raw terminal bytes for it, and what it told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from textual._xterm_parser import XTermParser
from textual.app import App
from textual.events import Key

from tests.support.waiting import until
from tui.domain.summary import Summary

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.message import Message
    from textual.widget import Widget

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)  # a Monday

Told = TypeVar("Told", bound="Message")


class Stage(App[None]):
    """Shows widgets one above the other and remembers their messages."""

    AUTO_FOCUS = None
    CSS = "Screen { background: $background; }"

    def __init__(self, *widgets: Widget) -> None:
        super().__init__()
        self._widgets = widgets
        self.heard: list[Message] = []

    def compose(self) -> ComposeResult:
        yield from self._widgets

    def hear(self, message: Message) -> None:
        """Remember a message; given to `run_test` as its hook."""
        self.heard.append(message)

    def told(self, kind: type[Told]) -> list[Told]:
        """Return the messages of a kind, each once, in their order."""
        found: list[Told] = []
        for message in self.heard:
            if isinstance(message, kind) and not any(message is old for old in found):
                found.append(message)
        return found

    def feed(self, raw: str) -> None:
        """Let raw input arrive as it does from a terminal: parsed, in one read."""
        driver = self._driver
        assert driver is not None
        for message in XTermParser().feed(raw):
            driver.send_message(message)

    def press_later(self, key: str, character: str | None = None) -> None:
        """Let a key arrive long after everything else, without waiting for it."""
        event = Key(key, character)
        event.time += 10.0
        driver = self._driver
        assert driver is not None
        driver.send_message(event)


async def until_typed(widget: Widget, text: str) -> None:
    """Wait until a text area holds exactly a text."""
    await until(
        lambda: getattr(widget, "full_text", None) == text, f"text {text[:200]!r}"
    )


def painted(widget: Widget) -> list[str]:
    """Return the lines of a line-API widget as they are on the screen."""
    return [widget.render_line(y).text for y in range(widget.size.height)]


def make_summary(title: str, hours: float = 0, **more: object) -> Summary:
    """Return a conversation whose last message is that old."""
    file = f"{title[:20]}-{hours}.toml"
    updated = NOW - timedelta(hours=hours)
    return Summary(file, title, updated, **more)  # type: ignore[arg-type]
