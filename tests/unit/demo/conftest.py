"""Fixtures: demo servers without delays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tui.demo.pacing import INSTANT, Pace
from tui.demo.server import DemoServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable


@pytest.fixture
async def start_server() -> AsyncIterator[Callable[..., Any]]:
    servers: list[DemoServer] = []

    async def start(pace: Pace = INSTANT, **options: Any) -> DemoServer:
        server = DemoServer(pace=pace, **options)
        await server.start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        await server.stop()
        assert server.connections == 0
        assert server.generating == 0


@pytest.fixture
async def server(start_server: Callable[..., Any]) -> DemoServer:
    started: DemoServer = await start_server()
    return started
