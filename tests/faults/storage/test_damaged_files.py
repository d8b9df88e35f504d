"""Two hundred damaged files: no crash, no byte of them changed, all have a reason."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import traceback
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.unit.storage.samples import chat, prompt
from tui.domain.errors import MissingError, ReadOnlyError, StorageError, UnreadableError
from tui.domain.message import Message, Role
from tui.storage.encoding import encode
from tui.storage.journal import Journal, recover
from tui.storage.library import Library

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.promises import Measured

GOOD = encode(chat(4))


def damage(folder: Path) -> dict[str, str]:
    """Write the damaged files; returns a word of the reason that some must have."""
    chosen = random.Random(7)
    reasons: dict[str, str] = {}

    def put(name: str, content: bytes, reason: str = "") -> None:
        (folder / f"{name}.toml").write_bytes(content)
        reasons[f"{name}.toml"] = reason

    for number in range(80):
        flipped = bytearray(GOOD)
        flipped[chosen.randrange(len(GOOD))] ^= 1 << chosen.randrange(8)
        put(f"flip-{number}", bytes(flipped))
    for number in range(100):
        put(f"cut-{number}", GOOD[: len(GOOD) * number // 100])
    put("empty", b"", "empty")
    put("blank", b" \n\n", "empty")
    put(
        "merge", b"<<<<<<< HEAD\n" + GOOD + b"=======\n>>>>>>> x\n", "Line 1 is a merge"
    )
    put("merge-in-tail", GOOD + b"<<<<<<< HEAD\n=======\n>>>>>>> x\n", "merge")
    put("utf16", GOOD.decode().encode("utf-16"), "UTF-16")
    put("latin1", 'title = "é"\n'.encode("latin-1"), "not UTF-8")
    put("latin1-tail", GOOD + "# é\n".encode("latin-1"), "not UTF-8")
    put("nul-tail", GOOD + b"\0" * 4096, "TOML")
    put("brackets", b"x = " + b"[" * 20_000, "nested")
    put("dots", b".".join([b"a"] * 20_000) + b" = 1", "parts")
    put("digits", b"x = " + b"9" * 5_000, "TOML")
    put("text", b"Dear diary,\n", "Line 1")
    put("json", b'{"messages": []}', "Line 1")
    put("binary", bytes(chosen.randrange(256) for _ in range(5_000)))
    put("unterminated", b'title = """' + b"x" * 100_000, "TOML")
    with (folder / "giant.toml").open("wb") as giant:
        giant.truncate(300 * 1024 * 1024)
    reasons["giant.toml"] = "too large: 300 MB"
    os.mkfifo(folder / "pipe.toml")
    reasons["pipe.toml"] = "not an ordinary file"
    (folder / "folder.toml").mkdir()
    reasons["folder.toml"] = "not an ordinary file"
    (folder / "loop.toml").symlink_to(folder / "loop.toml")
    reasons["loop.toml"] = "leads to itself"
    (folder / "dangling.toml").symlink_to(folder / "nowhere.toml")
    reasons["dangling.toml"] = "gone"
    return reasons


ODD_BUT_READABLE = {
    "bom": (b"\xef\xbb\xbf" + GOOD, 8),
    "windows": (GOOD.replace(b"\n", b"\r\n"), 8),
    "types": (b"title = 1\ncreated = 'x'\nactive = []\nmodel = {}\n", 0),
    "messages-text": (b"title = 'x'\nmessages = 'x'\n", 0),
    "newer": (b"format = 99\ntitle = 'x'\n", 0),
    "numbers": (b"a = nan\nb = -inf\nc = 0x10\ncreated = 1979-05-27\n", 0),
    "far-time": (b"created = 0001-01-01T00:00:00+14:00\n", 0),
}


def fingerprint(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.is_file() and path.stat().st_size < 10_000_000
    }


@pytest.mark.promise
def test_two_hundred_damaged_files(tmp_path: Path, measured: Measured) -> None:
    library = Library(tmp_path)
    loaded = library.create(chat(1))
    folder = library.conversations
    reasons = damage(folder)
    assert len(reasons) >= 200
    before = fingerprint(folder)

    rows = {row.file: row for row in library.scan()}
    assert rows.keys() == {*reasons, loaded.file}
    assert all(row.updated.year > 1970 for row in rows.values())
    for file, reason in reasons.items():
        try:
            library.load(file)
        except (UnreadableError, MissingError):
            row = library.summary(file)
            assert row is not None
            assert row.problem, file
            assert reason in row.problem, (file, row.problem)
        else:
            assert reason == "", file
    assert rows[loaded.file].problem == ""
    library.scan()
    library.repair()
    library.append(loaded, [prompt(9)])
    after = fingerprint(folder)
    assert after.pop(loaded.file) != before.pop(loaded.file)
    assert after == before
    broken = sum(bool(row.problem) for row in library.scan())
    measured(
        "P12",
        f"{len(reasons)} damaged files: 0 changed, {broken} unreadable with a reason, "
        "the others open",
    )


@pytest.mark.parametrize("name", ODD_BUT_READABLE)
def test_odd_files_open(tmp_path: Path, name: str) -> None:
    content, messages = ODD_BUT_READABLE[name]
    library = Library(tmp_path)
    library.conversations.mkdir()
    path = library.conversations / f"{name}.toml"
    path.write_bytes(content)
    (row,) = library.scan()
    assert row.problem == ""
    loaded = library.load(path.name)
    assert len(loaded.conversation.messages) == messages
    assert bool(loaded.read_only) == bool(row.read_only) or name == "messages-text"
    assert path.read_bytes() == content


def test_damaged_file_is_shown_as_text_and_can_go_to_the_trash(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.conversations.mkdir()
    for name, content in {"a": b"broken [\xff", "b": "x".encode("utf-16")}.items():
        path = library.conversations / f"{name}.toml"
        path.write_bytes(content)
        assert library.read_text(path.name)
        trashed = library.trash(path.name)
        assert library.restore(trashed) == path.name
        assert path.read_bytes() == content


def refuse_to_write(root: Path) -> None:
    """What somebody who may only read meets; raises when it is anything else."""
    library = Library(root)
    assert recover(library) == []
    (row,) = library.scan()
    assert "permissions" in row.read_only
    loaded = library.load(row.file)
    assert loaded.read_only
    assert len(loaded.conversation.messages) == 2
    writable = replace(loaded, read_only="")
    head = Message(id="m", role=Role.ASSISTANT, content="")
    attempts: tuple[Callable[[], object], ...] = (
        lambda: library.append(loaded, [prompt(5)]),
        lambda: library.append(writable, [prompt(5)]),
        lambda: library.replace(writable, replace(loaded.conversation, title="x")),
        lambda: library.create(chat(1)),
        lambda: library.trash(row.file),
        lambda: Journal.begin(root, row.file, head),
    )
    for attempt in attempts:
        with pytest.raises(ReadOnlyError):
            attempt()


@pytest.mark.promise
def test_what_must_not_be_written_opens_for_reading(measured: Measured) -> None:
    """Root may write everywhere, so a child process becomes somebody else."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "data"
        library = Library(root)
        library.create(chat(1))
        before = fingerprint(library.conversations)
        for path in (root, *root.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        Path(name).chmod(0o755)
        child = os.fork()
        if child == 0:
            try:
                if os.geteuid() == 0:
                    os.setgid(65_534)
                    os.setuid(65_534)
                refuse_to_write(root)
                os._exit(0)
            except BaseException:  # noqa: BLE001 - the child must end here
                traceback.print_exc()
                os._exit(1)
        assert os.waitpid(child, 0)[1] == 0
        assert fingerprint(library.conversations) == before
        for path in (root, *root.rglob("*")):
            path.chmod(0o700)
        measured("P17", "a folder of somebody else: read, 6 ways to write refused")


def test_full_disk_of_a_real_kind(tmp_path: Path) -> None:
    """RLIMIT_FSIZE stops writes half-way, as a full disk does."""
    script = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from tests.unit.storage.samples import chat, prompt\n"
        "from tui.domain.errors import NotSavedError\n"
        "from tui.storage.library import Library\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "library = Library(Path(sys.argv[1]))\n"
        "loaded = library.create(chat(10))\n"
        "size = loaded.stamp.size\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (size + 500, size + 5_000_000))\n"
        "try:\n"
        "    library.append(loaded, [prompt(99, 'x' * 100_000)])\n"
        "except NotSavedError as error:\n"
        "    print(error.sentence)\n"
        "assert len(library.load(loaded.file).conversation.messages) == 20\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (size + 5_000_000,) * 2)\n"
        "loaded = library.append(loaded, [prompt(99, 'x' * 100_000)])\n"
        "assert len(library.load(loaded.file).conversation.messages) == 21\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "larger than allowed" in done.stdout


def test_library_that_is_a_file_or_gone_gives_sentences(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no folder")
    library = Library(tmp_path / "data")
    for attempt in (library.scan, lambda: library.create(chat(1))):
        with pytest.raises(StorageError):
            attempt()
    other = Library(tmp_path / "other")
    loaded = other.create(chat(1))
    shutil.rmtree(tmp_path / "other")
    assert other.scan() == []
    with pytest.raises(StorageError):
        other.append(loaded, [prompt(1)])
