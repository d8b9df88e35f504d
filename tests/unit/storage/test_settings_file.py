from __future__ import annotations

import errno
import os
import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.unit.storage.samples import extras, texts
from tui.domain.errors import NotSavedError, StorageError
from tui.domain.settings import DEFAULT_ENDPOINT, Endpoint, Problem, Settings
from tui.storage.key_file import check_mode, read_key, write_key
from tui.storage.locations import find_locations
from tui.storage.settings_file import load_settings, located
from tui.storage.settings_writing import store_endpoint, store_setting
from tui.storage.toml_statements import find_line, set_value
from tui.storage.toml_text import write_pairs

FULL = """\
# Mine
endpoint = "local"
model = "some-model"
theme = "paper"
mouse = false
trash_days = 0
system_prompt = "Be brief."

[compose]
enter = "newline"

[parameters]
temperature = 0.5
stop = ["x"]

[keys]
"chat.stop" = "ctrl+x"
"chat.new" = ["ctrl+n", "f5"]
list.open = "enter, o"

[endpoints.local]
base_url = "http://127.0.0.1:11434/v1"
timeout = 0
concurrency = 4
stream = false

[endpoints.local.headers]
X-Title = "fortytwo"

[endpoints.other]
base_url = "https://example.org/v1"
api_key_env = "OTHER_KEY"
timeout = 30
"""


def test_missing_file_means_defaults(tmp_path: Path) -> None:
    settings, problems = load_settings(tmp_path / "config.toml", {})
    assert problems == []
    assert settings == Settings()
    assert not list(tmp_path.glob("*.toml"))


def test_every_setting_is_read(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(FULL)
    settings, problems = load_settings(path, {})
    assert problems == []
    assert list(settings.endpoints) == ["local", "other", "fortytwo"]
    assert settings.endpoint == "local"
    assert settings.endpoints["local"] == Endpoint(
        name="local",
        base_url="http://127.0.0.1:11434/v1",
        timeout=None,
        concurrency=4,
        stream=False,
        headers={"X-Title": "fortytwo"},
    )
    assert settings.endpoints["other"].timeout == 30.0
    assert settings.endpoints["fortytwo"] == DEFAULT_ENDPOINT
    assert (settings.model, settings.theme) == ("some-model", "paper")
    assert (settings.enter, settings.mouse) == ("newline", False)
    assert settings.trash_days == 0
    assert settings.system_prompt == "Be brief."
    assert settings.parameters == {"temperature": 0.5, "stop": ["x"]}
    assert settings.keys == {
        "chat.stop": ("ctrl+x",),
        "chat.new": ("ctrl+n", "f5"),
        "list.open": ("enter", "o"),
    }


def test_environment_comes_before_the_file(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(FULL)
    environ = {"FORTYTWO_BASE_URL": "http://[::1]:1/v1", "FORTYTWO_MODEL": "m2"}
    settings, problems = load_settings(path, environ)
    assert problems == []
    assert settings.endpoints["local"].base_url == "http://[::1]:1/v1"
    assert settings.endpoints["other"].base_url == "https://example.org/v1"
    assert settings.model == "m2"


def test_first_endpoint_is_the_default_when_none_is_named(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[endpoints.mine]\nbase_url = "http://localhost/v1"\n')
    assert load_settings(path, {})[0].endpoint == "mine"


@pytest.mark.parametrize(
    ("line", "key", "words"),
    [
        ("theme = 3", "theme", "found 3, expected a text"),
        ("trash_days = -1", "trash_days", "0 or more"),
        ('mouse = "no"', "mouse", "expected true or false"),
        ('[compose]\nenter = "sned"', "compose.enter", "did you mean “send”"),
        ("[compose]\nenter = []", "compose.enter", "expected a text"),
        ('thme = "x"', "thme", "did you mean “theme”"),
        ('endpoint = "fortytow"', "endpoint", "did you mean “fortytwo”"),
        ('[endpoints.x]\nstream = "y"', "endpoints.x", "base_url is missing"),
        ("[endpoints.fortytwo]\ntimeout = -1", "endpoints.fortytwo.timeout", "0 or"),
        ("[endpoints.fortytwo]\nconcurrency = 0", "endpoints.fortytwo.conc", "1 or"),
        (
            "[endpoints.fortytwo]\nbase_ulr = ''",
            "endpoints.fortytwo.base_u",
            "base_url",
        ),
        ("[endpoints.fortytwo.headers]\nA = 1", "endpoints.fortytwo.headers.A", "1"),
        ("endpoints = 1", "endpoints", "expected a table"),
        ("[endpoints]\nx = 1", "endpoints.x", "expected a table"),
        ("[keys]\n'chat.stop' = 3", "keys.chat.stop", "expected a key"),
        ("parameters = 5", "parameters", "expected a table"),
    ],
)
def test_wrong_values_are_named_and_the_default_is_used(
    tmp_path: Path, line: str, key: str, words: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f"# first line\n{line}\n")
    settings, (problem, *rest) = load_settings(path, {})
    assert [one.key for one in rest] == ["endpoint"] * (key == "endpoints.x")
    assert problem.key.startswith(key)
    assert words in problem.sentence
    assert problem.file == str(path)
    assert problem.line is not None
    assert path.read_text().splitlines()[problem.line - 1] in line.splitlines()
    assert settings.theme == Settings().theme
    assert settings.endpoint == "fortytwo"
    assert settings.endpoints["fortytwo"].timeout == DEFAULT_ENDPOINT.timeout


def test_a_key_in_the_file_is_refused_and_never_repeated(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[endpoints.fortytwo]\napi_key = "sk-secret-1234"\n')
    settings, (problem,) = load_settings(path, {})
    assert "api_key_env" in problem.sentence
    assert "sk-secret" not in str(problem)
    assert "sk-secret" not in repr(settings)


@pytest.mark.parametrize(
    "content", [b"theme = ", b"\xff\xfe\0", b"a = '\xe9'", b"x = [" * 20_000]
)
def test_unreadable_file_gives_a_problem_and_defaults(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    settings, (problem,) = load_settings(path, {})
    assert settings == Settings()
    assert problem.sentence
    assert path.read_bytes() == content


def test_syntax_errors_have_a_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("theme = 'x'\n\nbroken\n")
    _, (problem,) = load_settings(path, {})
    assert problem.line == 3
    assert str(problem).startswith(f"{path}:3: ")


def test_storing_a_setting_keeps_comments_and_layout(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(FULL.replace('theme = "paper"', "theme   = 'paper'   # mine"))
    store_setting(path, "theme", "dusk")
    store_setting(path, "compose.enter", "send")
    store_setting(path, "mouse", None)
    assert path.read_text() == (
        FULL.replace('theme = "paper"', 'theme   = "dusk"   # mine')
        .replace('"newline"', '"send"')
        .replace("mouse = false\n", "")
    )


def test_storing_makes_a_private_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    store_setting(path, "theme", "dusk")
    assert load_settings(path, {})[0].theme == "dusk"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_storing_an_endpoint_makes_it_the_default(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(FULL)
    endpoint = Endpoint(
        name="my server",
        base_url="http://10.0.0.1/v1",
        api_key_file="~/key",
        headers={"X-A": "1"},
        timeout=None,
        model="m",
    )
    store_endpoint(path, endpoint)
    settings, problems = load_settings(path, {})
    assert problems == []
    assert settings.endpoint == "my server"
    assert settings.endpoints["my server"] == endpoint
    assert path.read_text().startswith("# Mine\n")
    again = path.read_bytes()
    store_endpoint(path, endpoint)
    assert path.read_bytes() == again


@pytest.mark.parametrize(
    "content", ["broken [", "endpoints = {local = {base_url = 'x'}}\n"]
)
def test_what_cannot_be_changed_is_left_alone(tmp_path: Path, content: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(content)
    with pytest.raises(NotSavedError, match=r"config\.toml was not changed"):
        store_endpoint(path, Endpoint(name="local", base_url="http://y/v1"))
    assert path.read_text() == content


@given(
    st.dictionaries(st.sampled_from(["aa", "bb", "cc"]), st.one_of(texts, extras)),
    st.lists(st.sampled_from(["aa", "bb", "dd", "ee"]), min_size=1, max_size=3),
    st.one_of(texts, st.integers(), st.booleans()),
)
@hypothesis_settings(max_examples=300, deadline=None)
def test_one_value_changes_and_nothing_else(
    values: dict[str, object], path: list[str], value: object
) -> None:
    text = write_pairs(values)
    try:
        edited = set_value(text, tuple(path), value)
    except ValueError:
        return
    wanted = tomllib.loads(text)
    table = wanted
    for part in path[:-1]:
        table = table.setdefault(part, {})
    table[path[-1]] = value
    assert tomllib.loads(edited) == wanted
    assert find_line(edited, tuple(path)) is not None


def test_lines_are_found_behind_strings_and_brackets() -> None:
    text = (
        'a = """\nb = 1\n"""\n'
        "c = [ # ]\n '''x = 2\n''',\n]\n"
        '"quoted key".d = {e = "}"}\n'
        "[t.u] # [no]\nv = 1\n[[w]]\nx = 1\n"
    )
    assert find_line(text, ("a",)) == 1
    assert find_line(text, ("c",)) == 4
    assert find_line(text, ("quoted key", "d")) == 8
    assert find_line(text, ("t", "u", "v")) == 10
    assert find_line(text, ("w", "x")) == 12
    assert find_line(text, ("t", "u", "missing")) == 9
    assert find_line(text, ("b",)) is None


def test_stored_key_is_private_and_found_again(tmp_path: Path) -> None:
    config = tmp_path / "config" / "config.toml"
    locations = find_locations({}, tmp_path, config)
    path = locations.key_file("fortytwo")
    assert read_key(path) == ""
    write_key(path, " sk-1234 \n")
    assert read_key(path) == "sk-1234"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert check_mode(path) is None
    path.chmod(0o644)
    warning = check_mode(path)
    assert warning is not None
    assert "chmod 600" in warning.sentence
    assert "sk-1234" not in str(warning)
    write_key(path, "sk-5678")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    settings, _ = load_settings(config, {})
    assert settings.endpoints["fortytwo"].api_key_file == str(path)


def test_locations_follow_the_environment_and_create_nothing(tmp_path: Path) -> None:
    environ = {
        "XDG_DATA_HOME": str(tmp_path / "d"),
        "XDG_CONFIG_HOME": str(tmp_path / "c"),
        "XDG_CACHE_HOME": "relative/is/ignored",
    }
    locations = find_locations(environ)
    assert locations.data == tmp_path / "d" / "fortytwo"
    assert locations.config_file == tmp_path / "c" / "fortytwo" / "config.toml"
    assert locations.themes == tmp_path / "c" / "fortytwo" / "themes"
    assert locations.cache.is_absolute()
    assert not (tmp_path / "d").exists()
    mine = find_locations(environ, tmp_path / "x", tmp_path / "y.toml")
    assert (mine.data, mine.config_file) == (tmp_path / "x", tmp_path / "y.toml")
    assert mine.state.is_relative_to(mine.data)
    demo = locations.for_demo()
    assert demo.data == locations.data / "demo"
    assert demo.config_file == locations.config_file
    assert (
        len({locations.key_file(name) for name in ("a/b", "a_b", "../a", "a b")}) == 4
    )
    assert locations.key_file("../../x").parent == locations.key_file("y").parent


def test_no_limit_of_silence_has_a_word(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[endpoints.fortytwo]\ntimeout = "none"\n')
    settings, problems = load_settings(path, {})
    assert problems == []
    assert settings.endpoints["fortytwo"].timeout is None


@pytest.mark.parametrize(
    "line", ['"chat.new" = "tab"', 'chat.new = "tab"', "'chat.new' = [\"tab\"]"]
)
def test_what_is_wrong_with_a_key_is_placed_however_it_is_written(
    tmp_path: Path, line: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'[keys]\n"chat.open" = "f9"\n{line}\n')
    found = Problem("it is wrong", key="keys.chat.new")
    assert [str(one) for one in located(path, [found])] == [
        f"{path}:3: keys.chat.new: it is wrong"
    ]
    assert located(tmp_path / "none.toml", [found]) == [found]


def test_a_key_file_of_somebody_else_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "key"
    write_key(path, "sk-1234")

    def refuse(_: Path, mode: int) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(Path, "chmod", refuse)
    with pytest.raises(StorageError, match="permission denied") as raised:
        write_key(path, "sk-5678")
    assert "sk-" not in raised.value.sentence
    assert read_key(path) == "sk-1234"
