"""The services without a screen, driven by product verbs against a real server."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from tests.support.waiting import until
from tui.domain.settings import Endpoint, Settings
from tui.services.events import AnswerEnded, Event
from tui.services.workspace import Workspace
from tui.storage.locations import Locations, find_locations

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from tui.domain.message import Message

E = TypeVar("E")


def places_below(folder: Path) -> Locations:
    """Return locations that lie in one folder."""
    environ = {"XDG_CONFIG_HOME": str(folder / "config")}
    return find_locations(environ, folder / "data", None)


def settings_for(base_url: str, **changes: Any) -> Settings:
    """Return settings whose default endpoint is a server on loopback."""
    endpoint = replace(Endpoint(name="local", base_url=base_url), **changes)
    return Settings(endpoints={"local": endpoint}, endpoint="local")


class Desk:
    """A started workspace and everything it has told so far."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.places = places_below(folder)
        self.workspace = Workspace(settings, self.places, {})
        self.events: list[Event] = []

    async def __aenter__(self) -> Desk:
        await self.workspace.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.workspace.close()

    def told(self, kind: type[E]) -> list[E]:
        """Return every event of a kind so far."""
        self.events += self.workspace.take_events()
        return [event for event in self.events if isinstance(event, kind)]

    async def ending(self, count: int = 1) -> Message:
        """Wait until `count` answers have ended; returns the last one."""
        await until(lambda: len(self.told(AnswerEnded)) >= count, "an answer ended")
        await until(lambda: not self.workspace.running(), "nothing runs")
        return self.told(AnswerEnded)[count - 1].message

    def on_disk(self, file: str) -> dict[str, Any]:
        """Return what a conversation file says."""
        path = self.places.data / "conversations" / file
        return tomllib.loads(path.read_text())

    async def saved(self, file: str, count: int) -> list[dict[str, Any]]:
        """Wait until a file holds `count` messages; returns them."""
        await until(
            lambda: len(self.on_disk(file)["messages"]) >= count,
            f"{count} messages in {file}",
        )
        messages: list[dict[str, Any]] = self.on_disk(file)["messages"]
        return messages
