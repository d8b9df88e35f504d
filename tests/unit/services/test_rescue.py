"""The last resort for words: the first folder that takes them, and no litter."""

from __future__ import annotations

import resource
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tui.services.rescue import write_rescue

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
WORDS = [("A chat", "precious")]


@contextmanager
def full_disk() -> Iterator[None]:
    """Files can be made, but no byte can be written to them."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_full_disk_keeps_no_empty_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folder = tmp_path / "state"
    folder.mkdir()
    with full_disk():
        assert write_rescue(WORDS, [folder], NOW) is None
    for place in (folder, Path.home(), tmp_path):
        assert list(place.glob("fortytwo-rescued-*")) == []


def test_the_first_folder_that_takes_the_words_has_them(tmp_path: Path) -> None:
    path = write_rescue(WORDS, [tmp_path / "none", tmp_path], NOW)
    assert path is not None
    assert path.parent == tmp_path
    assert path.read_text() == "# A chat\n\nprecious\n"
    assert path.stat().st_mode & 0o777 == 0o600
    other = write_rescue(WORDS, [tmp_path], NOW)
    assert other is not None
    assert other.parent == Path.home()
