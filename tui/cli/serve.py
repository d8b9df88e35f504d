"""`fortytwo demo-server`: the embedded server without the app."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from tui.demo.listening import listen
from tui.demo.server import serve
from tui.domain.errors import UsageError

if TYPE_CHECKING:
    from argparse import Namespace


def run_demo_server(arguments: Namespace) -> int:
    """Serve until interrupted; the first line on stdout is the base URL.

    Raises:
        UsageError: The port can't be listened on.
    """
    try:
        listener = listen(arguments.port)
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise UsageError(
            f"Nothing can listen at port {arguments.port} ({why}); "
            "choose another with --port, or leave it out."
        ) from None
    asyncio.run(serve(listener, key=arguments.key))
    return 0
