"""Where the server of a URL is, without what may be secret in it."""

from __future__ import annotations

from urllib.parse import urlsplit


def network_location(url: str) -> str:
    """Return `host` or `host:port` of a URL, or "" when it is no URL at all.

    Args:
        url: What a person typed or a file says; a user name and password are left out.
    """
    try:
        netloc = urlsplit(url).netloc
    except ValueError:
        return ""
    return netloc.rpartition("@")[2]
