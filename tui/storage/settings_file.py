"""Reads `config.toml` and the environment. A wrong value never stops the start.

Each wrong value becomes a problem with file, line, key and what was expected; the
default stands in. Unknown keys warn, with the name that was probably meant.
"""

from __future__ import annotations

from dataclasses import fields, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from tui.domain.errors import MissingError, UnreadableError
from tui.domain.settings import DEFAULT_ENDPOINT, Endpoint, Problem, Settings
from tui.storage.locations import stored_key_file
from tui.storage.reading import decode_text, read_content
from tui.storage.toml_fields import Fields, describe
from tui.storage.toml_parsing import parse_toml
from tui.storage.toml_problems import line_of_key, suggestion, syntax_problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Value = TypeVar("Value")

ENTER_CHOICES = ("send", "newline")
KITTY_CHOICES = ("auto", "on", "off")
NOTICE_CHOICES = ("auto", "bell", "osc9", "osc777", "desktop", "off")

_TOP_LEVEL = (
    "endpoint",
    "endpoints",
    "model",
    "system_prompt",
    "parameters",
    "theme",
    "compose",
    "keys",
    "mouse",
    "kitty_keys",
    "notices",
    "notice_after",
    "trash_days",
)
_ENDPOINT_KEYS = tuple(one.name for one in fields(Endpoint) if one.name != "name")
_SECRETS = ("api_key", "key", "token", "secret", "password")


def load_settings(
    path: Path, environ: Mapping[str, str]
) -> tuple[Settings, list[Problem]]:
    """Return the settings of a file and the environment, and what was wrong.

    Args:
        path: The file; it need not exist.
        environ: `FORTYTWO_BASE_URL` and `FORTYTWO_MODEL` come before the file.
    """
    reader = _Reader(path)
    settings = reader.read()
    base_url = environ.get("FORTYTWO_BASE_URL", "").strip()
    if base_url:
        endpoint = settings.endpoints[settings.endpoint]
        endpoints = dict(settings.endpoints)
        endpoints[endpoint.name] = replace(endpoint, base_url=base_url)
        settings = replace(settings, endpoints=MappingProxyType(endpoints))
    model = environ.get("FORTYTWO_MODEL", "").strip()
    if model:
        settings = replace(settings, model=model)
    return settings, reader.problems


def located(path: Path, problems: Sequence[Problem]) -> list[Problem]:
    """Return problems of a file's values with the file and the line of each key.

    Args:
        path: The configuration.
        problems: What was found wrong after it was read; `key` is its dotted key.
    """
    if not problems:
        return []
    try:
        text = decode_text(read_content(path)).replace("\r\n", "\n")
    except (MissingError, UnreadableError):
        return list(problems)
    return [
        replace(one, file=str(path), line=_line_of(text, tuple(one.key.split("."))))
        for one in problems
    ]


def _line_of(text: str, path: tuple[str, ...]) -> int | None:
    """Return the line of a key; an action's id may be one quoted key or dotted."""
    line = line_of_key(text, path)
    if path[0] != "keys":
        return line
    return max(line or 0, line_of_key(text, ("keys", ".".join(path[1:]))) or 0) or None


class _Reader:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self.text = ""

    def read(self) -> Settings:
        values: dict[str, Any] = {}
        try:
            self.text = decode_text(read_content(self.path)).replace("\r\n", "\n")
            values = parse_toml(self.text)
        except MissingError:
            pass
        except UnreadableError as error:
            self.problems.append(syntax_problem(str(self.path), error.sentence))
        table = self._fields((), values)
        defaults = Settings()
        tables = table.table("endpoints")
        endpoints = self._read_endpoints(tables)
        compose = self._fields(("compose",), table.table("compose"))
        settings = Settings(
            endpoints=MappingProxyType(endpoints),
            endpoint=self._read_endpoint_name(table, tables, endpoints),
            model=table.text("model"),
            system_prompt=table.text("system_prompt"),
            parameters=MappingProxyType(table.table("parameters")),
            theme=table.text("theme") or defaults.theme,
            enter=self._read_choice(
                compose, ("compose", "enter"), ENTER_CHOICES, defaults.enter
            ),
            keys=MappingProxyType(self._read_keys(table.table("keys"))),
            mouse=_or(table.flag("mouse"), defaults.mouse),
            kitty_keys=self._read_choice(
                table, ("kitty_keys",), KITTY_CHOICES, defaults.kitty_keys
            ),
            notices=self._read_choice(
                table, ("notices",), NOTICE_CHOICES, defaults.notices
            ),
            notice_after=_or(table.number("notice_after"), defaults.notice_after),
            trash_days=_or(table.integer("trash_days"), defaults.trash_days),
        )
        self._warn_unknown((), table, _TOP_LEVEL)
        self._warn_unknown(("compose",), compose, ("enter",))
        return settings

    def _read_endpoint_name(
        self,
        table: Fields,
        tables: Mapping[str, Any],
        endpoints: Mapping[str, Endpoint],
    ) -> str:
        first = next(iter(endpoints))
        name = table.text("endpoint")
        if not name:
            meant = next(iter(tables), first)
            if meant not in endpoints:
                line = _line_of(self.text, ("endpoints", meant))
                what = f"{describe(meant)} is left out; {describe(first)} is used."
                self.problems.append(Problem(what, str(self.path), line, "endpoint"))
            return first
        if name in endpoints:
            return name
        known = ", ".join(endpoints)
        guess = suggestion(name, endpoints)
        found = describe(name)
        self._complain(
            ("endpoint",),
            f"there is no endpoint {found}{guess}; known are {known}; "
            f"{describe(first)} is used.",
        )
        return first

    def _read_endpoints(self, tables: dict[str, Any]) -> dict[str, Endpoint]:
        endpoints: dict[str, Endpoint] = {}
        for name, table in tables.items():
            path = ("endpoints", name)
            if not isinstance(table, dict):
                what = f"found {describe(table)}, expected a table [endpoints.NAME]."
                self._complain(path, what)
                continue
            endpoint = self._read_endpoint(name, table)
            if endpoint is not None:
                endpoints[name] = endpoint
        endpoints.setdefault(DEFAULT_ENDPOINT.name, DEFAULT_ENDPOINT)
        return {name: self._with_stored_key(one) for name, one in endpoints.items()}

    def _with_stored_key(self, endpoint: Endpoint) -> Endpoint:
        if endpoint.api_key_file:
            return endpoint
        stored = stored_key_file(self.path, endpoint.name)
        if not stored.is_file():
            return endpoint
        return replace(endpoint, api_key_file=str(stored))

    def _read_endpoint(self, name: str, table: dict[str, Any]) -> Endpoint | None:
        path = ("endpoints", name)
        found = self._fields(path, table)
        known = name == DEFAULT_ENDPOINT.name
        default = DEFAULT_ENDPOINT if known else Endpoint(name=name)
        base_url = found.text("base_url").strip()
        if not base_url and not known:
            what = "base_url is missing, like “http://127.0.0.1:11434/v1”; "
            self._complain(path, what + "the endpoint is left out.")
            return None
        endpoint = Endpoint(
            name=name,
            base_url=base_url or default.base_url,
            api_key_env=found.text("api_key_env", default.api_key_env),
            api_key_command=found.text("api_key_command"),
            api_key_file=found.text("api_key_file"),
            headers=self._read_texts((*path, "headers"), found.table("headers")),
            query=self._read_texts((*path, "query"), found.table("query")),
            timeout=self._read_timeout(found, default.timeout),
            proxy=found.text("proxy"),
            ca_file=found.text("ca_file"),
            concurrency=self._read_concurrency(path, found, default.concurrency),
            stream=_or(found.flag("stream"), default.stream),
            model=found.text("model"),
            allow_plain_http=found.text("allow_plain_http").strip(),
        )
        self._warn_unknown(path, found, _ENDPOINT_KEYS)
        return endpoint

    def _read_timeout(self, found: Fields, default: float | None) -> float | None:
        if found.rest.get("timeout") == "none":
            found.text("timeout")
            return None
        if "timeout" not in found.rest:
            return default
        timeout = found.number("timeout")
        if timeout is None:
            return default
        return timeout or None

    def _read_concurrency(
        self, path: tuple[str, ...], found: Fields, default: int
    ) -> int:
        count = found.integer("concurrency")
        if count == 0:
            what = f"found 0, expected 1 or more; {default} is used."
            self._complain((*path, "concurrency"), what)
        return count or default

    def _read_choice(
        self,
        found: Fields,
        path: tuple[str, ...],
        choices: tuple[str, ...],
        default: str,
    ) -> str:
        choice = found.text(path[-1], default)
        if choice in choices:
            return choice
        expected = " or ".join(f'"{one}"' for one in choices)
        guess = suggestion(choice, choices)
        what = f"found {describe(choice)}, expected {expected}{guess}."
        self._complain(path, what)
        return default

    def _read_keys(self, table: dict[str, Any]) -> dict[str, tuple[str, ...]]:
        keys: dict[str, tuple[str, ...]] = {}
        for action, value in _flatten(table):
            chosen = value.split(",") if isinstance(value, str) else value
            if isinstance(chosen, list) and all(isinstance(one, str) for one in chosen):
                keys[action] = tuple(one.strip() for one in chosen if one.strip())
                continue
            self._complain(
                ("keys", *action.split(".")),
                f'found {describe(value)}, expected a key like "ctrl+k" '
                'or a list like ["ctrl+k", "f9"].',
            )
        return keys

    def _read_texts(
        self, path: tuple[str, ...], table: dict[str, Any]
    ) -> Mapping[str, str]:
        texts: dict[str, str] = {}
        for name, value in table.items():
            if isinstance(value, str):
                texts[name] = value
            else:
                what = f"found {describe(value)}, expected a text in quotes."
                self._complain((*path, name), what)
        return MappingProxyType(texts)

    def _fields(self, path: tuple[str, ...], values: dict[str, Any]) -> Fields:
        def complain(key: str, sentence: str) -> None:
            self._complain((*path, key), f"{sentence[:-1]}; the default is used.")

        return Fields(values, complain)

    def _warn_unknown(
        self, path: tuple[str, ...], table: Fields, known: tuple[str, ...]
    ) -> None:
        for key in table.rest:
            if key in known:
                continue
            if path[:1] == ("endpoints",) and key.lower() in _SECRETS:
                sentence = (
                    "a key does not belong into this file: remove it and use "
                    "api_key_env, api_key_command or api_key_file."
                )
            else:
                sentence = f"is not known{suggestion(key, known)}; it is ignored."
            self._complain((*path, key), sentence)

    def _complain(self, path: tuple[str, ...], sentence: str) -> None:
        line = _line_of(self.text, path)
        key = ".".join(path)
        self.problems.append(Problem(sentence, str(self.path), line, key))


def _or(value: Value | None, default: Value) -> Value:
    return default if value is None else value


def _flatten(table: Mapping[str, Any], above: str = "") -> list[tuple[str, Any]]:
    """Return pairs with dotted keys: `chat.stop = …` in TOML is a table in a table."""
    pairs: list[tuple[str, Any]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            pairs += _flatten(value, f"{above}{key}.")
        else:
            pairs.append((above + key, value))
    return pairs
