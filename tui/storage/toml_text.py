"""Writes TOML that reads like the text it holds, and comes back exactly.

Source: TOML 1.0.0. A line `[[messages]]` inside a text is written so that a file can
be cut at every such line that stands in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import tomli_w

# Forbidden raw by TOML (controls, DEL), dangerous to print (C1), or invisible in an
# editor (separators, direction marks, byte order mark).
_ESCAPED = "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff"
_NEEDS_ESCAPE = re.compile(f"[{_ESCAPED}]")
_NEEDS_ESCAPE_IN_BASIC = re.compile(f'[{_ESCAPED}"\\\\\n]')
_NEEDS_ESCAPE_IN_BLOCK = re.compile(f"[{_ESCAPED}\\\\]")
_FALSE_TABLE = re.compile(r"""^([ \t]*)\[(?=\[[ \t]*["']?messages\b)""", re.MULTILINE)
_SURROGATE = re.compile("[\ud800-\udfff]")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SHORT = {
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\f": "\\f",
    "\r": "\\r",
    '"': '\\"',
    "\\": "\\\\",
}


def clean_text(text: str) -> str:
    """Return text that UTF-8 can hold.

    Two halves of a surrogate pair become their character, a lone half U+FFFD.
    """
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def write_line(text: str) -> str:
    """Return a short text as a TOML string on one line, or as a block if it has more.

    Quotes and backslashes need no escape where a literal string can hold the text.
    """
    text = clean_text(text)
    if "\n" in text:
        return write_block(text)
    if ("\\" in text or '"' in text) and _fits_literal(text):
        return f"'{text}'"
    return f'"{_NEEDS_ESCAPE_IN_BASIC.sub(_escape, text)}"'


def write_block(text: str) -> str:
    r"""Return a text as a multi-line TOML string that starts on a line of its own.

    Text with backslashes goes into a literal string where that can hold it, so that
    `\frac` stays `\frac`.
    """
    text = clean_text(text)
    if not text:
        return '""'
    if "\\" in text and _fits_literal(text) and not _FALSE_TABLE.search(text):
        return f"'''\n{text}'''"
    body = _NEEDS_ESCAPE_IN_BLOCK.sub(_escape, text)
    body = body.replace('"""', '""\\"')
    # Every third quote of a run is escaped by now; the last one must be.
    if (len(text) - len(text.rstrip('"'))) % 3:
        body = body[:-1] + '\\"'
    body = _FALSE_TABLE.sub(r"\1\\u005B", body)
    return f'"""\n{body}"""'


def write_moment(moment: datetime) -> str:
    """Return a date and time as TOML."""
    return moment.isoformat().replace("+00:00", "Z")


def write_key(key: str) -> str:
    """Return a key, quoted only when it must be."""
    if _BARE_KEY.fullmatch(key):
        return key
    return f'"{_NEEDS_ESCAPE_IN_BASIC.sub(_escape, clean_text(key))}"'


def write_pairs(values: Mapping[str, Any], under: tuple[str, ...] = ()) -> str:
    """Return foreign values as TOML: plain pairs first, then tables.

    Args:
        values: Whatever `tomllib` may have read. None has no TOML form and is left out.
        under: The table that the values belong to. Its header is not written; the
            headers of the tables inside it carry its name.
    """
    lines = [
        f"{write_key(key)} = {_write_value(value)}\n"
        for key, value in values.items()
        if value is not None and not is_table(value)
    ]
    for key, value in values.items():
        if not is_table(value):
            continue
        path = (*under, key)
        header = ".".join(write_key(part) for part in path)
        if isinstance(value, Mapping):
            lines.append(f"\n[{header}]\n{write_pairs(value, path)}")
        else:
            for item in value:
                lines.append(f"\n[[{header}]]\n{write_pairs(item, path)}")
    return "".join(lines)


def write_inline(values: Mapping[str, Any]) -> str:
    """Return a table in braces, as it stands in an array.

    Args:
        values: Whatever `tomllib` may have read.
    """
    pairs = (f"{write_key(key)} = {_inline(value)}" for key, value in values.items())
    return f"{{ {', '.join(pairs)} }}"


def _inline(value: Any) -> str:
    if isinstance(value, Mapping):
        return write_inline(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(_inline(item) for item in value)}]"
    return _write_value(value)


def is_table(value: Any) -> bool:
    """Return whether a value is written as a table, or as several of one name."""
    if isinstance(value, list | tuple):
        return bool(value) and all(isinstance(item, Mapping) for item in value)
    return isinstance(value, Mapping)


def _write_value(value: Any) -> str:
    if isinstance(value, str):
        return write_line(value)
    if isinstance(value, datetime):
        return write_moment(value)
    written = tomli_w.dumps({"k": _cleaned(value)})
    return written.removeprefix("k = ").rstrip("\n")


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list | tuple):
        return [_cleaned(item) for item in value if item is not None]
    if isinstance(value, Mapping):
        return {
            clean_text(str(key)): _cleaned(item)
            for key, item in value.items()
            if item is not None
        }
    return value


def _fits_literal(text: str) -> bool:
    return not (
        "'''" in text
        or text.endswith("'")
        or _NEEDS_ESCAPE.search(text)
        or ("\n" not in text and "'" in text)
    )


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    short = _SHORT.get(character)
    return short if short is not None else f"\\u{ord(character):04X}"
