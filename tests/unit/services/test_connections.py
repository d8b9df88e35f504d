"""What is being found out about an endpoint when it becomes another one."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from tests.support.desk import settings_for
from tests.support.waiting import until
from tui.domain.completion import ModelInfo
from tui.services import connections as connections_module
from tui.services.connections import Connections

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

    from tui.domain.settings import Endpoint, Settings


def named(settings: Settings, base_url: str) -> Settings:
    name = settings.endpoint
    moved = replace(settings.endpoints[name], base_url=base_url)
    return replace(settings, endpoints=MappingProxyType({name: moved}))


async def test_a_client_is_never_made_of_settings_that_were_replaced_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = settings_for("http://127.0.0.1:9/v1")
    new = named(old, "http://127.0.0.1:10/v1")
    reading, go_on, asked = threading.Event(), threading.Event(), []

    def read(endpoint: Endpoint, environ: Mapping[str, str]) -> str:
        asked.append(endpoint.base_url)
        reading.set()
        assert go_on.wait(20)
        return ""

    monkeypatch.setattr(connections_module, "read_key", read)
    connections = Connections(old, {}, lambda waiting: None)
    finding = asyncio.create_task(connections.client(""))
    await until(reading.is_set, "the key is being read")
    connections.use(new)
    go_on.set()
    assert await finding is await connections.client("")
    assert asked == ["http://127.0.0.1:9/v1", "http://127.0.0.1:10/v1"]
    await connections.close()


async def test_models_of_a_server_that_was_replaced_meanwhile_are_not_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = settings_for("http://127.0.0.1:9/v1")
    connections = Connections(settings, {}, lambda waiting: None)
    asked, answered = asyncio.Event(), asyncio.Event()

    async def models() -> list[ModelInfo]:
        asked.set()
        await answered.wait()
        return [ModelInfo("the old one's")]

    monkeypatch.setattr(await connections.client(""), "models", models)
    listing = asyncio.create_task(connections.models(""))
    await until(asked.is_set, "it asks")
    connections.use(named(settings, "http://127.0.0.1:10/v1"))
    answered.set()
    assert await listing
    assert connections.default_model("") == ""
    await connections.close()
