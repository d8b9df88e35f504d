"""What the kernel sees of a save: syncs in their order, nothing emptied."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.promises import Measured

SAVES = """
import sys
from dataclasses import replace
from pathlib import Path
from tests.unit.storage.samples import answer, chat, prompt
from tui.domain.message import Message, Role
from tui.storage.drafts_file import save_drafts
from tui.storage.journal import Journal
from tui.storage.library import Library

root = Path(sys.argv[1])
for in_place_from in (0, 1_000_000):
    library = Library(root, in_place_from=in_place_from)
    loaded = library.create(chat(2))
    for number in range(10, 20):
        loaded = library.append(loaded, [prompt(number)])
        loaded = library.append(loaded, [answer(number, parent=f"p{number}")])
        titled = replace(loaded.conversation, title=f"Title {number}")
        loaded = library.replace(loaded, titled)
    head = Message(id="a99", role=Role.ASSISTANT, content="", parent="p19")
    journal = Journal.begin(root, loaded.file, head)
    journal.add("words")
    journal.flush()
    journal.close()
    library.copy_to_trash(loaded.file)
    library.restore(library.trash(loaded.file))
    library.close()
    save_drafts(root / "drafts.toml", {"": "half a thou"})
"""

CALL = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)")
OPENED = re.compile(r'"([^"]*)", ([A-Z_|]+)')
DESCRIPTOR = re.compile(r"^\d+<([^>]*)>")
NAMES = re.compile(r'"([^"]*)"')

pytestmark = pytest.mark.skipif(
    shutil.which("strace") is None, reason="strace is not installed"
)


def trace(root: Path, log: Path) -> list[tuple[str, str]]:
    """Return the successful calls of a process that saves, with their arguments."""
    calls = (
        "openat,write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,link,linkat"
    )
    command = ["strace", "-f", "-y", "-s", "4096", "-e", f"trace={calls}", "-o"]
    done = subprocess.run(
        [*command, str(log), sys.executable, "-c", SAVES, str(root)],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    if "ptrace" in done.stderr.lower():
        pytest.skip("this machine lets nobody trace")
    assert done.returncode == 0, done.stderr
    matches = (CALL.match(line) for line in log.read_text("utf-8").splitlines())
    return [(one[1], one[2]) for one in matches if one and int(one[3]) >= 0]


@pytest.mark.promise
def test_every_rename_lies_between_two_syncs(
    tmp_path: Path, measured: Measured
) -> None:
    root = tmp_path / "data"
    calls = trace(root, tmp_path / "strace.log")
    dirty: set[str] = set()
    waiting: dict[str, str] = {}
    renames = 0
    for name, arguments in calls:
        descriptor = DESCRIPTOR.match(arguments)
        path = descriptor[1] if descriptor else ""
        if name == "openat" and str(root) in arguments:
            opened = OPENED.search(arguments)
            assert opened
            assert "O_TRUNC" not in opened[2], arguments
        elif name in ("write", "pwrite64"):
            dirty.add(path)
        elif name in ("fsync", "fdatasync"):
            dirty.discard(path)
            waiting.pop(path, None)
        elif name.startswith(("rename", "link")) and str(root) in arguments:
            source, target = NAMES.findall(arguments)[:2]
            assert source not in dirty, f"{source} was renamed before it was synced"
            folder = str(Path(target).parent)
            assert folder not in waiting, f"{folder} was not synced after a rename"
            waiting[folder] = target
            renames += 1
    assert not waiting, "the last rename is not durable"
    assert renames > 40
    measured("P7", f"{renames} renames seen by strace: all between two syncs")
    measured("P7", "files that were emptied to be written anew: 0")
