"""Keys come from one of three places, are checked, and never show."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

import pytest

from tui.api.keys import check_key, read_key
from tui.api.redaction import Key, Redactor, is_secret_name
from tui.domain.errors import RequestError
from tui.domain.failure import FailureKind
from tui.domain.settings import Endpoint

if TYPE_CHECKING:
    from pathlib import Path


def read(environ: dict[str, str] | None = None, **settings: Any) -> str:
    return read_key(Endpoint("mine", **settings), environ or {})


def test_places_in_their_order(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("from-file\n", encoding="utf-8")
    environ = {"K": " from-env \r\n"}
    command = "echo from-command; echo second line"

    assert read(environ, api_key_env="K", api_key_command=command) == "from-env"
    assert read({}, api_key_env="K", api_key_command=command) == "from-command"
    assert read({}, api_key_env="K", api_key_file=str(file)) == "from-file"
    assert read() == ""


def test_file_in_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "key").write_text("abc", encoding="utf-8")

    assert read(api_key_file="~/key") == "abc"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"api_key_env": "K"}, "K is not set"),
        ({"api_key_command": "exit 3"}, "exit code 3"),
        ({"api_key_command": "true"}, "prints nothing"),
        ({"api_key_file": "/nowhere/key"}, "/nowhere/key holds none"),
        ({"api_key_file": "/"}, "can't be read"),
        ({"api_key_command": "printf 'a b'"}, "cannot be sent"),
    ],
)
def test_missing_keys_are_explained(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(RequestError) as caught:
        read(**settings)

    assert caught.value.failure.kind is FailureKind.KEY
    assert words in caught.value.sentence
    assert caught.value.sentence.isprintable()


def test_habits_of_pasting_are_forgiven() -> None:
    for text in ("abc", " abc\n", '"abc"', "'abc'", "Bearer abc", "\ufeffabc"):
        assert check_key(text, "K") == "abc"


@pytest.mark.parametrize("text", ["secret\nkey", "secret key", "sécret", "“secret”"])
def test_refused_keys_do_not_show(text: str) -> None:
    with pytest.raises(RequestError) as caught:
        check_key(text, "K")

    shown = "".join(traceback.format_exception(caught.value))
    assert text not in shown
    assert "K" in caught.value.sentence


def test_repr_of_a_key_hides_it() -> None:
    key = check_key("very-secret", "K")

    assert "very-secret" not in repr(key)
    assert "very-secret" not in repr({"key": key, "list": [key]})
    assert key == "very-secret"
    assert key.source == "K"


def test_redaction() -> None:
    redact = Redactor((Key("very-secret"), "header-value", "", "abc"))

    shown = redact("a very-secret b header-value Bearer abcdef123 sk-12345678 abc")

    assert shown == "a *** b *** Bearer *** sk-*** abc"
    assert "very-secret" not in repr(vars(redact))


def test_secret_names() -> None:
    secret = ("Authorization", "api-key", "X-API-Key", "Cookie", "x-auth-token", "Auth")
    assert all(is_secret_name(name) for name in secret)
    open_names = ("Accept", "User-Agent", "Content-Type", "api-version", "Author")
    assert not any(is_secret_name(name) for name in open_names)
