"""A streaming entry whose label changes, because the model's name became known."""

from __future__ import annotations

from dataclasses import replace

from textual.app import App, ComposeResult

from tui.domain.message import Status
from tui.ui.transcript import Entry, EntryKind, Transcript

PIECES = ("Stop", "pin", "g closes\n\n", "* one", "\n* tw", "o\n")


class Reader(App[None]):
    def compose(self) -> ComposeResult:
        yield Transcript()


def lines(app: App[None]) -> list[str]:
    strips = app.screen._compositor.render_strips()
    return [strip.text.rstrip() for strip in strips]


async def test_a_new_label_does_not_end_the_text() -> None:
    app = Reader()
    async with app.run_test(size=(80, 24)) as pilot:
        transcript = app.query_one(Transcript)
        transcript.show_entries([], key="one")
        entry = Entry("a", EntryKind.ASSISTANT, "", "Answer", streaming=True)
        transcript.append_entry(entry)
        await pilot.pause()
        transcript.replace_entry(replace(entry, label="guide"))
        for piece in PIECES:
            transcript.extend_answer("a", piece)
            await pilot.pause()
        text = "".join(PIECES)
        final = replace(entry, label="guide", text=text, status=Status.COMPLETE)
        transcript.finish_answer(final)
        await pilot.pause()
        streamed = lines(app)
        transcript.show_entries([replace(final, streaming=False)], key="two")
        await pilot.pause()
        assert streamed == lines(app)
        assert any("Stopping closes" in line for line in streamed)
