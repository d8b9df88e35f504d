"""Made-up conversations for benchmarks: the same at every run, of any number.

Words follow Zipf's law over a vocabulary of 60,000; every 50th message names a number
that nothing else names. Prompts have about 20 words, answers about 150.
"""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

END = datetime(2026, 11, 1, tzinfo=UTC)
YEARS = timedelta(days=3 * 365)
_HEADS = [*"bcdfghlmnprstv", "w", "br", "cl", "fr", "gr", "pl", "st", "tr"]
_TAILS = ["a", "e", "i", "o", "u", "an", "er", "in", "on", "st", "ar", "el"]


class MadeMessage(NamedTuple):
    id: str
    role: str
    created: datetime
    text: str


class MadeConversation(NamedTuple):
    file: str
    title: str
    created: datetime
    messages: list[MadeMessage]


class Corpus:
    """Conversations by number."""

    def __init__(self, conversations: int, turns: int = 10) -> None:
        rng = random.Random(42)
        self.conversations = conversations
        self.turns = turns
        self.vocabulary = _vocabulary(rng, 60_000)
        weights = itertools.accumulate(
            1 / (rank + 2.7) for rank in range(len(self.vocabulary))
        )
        self._pool = rng.choices(
            self.vocabulary, cum_weights=list(weights), k=1_000_000
        )

    def __iter__(self) -> Iterator[MadeConversation]:
        return map(self.make, range(self.conversations))

    def make(self, number: int) -> MadeConversation:
        """Return a conversation; number 0 is the oldest."""
        rng = random.Random(number)
        created = END - YEARS * (1 - number / self.conversations)
        created = created.replace(microsecond=0)
        messages: list[MadeMessage] = []
        for turn in range(2 * self.turns):
            words = rng.randint(8, 32) if turn % 2 == 0 else rng.randint(60, 240)
            text = self.words(rng, words)
            if turn % 50 == 7:
                text += f" case{number}x{turn}"
            moment = created + timedelta(minutes=turn)
            role = "assistant" if turn % 2 else "user"
            messages.append(MadeMessage(f"{number:x}-{turn}", role, moment, text))
        title = self.words(rng, 6).capitalize()
        name = f"{created:%Y-%m-%d}-{title.split()[0].lower()}-{number:06}.toml"
        return MadeConversation(name, title, created, messages)

    def words(self, rng: random.Random, count: int) -> str:
        start = rng.randrange(len(self._pool) - count)
        return " ".join(self._pool[start : start + count])


def _vocabulary(rng: random.Random, size: int) -> list[str]:
    syllables = [head + tail for head in _HEADS for tail in _TAILS]
    words: dict[str, None] = {}
    while len(words) < size:
        count = rng.choice([1, 2, 2, 3, 3, 4])
        words["".join(rng.choices(syllables, k=count))] = None
    # Common words are short, mostly.
    return sorted(words, key=lambda word: len(word) + 6 * rng.random())
