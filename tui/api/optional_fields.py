"""Remembers which optional request fields a server refuses, so as not to send them.

Several servers answer 400 or 422 to any field they don't know, and some know a field
under another name only.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.domain.failure import FailureKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.domain.failure import Failure

_NEEDED = frozenset({"model", "messages", "stream"})
_OUR_OWN = frozenset({"stream_options"})
_OTHER_NAMES = {
    "max_tokens": "max_completion_tokens",
    "max_completion_tokens": "max_tokens",
}
_REFUSAL = re.compile(
    r"(?i)unsupported|not supported|n.t support|not support|unknown|unrecogni[sz]ed|"
    r"unexpected|extra_forbidden|extra (inputs|fields)|not permitted|not allowed|"
    r"forbidden|additional propert|invalid (parameter|argument|field|param)|no such"
)


class OptionalFields:
    """What one endpoint refuses.

    Attributes:
        renamed: Refused fields: the name to send instead, or "" to leave them out.
    """

    def __init__(self) -> None:
        self.renamed: dict[str, str] = {}

    def learn(self, failure: Failure, sent: Iterable[str]) -> str | None:
        """Learn from a refused request.

        Args:
            failure: Why the request failed.
            sent: The names of the fields that were sent.

        Returns:
            None when no optional field was refused. Otherwise the request may be sent
            again, and the user is told the sentence unless it is "".
        """
        if failure.status not in (400, 422) or failure.kind not in (
            FailureKind.REQUEST,
            FailureKind.MODEL,
        ):
            return None
        for name in sent:
            if name not in _NEEDED and _is_refused(name, failure.wire):
                return self._refuse(name)
        return None

    def _refuse(self, sent_as: str) -> str:
        asked_for = next(
            (name for name, other in self.renamed.items() if other == sent_as), sent_as
        )
        other = _OTHER_NAMES.get(sent_as, "")
        if other and asked_for == sent_as:
            self.renamed[sent_as] = other
            return ""
        self.renamed[asked_for] = ""
        if asked_for in _OUR_OWN:
            return ""
        return f"The server does not take “{asked_for}”; it is left out from now on."


def _is_refused(name: str, body: str) -> bool:
    named = re.search(rf"(?<![\w]){re.escape(name)}(?![\w])", body)
    if named is None:
        return False
    return name in _OUR_OWN or _REFUSAL.search(body) is not None
