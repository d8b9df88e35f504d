"""`fortytwo import`: every file once, every refusal by name."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from tests.support.waiting import until_blocking
from tests.unit.storage import foreign_samples as samples

if TYPE_CHECKING:
    from tests.unit.cli.running import Desk


def contents(desk: Desk) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in desk.conversations.iterdir()}


def test_a_second_run_adds_nothing(desk: Desk) -> None:
    folder = desk.folder
    files = [
        samples.write_zip(
            folder / "gpt.zip", conversations=[samples.small_chatgpt(n) for n in (1, 2)]
        ),
        samples.write_json(
            folder / "claude.json",
            [samples.claude_entry([samples.claude_message("1", None, "human", "Hi")])],
        ),
        samples.write_elia(folder / "elia.sqlite"),
        samples.write_oterm(folder / "store.db"),
    ]
    (folder / "tea.md").write_text("## User\n\nHow hot?\n\n## Assistant\n\n80 °C\n")
    files.append(folder / "tea.md")
    first = desk.run("import", *files)
    # elia's third chat is empty.
    assert first.returncode == 1
    assert "elia.sqlite: “Nothing” was not taken over: it has no messages." in (
        first.stderr
    )
    assert "7 added, 0 extended, 0 known already, 1 refused." in first.stderr
    before = contents(desk)
    assert len(before) == 7
    second = desk.run("import", *files)
    assert "0 added, 0 extended, 7 known already, 1 refused." in second.stderr
    assert contents(desk) == before
    assert desk.run("grep", "Salut").stdout.count("\n") == 1


def test_the_same_conversation_twice_in_one_file_is_taken_once(desk: Desk) -> None:
    path = samples.write_json(
        desk.folder / "conversations.json", [samples.small_chatgpt(1)] * 2
    )
    assert "1 added, 0 extended, 1 known already" in desk.run("import", path).stderr
    assert len(desk.files()) == 1


def test_what_is_new_since_is_added_and_ours_is_kept(desk: Desk) -> None:
    messages = [samples.claude_message("1", None, "human", "Hi")]
    path = desk.folder / "conversations.json"
    samples.write_json(path, [samples.claude_entry(messages)])
    desk.run("import", path)
    (file,) = desk.conversations.iterdir()
    text = file.read_text().replace('title = "Taxes"', 'title = "My taxes" # mine')
    file.write_text(text)
    messages.append(samples.claude_message("2", None, "assistant", "Hello"))
    samples.write_json(path, [samples.claude_entry(messages)])
    done = desk.run("import", path)
    assert "0 added, 1 extended" in done.stderr
    assert done.returncode == 0
    assert file.read_text().startswith(text)
    assert [one["content"] for one in desk.files()[0]["messages"]] == ["Hi", "Hello"]


def test_every_refusal_is_named_and_the_rest_is_taken(desk: Desk) -> None:
    path = desk.folder / "conversations.json"
    samples.write_json(path, [samples.small_chatgpt(1), {"x": 1}, 7])
    path.write_text(path.read_text()[:-1] + ', {"title": "torn')
    done = desk.run("import", path, desk.folder / "none.json")
    assert done.returncode == 1
    for named in ("“entry 2”", "“entry 3”", "“entry 4”", "none.json: There is no"):
        assert named in done.stderr
    assert "1 added, 0 extended, 0 known already, 4 refused." in done.stderr


def test_an_interrupted_import_goes_on_where_it_stopped(desk: Desk) -> None:
    path = samples.write_json(
        desk.folder / "conversations.json",
        [samples.small_chatgpt(nth) for nth in range(2_000)],
    )
    with desk.begin("import", path) as process:
        # The newest may be taken back: its name is given before the interruption.
        until_blocking(
            lambda: len(list(desk.conversations.glob("*.toml"))) > 1,
            "something was imported",
        )
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Run it again" in errors
    before = len(desk.files())
    assert 0 < before < 2_000
    assert desk.run("import", path).returncode == 0
    assert len(desk.files()) == 2_000
