"""`fortytwo demo-server`: the embedded server without the app."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.demo.server import serve

if TYPE_CHECKING:
    from argparse import Namespace


def run_demo_server(arguments: Namespace) -> int:
    """Serve until interrupted; the first line on stdout is the base URL."""
    asyncio.run(serve(port=arguments.port, key=arguments.key))
    return 0
