"""Keeps secrets out of everything that is kept or shown."""

from __future__ import annotations

import re

MASK = "***"
"""What stands where a secret was."""

SHORTEST_SECRET = 4
"""Shorter keys are not looked for: they would blot out ordinary words."""

_BEARER = re.compile(r"(?i)\b(bearer\s+)[\w.~+/=-]{6,}")
_PREFIXED_KEY = re.compile(r"\bsk-[\w-]{6,}")
_SECRET_NAME = re.compile(
    r"(?i)key|token|secret|password|cookie|credential|(^|-)auth(orization|-|$)"
)


class Key(str):
    """An API key that no `repr`, and so no traceback, ever shows.

    Attributes:
        source: Where it was found, such as an environment variable's name, or "".
    """

    source: str

    def __new__(cls, text: str = "", source: str = "") -> Key:
        """Wrap a key.

        Args:
            text: The key.
            source: Where it was found.
        """
        key = super().__new__(cls, text)
        key.source = source
        return key

    def __repr__(self) -> str:
        return f"Key({MASK!r})"


def is_secret_name(name: str) -> bool:
    """Return whether a header or query field of this name usually holds a secret."""
    return _SECRET_NAME.search(name) is not None


class Redactor:
    """Replaces known secrets, and what looks like one, by a mask."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        """Make a redactor.

        Args:
            secrets: The key and the values of secret headers; "" is left out.
        """
        self._secrets = sorted(
            {Key(secret) for secret in secrets if len(secret) >= SHORTEST_SECRET},
            key=len,
            reverse=True,
        )

    def __call__(self, text: str) -> str:
        """Return the text without secrets."""
        for secret in self._secrets:
            if secret in text:
                text = text.replace(secret, MASK)
        text = _BEARER.sub(rf"\g<1>{MASK}", text)
        return _PREFIXED_KEY.sub(f"sk-{MASK}", text)
