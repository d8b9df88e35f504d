"""Writes what the user decides while the program runs into the configuration.

The settings in force are the caller's: an endpoint that changed is returned. Lives on
the engine's loop.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.settings import Endpoint
from tui.services.setup import server_name
from tui.storage.key_file import write_key
from tui.storage.settings_writing import (
    store_endpoint,
    store_endpoint_setting,
    store_setting,
)

if TYPE_CHECKING:
    from tui.domain.settings import Settings
    from tui.services.connections import Connections
    from tui.services.engine import Disk
    from tui.storage.locations import Locations


class Configuring:
    """Changes the configuration."""

    def __init__(
        self, locations: Locations, *, disk: Disk, connections: Connections
    ) -> None:
        """Make it.

        Args:
            locations: Where the configuration and the keys are.
            disk: The thread that writes.
            connections: Read a key anew that was changed.
        """
        self._locations = locations
        self._disk = disk
        self._connections = connections

    async def allow_plain_http(
        self, settings: Settings, endpoint: str, host: str
    ) -> Endpoint:
        """Let a public host have the key of an endpoint over plain http.

        Args:
            settings: The settings in force.
            endpoint: The endpoint's name, or "" for the default one.
            host: The host.

        Raises:
            NotSavedError: The configuration can't be changed; nothing is allowed.
        """
        known = settings.endpoints[endpoint or settings.endpoint]
        if not known.ad_hoc:
            path, key = self._locations.config_file, "allow_plain_http"
            await self._disk.run(store_endpoint_setting, path, known.name, key, host)
        return replace(known, allow_plain_http=host)

    async def store_key(self, endpoint: Endpoint, key: str) -> Endpoint:
        """Keep a key in a file that only the user can read.

        Raises:
            NotSavedError: It can't be written.
        """
        path = self._locations.key_file(endpoint.name)
        await self._disk.run(write_key, path, key)
        self._connections.forget(endpoint.name)
        return replace(endpoint, api_key_file=str(path))

    async def add_server(self, settings: Settings, base_url: str) -> Endpoint:
        """Write a server into the configuration, as the default.

        Args:
            settings: The settings in force.
            base_url: Its base URL, which has been tried.

        Raises:
            NotSavedError: The configuration can't be changed.
        """
        path, key_file = self._locations.config_file, self._locations.key_file
        name = await self._disk.run(
            server_name, settings, base_url, lambda name: key_file(name).exists()
        )
        known = settings.endpoints.get(name)
        if known is not None:
            await self._disk.run(store_setting, path, "endpoint", name)
            return known
        added = Endpoint(name=name, base_url=base_url)
        await self._disk.run(store_endpoint, path, added)
        return added

    async def store_theme(self, name: str) -> None:
        """Write the theme's name into the configuration. Raises StorageError."""
        await self._disk.run(store_setting, self._locations.config_file, "theme", name)
