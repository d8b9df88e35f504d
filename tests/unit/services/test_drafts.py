from __future__ import annotations

import pytest

from tui.services.drafts import without


@pytest.mark.parametrize(
    ("draft", "sent", "left"),
    [
        ("", "sent", ""),
        ("sent", "sent", ""),
        ("two\nlines", "two\nlines", ""),
        ("sent\ntyped since", "sent", "typed since"),
        ("came back\n\nsent", "sent", "came back"),
        ("came back\n\nsent\ntyped since", "sent", "came back\n\ntyped since"),
        ("sent words", "sent", "sent words"),
        ("unsent\n\nsent", "sent", "unsent"),
        ("something else", "sent", "something else"),
    ],
)
def test_only_what_was_sent_leaves_a_draft(draft: str, sent: str, left: str) -> None:
    assert without(draft, sent) == left
