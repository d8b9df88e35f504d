"""The official OpenAI SDK is the judge of the demo server."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import openai
import pytest
from openai import AsyncOpenAI

from tests.support.waiting import until
from tests.unit.demo.raw_client import GUIDE
from tui.demo.fault import FIRST_HALF, SPOKEN
from tui.demo.pacing import Pace
from tui.demo.responses import MODELS
from tui.demo.small_talk import GREETING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tui.demo.server import DemoServer

HELLO = [{"role": "user", "content": "hello"}]


@asynccontextmanager
async def sdk(
    server: DemoServer, key: str = "made-up", retries: int = 0
) -> AsyncIterator[AsyncOpenAI]:
    client = AsyncOpenAI(api_key=key, base_url=server.base_url, max_retries=retries)
    try:
        yield client
    finally:
        await client.close()


def prompt(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


async def read(stream: Any) -> tuple[str, str | None, Any]:
    """Return text, finish reason and usage of a stream."""
    text, finish, usage = "", None, None
    async for chunk in stream:
        if not chunk.choices:
            usage = chunk.usage
            continue
        text += chunk.choices[0].delta.content or ""
        finish = chunk.choices[0].finish_reason or finish
    return text, finish, usage


async def read_into(pieces: list[str], stream: Any) -> None:
    """Collect the text of a stream that may break off."""
    async for chunk in stream:
        pieces.append(chunk.choices[0].delta.content or "")


async def test_models_are_listed(server: DemoServer) -> None:
    async with sdk(server) as client:
        models = [model async for model in client.models.list()]
    assert [model.id for model in models] == [model.id for model in MODELS]
    assert {model.object for model in models} == {"model"}
    assert all(model.owned_by and model.created for model in models)


async def test_standard_mode_completes(server: DemoServer) -> None:
    async with sdk(server) as client:
        answer = await client.chat.completions.create(model=GUIDE, messages=HELLO)
    assert answer.object == "chat.completion"
    assert answer.id.startswith("chatcmpl-")
    assert answer.model == GUIDE
    assert answer.choices[0].message.role == "assistant"
    assert answer.choices[0].message.content == GREETING
    assert answer.choices[0].finish_reason == "stop"
    usage = answer.usage
    assert usage.prompt_tokens + usage.completion_tokens == usage.total_tokens
    assert usage.completion_tokens > 50


async def test_streaming_mode_says_the_same_as_standard_mode(
    server: DemoServer,
) -> None:
    async with sdk(server) as client:
        stream = await client.chat.completions.create(
            model=GUIDE, messages=HELLO, stream=True
        )
        assert await read(stream) == (GREETING, "stop", None)


async def test_usage_comes_only_when_asked_for(server: DemoServer) -> None:
    async with sdk(server) as client:
        stream = await client.chat.completions.create(
            model=GUIDE,
            messages=HELLO,
            stream=True,
            stream_options={"include_usage": True},
        )
        text, _, usage = await read(stream)
    assert text == GREETING
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens


async def test_a_token_limit_truncates(server: DemoServer) -> None:
    async with sdk(server) as client:
        answer = await client.chat.completions.create(
            model=GUIDE, messages=HELLO, max_completion_tokens=5
        )
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage.completion_tokens == 5
    assert GREETING.startswith(answer.choices[0].message.content)


async def test_unknown_fields_are_accepted(server: DemoServer) -> None:
    async with sdk(server) as client:
        answer = await client.chat.completions.create(
            model=GUIDE,
            messages=HELLO,
            temperature=0.2,
            seed=42,
            extra_body={"something": {"new": [1, 2]}},
        )
    assert answer.choices[0].finish_reason == "stop"
    assert server.requests[-1].chat is not None
    assert server.requests[-1].chat.fields["something"] == {"new": [1, 2]}


async def test_a_wrong_key_is_401(start_server: Callable[..., Any]) -> None:
    server = await start_server(key="right")
    async with sdk(server, "wrong") as client:
        with pytest.raises(openai.AuthenticationError) as raised:
            await client.chat.completions.create(model=GUIDE, messages=HELLO)
        with pytest.raises(openai.AuthenticationError):
            [model async for model in client.models.list()]
    assert raised.value.body == {
        "message": "Invalid authentication credentials",
        "type": "authentication_error",
    }
    async with sdk(server, "right") as client:
        assert [model async for model in client.models.list()]


async def test_an_unknown_model_is_404(server: DemoServer) -> None:
    async with sdk(server) as client:
        with pytest.raises(openai.NotFoundError) as raised:
            await client.chat.completions.create(model="gone", messages=HELLO)
    assert raised.value.body == {
        "message": "Model not found.",
        "type": "model_not_found",
    }


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"messages": []}, "messages must not be empty"),
        ({"messages": "hello"}, "messages must be an array"),
        ({"messages": ["hello"]}, "messages[0] must be an object"),
        (
            {"messages": [{"role": "wizard", "content": "hi"}]},
            "messages[0].role must be one of: system, user, assistant",
        ),
        (
            {"messages": [*HELLO, {"role": "user", "content": 7}]},
            "messages[1].content must be a string",
        ),
        ({"messages": HELLO, "model": 7}, "model must be a non-empty string"),
        (
            {"messages": HELLO, "max_tokens": "many"},
            "max_tokens must be an integer",
        ),
        (
            {"messages": HELLO, "max_tokens": 0},
            "max_completion_tokens must be at least 1",
        ),
        (
            {"messages": HELLO, "extra_body": {"stream": "yes"}},
            "stream must be a boolean",
        ),
        (
            {"messages": HELLO, "extra_body": {"stream_options": []}},
            "stream_options must be an object",
        ),
    ],
)
async def test_a_bad_body_is_400_and_names_the_field(
    server: DemoServer, fields: dict[str, Any], message: str
) -> None:
    async with sdk(server) as client:
        with pytest.raises(openai.BadRequestError) as raised:
            await client.chat.completions.create(**{"model": GUIDE, **fields})
    assert raised.value.body == {
        "message": message,
        "type": "invalid_request_error",
    }


async def test_missing_messages_are_400(server: DemoServer) -> None:
    async with sdk(server) as client:
        with pytest.raises(openai.BadRequestError, match="field: messages"):
            await client.post(
                "/chat/completions", body={"model": GUIDE}, cast_to=object
            )


async def test_429_says_when_to_come_back(server: DemoServer) -> None:
    async with sdk(server) as client:
        with pytest.raises(openai.RateLimitError) as raised:
            await client.chat.completions.create(
                model=GUIDE, messages=prompt("fail with 429 after 7")
            )
    assert raised.value.response.headers["retry-after"] == "7"
    assert raised.value.body == {
        "message": "Too many concurrent requests. Retry after 7s.",
        "type": "rate_limit_exceeded",
    }


async def test_the_sdk_retries_after_the_time_it_was_told(server: DemoServer) -> None:
    async with sdk(server, retries=1) as client:
        answer = await client.chat.completions.create(
            model=GUIDE, messages=prompt("fail once with 429 after 0.05")
        )
    assert answer.choices[0].message.content == SPOKEN
    assert len(server.requests) == 2


async def test_one_request_too_many_is_429(start_server: Callable[..., Any]) -> None:
    server = await start_server(concurrency=1)
    async with sdk(server) as client:
        first = await client.chat.completions.create(
            model=GUIDE, messages=prompt("stall"), stream=True
        )
        with pytest.raises(openai.RateLimitError) as raised:
            await client.chat.completions.create(model=GUIDE, messages=HELLO)
        assert raised.value.response.headers["retry-after"] == "2"
        await first.close()
        await until(lambda: server.generating == 0)
        await client.chat.completions.create(model=GUIDE, messages=HELLO)


async def test_an_error_in_the_stream_is_an_api_error(server: DemoServer) -> None:
    async with sdk(server) as client:
        stream = await client.chat.completions.create(
            model=GUIDE, messages=prompt("error mid-stream"), stream=True
        )
        pieces: list[str] = []
        with pytest.raises(openai.APIError, match="lost the node"):
            await read_into(pieces, stream)
    assert "".join(pieces) == FIRST_HALF


async def test_a_cut_stream_is_a_connection_error(server: DemoServer) -> None:
    async with sdk(server) as client:
        stream = await client.chat.completions.create(
            model=GUIDE, messages=prompt("cut off"), stream=True
        )
        with pytest.raises(openai.APIConnectionError):
            await read(stream)


async def test_a_client_that_leaves_stops_the_generation(
    start_server: Callable[..., Any],
) -> None:
    server = await start_server(Pace(first=0, token=0.001))
    async with sdk(server) as client:
        stream = await client.chat.completions.create(
            model=GUIDE, messages=prompt("long answer 200000"), stream=True
        )
        async for _ in stream:
            break
        assert server.generating == 1
        await stream.close()
        await until(lambda: server.generating == 0)
    assert server.abandoned == 1


async def test_a_client_that_leaves_before_the_first_byte_is_noticed(
    server: DemoServer,
) -> None:
    async with sdk(server) as client:
        asking = asyncio.create_task(
            client.chat.completions.create(model=GUIDE, messages=prompt("silent"))
        )
        await until(lambda: server.generating == 1)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await until(lambda: server.generating == 0)
    assert server.abandoned == 1


async def test_the_connection_is_used_again(server: DemoServer) -> None:
    async with sdk(server) as client:
        for _ in range(3):
            stream = await client.chat.completions.create(
                model=GUIDE, messages=HELLO, stream=True
            )
            await read(stream)
            await client.chat.completions.create(model=GUIDE, messages=HELLO)
        assert len(server.requests) == 6
        assert server.accepted == 1


async def test_two_streams_run_at_the_same_time(
    start_server: Callable[..., Any],
) -> None:
    server = await start_server(Pace(first=0, token=0.001))
    async with sdk(server) as client:
        streams = [
            await client.chat.completions.create(
                model=GUIDE, messages=prompt("long answer 300"), stream=True
            )
            for _ in range(2)
        ]
        assert server.generating == 2
        (one, *_), (other, *_) = await asyncio.gather(*map(read, streams))
    assert one == other
    assert len(one.split()) == 300


async def test_the_thinking_model_reasons_first(server: DemoServer) -> None:
    async with sdk(server) as client:
        stream = await client.chat.completions.create(
            model="fortytwo-guide-thinking",
            messages=prompt("how do I stop an answer?"),
            stream=True,
        )
        order = []
        reasoning = ""
        async for chunk in stream:
            delta = chunk.choices[0].delta
            if thought := getattr(delta, "reasoning_content", None):
                reasoning += thought
                order.append("reasoning")
            if delta.content:
                order.append("content")
    assert "stop, answer" in reasoning
    assert order == sorted(order, reverse=True)
    assert order.count("content") > 10


async def test_the_instant_model_does_not_wait(
    start_server: Callable[..., Any],
) -> None:
    server = await start_server(Pace(first=3600, token=3600))
    async with sdk(server) as client:
        answer = await client.chat.completions.create(
            model="fortytwo-guide-instant", messages=HELLO, timeout=10
        )
    assert answer.choices[0].message.content == GREETING


async def test_a_conversation_that_is_too_long_is_refused_with_sizes(
    start_server: Callable[..., Any],
) -> None:
    server = await start_server(context_tokens=100)
    async with sdk(server) as client:
        with pytest.raises(openai.BadRequestError, match="context length is 100"):
            await client.chat.completions.create(
                model=GUIDE, messages=prompt("word " * 200)
            )
