"""Takes the README's pictures from the running demo: `python screenshots/take.py`.

The real app, typed into key by key, against the real embedded server, on a library
that is thrown away. One SVG a scene, beside this file.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.demo.pacing import Pace
from tui.demo.server import DemoServer
from tui.domain.settings import Endpoint, Settings
from tui.services.workspace import Workspace
from tui.storage.locations import find_locations
from tui.storage.theme_files import load_themes
from tui.ui.app import FortytwoApp

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

HERE = Path(__file__).parent
PACE = Pace(first=0.05, token=0.002)
PATIENCE = 30.0
SETTLE = 0.4


@dataclass(frozen=True)
class Scene:
    """One picture.

    Attributes:
        name: Its file's name.
        prompts: Sent one after the other; a new conversation begins before each
            that starts with `+`.
        size: Columns and lines.
        theme: The theme's name.
        midway: True takes it while the last answer streams.
        keys: Pressed at the end.
    """

    name: str
    prompts: tuple[str, ...]
    size: tuple[int, int] = (120, 40)
    theme: str = "fortytwo-dark"
    midway: bool = False
    keys: tuple[str, ...] = ()


SCENES = (
    Scene(
        "chat",
        (
            "+What is swarm inference?",
            "+What does a conversation file look like?",
            "+Which environment variables are there?",
            "How do I stop an answer?",
        ),
    ),
    Scene("light", ("+How do I use Ollama?",), theme="fortytwo-light"),
    Scene(
        "streaming",
        ("+How do I make a newline?", "+long answer 2000"),
        midway=True,
    ),
    Scene("failed", ("+Where are the files?", "+cut off"), size=(100, 30)),
    Scene("small", ("+How do I copy to the clipboard?",), size=(80, 24)),
    Scene("help", ("+hello",), keys=("f1",)),
)


async def take(scene: Scene, server: DemoServer) -> Path:
    """Play a scene and save its picture."""
    with tempfile.TemporaryDirectory() as folder:
        places = find_locations({"XDG_CONFIG_HOME": folder}, Path(folder) / "data")
        endpoint = Endpoint(name="demo", base_url=server.base_url, concurrency=4)
        settings = Settings(
            endpoints={"demo": endpoint}, endpoint="demo", theme=scene.theme
        )
        themes, _ = load_themes(None)
        workspace = Workspace(settings, places, {})
        app = FortytwoApp(workspace, themes, demo=True)
        async with app.run_test(size=scene.size) as pilot:
            await pilot.pause(SETTLE)
            for at, prompt in enumerate(scene.prompts):
                seen = chats(server)
                await send(pilot, prompt)
                await until(partial(has_more_chats, server, seen))
                if not (scene.midway and at == len(scene.prompts) - 1):
                    await until(lambda: not workspace.running())
                await pilot.pause(SETTLE)
            await pilot.press(*scene.keys)
            await pilot.pause(SETTLE * 2)
            picture = HERE / f"{scene.name}.svg"
            app.save_screenshot(picture.name, path=str(HERE))
        return picture


def chats(server: DemoServer) -> int:
    """Return how many prompts the server has seen lately."""
    return sum(request.chat is not None for request in server.requests)


def has_more_chats(server: DemoServer, seen: int) -> bool:
    """Return whether the server has seen another prompt."""
    return chats(server) > seen


async def send(pilot: Pilot[Any], prompt: str) -> None:
    """Type a prompt and send it, in a new conversation after a `+`."""
    if prompt.startswith("+"):
        await pilot.press("ctrl+n")
        await pilot.pause(SETTLE)
    # One key after the other at a person's pace: a burst would count as a paste.
    for character in prompt.removeprefix("+"):
        await pilot.press(character)
    await pilot.pause(SETTLE)
    await pilot.press("enter")


async def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition.

    Raises:
        TimeoutError: It did not come true in half a minute.
    """
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the scene does not go on")
        await asyncio.sleep(0.005)


async def take_all() -> None:
    """Take every picture."""
    server = DemoServer(pace=PACE)
    await server.start()
    try:
        for scene in SCENES:
            await take(scene, server)
    finally:
        await server.stop()


if __name__ == "__main__":
    asyncio.run(take_all())
