"""Whether the program can be used as it is configured, or setup must come first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.network_location import network_location
from tui.domain.settings import DEFAULT_BASE_URL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.domain.settings import Settings


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
