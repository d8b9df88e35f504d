"""The inspector sees everything but the secrets, and only so much of it."""

from __future__ import annotations

import shlex

from tui.api.record import LARGEST_PART, ExchangeRecord, RawBytes
from tui.api.redaction import Redactor

KEY = "very-secret-key"


def make_record() -> ExchangeRecord:
    record = ExchangeRecord(Redactor((KEY,)), "FORTYTWO_API_KEY")
    record.begin(
        "POST",
        f"https://host/v1/chat/completions?api-key={KEY}&v=1",
        {
            "Authorization": f"Bearer {KEY}",
            "X-Api-Key": KEY,
            "X-Title": f"it's {KEY}",
            "Content-Type": "application/json",
        },
        {"model": "m", "messages": [{"role": "user", "content": "it's"}]},
    )
    record.take_head(200, {"x-request-id": "7", "set-cookie": "a=b", "x-echo": KEY})
    record.take_bytes(f"data: {KEY}\n\n".encode())
    return record


def test_no_secret_is_kept() -> None:
    record = make_record()

    shown = [record.raw, record.raw_head, record.request_json, record.as_curl()]
    kept = repr({k: v for k, v in vars(record).items() if k != "_raw"})
    assert not [text for text in (*shown, kept) if KEY in text]
    assert "a=b" not in kept
    assert record.response_headers["x-request-id"] == "7"


def test_curl_is_one_shell_command() -> None:
    command = make_record().as_curl()

    words = shlex.split(command)
    assert words[0] == "curl"
    assert "Authorization: Bearer $FORTYTWO_API_KEY" in words
    assert '"Authorization: Bearer $FORTYTWO_API_KEY"' in command
    body = words[words.index("--data-raw") + 1]
    assert body.endswith('"content": "it\'s"}]}')


def test_raw_bytes_are_bounded() -> None:
    raw = RawBytes()
    for number in range(40_000):
        raw.add(b"%07d\n" % number)

    text = raw.text()

    assert text.startswith("0000000\n")
    assert text.endswith("0039999\n")
    assert "bytes left out" in text
    assert len(text) <= 2 * LARGEST_PART + 100


def test_one_large_piece_is_bounded() -> None:
    raw = RawBytes()
    raw.add(b"a" * (5 * LARGEST_PART))
    raw.add(b"b")

    assert len(raw.text()) <= 2 * LARGEST_PART + 100
    assert raw.text().endswith("b")


def test_moments_are_noted_once() -> None:
    now = 0.0

    def clock() -> float:
        return now

    record = ExchangeRecord(Redactor(()), clock=clock)
    record.begin("POST", "https://host", {}, {})
    now = 1.5
    record.mark("sent")
    now = 9.0
    record.mark("sent")

    assert record.moments == {"sent": 1.5}


def test_a_running_exchange_tells_whole_lines_once() -> None:
    record = make_record()
    first = record.progress(1, 0)
    assert first.lines == "data: ***\n\n"
    assert first.received == first.upto == len(f"data: {KEY}\n\n")
    half = len(KEY) // 2
    record.take_bytes(f"data: {KEY[:half]}".encode())
    assert record.progress(1, first.upto).lines == ""
    record.take_bytes(f"{KEY[half:]}\ndata".encode())
    second = record.progress(1, first.upto)
    assert second.lines == "data: ***\n"
    assert record.progress(1, second.upto).lines == ""
    # Of another attempt all is new.
    assert record.progress(0, second.upto).lines == first.lines + second.lines
    record.take_bytes(b"x" * 2 * LARGEST_PART + b"\n")
    assert record.progress(1, second.upto).received > 2 * LARGEST_PART
    assert record.progress(1, second.upto).lines == ""
