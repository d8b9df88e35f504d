"""No control character and no markup of any text reaches the terminal, anywhere."""

from __future__ import annotations

import random
import re
import unicodedata
from typing import TYPE_CHECKING

import pytest

from tests.faults.terminal.sinks import (
    DIALOGS,
    DRAWN,
    NO_FOREIGN_TEXT,
    widget_classes,
)
from tests.unit.ui.program import running_program
from tui.domain.visible import visible_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.support.promises import Measured
    from tests.unit.ui.program import Program

CODE_POINTS = [
    *(chr(code) for code in range(0x20) if chr(code) not in "\t\n\r"),
    "\x7f",
    *map(chr, range(0x80, 0xA0)),
    *"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    *"\u2028\u2029\u200b\u2060\ufeff\ufff9\U000e0041",
]
"""C0 but tab, LF and CR, which lay text out; DEL; C1; bidi; what has no shape."""

BAD = re.compile(f"[{re.escape(''.join(CODE_POINTS))}\r]")
LEFT_ALONE = "مرحبا שלום 👩‍👩‍👧 é n̈ हिन्दी"
MARKUP = ("[/]", "[/red]", "[/", '[x="y', "[@click=app.quit]x[/]", "[b]", "\\[", "[]")
FUZZ, QUICK_FUZZ = 1_000, 100
"""Generated strings for each place, with and without `--long`."""

SPLITS_LINES = ("PromptEditor", "SystemPromptArea")
"""Places that end a line where Unicode does: there the character is seen as that."""

AT_ONCE = 8
"""Code points shown at once: the narrowest place has some twenty cells."""


def test_every_widget_is_known_here() -> None:
    """A new widget belongs to the places that are tried, or says why it need not."""
    known = {*DRAWN, *DIALOGS, *NO_FOREIGN_TEXT} - {"Toast"}
    assert set(widget_classes()) == known


def chunks() -> list[str]:
    starts = range(0, len(CODE_POINTS), AT_ONCE)
    marks = [CODE_POINTS[at : at + AT_ONCE] for at in starts]
    return ["".join(f"Ω{mark}" for mark in some) + "Ж" for some in marks]


@pytest.mark.promise
@pytest.mark.timeout(300)
@pytest.mark.parametrize("sink", [*DRAWN, *DIALOGS])
async def test_every_code_point_is_made_visible(
    tmp_path: Path, sink: str, measured: Measured
) -> None:
    async with running_program(tmp_path, size=(200, 50)) as program:
        for text in chunks():
            picture = await shown(program, sink, [text])
            assert not BAD.search(picture), ascii(text)
            for mark in re.findall("Ω(.)", text, re.DOTALL):
                if sink in SPLITS_LINES and len(f"{mark}x".splitlines()) > 1:
                    continue
                wanted = {f"Ω{visible_line(mark)}", "Ω�"}
                assert any(one in picture for one in wanted), ascii(mark)
        for word in LEFT_ALONE.split():
            picture = await shown(program, sink, [f"<{word}>"])
            assert f"<{word}>" in picture, ascii(word)
        assert program.app.is_running
    measured("P30", "places where Arabic, Hebrew, ZWJ and combining marks stay", 1)
    measured("P29", "places × code points, none raw and each visible", len(CODE_POINTS))
    measured("P30", "places × code points replaced visibly", len(CODE_POINTS))


@pytest.mark.promise
@pytest.mark.timeout(300)
@pytest.mark.parametrize("sink", [*DRAWN, *DIALOGS])
async def test_markup_is_text(
    tmp_path: Path, sink: str, measured: Measured, request: pytest.FixtureRequest
) -> None:
    count = FUZZ if request.config.getoption("--long") else QUICK_FUZZ
    texts = generated(count)
    async with running_program(tmp_path, size=(160, 50)) as program:
        for markup in MARKUP:
            picture = await shown(program, sink, [f"Ω{markup}Ж"])
            assert f"Ω{markup}Ж" in picture
        for at in range(0, count, 50):
            await shown(program, sink, texts[at : at + 50])
            if sink == "Toast":
                program.app.clear_notifications()
        assert program.app.is_running
        assert program.app._exception is None
    measured("P31", "places × generated strings, shown literally, no crash", count)


def generated(count: int) -> list[str]:
    """Return strings of what markup is made of, always the same."""
    dice = random.Random(42)
    pieces = [*MARKUP, *"[]/=\"'\\()$\x1b\u202e\n`|<", "a b", "@click", "link=x"]
    pieces += ["#fff", "on", "é", "**"]
    return ["".join(dice.choices(pieces, k=dice.randint(1, 12))) for _ in range(count)]


async def shown(program: Program, sink: str, texts: Sequence[str]) -> str:
    """Show texts in a place and return what the screen is then."""
    if sink in DRAWN:
        DRAWN[sink](program, texts)
        await settle(program)
        return program.picture()
    dialog = DIALOGS[sink](program, texts)
    await program.app.push_screen(dialog)
    await settle(program)
    picture = program.picture()
    await program.app.pop_screen()
    return picture


async def settle(program: Program) -> None:
    await program.pilot.pause()
    await program.app.workers.wait_for_complete()
    await program.pilot.pause()


def test_the_code_points_are_those_of_the_promise() -> None:
    controls = {chr(code) for code in range(0x110000) if is_control(code)}
    assert controls - set(CODE_POINTS) == set("\t\n\r")


def is_control(code: int) -> bool:
    return unicodedata.category(chr(code)) == "Cc"
