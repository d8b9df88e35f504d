"""What the letters beside blocks do: copy, open, pipe, save."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from tests.support.waiting import until
from tests.unit.ui.program import Program, running_program
from tui.ui.screens.ask_line import AskLine
from tui.ui.screens.confirm import Confirm
from tui.ui.screens.pick_letter import PickLetter
from tui.ui.transcript import Entry, EntryKind, Target, TargetKind

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

TEXT = """See [the book](https://example.org/book).

```python
def rank(x):
    return x
```

And `file:///etc/passwd` is no link.
"""
CODE = "def rank(x):\n    return x"


@pytest.fixture(autouse=True)
def _a_terminal_far_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("SSH_TTY", "/dev/pts/9")
    monkeypatch.setenv("SHELL", "/bin/sh")


@asynccontextmanager
async def picking(folder: Path) -> AsyncIterator[Program]:
    async with running_program(folder) as program:
        main = program.main
        main.welcome.display = False
        entry = Entry("one", EntryKind.ASSISTANT, TEXT, "model")
        main.transcript.show_entries([entry], key="one")
        main.transcript.focus()
        await program.pilot.pause()
        yield program


async def labels(program: Program) -> dict[TargetKind, Target]:
    await program.press("Y")
    await program.dialog(PickLetter)
    return {one.kind: one for one in program.main.transcript.blocks_on_screen()}


async def test_the_letter_copies(tmp_path: Path) -> None:
    async with picking(tmp_path) as program:
        code = (await labels(program))[TargetKind.CODE]
        await program.press(code.label)
        await until(lambda: program.app.clipboard == CODE, "copied")


async def test_the_line_says_what_can_be_done(tmp_path: Path) -> None:
    async with picking(tmp_path) as program:
        await labels(program)
        await program.shows("Letter copies · capital opens · | letter pipes")
        await program.press("|")
        await program.shows("The letter pipes it")
        await program.press("escape")
        await until(lambda: program.app.screen is program.main, "closed")
        assert not program.main.transcript.labels


async def test_pipe_asks_for_a_command_and_tells_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORTYTWO_API_KEY", "secret-secret")
    async with picking(tmp_path) as program:
        code = (await labels(program))[TargetKind.CODE]
        await program.press("|", code.label)
        dialog = await program.dialog(AskLine)
        out = tmp_path / "out"
        dialog.query_one(Input).value = f"cat > {out}; env >> {out}; wc -c < {out}"
        await program.press("enter")
        await program.toast("| cat >")
        assert out.read_text().startswith(CODE + "\n")
        assert "secret-secret" not in out.read_text()
        # The command is proposed the next time.
        code = (await labels(program))[TargetKind.CODE]
        await program.press("|", code.label)
        dialog = await program.dialog(AskLine)
        assert dialog.query_one(Input).value.startswith("cat > ")
        await program.press("escape")


async def test_save_proposes_a_name_and_asks_before_it_replaces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with picking(tmp_path) as program:
        code = (await labels(program))[TargetKind.CODE]
        await program.press(">", code.label)
        dialog = await program.dialog(AskLine)
        assert dialog.query_one(Input).value == "code.py"
        await program.press("enter")
        await program.toast("code.py")
        assert (tmp_path / "code.py").read_text() == CODE + "\n"

        (tmp_path / "code.py").write_text("mine")
        code = (await labels(program))[TargetKind.CODE]
        await program.press(">", code.label)
        await program.dialog(AskLine)
        await program.press("enter")
        await program.dialog(Confirm)
        await program.press("escape")
        await program.toast("Nothing was saved")
        assert (tmp_path / "code.py").read_text() == "mine"

        await labels(program)
        await program.press(">", code.label)
        await program.dialog(AskLine)
        await program.press("enter")
        await program.dialog(Confirm)
        await program.press("enter")
        await until(lambda: (tmp_path / "code.py").read_text() == CODE + "\n", "saved")


async def test_the_capital_of_a_link_copies_it_over_ssh(tmp_path: Path) -> None:
    async with picking(tmp_path) as program:
        link = (await labels(program))[TargetKind.LINK]
        await program.press(link.label.upper())
        await program.toast("copied (over SSH): https://example.org/book")
        await until(lambda: program.app.clipboard == link.text, "copied")


async def test_the_capital_of_a_link_opens_it_on_a_desktop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opener = tmp_path / "xdg-open"
    opener.write_text(f'#!/bin/sh\necho "$@" > "{tmp_path}/opened"\n')
    opener.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DISPLAY", ":0")
    for name in ("SSH_TTY", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    async with picking(tmp_path) as program:
        link = (await labels(program))[TargetKind.LINK]
        await program.press(link.label.upper())
        await program.toast("Opened https://example.org/book (xdg-open)")
        assert (tmp_path / "opened").read_text() == "https://example.org/book\n"


async def test_a_click_on_a_link_opens_nothing(tmp_path: Path) -> None:
    async with picking(tmp_path) as program:
        link = (await labels(program))[TargetKind.LINK]
        await program.press("escape")
        transcript = program.main.transcript
        await program.pilot.click(transcript, offset=(link.column + 1, link.line))
        await program.pilot.pause()
        assert program.toasts() == []


def reports(folder: Path) -> list[Path]:
    return list(folder.rglob("reports/*"))


async def test_leaving_while_letters_are_shown_breaks_nothing(tmp_path: Path) -> None:
    async with picking(tmp_path) as program:
        await labels(program)
        await program.pilot.press("ctrl+q")
        await until(lambda: not program.app.is_running, "left")
    assert reports(tmp_path) == []


async def test_two_letters_pick_where_one_is_not_enough(tmp_path: Path) -> None:
    async with running_program(tmp_path, size=(120, 70)) as program:
        main = program.main
        main.welcome.display = False
        many = "\n".join(f"- <https://example.org/{nth}>" for nth in range(50))
        entry = Entry("one", EntryKind.ASSISTANT, many, "model")
        main.transcript.show_entries([entry], key="one")
        main.transcript.focus()
        await program.pilot.pause()
        await program.press("Y")
        await program.dialog(PickLetter)
        picked = next(
            one for one in main.transcript.blocks_on_screen() if len(one.label) == 2
        )
        await program.press(*picked.label)
        await until(lambda: program.app.clipboard == picked.text, "copied")
