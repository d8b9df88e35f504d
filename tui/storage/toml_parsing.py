"""Parses TOML that anybody may have written.

The configuration and the themes are parsed before the first frame, so this imports
nothing of what it takes to edit or to cut TOML.
"""

from __future__ import annotations

import math
import re
import tomllib
from typing import Any

from tui.domain.errors import UnreadableError

_DEEP = re.compile(r"(?<![\w.-])(?:[A-Za-z0-9_-]++[ \t]*+\.[ \t]*+){90}")
_NOT_A_NUMBER = float("nan")
_LINE = re.compile(r"\(at (?:line (\d+), column \d+|end of document)\)")

_HUGE = re.compile(r"\d[\d_]{4300,}")
"""What Python converts to no number. Source: `sys.int_info.default_max_str_digits`."""


def parse_toml(text: str) -> dict[str, Any]:
    """Parse TOML that may be hostile.

    Raises:
        UnreadableError: It is no TOML, or nested absurdly deep.
    """
    if _DEEP.search(text):
        from tui.storage.toml_statements import statements

        if any(len(found.path) > 90 for found in statements(text)):
            raise UnreadableError("It has a key of more than 90 parts.")
    try:
        return tomllib.loads(text, parse_float=read_float)
    except RecursionError as error:
        raise UnreadableError("It is nested too deeply.") from error
    except ValueError as error:
        raise UnreadableError(_sentence(str(error), text)) from error


def read_float(text: str) -> float:
    """Return the number that a TOML float says, `nan` always as the same object.

    `nan` is unlike itself. Tables with one and the same in them are equal, though, so
    that a file in which nothing changed is seen to be unchanged.
    """
    value = float(text)
    return _NOT_A_NUMBER if math.isnan(value) else value


def _sentence(message: str, text: str) -> str:
    match = _LINE.search(message)
    if match is None and (huge := _HUGE.search(text)):
        line = str(text.count("\n", 0, huge.start()) + 1)
        return f"Line {line} is no valid TOML: a number of more than 4,300 digits."
    if match is None:
        return f"It is no valid TOML: {message[:200]}."
    line = match[1] or str(text.count("\n") + 1)
    what = message[: match.start()].strip()
    return f"Line {line} is no valid TOML: {what[:200]}."
