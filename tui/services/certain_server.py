"""Words go to no server that may not be the one that was meant.

A default stands in for what is wrong in the configuration. That is right for colours
and keys; for a server's address it would send words, and a key, to somebody else.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.domain.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tui.domain.settings import Problem, Settings

_NAMES = ("endpoint", "endpoints")
_PLACES = ("base_url", "proxy")
"""The keys of an endpoint that say where words go."""


class CertainServer:
    """Lets nothing be asked while it is in doubt who would answer.

    The configuration is read anew before each refusal: once it is corrected, the next
    try goes through. Lives on the engine's loop.
    """

    def __init__(
        self,
        settings: Settings,
        problems: Sequence[Problem],
        read_again: Callable[[], tuple[Settings, Sequence[Problem]]] | None,
        used: Callable[[Settings], None],
    ) -> None:
        """Make it.

        Args:
            settings: The settings in force.
            problems: What is wrong in the configuration they are from.
            read_again: Reads it anew, in a thread; None when that makes no sense.
            used: Called with the settings of a configuration that was corrected.
        """
        self.settings = settings
        self._problems = problems
        self._read_again = read_again
        self._used = used

    async def check(self, endpoint: str) -> None:
        """Refuse to ask a server that may not be the one that was meant.

        Args:
            endpoint: The endpoint's name, or "" for the default one.

        Raises:
            UsageError: The configuration leaves it open; names file, line and key.
        """
        if find_doubt(self._problems, self.settings, endpoint) is None:
            return
        if self._read_again is not None:
            settings, self._problems = await asyncio.to_thread(self._read_again)
            if find_doubt(self._problems, settings, endpoint) is None:
                self._used(settings)
                return
        refuse_doubt(
            self._problems,
            self.settings,
            endpoint,
            "Correct it and send again: it is read anew.",
        )


def refuse_doubt(
    problems: Iterable[Problem], settings: Settings, endpoint: str, advice: str
) -> None:
    """Raise UsageError when it is in doubt which server is meant; see `find_doubt`.

    Args:
        problems: What is wrong in the configuration.
        settings: What it came to.
        endpoint: The endpoint's name, or "" for the default one.
        advice: What to do, as a sentence.
    """
    doubt = find_doubt(problems, settings, endpoint)
    if doubt is not None:
        raise UsageError(
            f"Not sent: it is not certain which server is meant. {doubt} {advice}"
        )


def find_doubt(
    problems: Iterable[Problem], settings: Settings, endpoint: str
) -> Problem | None:
    """Return the problem that leaves open which server is meant, or None.

    Args:
        problems: What is wrong in the configuration.
        settings: What it came to.
        endpoint: The endpoint's name, or "" for the default one.
    """
    name = endpoint or settings.endpoint
    known = settings.endpoints.get(name)
    if known is not None and known.ad_hoc:
        # It was named by hand.
        return None
    for problem in problems:
        if _leaves_open(problem.key, name, by_default=not endpoint):
            return problem
    return None


def _leaves_open(key: str, endpoint: str, *, by_default: bool) -> bool:
    """Return whether a wrong key says where an endpoint's requests go."""
    table, *below = key.split(".")
    if not table:
        # The file could not be read at all.
        return True
    if not below:
        # A name that is wrong chooses the default only.
        return _resembles(table, _NAMES) and (by_default or table != "endpoint")
    name, *setting = below
    if table not in _NAMES or name != endpoint:
        return False
    return not setting or _resembles(setting[0], _PLACES)


def _resembles(key: str, names: Sequence[str]) -> bool:
    """Return whether a key is one of these names, or probably meant to be."""
    import difflib

    return bool(difflib.get_close_matches(key.casefold(), names, n=1, cutoff=0.6))
