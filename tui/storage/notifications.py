"""What the operating system tells of writes to a folder, where it tells anything.

It is a hint and no more: network and synced folders stay silent, and a queue of
notifications may overflow. Who needs to know looks at the files as well.
"""

from __future__ import annotations

import asyncio
import logging
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

_GATHERED_FOR, _STEP = 200, 100
"""Milliseconds in which writes become one notification, and between two looks at them.
Leaving the program waits for the latter."""

_REST = 1.0
"""Seconds before a watch that broke off begins anew: what broke it may go on."""

log = logging.getLogger(__name__)


async def changed_names(folder: Path) -> AsyncIterator[set[str]]:
    """Yield the names of files that were written in a folder, until that fails.

    A name that is not UTF-8 can't be told of, and ends the watch; a new one begins, and
    who looks at the files finds what came in between.

    Args:
        folder: The folder; what lies below it in other folders is not watched.
    """
    try:
        from watchfiles import awatch
    except ImportError:  # a platform without a build of it
        return
    broken = True
    while broken:
        broken = False
        try:
            async for changes in awatch(
                folder,
                watch_filter=None,
                debounce=_GATHERED_FOR,
                step=_STEP,
                recursive=False,
                force_polling=False,
            ):
                yield {os.path.basename(path) for _, path in changes}  # noqa: PTH119
        except (OSError, RuntimeError) as error:
            log.info("no notifications of %s: %s", folder, error)
        except ExceptionGroup as group:
            _, rest = group.split((OSError, RuntimeError))
            if rest is not None:
                raise
            log.info("notifications of %s broke off: %s", folder, group.exceptions)
            broken = True
        if broken:
            await asyncio.sleep(_REST)
