from __future__ import annotations

from tests.unit.storage.samples import chat, prompt
from tui.storage.known_ids import MOST_FILES, KnownIds


def test_only_what_a_version_lacks_is_missing() -> None:
    known = KnownIds()
    there = chat(2).messages
    new = [there[0], prompt(7), prompt(7), prompt(8)]
    assert [m.id for m in known.missing("a", there, new)] == ["p7", "p8"]
    after = (*there, prompt(7))
    known.grew("a", there, after)
    assert [m.id for m in known.missing("a", after, new)] == ["p8"]
    # An older version is told by what it has, not by what came since.
    assert [m.id for m in known.missing("a", there, new)] == ["p7", "p8"]
    assert [m.id for m in known.missing("a", after, new)] == ["p8"]


def test_only_the_latest_files_are_remembered() -> None:
    known = KnownIds()
    there = chat(1).messages
    for number in range(3 * MOST_FILES):
        known.grew(str(number), there, (*there, prompt(7)))
        assert known.missing(str(number), there, [prompt(7)])
    assert len(known._known) == MOST_FILES
