"""Lists, searches, models, the doctor, and every command's help."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.support.demo import DemoThread
from tests.unit.cli.running import ROOT, Desk
from tui.cli import RUNNERS, main
from tui.cli.arguments import COMMANDS, parse_arguments
from tui.demo.listening import listen


def put(
    desk: Desk, file: str, title: str, *contents: str, created: str = "2026-01-01"
) -> str:
    desk.conversations.mkdir(parents=True, exist_ok=True)
    lines = [f"title = {json.dumps(title)}", f"created = {created}T10:00:00Z"]
    for nth, content in enumerate(contents):
        role = "assistant" if nth % 2 else "user"
        lines += [
            "[[messages]]",
            f'id = "m{nth}"',
            f'role = "{role}"',
            f"created = {created}T10:00:00Z",
            f"content = {json.dumps(content)}",
        ]
    (desk.conversations / file).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


@pytest.fixture
def filled(desk: Desk) -> Desk:
    put(desk, "2026-01-01-bread-aaaa.toml", "Bread", "How long?", "An hour.")
    put(
        desk,
        "2026-01-02-breath-bbbb.toml",
        "Breath\nin",
        "In?",
        "```py\nprint('out')\n```\nDone.\n\n    indented\n",
        created="2026-01-02",
    )
    (desk.conversations / "2026-01-03-torn.toml").write_text("title = ")
    return desk


def test_every_command_has_a_runner_and_a_help(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert RUNNERS.keys() == {*COMMANDS, "chat"}
    for command in COMMANDS:
        with pytest.raises(SystemExit) as ended:
            parse_arguments([command, "--help"])
        assert ended.value.code == 0
        assert f"usage: fortytwo {command}" in capsys.readouterr().out


def test_list(filled: Desk) -> None:
    lines = filled.run("list").stdout.splitlines()
    # The one that can't be read was written just now.
    assert [line.split("\t")[0] for line in lines] == [
        "2026-01-03-torn.toml",
        "2026-01-02-breath-bbbb.toml",
        "2026-01-01-bread-aaaa.toml",
    ]
    assert "Line 1" in lines[0]
    assert lines[1].endswith("2026-01-02T10:00:00+00:00\tBreath in")


def test_list_as_json(filled: Desk) -> None:
    rows = json.loads(filled.run("list", "--json").stdout)
    assert [row["title"] for row in rows][1:] == ["Breath\nin", "Bread"]
    assert rows[0]["problem"]


def test_an_empty_library_is_an_empty_list(desk: Desk) -> None:
    assert desk.run("list").stdout == ""
    assert json.loads(desk.run("list", "--json").stdout) == []


@pytest.mark.parametrize(
    "wanted",
    ["2026-01-01-bread-aaaa.toml", "2026-01-01-bread-aaaa", "2026-01-01", "bread"],
)
def test_a_conversation_by_any_of_its_names(filled: Desk, wanted: str) -> None:
    assert filled.run("show", wanted, "--last").stdout == "An hour.\n"


def test_an_ambiguous_name_lists_the_candidates(filled: Desk) -> None:
    done = filled.run("show", "Brea")
    assert done.returncode == 2
    assert "2026-01-01-bread-aaaa.toml (Bread)" in done.stderr
    assert "2026-01-02-breath-bbbb.toml" in done.stderr


def test_show_prints_all_of_it(filled: Desk) -> None:
    shown = filled.run("show", "bread").stdout
    assert shown.startswith("# Bread\n\n## You <!--")
    assert "How long?" in shown
    assert shown.endswith("An hour.\n")


def test_show_code(filled: Desk) -> None:
    assert filled.run("show", "breath", "--code").stdout == (
        "print('out')\n\nindented\n"
    )


def test_show_what_can_not_be_read(filled: Desk) -> None:
    done = filled.run("show", "2026-01-03-torn.toml")
    assert done.returncode == 1
    assert "Line 1" in done.stderr


def test_grep(filled: Desk) -> None:
    done = filled.run("grep", "hour|^Bre")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "2026-01-02-breath-bbbb.toml:title: Breath",
        "2026-01-01-bread-aaaa.toml:title: Bread",
        "2026-01-01-bread-aaaa.toml:m1: An hour.",
    ]
    assert "2026-01-03-torn.toml" in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "count"),
    [
        (["an hour"], 1, 0),
        (["an hour", "-i"], 0, 1),
        (["(", "-F"], 0, 1),
        (["print('out')", "-F"], 0, 1),
        (["BREA", "-i", "-l"], 0, 2),
        (["("], 2, 0),
    ],
)
def test_grep_flags(filled: Desk, words: list[str], code: int, count: int) -> None:
    done = filled.run("grep", *words)
    assert (done.returncode, len(done.stdout.splitlines())) == (code, count)


def test_grep_finds_what_is_escaped_in_the_file(desk: Desk) -> None:
    put(desk, "2026-01-01-a-aaaa.toml", "A", "x")
    path = desk.conversations / "2026-01-01-a-aaaa.toml"
    path.write_text(path.read_text().replace('"x"', '"\\u0068idden words"'))
    (line,) = desk.run("grep", "hidden", "--json").stdout.splitlines()
    assert json.loads(line) == {
        "file": "2026-01-01-a-aaaa.toml",
        "title": "A",
        "message": "m0",
        "role": "user",
        "snippet": "hidden words",
    }


def test_a_reader_that_leaves_is_no_error(desk: Desk) -> None:
    for nth in range(300):
        put(desk, f"2026-01-01-{nth:04}.toml", "T" * 500, "needle " * 90)
    for words in (["list"], ["grep", "needle"], ["show", "2026-01-01-0001"]):
        with desk.begin(*words) as process:
            assert process.stdout
            assert process.stderr
            process.stdout.read(1)
            process.stdout.close()
            assert process.stderr.read() == b""
            assert process.wait(30) == 0


def test_an_output_that_takes_nothing_is_a_sentence(filled: Desk) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            filled.command("list"),
            stdout=full,
            stderr=subprocess.PIPE,
            env=filled.environ,
            cwd=ROOT,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.startswith(b"fortytwo: The output can't be written: No space")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("words", [["list"], ["ask"], ["doctor"], ["grep", "hour"]])
def test_closed_streams_break_nothing(
    filled: Desk, closed: str, words: list[str]
) -> None:
    line = shlex.join(filled.command(*words))
    done = subprocess.run(
        ["sh", "-c", f"{line} {closed}"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=filled.environ,
        cwd=ROOT,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr
    assert done.returncode in (0, 1, 2)


def test_models(online: Desk) -> None:
    listed = online.run("models").stdout.splitlines()
    assert listed[0].split()[0] == "fortytwo-guide"
    told = json.loads(online.run("models", "--json").stdout)
    assert [one["id"] for one in told] == [line.split()[0] for line in listed]


def test_models_of_a_server_that_is_not_there(desk: Desk) -> None:
    desk.base_url = "http://127.0.0.1:9/v1"
    done = desk.run("models")
    assert done.returncode == 1
    assert "127.0.0.1:9" in done.stderr


def findings(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    marks: dict[str, str] = {}
    for line in done.stdout.splitlines():
        what = line[3:17].strip()
        if marks.get(what, "ok") == "ok":
            marks[what] = line.split()[0]
    return marks


def test_the_doctor_finds_nothing(tmp_path: Path) -> None:
    with DemoThread(key="a-secret-key") as demo:
        desk = Desk(tmp_path, demo.base_url)
        desk.extra = {"FORTYTWO_API_KEY": "a-secret-key", "LANG": "C.UTF-8"}
        put(desk, "2026-01-01-bread-aaaa.toml", "Bread", "How long?")
        done = desk.run("doctor")
    assert done.returncode == 0, done.stdout
    assert set(findings(done).values()) == {"ok"}
    assert "1 in the library" in done.stdout
    assert "from FORTYTWO_API_KEY" in done.stdout
    assert "3 listed in" in done.stdout
    assert "a-secret-key" not in done.stdout + done.stderr
    # Looking creates nothing.
    assert sorted(path.name for path in desk.data.iterdir()) == ["conversations"]


def test_the_doctor_names_what_is_broken(filled: Desk) -> None:
    config = filled.folder / "config.toml"
    config.write_text('thme = "x"\n[endpoints.fortytwo]\nca_file = "/none.pem"\n')
    filled.extra = {
        "HTTPS_PROXY": "http://me:pass-word@proxy.example:3128",
        "TERM": "dumb",
    }
    done = filled.run("doctor", "--config", config)
    assert done.returncode == 1
    marks = findings(done)
    assert marks["configuration"] == "!"
    assert marks["unreadable"] == "!"
    assert {marks[what] for what in ("key", "TLS", "terminal")} == {"✗"}
    assert "config.toml:1: thme" in done.stdout
    assert "proxy.example:3128" in done.stdout
    assert "pass-word" not in done.stdout


def test_the_doctor_says_what_had_to_be_ignored(desk: Desk) -> None:
    desk.extra = {"ALL_PROXY": "socks://127.0.0.1:9"}
    done = desk.run("doctor", "--base-url", "https://no-such-host.invalid/v1")
    assert findings(done)["network"] == "✗"
    assert "ALL_PROXY" in done.stdout


def test_the_doctor_on_a_server_that_is_not_there(desk: Desk) -> None:
    desk.base_url = "http://127.0.0.1:9/v1"
    desk.data.write_text("no folder")
    done = desk.run("doctor")
    assert done.returncode == 1
    assert findings(done)["models"] == "✗"
    assert findings(done)["data folder"] == "✗"


@pytest.mark.parametrize(
    "words", [["--data-dir", "x", "list", "--json"], ["--demo", "ask"]]
)
def test_a_command_behind_a_flag_is_told_to_come_first(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_arguments(words)
    assert ended.value.code == 2
    assert "the command comes first" in capsys.readouterr().err


@pytest.mark.parametrize("url", ["http://[::1", "[::1", "http://ex[/]ample/v1"])
def test_a_base_url_with_a_lost_bracket_is_a_sentence(desk: Desk, url: str) -> None:
    desk.base_url = url
    for command in (["models"], ["ask", "Hello"]):
        done = desk.run(*command)
        assert done.returncode != 0
        assert "is not a URL" in done.stderr


def test_what_is_wrong_in_the_configuration_is_told_by_models_and_keys(
    desk: Desk,
) -> None:
    config = desk.folder / "config.toml"
    config.write_text('theme = 5\n[keys]\n"chat.gnu" = ["f9"]\n', encoding="utf-8")
    models = desk.run("models", "--config", config)
    assert "config.toml:1: theme: " in models.stderr
    keys = desk.run("keys", "--config", config)
    assert "config.toml:1: theme: " in keys.stderr
    assert "chat.gnu" in keys.stderr
    assert "Send the prompt" in keys.stdout


def test_the_doctor_names_themes_that_are_none(desk: Desk) -> None:
    config = desk.folder / "config.toml"
    config.write_text('theme = "gone"\n', encoding="utf-8")
    themes = desk.folder / "themes"
    themes.mkdir()
    (themes / "bad.toml").write_text('[colors]\nbackground = "nocolour"\n')
    report = desk.run("doctor", "--config", config).stdout
    assert "no theme “gone”" in report
    assert "bad.toml" in report


@pytest.mark.parametrize(
    "words",
    [
        ["demo-server", "--port", "99999"],
        ["demo-server", "--port", "-1"],
        ["trash", "--empty", "-1"],
        ["trash", "--empty", "all"],
    ],
)
def test_a_number_out_of_range_is_refused(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_arguments(words)
    assert ended.value.code == 2
    assert "is no whole number from 0 to" in capsys.readouterr().err


def test_a_port_that_is_taken_is_a_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with listen() as taken:
        port = str(taken.getsockname()[1])
        assert main(["demo-server", "--port", port]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"fortytwo: Nothing can listen at port {port} (")
    assert "choose another" in told


def test_a_folder_that_cannot_be_made_is_named_in_full(
    online: Desk,
) -> None:
    file = online.folder / "file"
    file.write_text("no folder")
    online.data = file / "data"
    done = online.run("ask", "Hello")
    assert done.returncode == 1
    assert str(online.data / "conversations") in done.stderr
