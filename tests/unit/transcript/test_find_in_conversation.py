"""Find: every match, highlighted, counted, also where it is folded."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.transcript.showing import (
    Host,
    answer,
    highlighted,
    prompt,
    screen_text,
    settled,
    talk,
    until,
)
from tui.ui.transcript import FindState, Transcript
from tui.ui.transcript.find import Finder


async def test_counts_and_goes_round() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.transcript
        entries = talk(60)
        for at in (3, 50, 90):
            entries[at] = replace(entries[at], text="a **nee**dle and a Needle")
        view.show_entries(entries, key="one")
        await settled(pilot, view)
        view.find("needle")
        await until(pilot, lambda: view.find_state and view.find_state.complete)
        await settled(pilot, view)
        # The first two are written in two pieces in the source of an answer.
        assert view.find_state is not None
        seen = []
        for _ in range(5):
            assert view.find_next()
            await settled(pilot, view)
            assert any("needle" in line.lower() for line in screen_text(view))
            seen.append(view.find_state.position)
        assert len(set(seen)) >= 4
        assert view.find_previous()
        view.clear_find()
        assert view.find_state is None
        assert isinstance(app.heard[-1], Transcript.FindChanged | object)


async def test_minds_the_case_only_when_the_query_does() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.transcript
        view.show_entries([prompt(1, "Apple apple APPLE")], key="one")
        await settled(pilot, view)
        assert view.find("apple") == 3
        assert view.find("Apple") == 1
        assert view.find("nothing like it") == 0
        assert view.find_state == FindState(0, 0, True)
        assert view.find("") == 0
        assert view.find_state is None


async def test_unfolds_what_hides_a_match() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.transcript
        long_prompt = "\n".join(f"line {n}" for n in range(60)) + "\nthe needle"
        entries = [
            *talk(30),
            prompt(90, long_prompt),
            answer(91, reasoning="thought of a pin"),
            *[replace(entry, id="x" + entry.id) for entry in talk(10)],
        ]
        view.show_entries(entries, key="one")
        await settled(pilot, view)
        assert view.find("needle") == 1
        await settled(pilot, view)
        assert any("needle" in line for line in screen_text(view))
        assert view.find("a pin") == 1
        await settled(pilot, view)
        assert any("thought of a pin" in line for line in screen_text(view))


async def test_a_match_across_a_soft_line_end_is_highlighted_on_both_lines() -> None:
    app = Host()
    async with app.run_test(size=(30, 12)) as pilot:
        view = app.transcript
        view.show_entries(
            [answer(1, "some words before the long needle goes on here")], key="one"
        )
        await settled(pilot, view)
        assert view.find("words before the long needle goes") == 1
        lit = [
            y
            for y in range(12)
            if any(
                (segment.style and segment.style.underline)
                or (segment.style and segment.style.bold and y > 0)
                for segment in view.render_line(y)
            )
        ]
        assert len(lit) >= 2


async def test_a_streaming_answer_is_searched_too() -> None:
    app = Host()
    async with app.run_test(size=(60, 12)) as pilot:
        view = app.transcript
        stream = answer(1, "begin", streaming=True)
        view.show_entries([stream], key="one")
        await settled(pilot, view)
        assert view.find("needle") == 0
        view.extend_answer("a1", " a needle")
        await until(
            pilot, lambda: view.find_state is not None and view.find_state.count == 1
        )


async def test_what_is_loaded_later_and_what_is_said_later_is_searched_too() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.transcript
        entries = [prompt(at, f"an apple {at}") for at in range(400)]
        view.show_entries(entries[300:], key="one")
        await settled(pilot, view)
        view.find("apple", entries[380].id)
        await until(pilot, lambda: view.find_state and view.find_state.complete)
        place = screen_text(view)
        view.prepend_entries(entries[:300])
        await until(
            pilot, lambda: view.find_state == FindState(400, 381, complete=True)
        )
        assert screen_text(view) == place
        view.append_entry(prompt(400, "one more apple"))
        await until(
            pilot, lambda: view.find_state == FindState(401, 381, complete=True)
        )


async def test_messages_that_come_while_it_searches_are_counted_once() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.transcript
        entries = [prompt(at, f"an apple {at}") for at in range(400)]
        view.show_entries(entries[100:399], key="one")
        await settled(pilot, view)
        finder = view.finder = Finder(view.reading, "apple", 250)
        assert not finder.search(0.0)
        view.append_entry(entries[399])
        view.prepend_entries(entries[:100])
        await until(pilot, lambda: finder.complete)
        assert finder.state().count == 400


async def test_matches_of_a_message_that_is_taken_out_are_forgotten() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.transcript
        entries = [prompt(at, f"an apple {at}") for at in range(400)]
        view.show_entries(entries, key="one")
        await settled(pilot, view)
        finder = view.finder = Finder(view.reading, "apple", 250)
        assert not finder.search(0.0)
        for at in (10, 249, 250, 251, 399):
            view.remove_entry(f"p{at}")
        while not finder.search(0.0):
            pass
        assert finder.state().count == 395
        view.find_next()
        assert finder.current is not None
        view.remove_entry(finder.current[0])
        assert view.find_state == FindState(394, 0, complete=True)
        assert view.find_next()


async def test_the_focus_goes_with_the_match_and_stays_with_it() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.transcript
        entries = talk(60)
        for at in (3, 50, 90):
            entries[at] = replace(entries[at], text="a needle")
        view.show_entries(entries, key="one")
        view.go_home()
        await settled(pilot, view)
        view.find("needle")
        for at in (50, 90, 3, 50):
            assert view.find_next()
            assert view.take_target() == entries[at].id
        view.clear_find()
        assert view.take_target() == entries[50].id


async def test_the_match_shown_stays_marked_while_the_answer_grows() -> None:
    app = Host()
    async with app.run_test(size=(40, 24)) as pilot:
        view = app.transcript
        text = "a needle " + "and more words " * 4 + "\n\nthe other needle here\n\n"
        view.show_entries([answer(1, text, streaming=True)], key="one")
        await settled(pilot, view)
        view.find("needle")
        assert view.find_next()

        def marked() -> list[tuple[int, bool]]:
            assert view.finder is not None
            shown = view.reading.view(0)
            return [
                (line, here)
                for line in range(shown.height)
                for _, _, here in view.finder.spans(shown, line)
            ]

        before = marked()
        assert [here for _, here in before] == [False, True]
        view.extend_answer("a1", "a third needle")
        await until(pilot, lambda: len(marked()) == 3)
        assert marked()[:2] == before
        view.finish_answer(answer(1, text + "a third needle"))
        await settled(pilot, view)
        assert [here for _, here in marked()] == [False, True, False]


async def test_a_step_into_a_giant_answer_is_near_its_words_at_once() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.transcript
        words = "some words of a paragraph. " * 8
        paragraphs = [f"{words}{number}" for number in range(4000)]
        paragraphs[3000] = f"{words}the needle"
        view.show_entries(
            [answer(1, "\n\n".join(paragraphs)), *talk(40)[4:]], key="one"
        )
        await settled(pilot, view)
        view.find("needle")
        assert not view.reading.view(0).done
        await settled(pilot, view)
        assert any(line.endswith(" needle") for line in screen_text(view))
        assert view.find_state == FindState(1, 1, complete=True)


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 12)])
async def test_a_match_is_on_the_screen_wherever_it_stands(
    size: tuple[int, int],
) -> None:
    app = Host()
    async with app.run_test(size=size) as pilot:
        view = app.transcript
        text = "\n\n".join(
            f"Paragraph {number}, needle{number}x" for number in range(60)
        )
        view.show_entries([prompt(1), answer(1, text)], key="one")
        await settled(pilot, view)
        for number in (*range(0, 40, 13), *range(40, 60)):
            for start in (view.go_home, view.go_to_end):
                view.clear_find()
                start()
                await settled(pilot, view)
                view.find(f"needle{number}x")
                await settled(pilot, view)
                shown = [text for _, text in highlighted(view, here=True)]
                assert shown == [f"needle{number}x"]


async def test_a_match_that_is_seen_at_the_end_moves_nothing() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.transcript
        view.show_entries([*talk(20), prompt(20, "Outro needle")], key="one")
        await settled(pilot, view)
        before = screen_text(view)
        view.find("Outro")
        await settled(pilot, view)
        assert [line.strip("▌ ") for line in screen_text(view)] == [
            line.strip() for line in before
        ]
        assert [text for _, text in highlighted(view)] == ["Outro"]


EVERY_BLOCK = Path(__file__).with_name("every_block.md").read_text()
SHOWN_OTHERWISE = """A **bold** text, [a link](https://x.example/p), a\ttab, **nee**dle.

| Head | Wide |
|---|---|
| cell needle | a long cell that is wrapped at narrow widths needle for sure, and more |

$\\frac{a}{b} \\alpha$ &copy; and

```python
needle = 3
```
"""


@pytest.mark.parametrize("width", [100, 44, 30])
async def test_what_can_be_read_can_be_found(width: int) -> None:
    app = Host()
    async with app.run_test(size=(width, 240)) as pilot:
        view = app.transcript
        view.show_entries([answer(1, EVERY_BLOCK), answer(2, SHOWN_OTHERWISE)], key="1")
        await settled(pilot, view)
        words = {
            word.removesuffix(":")
            for line in screen_text(view)[1:]
            for word in re.findall(r"[^\s│▌─┼▪◦•→]{2,}", line[3:])
        }
        # The numbers of a list are decoration, like its dots.
        words -= {"model", "14:03", "1.", "2."}
        assert len(words) > 100
        for word in words:
            view.find(word)
            await until(pilot, lambda: view.find_state and view.find_state.complete)
            assert view.find_state is not None
            count = view.find_state.count
            assert count > 0, word
            lit = "".join(text for _, text in highlighted(view))
            assert lit.lower().count(word.lower()) == count, (word, lit)


@pytest.mark.parametrize("width", [100, 30])
async def test_every_match_that_is_counted_can_be_gone_to(width: int) -> None:
    app = Host()
    async with app.run_test(size=(width, 24)) as pilot:
        view = app.transcript
        entries = [prompt(1, "the needle"), answer(1, SHOWN_OTHERWISE), *talk(9)[4:]]
        view.show_entries(entries, key="one")
        await settled(pilot, view)
        for words, count in (
            ("needle", 5),
            ("bold text", 1),
            ("link (https", 1),
            ("widths needle", 1),
            ("a/b α © and", 1),
            ("a tab", 1),
            ("Head", 1),
            ("python", 1),
            ("frac", 0),
            ("](https", 0),
        ):
            view.find(words)
            await settled(pilot, view)
            assert view.find_state is not None
            assert view.find_state.count == count, words
            places = set()
            for _ in range(count):
                await settled(pilot, view)
                here = highlighted(view, here=True)
                lit = " ".join(text for _, text in here)
                assert re.sub(" +", " ", lit) == words, here
                assert view.find_state is not None
                places.add(view.find_state.position)
                view.find_next()
            assert len(places) == count
            await settled(pilot, view)
            assert view.find_state is not None
            assert view.find_state.only_in_source == (count == 0)


async def test_more_matches_than_anybody_counts_are_counted() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.transcript
        view.show_entries([answer(1, "aa bb\n\n" * 12_000)], key="one")
        view.go_home()
        await settled(pilot, view)
        view.find("aa")
        await settled(pilot, view)
        assert view.find_previous()
        await settled(pilot, view)
        assert view.find_state is not None
        assert view.find_state == FindState(12_000, 12_000, complete=True)
        assert highlighted(view, here=True)


async def test_only_what_hides_the_match_unfolds() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.transcript
        code = "\n".join(f"line {number}" for number in range(90))
        blocks = f"```\n{code}\n```\n\nbetween\n\n```\n{code}\nneedle\n```\n\nOutro"
        prompts = "\n".join(["the intro", *["more"] * 60])
        view.show_entries([prompt(1, prompts), answer(1, blocks)], key="one")
        view.toggle_all_folds()
        view.toggle_all_folds()
        await settled(pilot, view)
        folds = dict(view.reading.memory.folds)
        for words in ("Outro", "between", "intro", "line 3"):
            view.find(words)
            await settled(pilot, view)
            assert highlighted(view, here=True)
            assert view.reading.memory.folds == folds
        view.find("needle")
        await settled(pilot, view)
        assert highlighted(view, here=True)
        assert view.reading.memory.folds == {("a1", "code:1"): True}


async def test_all_folds_go_on_from_what_a_search_has_unfolded() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.transcript
        code = "\n".join(f"line {number}" for number in range(90))
        view.show_entries([prompt(1), answer(1, f"```\n{code}\n```")], key="one")
        view.toggle_all_folds()
        view.toggle_all_folds()
        await settled(pilot, view)
        assert any("84 more lines" in line for line in screen_text(view))
        view.find("line 80")
        await settled(pilot, view)
        view.clear_find()
        assert not any("more lines" in line for line in screen_text(view))
        for folded in (True, False, True):
            view.toggle_all_folds()
            await settled(pilot, view)
            text = "\n".join(screen_text(view))
            assert ("84 more lines" in text) == folded
