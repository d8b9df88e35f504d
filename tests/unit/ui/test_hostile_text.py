from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from rich.segment import Segment
from textual.color import Color

from tests.support.desk import places_below
from tests.support.waiting import until
from tests.unit.ui.program import running_program
from tui.ui.line_filter import VisibleFilter
from tui.ui.screens.ask_line import AskLine

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.demo import DemoThread

CONTROLS = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0), 0x202E, 0x2066, 0x2028]))
BAD = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")
HOSTILE = [
    "[/]",
    "[/red]",
    "[/",
    '[x="y',
    "[@click=app.quit]x[/]",
    "\x1b]52;c;aGFsbG8=\x07 \x9b31m",
    f"all of {CONTROLS} them",
]


@pytest.mark.parametrize("text", HOSTILE)
async def test_foreign_text_is_shown_literally_everywhere(
    tmp_path: Path, demo: DemoThread, text: str
) -> None:
    async with running_program(tmp_path, demo.base_url) as program:
        await program.write(text)
        await program.press("enter")
        await until(lambda: program.main.chat.file, "sent")
        await program.answered()
        program.app.tell(text, "error")
        program.main.status.show_note(text, "error")
        await program.press("escape", "R")
        await program.dialog(AskLine)
        await program.press("escape")
        for keys in (("ctrl+o",), ("ctrl+p",), ("ctrl+t",)):
            await program.press(*keys)
            assert not BAD.search(program.picture())
            await program.press("escape")
        assert not BAD.search(program.picture())
        assert program.app.is_running


async def test_a_hostile_file_is_listed_and_opened(tmp_path: Path) -> None:
    folder = places_below(tmp_path).data / "conversations"
    folder.mkdir(parents=True)
    (folder / "evil.toml").write_text(
        'format = 1\nid = "x"\ntitle = "[/] \\u001b[31m \\u202e"\nmodel = "[/b]"\n'
        '[[messages]]\nid = "m"\nrole = "user"\ncontent = "[/] \\u001b]0;x\\u0007"\n'
    )
    (folder / "[x=.toml").write_text("not toml [/]")
    async with running_program(tmp_path, open_file="evil") as program:
        await program.shows("[/]")
        assert not BAD.search(program.picture())
        await program.press("ctrl+down")
        await program.press("ctrl+down")
        await program.press("ctrl+up")
        assert not BAD.search(program.picture())


@pytest.mark.parametrize("character", CONTROLS)
def test_the_last_gate_lets_no_control_character_pass(character: str) -> None:
    segments = [Segment(f"a{character}b")]
    (cleaned,) = VisibleFilter().apply(segments, Color(0, 0, 0))
    assert not BAD.search(cleaned.text)
    assert len(cleaned.text) == 3


def test_the_last_gate_leaves_good_text_and_control_segments_alone() -> None:
    segments = [Segment("مرحبا 👩‍👩‍👧 é"), Segment("\x1b[2J", control=[(1,)])]  # type: ignore[list-item]  # any control will do
    assert VisibleFilter().apply(segments, Color(0, 0, 0)) is segments
