"""Import of many conversations: seconds and memory, once new and once known.

    python -m tests.bench.import_scale [--conversations N]

The export is made anew: each conversation has 20 messages, about 22 KB in all. The
importing program is a process of its own; its peak memory is what the kernel says.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.support.pty_program import FORTYTWO, program_env
from tests.unit.storage.foreign_samples import chatgpt_entry, chatgpt_node

MOST_MEMORY = 100
"""Megabytes, however long the export is."""


def write_export(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        for nth in range(count):
            nodes = []
            above = "root"
            for turn in range(10):
                user, answer = f"u{nth}-{turn}", f"a{nth}-{turn}"
                words = f"question {turn} " * 20
                nodes.append(chatgpt_node(user, above, "user", words, turn))
                words = f"answer {turn} lorem ipsum " * 60
                nodes.append(chatgpt_node(answer, user, "assistant", words, turn))
                above = answer
            entry = chatgpt_entry(nodes, f"Talk {nth}", f"conv-{nth}")
            file.write(("," if nth else "[") + json.dumps(entry))
        file.write("]")


def run(words: list[str], env: dict[str, str]) -> tuple[float, float]:
    """Return the seconds and the megabytes that a command took."""
    begin = time.perf_counter()
    pid = os.posix_spawn(words[0], words, env)
    _, status, usage = os.wait4(pid, 0)
    if status:
        raise SystemExit(f"{words} ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - begin, usage.ru_maxrss / 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=10_000)
    count = parser.parse_args().conversations
    with tempfile.TemporaryDirectory() as home:
        export = Path(home) / "conversations.json"
        write_export(export, count)
        size = export.stat().st_size / 1e6
        words = [*FORTYTWO, "import", str(export), "--data-dir", f"{home}/data"]
        env = program_env(home)
        env["PYTHONPATH"] = str(Path(__file__).parents[2])
        print(f"{count:,} conversations, {size:,.0f} MB")
        peak = 0.0
        for what in ("new", "known"):
            seconds, memory = run(words, env)
            peak = max(peak, memory)
            print(f"{what:6} {count / seconds:8,.0f} /s  {memory:6.0f} MB at most")
    return 0 if peak <= MOST_MEMORY else 1


if __name__ == "__main__":
    sys.exit(main())
