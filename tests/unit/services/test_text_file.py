from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tui.domain.errors import NotSavedError
from tui.services.text_file import save_text, suggested_name

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("python", "code.py"),
        ("Rust", "code.rs"),
        ("", "code.txt"),
        ("../../etc", "code.txt"),
        ("dockerfile", "Dockerfile"),
    ],
)
def test_the_language_gives_the_name(language: str, name: str) -> None:
    assert suggested_name("code", language) == name


def test_a_text_is_saved_with_a_last_newline(tmp_path: Path) -> None:
    file = save_text(str(tmp_path / "a.py"), "x = 1\ny = 2")
    assert file == tmp_path / "a.py"
    assert file.read_bytes() == b"x = 1\ny = 2\n"


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("mine\n")
    path.chmod(0o600)
    assert save_text(str(path), "other") is None
    assert path.read_text() == "mine\n"
    assert save_text(str(path), "other", overwrite=True) == path
    assert path.read_text() == "other\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.glob("*a.py*")) == [path]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("mine\n")
    (tmp_path / "link").symlink_to("real")
    assert save_text(str(tmp_path / "link"), "x") is None
    save_text(str(tmp_path / "link"), "x", overwrite=True)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "x\n"


def test_a_folder_takes_the_proposed_name(tmp_path: Path) -> None:
    assert save_text(str(tmp_path), "x", "code.py") == tmp_path / "code.py"


def test_home_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert save_text("~/a.txt", "x") == tmp_path / "a.txt"


@pytest.mark.parametrize("path", ["missing/folder/a.py", "a\0b", "~nobody-here/a"])
def test_what_cannot_be_written_is_a_sentence(tmp_path: Path, path: str) -> None:
    place = path if path.startswith("~") else str(tmp_path / path)
    with pytest.raises(NotSavedError, match="Not saved"):
        save_text(place, "x")
