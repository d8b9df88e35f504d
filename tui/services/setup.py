"""Whether the program can be used as it is configured, or setup must come first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.network_location import network_location
from tui.domain.settings import DEFAULT_BASE_URL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.domain.settings import Settings


_LOCAL = "local"


def server_name(
    settings: Settings, base_url: str, has_key: Callable[[str], bool]
) -> str:
    """Return the endpoint's name for a server that setup adds.

    It is a new name, unless the server is configured already: conversations that name
    an endpoint keep their server, and no server gets the key of another one.

    Args:
        settings: The settings in force.
        base_url: The server's base URL.
        has_key: Whether a key is stored for an endpoint of that name.
    """
    for endpoint in settings.endpoints.values():
        if endpoint.base_url == base_url and not endpoint.ad_hoc:
            return endpoint.name
    name, number = _LOCAL, 1
    while name in settings.endpoints or has_key(name):
        number += 1
        name = f"{_LOCAL}-{number}"
    return name


def lacks_key(settings: Settings, environ: Mapping[str, str]) -> bool:
    """Return whether the default endpoint surely can't be used for want of a key.

    Only names are looked at: no file is read and no command runs, because this is
    asked before the first frame.
    """
    endpoint = settings.endpoints.get(settings.endpoint)
    if endpoint is None:
        return False
    if endpoint.api_key_command or endpoint.api_key_file:
        return False
    if endpoint.api_key_env:
        return not environ.get(endpoint.api_key_env, "").strip()
    return network_location(endpoint.base_url) == network_location(DEFAULT_BASE_URL)
