from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from tui.ui.widgets.external_editor import Edited, edit_in_editor, editor_command

if TYPE_CHECKING:
    from pathlib import Path


def script(folder: Path, body: str) -> dict[str, str]:
    path = folder / "my editor"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return {"VISUAL": f"'{path}'", "PATH": "/usr/bin:/bin"}


def test_visual_goes_before_editor_and_may_hold_options() -> None:
    environ = {"VISUAL": "emacs -nw", "EDITOR": "vi"}
    assert editor_command(environ) == ["emacs", "-nw"]
    assert editor_command({"EDITOR": "vi"}) == ["vi"]
    assert editor_command({"VISUAL": "  ", "EDITOR": "vi"}) == ["vi"]
    assert editor_command({"VISUAL": "it's"}) == ["it's"]


def test_an_editor_with_a_window_is_asked_to_wait() -> None:
    assert editor_command({"VISUAL": "code -n"}) == ["code", "--wait", "-n"]
    assert editor_command({"VISUAL": "code --wait"}) == ["code", "--wait"]
    assert editor_command({"VISUAL": "kate"}) == ["kate", "--block"]


def test_takes_what_the_editor_wrote(tmp_path: Path) -> None:
    environ = script(tmp_path, 'printf "%s\\r\\nand more\\n" "$(cat "$1")" > "$1"')
    assert edit_in_editor("mine", environ) == Edited("mine\nand more")


def test_an_unchanged_text_stays_exactly_as_it_was(tmp_path: Path) -> None:
    text = "  blanks  \n\nends with a line feed\n"
    assert edit_in_editor(text, script(tmp_path, "true")) == Edited(text)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("exit 1", "ended with status 1"),
        ("kill -9 $$", "ended with status -9"),
        ('rm "$1"', "left no file"),
        ('rm "$1"; mkdir "$1"', "could not be used"),
    ],
)
def test_the_text_survives_a_failing_editor(
    tmp_path: Path, body: str, said: str
) -> None:
    edited = edit_in_editor("mine", script(tmp_path, body))
    assert edited.text == "mine"
    assert said in edited.problem


def test_a_missing_editor_has_a_sentence(tmp_path: Path) -> None:
    edited = edit_in_editor("mine", {"EDITOR": "/no/such/editor"})
    assert edited.text == "mine"
    assert "could not be started" in edited.problem
    edited = edit_in_editor("mine", {"PATH": str(tmp_path)})
    assert edited == Edited("mine", "No editor found. Set VISUAL or EDITOR.")


def test_bytes_that_are_no_text_are_replaced(tmp_path: Path) -> None:
    environ = script(tmp_path, "printf 'a\\377b' > \"$1\"")
    assert edit_in_editor("mine", environ) == Edited("a�b")


def test_the_file_is_private_and_gone_afterwards_and_keys_stay_here(
    tmp_path: Path,
) -> None:
    seen = tmp_path / "seen"
    environ = script(
        tmp_path, f'stat -c "%a $1" "$1" > {seen}; env >> {seen}; cat "$1" >> {seen}'
    )
    environ |= {"MY_KEY": "sk-secret", "OTHER": "fine"}
    edit_in_editor("text", environ, private=["MY_KEY"])
    first, *rest = seen.read_text().splitlines()
    mode, path = first.split(" ", 1)
    assert mode == "600"
    assert not (tmp_path / path).exists()
    assert "OTHER=fine" in rest
    assert not any("sk-secret" in line for line in rest)
