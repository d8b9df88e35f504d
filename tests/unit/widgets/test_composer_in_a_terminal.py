"""The composer in a real pty: the editor takes the terminal and gives it back."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.support.pty_program import PtyProgram, program_env

ROOT = str(Path(__file__).parents[3])
PROGRAM = """
import sys
from pathlib import Path
from textual.app import App
from textual.widgets import Label
from tui.ui.widgets.composer import Composer

class Writing(App):
    AUTO_FOCUS = "Composer"
    def compose(self):
        yield Label("ready", markup=False)
        yield Composer()
    def on_composer_submitted(self, message):
        with Path(sys.argv[1]).open("a") as file:
            file.write(repr(message.text) + chr(10))
    def on_composer_warned(self, message):
        self.query_one(Label).update(message.sentence)

Writing().run()
"""


def start(tmp_path: Path, editor: str) -> tuple[PtyProgram, Path]:
    sent = tmp_path / "sent"
    script = tmp_path / "editor"
    script.write_text(f"#!/bin/sh\n{editor}\n")
    script.chmod(0o755)
    env = program_env(str(tmp_path), VISUAL=str(script))
    program = [sys.executable, "-c", PROGRAM, str(sent)]
    return PtyProgram(program, env=env, cwd=ROOT, columns=60, rows=20), sent


def lines(sent: Path) -> list[str]:
    return sent.read_text().splitlines() if sent.exists() else []


def test_the_editor_gets_the_terminal_and_the_text_comes_back(tmp_path: Path) -> None:
    program, sent = start(
        tmp_path, 'stty -a > /dev/null && echo EDITING; read key; echo more >> "$1"'
    )
    with program:
        program.wait_for("Ask anything")
        program.type("my text")
        program.wait_for("› my text")
        program.type(b"\x07")
        program.wait_for("EDITING")
        program.type("x\n")
        program.wait_for("  more")
        program.type("!")
        program.wait_for("  more!")
        program.type("\x1b[13;2u")
        program.type("end")
        program.wait_for("  end")
        while not lines(sent):
            program.type("\r")
            program.read(0.1)
        assert lines(sent)[0].startswith("'my text\\nmore!\\nend")


def test_a_failing_editor_loses_nothing(tmp_path: Path) -> None:
    program, _ = start(tmp_path, 'rm "$1"; exit 3')
    with program:
        program.wait_for("Ask anything")
        program.type("my text")
        program.wait_for("› my text")
        program.type(b"\x07")
        program.wait_for("ended with status 3; text kept.")
        assert "› my text" in program.text


def test_raw_bytes_of_a_paste_without_marks_send_nothing(tmp_path: Path) -> None:
    program, sent = start(tmp_path, "true")
    with program:
        program.wait_for("Ask anything")
        program.type("one\rtwo\rthree\r")
        program.wait_for("  three")
        program.type("z")
        program.wait_for("  z")
        assert lines(sent) == []
        assert "› one" in program.text
