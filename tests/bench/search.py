"""Search over all conversations: how long an answer takes while somebody types.

    python -m tests.bench.search [--full] [--conversations N] [--keep FOLDER]

The corpus is made up and always the same (`tests/bench/corpus.py`). It is put straight
into the index, through the same writer that the program uses, but without TOML files:
writing and reading those is another benchmark's business. The default is small enough
for CI; `--full` is 100,000 conversations with 2,000,000 messages. With `--keep` a
corpus that is there already is used again.

Each query is typed letter by letter, as a person does: every prefix of two letters and
more is one search, and the time is that until its ranked hits with their snippets are
there. Words, phrases, and what stands inside of words count alike. A search is cut when
it found less than a screenful for want of time. Read from a warm file system cache.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.corpus import Corpus
from tui.domain.summary import Summary
from tui.storage.index import Index, IndexedMessage, ReadFile
from tui.storage.index_rows import Row
from tui.storage.index_search import MOST_HITS, IndexReader

LIMIT = 0.050
"""Seconds within which 95 of 100 searches answer."""

FULL = 100_000
SMALL = 2_000
_BATCH = 200


def build(corpus: Corpus, path: Path) -> float:
    """Make the index; returns the seconds it took."""
    begin = time.perf_counter()
    index = Index(path)
    batch: list[ReadFile] = []
    # Newest first, as the program does it.
    for number in reversed(range(corpus.conversations)):
        made = corpus.make(number)
        summary = Summary(made.file, made.title, made.messages[-1].created, str(number))
        messages = [
            IndexedMessage(one.id, one.role, one.created.timestamp(), one.text)
            for one in made.messages
        ]
        batch.append(ReadFile(Row((1, 1, number), summary), messages))
        if len(batch) == _BATCH or number == 0:
            index.put_files(batch)
            batch = []
            done = corpus.conversations - number
            if done % 10_000 == 0:
                spent = time.perf_counter() - begin
                print(f"  {done:,} conversations, {done / spent:,.0f}/s", flush=True)
    index.close()
    return time.perf_counter() - begin


def typed_queries(corpus: Corpus) -> dict[str, list[str]]:
    """Return the kinds of queries, each typed letter by letter."""
    rng = random.Random(7)
    common, known = corpus.vocabulary[:300], corpus.vocabulary[:3_000]
    rare = corpus.vocabulary[20_000:]

    def sample(words: list[str], count: int) -> list[str]:
        return [" ".join(rng.sample(words, count)) for _ in range(12)]

    def inside(words: list[str]) -> list[str]:
        long = [word for word in words if len(word) > 4]
        return [word[1:-1] for word in rng.sample(long, 12)]

    some = [corpus.make(rng.randrange(corpus.conversations)) for _ in range(12)]
    phrases, across = [], []
    for made in some:
        words = made.messages[1].text.split()
        at = rng.randrange(len(words) - 4)
        phrases.append('"' + " ".join(words[at : at + 3]) + '"')
        across.append(f'"{words[at][1:]} {words[at + 1][:-1]}"')
    numbers = [made.messages[7].text.split()[-1] for made in some]
    kinds = {
        "a common word": sample(common, 1),
        "a rare word": sample(rare, 1),
        "two common words": sample(common, 2),
        "a common and a rare one": [
            f"{rng.choice(common)} {rng.choice(rare)}" for _ in range(12)
        ],
        "three words in quotes": phrases,
        "one message's number": numbers,
        "words of a title": [" ".join(made.title.split()[:2]) for made in some],
        "inside a common word": inside(known),
        "inside a rare word": inside(rare),
        "inside a number": [number[2:] for number in numbers],
        "across two words, quoted": across,
        "two insides": [
            " ".join(pair) for pair in zip(inside(known), inside(rare), strict=True)
        ],
    }
    return {
        kind: [
            query[:length] for query in queries for length in range(2, len(query) + 1)
        ]
        for kind, queries in kinds.items()
    }


def measure(reader: IndexReader, queries: list[str]) -> tuple[list[float], int]:
    """Return the seconds of each search, and how many were cut."""
    spent: list[float] = []
    cut = 0
    for query in queries:
        begin = time.perf_counter()
        found = reader.search(query)
        spent.append(time.perf_counter() - begin)
        assert found is not None
        cut += found.partial and len(found.hits) < MOST_HITS
    return spent, cut


def percentile(values: list[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--conversations", type=int)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    count = options.conversations or (FULL if options.full else SMALL)
    corpus = Corpus(count)
    with tempfile.TemporaryDirectory() as folder:
        path = (options.keep or Path(folder)) / f"search-{count}.sqlite3"
        if path.exists():
            print(f"{path}: used again")
        else:
            spent = build(corpus, path)
            print(
                f"index of {count:,} conversations: {spent:,.0f} s, "
                f"{count / spent:,.0f}/s, {path.stat().st_size / 1e6:,.0f} MB"
            )
        reader = IndexReader(path)
        begin = time.perf_counter()
        first = next(reader.rows(200, 2000), [])
        rows = time.perf_counter() - begin
        print(f"first {len(first)} rows of the list: {rows * 1000:.1f} ms")
        everything: list[float] = []
        all_cut = 0
        queries = typed_queries(corpus)
        measure(reader, queries["a rare word"])
        print(f"{datetime.now(UTC):%Y-%m-%d}, {count * 20:,} messages, ms per letter")
        print(f"{'':26}{'searches':>9}{'p50':>8}{'p95':>8}{'max':>8}{'cut':>5}")
        for kind, typed in queries.items():
            spent_on, cut = measure(reader, typed)
            everything += spent_on
            all_cut += cut
            show(kind, spent_on, cut)
        show("all", everything, all_cut)
        reader.close()
    broken = percentile(everything, 0.95) > LIMIT
    print(f"limit: p95 {LIMIT * 1000:.0f} ms{'  BROKEN' if broken else ''}")
    return int(broken)


def show(kind: str, spent: list[float], cut: int) -> None:
    p50, p95 = statistics.median(spent), percentile(spent, 0.95)
    figures = "".join(f"{value * 1000:8.1f}" for value in (p50, p95, max(spent)))
    print(f"{kind:26}{len(spent):>9}{figures}{cut:>5}")


if __name__ == "__main__":
    sys.exit(main())
