"""Reads expected keys out of a TOML table whose values anybody may have typed.

A value of the wrong type is reported and stays among the foreign values, so that a
rewrite of the file keeps it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, TypeVar

from tui.domain.visible import visible_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Complain = Callable[[str, str], None]


T = TypeVar("T")


class Fields:
    """The keys of one table, taken out one by one.

    Attributes:
        rest: What has not been taken: unknown keys, and values of a wrong type.
    """

    def __init__(self, values: Mapping[str, Any], complain: Complain) -> None:
        """Wrap a table.

        Args:
            values: The table as `tomllib` read it.
            complain: Called with a key and a sentence for each wrong value.
        """
        self.rest: dict[str, Any] = dict(values)
        self._complain = complain

    def text(self, key: str, default: str = "") -> str:
        """Take a string."""
        value = self.rest.get(key)
        if isinstance(value, str):
            del self.rest[key]
            return value
        return self._wrong(key, value, "a text in quotes", default)

    def integer(self, key: str) -> int | None:
        """Take a whole number that is not negative."""
        value = self.rest.get(key)
        if type(value) is int and value >= 0:
            del self.rest[key]
            return value
        return self._wrong(key, value, "a whole number, 0 or more", None)

    def number(self, key: str) -> float | None:
        """Take a number that is finite and not negative."""
        value = self.rest.get(key)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if number and 0 <= float(value or 0) < float("inf"):
            del self.rest[key]
            return float(value or 0)
        return self._wrong(key, value, "a number, 0 or more", None)

    def flag(self, key: str) -> bool | None:
        """Take true or false."""
        value = self.rest.get(key)
        if isinstance(value, bool):
            del self.rest[key]
            return value
        return self._wrong(key, value, "true or false", None)

    def moment(self, key: str) -> datetime | None:
        """Take a date and time; one without an offset counts as UTC."""
        value = self.rest.get(key)
        moment = as_moment(value)
        if moment is not None:
            del self.rest[key]
            return moment
        expected = "a date and time like 2026-11-23T14:02:11Z"
        return self._wrong(key, value, expected, None)

    def table(self, key: str) -> dict[str, Any]:
        """Take a table."""
        value = self.rest.get(key)
        if isinstance(value, dict):
            del self.rest[key]
            return value
        return self._wrong(key, value, "a table", {})

    def _wrong(self, key: str, value: Any, expected: str, default: T) -> T:
        if value is not None:
            self._complain(key, f"found {describe(value)}, expected {expected}.")
        return default


def as_moment(value: object) -> datetime | None:
    """Return a TOML date, or date and time, as a moment in UTC, else None."""
    if isinstance(value, datetime):
        try:
            return (
                value.replace(tzinfo=UTC)
                if value.tzinfo is None
                else value.astimezone(UTC)
            )
        except OverflowError:
            return None
    if isinstance(value, date):
        return datetime.combine(value, time(), UTC)
    return None


def describe(value: object) -> str:
    """Return a value as a user reads it in a sentence, bounded."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        shown = visible_line(value[:41])
        return f'"{shown[:40]}…"' if len(value) > 40 else f'"{shown}"'
    return visible_line(str(value)[:40])
