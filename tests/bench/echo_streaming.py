"""From a key to its letter on the terminal, while four answers stream.

    python tests/bench/echo_streaming.py [--keys N]

The whole program in a pty of 120×40, in a conversation of 200 messages, against a
server of its own process. First nothing happens; then that conversation and three
others each get an answer of 200 tokens a second. A key no answer holds is typed every
40 ms or so; the clock runs from the write until its letter has come back. Beside it:
the frames a second, the bytes, the CPU time of a token, and of doing nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import select
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.open_conversation import write
from tests.support.pty_program import FORTYTWO, PtyProgram, program_env

LIMIT = 2.0
PAINTS = 30
RATE = 200
STREAMS = 4
IDLE_SECONDS = 10.0
FRAME = b"\x1b[?2026h"
"""Textual begins every frame with it where the terminal knows synchronized output."""

TEXT = (
    "## Swarm inference\n\nMany **nodes** answer and `rank` the answers, "
    "[again](https://example.org) and again. "
    * 3
    + "\n\n- one item of a list\n- another one\n\n"
    "| name | speed |\n|---|---|\n| one | 120 |\n| two | 14 |\n\n"
    "```python\ndef rank(answers):\n    return sorted(answers)[0]\n```\n\n"
)


async def serve() -> None:
    """Answer every request with tokens at a fixed rate until it is cut off."""
    tokens = [TEXT[at : at + 4] for at in range(0, len(TEXT), 4)]

    def event(delta: dict[str, str]) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": None}
        return b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n"

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            if head.startswith(b"GET"):
                body = (
                    b'{"object":"list","data":[{"id":"some-model","object":"model"}]}'
                )
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                    b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
                )
                writer.write(body)
                await writer.drain()
                writer.close()
                return
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                b"Connection: close\r\n\r\n"
            )
            begin, sent = time.monotonic(), 0
            while time.monotonic() - begin < 300:
                due = int((time.monotonic() - begin) * RATE)
                for number in range(sent, due):
                    writer.write(event({"content": tokens[number % len(tokens)]}))
                sent = due
                await writer.drain()
                await asyncio.sleep(1 / RATE)

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


def cpu_of(pid: int) -> float:
    """Return the CPU seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def echoes(program: PtyProgram, keys: int) -> list[float]:
    """Type letters that nothing else writes; return the milliseconds of each."""
    rng = random.Random(7)
    times: list[float] = []
    for number in range(keys):
        letter = chr(0x2460 + number % 100).encode()
        wait = time.perf_counter() + rng.uniform(0.025, 0.055)
        while (left := wait - time.perf_counter()) > 0:
            program.read(left)
        at = len(program.output)
        begin = time.perf_counter()
        program.type(letter)
        while letter not in program.output[at:]:
            program.read(0.5)
            if time.perf_counter() - begin > 20:
                raise SystemExit(f"no echo:\n{program.text}")
        times.append((time.perf_counter() - begin) * 1000)
        if number % 40 == 39:
            # A line of the composer, not a longer and longer text.
            program.type("\x15" * 2)
    return times


def percentile(values: list[float], share: float) -> float:
    """Return the value that a share of all values don't exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def show(name: str, times: list[float]) -> None:
    """Print a line of figures."""
    print(
        f"{name:24}{statistics.median(times):8.1f}{percentile(times, 0.95):8.1f}"
        f"{percentile(times, 0.99):8.1f}{max(times):8.1f}",
        flush=True,
    )


class Quiet(PtyProgram):
    """Keeps the bytes and computes no screen: that would take the CPU measured."""

    computing = True

    def read(self, timeout: float = 0.02) -> bytes:
        if self.computing:
            return super().read(timeout)
        ready, _, _ = select.select([self.fd], [], [], timeout)
        try:
            piece = os.read(self.fd, 1 << 20) if ready else b""
        except OSError as error:
            raise SystemExit(f"the program ended: {self.status}") from error
        self.output += piece
        return piece

    def __enter__(self) -> Quiet:
        return self


def measure(port: int, home: str, keys: int) -> bool:
    """Print all figures; return whether the limits hold."""
    data = Path(home) / ".local/share/fortytwo/conversations"
    data.mkdir(parents=True)
    write(data, "talk", 200, 1)
    config = Path(home) / ".config/fortytwo"
    config.mkdir(parents=True)
    (config / "config.toml").write_text(
        f'[endpoints.local]\nbase_url = "http://127.0.0.1:{port}/v1"\n'
        f"concurrency = {STREAMS}\n"
    )
    env = program_env(home, FORTYTWO_API_KEY="none", PYTHONPATH=str(Path.cwd()))
    command = [*FORTYTWO, "--endpoint", "local", "2026-11-22-talk"]
    with Quiet(command, env=env, cwd=home) as program:
        # Like a terminal that knows synchronized output.
        program.wait_for(lambda: b"\x1b[?2026$p" in program.output)
        program.type("\x1b[?2026;2$y")
        program.wait_for("end-of-talk")
        time.sleep(1)
        program.read(1)
        program.computing = False
        print(f"{'key to letter, ms':24}{'p50':>8}{'p95':>8}{'p99':>8}{'worst':>8}")
        idle = echoes(program, keys)
        show("idle", idle)
        program.type("\x15" * 3)
        before, since = cpu_of(program.pid), time.monotonic()
        while (left := since + IDLE_SECONDS - time.monotonic()) > 0:
            program.read(left)
        resting = 100 * (cpu_of(program.pid) - before) / IDLE_SECONDS
        program.computing = True
        for number in range(STREAMS - 1):
            program.type("\x0e")
            program.wait_for("New conversation")
            program.type(f"question {number}\r")
            program.wait_for("Swarm inference")
        # ctrl+down comes to the oldest conversation: the one of 200 messages.
        for _ in range(STREAMS):
            program.type("\x1b[1;5B")
            program.read(0.5)
        program.wait_for("end-of-talk")
        program.type("and now?\r")
        program.wait_for(f"answering {STREAMS}")
        program.read(2)
        program.computing = False
        at, began = len(program.output), time.monotonic()
        used = cpu_of(program.pid)
        streaming = echoes(program, keys)
        seconds = time.monotonic() - began
        used = cpu_of(program.pid) - used
        show(f"{STREAMS} streams, {RATE}/s each", streaming)
        output = bytes(program.output[at:])
        only = len(program.output)
        since = time.monotonic()
        while time.monotonic() - since < IDLE_SECONDS:
            program.read(0.2)
        frames = bytes(program.output[only:]).count(FRAME) / IDLE_SECONDS
        program.computing = True
        program.read(0.5)
        if f"answering {STREAMS}" not in program.text:
            raise SystemExit(f"the answers did not last:\n{program.text}")
    ratio = percentile(streaming, 0.99) / percentile(idle, 0.99)
    tokens = STREAMS * RATE * seconds
    print(f"\np99 with {STREAMS} streams: {ratio:.2f} of idle (limit {LIMIT})")
    print(f"paints a second while they stream: {frames:.1f} (limit {PAINTS})")
    print(f"CPU for a token, keys included: {1000 * used / tokens:.2f} ms")
    print(f"written for a second: {len(output) / seconds / 1000:.0f} kB")
    print(f"CPU while nothing happens: {resting:.2f} %")
    return ratio <= LIMIT and frames <= PAINTS


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=500)
    parser.add_argument("--serve", action="store_true")
    arguments = parser.parse_args()
    if arguments.serve:
        asyncio.run(serve())
        return 0
    command = [sys.executable, __file__, "--serve"]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server,
        tempfile.TemporaryDirectory() as home,
    ):
        try:
            assert server.stdout is not None
            port = int(server.stdout.readline())
            return 0 if measure(port, home, arguments.keys) else 1
        finally:
            server.kill()


if __name__ == "__main__":
    sys.exit(main())
