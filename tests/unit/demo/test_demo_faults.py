"""Every misbehaviour that can be asked for really happens on the wire."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import TYPE_CHECKING

import pytest

from tests.support.waiting import until
from tests.unit.demo.raw_client import RawClient, text_of
from tui.demo import faults
from tui.demo.fault import FIRST_HALF, SPOKEN
from tui.demo.fault_events import WHOLE
from tui.demo.fault_floods import FLOODS, MEGABYTE

if TYPE_CHECKING:
    from tui.demo.fault import Fault
    from tui.demo.server import DemoServer

THE_END = b"Nothing is served at this path"
HANGS = ("silent", "stall", "hang after finish")

STREAM_MARKS = {
    "null content": b'"content":null',
    "missing delta": b'{"index":0,"finish_reason":null}',
    "empty choices": b'"prompt_filter_results":[]',
    "usage in finish": b'"finish_reason":"stop"}],"usage":{',
    "usage null": b'"usage":null',
    "reasoning content": b'"reasoning_content":"You"',
    "reasoning": b'{"reasoning":"You"}',
    "reasoning twice": b'{"reasoning":"You","reasoning_content":"You"}',
    "think tags": b'"ink>"',
    "content parts": b'{"type":"text","text":',
    "odd finish": b'"finish_reason":"eos"',
    "no done": b'"finish_reason":"stop"}]}\n\n\r\n0\r\n\r\n',
    "done only": b"data: [DONE]",
    "junk after done": b"THIS MUST NOT BE SHOWN",
    "done glued": b"}\ndata: [DONE]\n\n",
    "unterminated": b'"finish_reason":"stop"}]}\r\n0\r\n\r\n',
    "line ends": b"\r\n\r",
    "bom": b"\xef\xbb\r\n1\r\n\xbf",
    "no space": b'data:{"id"',
    "many lines": b',\ndata: "object"',
    "event names": b"event: message\nid: 7\nretry: 3000\ndata: ",
    "separators": "\u2028".encode(),
    "split characters": b"\r\n3\r\n",
    "bad utf-8": b"\xff",
    "wrong charset": b"charset=iso-8859-1",
    "odd content type": b"application/octet-stream",
    "stream ignored": b'"object":"chat.completion"',
    "ndjson": b"application/x-ndjson",
    "blank lines": b"\r\n1\r\n\n\r\n",
    "garbage": b"oops\n\n",
    "garbage only": b"not JSON at all",
    "gzip": b"Content-Encoding: gzip",
    "bogus gzip": b"Content-Encoding: gzip",
    "old http": b"HTTP/1.0 200",
    "early hints": b"HTTP/1.1 103",
    "ends without finishing": b"0\r\n\r\n",
    "error first": b'{"error":{"message":"The engine lost',
    "error mid-stream": b'{"error":{"message":"The engine lost',
    "error flat": b'{"object":"error","message":"The engine gave up."',
    "error line": b'error: {"code":500',
    "finish error": b'"finish_reason":"error"',
    "truncate": b'"finish_reason":"length"',
    "truncate at once": b'"finish_reason":"length"',
    "filter": b'"finish_reason":"content_filter"',
    "tool calls": b'"tool_calls":[',
    "nothing": b'"finish_reason":"stop"',
    "reasoning only": b'"reasoning_content":',
    "rate limit text": b"Retry after 2s.",
    "rate limit date": b"GMT",
    "rate limit ms": b"retry-after-ms: 1500",
    "rate limit reset": b"x-ratelimit-reset-requests: 2s",
    "rate limit long": b"Retry-After: 3600",
    "rate limit stream": b"data: ",
    "quota": b'"type":"insufficient_quota"',
    "quota daily": b"Daily quota exceeded.",
    "quota weekly": b"Weekly quota exceeded.",
    "context": b'"code":"context_length_exceeded"',
    "context sizes": b'"n_ctx":8192',
    "context large": b"reduce the length",
    "detail list": b'{"detail":[{"loc":["body","messages",0,"content"]',
    "detail dictionary": b'"message":{"detail":[',
    "no body": b"Content-Length: 0",
    "error as 200": b'"code":502',
    "html": b"<title>Log in to the hotel network</title>",
    "html 404": b"<title>404 Not Found</title>",
    "empty": b"Content-Length: 0",
    "no content": b"HTTP/1.1 204",
    "redirect": b"Location: /v1/chat/completions?redirected=1",
    "redirect elsewhere": b"https://elsewhere.invalid",
    "cut after role": b'"content":""',
    "keep alive": b": keep-alive\n\n",
}
STATUSES = {
    "rate limit text": 429,
    "rate limit date": 429,
    "rate limit ms": 429,
    "rate limit reset": 429,
    "rate limit long": 429,
    "rate limit stream": 429,
    "quota": 429,
    "quota daily": 429,
    "quota weekly": 429,
    "context": 400,
    "context sizes": 400,
    "context large": 413,
    "detail list": 422,
    "detail dictionary": 422,
    "no body": 400,
    "html 404": 404,
    "no content": 204,
    "redirect": 307,
    "redirect elsewhere": 308,
}


def timeless(fault: Fault) -> str:
    """Return the prompt for a fault, without its waits."""
    waits = fault.name in ("slow start", "pause", "keep alive")
    return f"{fault.name} 0" if waits else fault.name


async def wire_of(server: DemoServer, prompt: str, *, stream: bool = True) -> bytes:
    """Return every byte of one answer; ends when the next request is answered."""
    async with await RawClient.connect(server) as client:
        client.chat(prompt, stream=stream)
        client.request("GET", "/the-end", more="Connection: close\r\n")
        data = await client.rest()
    end = data.rfind(b"HTTP/1.1 404 \r\n") if THE_END in data else len(data)
    return data[:end]


def unframed(data: bytes) -> bytes:
    """Return the body of a chunked response."""
    rest, body = data.split(b"\r\n\r\n", 1)[1], b""
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        body, rest = body + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
    return body


@pytest.mark.parametrize("name", STREAM_MARKS)
async def test_a_fault_is_on_the_wire(server: DemoServer, name: str) -> None:
    fault = next(fault for fault in faults.FAULTS if fault.name == name)
    data = await wire_of(server, timeless(fault))
    status = int(data.split(b" ", 2)[1])
    assert status == STATUSES.get(name, 103 if name == "early hints" else 200)
    assert STREAM_MARKS[name] in data


def test_every_fault_is_looked_at_by_some_test() -> None:
    here = {*STREAM_MARKS, *HANGS, *(fault.name for fault in FLOODS)}
    apart = {"cut off", "reset", "cut before", "slow start", "pause"}
    apart |= {"stream options refused", "big event"}
    assert {fault.name for fault in faults.FAULTS} == here | apart


@pytest.mark.parametrize("name", ["slow start 0", "pause 0", "keep alive 0"])
async def test_waits_end_in_a_whole_answer(server: DemoServer, name: str) -> None:
    data = unframed(await wire_of(server, name))
    assert text_of(data) == SPOKEN
    assert data.endswith(b"data: [DONE]\n\n")


@pytest.mark.parametrize("stream", [True, False])
async def test_cut_off_leaves_the_body_unfinished(
    server: DemoServer, stream: bool
) -> None:
    data = await wire_of(server, "cut off", stream=stream)
    assert data.startswith(b"HTTP/1.1 200")
    assert b"This" in data
    assert not data.endswith((b"\r\n0\r\n\r\n", b"}"))
    assert b"<RESET>" not in data


async def test_reset_is_a_reset(server: DemoServer) -> None:
    assert (await wire_of(server, "reset")).endswith(b"<RESET>")


async def test_cut_before_sends_no_byte(server: DemoServer) -> None:
    assert await wire_of(server, "cut before") == b""


@pytest.mark.parametrize("name", HANGS)
async def test_hanging_ends_when_the_client_leaves(
    server: DemoServer, name: str
) -> None:
    async with await RawClient.connect(server) as client:
        client.chat(name)
        if name != "silent":
            await client.read_until(b'" word"')
        await until(lambda: server.generating == 1)
    await until(lambda: server.generating == 0)
    assert server.abandoned == 1


@pytest.mark.parametrize("fault", FLOODS, ids=lambda fault: fault.name)
async def test_a_flood_ends_when_the_client_leaves(
    server: DemoServer, fault: Fault
) -> None:
    async with await RawClient.connect(server) as client:
        client.chat(fault.name)
        async with await RawClient.connect(server) as other:
            other.request("GET", "/v1/models")
            assert (await other.response())[0] == 200
        received = 0
        while received < 900_000:
            received += len(data := await client.reader.read(1 << 20))
            assert data
    await until(lambda: server.generating == 0)


async def test_the_gzip_bomb_unpacks_to_a_gigabyte(server: DemoServer) -> None:
    async with await RawClient.connect(server) as client:
        client.chat("gzip bomb")
        await client.head()
        chunks = await client.chunks()
    unpacker = zlib.decompressobj(wbits=31)
    assert text_of(unpacker.decompress(chunks[0])) == SPOKEN
    assert len(unpacker.decompress(chunks[1])) == 64 * MEGABYTE
    assert len(chunks) == 17
    assert chunks[1:] == [chunks[1]] * 16


async def test_a_flood_has_as_many_words_as_asked_for(server: DemoServer) -> None:
    data = unframed(await wire_of(server, "flood 500"))
    assert text_of(data).split() == [f"word{at}" for at in range(500)]


async def test_a_big_event_is_one_chunk(server: DemoServer) -> None:
    async with await RawClient.connect(server) as client:
        client.chat("big event")
        await client.head()
        assert max(map(len, await client.chunks())) > 1_500_000


async def test_a_compressed_stream_is_whole_at_every_event(server: DemoServer) -> None:
    async with await RawClient.connect(server) as client:
        client.chat("gzip")
        await client.head()
        chunks = await client.chunks()
    unpacker = zlib.decompressobj(wbits=31)
    events = [unpacker.decompress(chunk) for chunk in chunks]
    assert all(event.endswith(b"\n\n") for event in events[:-1])
    assert text_of(b"".join(events)) == SPOKEN
    assert gzip.decompress(b"".join(chunks)) == b"".join(events)


async def test_stream_options_are_refused_until_they_are_left_out(
    server: DemoServer,
) -> None:
    async with await RawClient.connect(server) as client:
        client.chat("stream options refused", stream_options={"include_usage": True})
        status, _, body = await client.response()
        assert status == 422
        assert b"stream_options" in body
        client.chat("stream options refused")
        assert (await client.head())[0] == 200
        assert text_of(b"".join(await client.chunks())) == SPOKEN


async def test_the_redirect_leads_to_an_answer(server: DemoServer) -> None:
    async with await RawClient.connect(server) as client:
        client.chat("redirect")
        _, headers, _ = await client.response()
        body = json.dumps(
            {
                "model": "fortytwo-guide",
                "messages": [{"role": "user", "content": "redirect"}],
            }
        )
        client.request("POST", headers["location"], body.encode())
        _, _, answer = await client.response()
    assert json.loads(answer)["choices"][0]["message"]["content"] == SPOKEN


@pytest.mark.parametrize(
    "fault",
    [
        f
        for f in faults.FAULTS
        if f.expect.startswith(WHOLE) and f.name not in (*HANGS, "redirect")
    ],
    ids=lambda fault: fault.name,
)
async def test_an_odd_format_has_a_whole_answer_in_standard_mode(
    server: DemoServer, fault: Fault
) -> None:
    data = await wire_of(server, timeless(fault), stream=False)
    body = data.split(b"\r\n\r\n", 1)[1]
    if b"chunked" in data:
        body = unframed(data)
    content = json.loads(body)["choices"][0]["message"]["content"]
    assert content
    if fault.streaming_only:
        assert content == faults.STREAMING_ONLY


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 418, 500, 503, 529])
async def test_any_status_has_the_envelope(server: DemoServer, status: int) -> None:
    async with await RawClient.connect(server) as client:
        client.chat(f"fail with {status}")
        given, _, body = await client.response()
    assert given == status
    assert set(json.loads(body)["error"]) == {"message", "type"}


@pytest.mark.parametrize("status", [502, 504, 520, 524])
async def test_gateways_answer_with_a_page(server: DemoServer, status: int) -> None:
    async with await RawClient.connect(server) as client:
        client.chat(f"fail with {status}")
        given, headers, body = await client.response()
    assert given == status
    assert headers["content-type"].startswith("text/html")
    assert f"<title>{status} ".encode() in body


async def test_failing_twice_means_that_the_third_try_works(
    server: DemoServer,
) -> None:
    statuses = []
    for _ in range(4):
        data = await wire_of(server, "fail twice with 503")
        statuses.append(int(data.split(b" ", 2)[1]))
    assert statuses == [503, 503, 200, 503]


async def test_any_fault_can_happen_once(server: DemoServer) -> None:
    assert await wire_of(server, "cut before once") == b""
    assert text_of(unframed(await wire_of(server, "cut before once"))) == SPOKEN


@pytest.mark.parametrize(
    ("prompt", "name", "number", "times"),
    [
        ("stall", "stall", None, 0),
        ("Stall!", "stall", None, 0),
        ("please play “stall”".replace("“", '"').replace("”", '"'), "stall", None, 0),
        ("fault cut off", "cut off", None, 0),
        ("cut-off", "cut off", None, 0),
        ("error mid-stream", "error mid-stream", None, 0),
        ("error midstream", "error mid-stream", None, 0),
        ("slow start 20", "slow start", 20, 0),
        ("slow start 20s", "slow start", 20, 0),
        ("fail with 429", "fail with 429", None, 0),
        ("fail with 429 after 5", "fail with 429", 5, 0),
        ("fail with 429 retry after 5 seconds", "fail with 429", 5, 0),
        ("fail once with 503", "fail with 503", None, 1),
        ("fail 3 times with 503", "fail with 503", None, 3),
        ("reset twice", "reset", None, 2),
        ("rate limit date 3 once", "rate limit date", 3, 1),
        ("bad utf-8", "bad utf-8", None, 0),
        ("html 404", "html 404", None, 0),
    ],
)
def test_a_prompt_that_is_a_name_calls_a_fault(
    prompt: str, name: str, number: float | None, times: int
) -> None:
    call = faults.find_call(prompt)
    assert call is not None
    assert (call.fault.name, call.number, call.times) == (name, number, times)


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "what happens when an answer stalls?",
        "why did it fail with 429?",
        "what does stall mean",
        "fail with 200",
        "fail with 4290",
        "my connection was cut off",
        "stall " * 50,
        "tell me about quota",
    ],
)
def test_a_question_about_a_fault_calls_none(prompt: str) -> None:
    assert faults.find_call(prompt) is None


def test_names_are_unique() -> None:
    names = [name for fault in faults.FAULTS for name in (fault.name, *fault.aliases)]
    assert len(names) == len(set(names))


def test_the_table_lists_every_fault() -> None:
    table = faults.table()
    for fault in faults.FAULTS:
        assert f"| `{fault.name}` | " in table


async def test_after_a_break_the_rest_can_be_asked_for(server: DemoServer) -> None:
    body = {
        "model": "fortytwo-guide",
        "messages": [
            {"role": "user", "content": "cut off"},
            {"role": "assistant", "content": FIRST_HALF},
        ],
    }
    async with await RawClient.connect(server) as client:
        client.request("POST", "/v1/chat/completions", json.dumps(body).encode())
        _, _, answer = await client.response()
    rest = json.loads(answer)["choices"][0]["message"]["content"]
    assert FIRST_HALF + rest == SPOKEN
