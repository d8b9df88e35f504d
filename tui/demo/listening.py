"""The demo server's address, taken before the server itself is there.

Loading the server takes longer than painting the first frame. Its socket can listen
at once: the kernel lets clients connect and keeps them waiting until it accepts.
"""

from __future__ import annotations

import socket

HOST = "127.0.0.1"
BACKLOG = 100


def listen(port: int = 0) -> socket.socket:
    """Return a socket that listens on loopback.

    Args:
        port: The TCP port, or 0 for any free one.

    Raises:
        OSError: The port can't be listened on.
    """
    return socket.create_server((HOST, port), backlog=BACKLOG)


def base_url_of(listener: socket.socket) -> str:
    """Return the URL to give a client, `http://127.0.0.1:PORT/v1`."""
    return f"http://{HOST}:{listener.getsockname()[1]}/v1"
