"""Reads one hostile answer in a process of its own, and prints what it took.

Run as `python -m tests.faults.wire.memory_probe BASE_URL`. Prints a JSON object:
status, kind, length of the text, seconds of processor time (what else the machine
does must not count), and the peak memory in bytes (VmHWM).
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from pathlib import Path

from tests.faults.wire.case import KEY, ask, collect
from tui.api.client import ChatClient
from tui.domain.settings import Endpoint


def peak_memory() -> int:
    """Return the most memory this process ever had, in bytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0


async def probe(base_url: str) -> dict[str, object]:
    """Return what one request came to."""
    client = ChatClient(Endpoint("probe", base_url, timeout=60), KEY)
    start = time.process_time()
    played = await collect(client.start(ask()))
    took = time.process_time() - start
    await client.aclose()
    failure = played.ended.failure
    return {
        "status": played.ended.status,
        "kind": failure.kind if failure else None,
        "sentence": failure.sentence if failure else "",
        "text": len(played.text),
        "seconds": round(took, 2),
        "peak": peak_memory(),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(probe(sys.argv[1]))))  # noqa: T201 - its result
