from __future__ import annotations

import pytest
from rich.cells import cell_len

from tests.unit.widgets.stage import Stage, painted
from tui.ui.widgets.chat_header import ChatHeader


async def test_title_left_model_right_marks_between() -> None:
    header = ChatHeader()
    async with Stage(header).run_test(size=(60, 3)):
        header.show("What is swarm inference?", "fortytwo-preview", ["read-only"])
        assert painted(header) == [
            " What is swarm inference?       read-only  fortytwo-preview "
        ]


async def test_the_marks_go_first_when_it_gets_narrow() -> None:
    header = ChatHeader()
    async with Stage(header).run_test(size=(40, 3)):
        header.show("What is swarm inference?", "fortytwo-preview", ["read-only"])
        assert painted(header) == [" What is swarm infer…  fortytwo-preview "]


@pytest.mark.parametrize("width", [1, 3, 5, 12, 20, 33, 60])
@pytest.mark.parametrize("title", ["", "[/]\x1b]0;x\x07", "日本語" * 30, "x" * 9999])
async def test_any_width_stays_inside_and_nothing_foreign_is_raw(
    width: int, title: str
) -> None:
    header = ChatHeader()
    async with Stage(header).run_test(size=(width, 3)):
        header.show(title, title + "\u202e", [title, "b"])
        (line,) = painted(header)
        assert cell_len(line) == width
        assert not any(ord(sign) < 32 or sign == "\u202e" for sign in line)
