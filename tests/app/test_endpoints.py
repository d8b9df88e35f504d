"""Who answers in a conversation: the server, streaming or not, and who gets the key."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.support.desk import settings_for
from tests.support.driver import Driver
from tests.support.waiting import until
from tests.support.wire_server import (
    HELLO,
    Peer,
    WireServer,
    completion,
    respond_json,
    stream,
)

if TYPE_CHECKING:
    from pathlib import Path

KEY = "sk-test-4242424242424242"
PUBLIC = "http://gpu.example.com/v1"


async def either_way(peer: Peer) -> None:
    """Answer as it is asked: with a list, a stream or one JSON body."""
    if peer.request.method == "GET":
        await respond_json(200, {"data": [{"id": "m-1"}]})(peer)
    elif peer.request.json.get("stream"):
        await stream(*HELLO)(peer)
    else:
        await respond_json(200, completion("Hello"))(peer)


def streamed(server: WireServer) -> list[bool]:
    """Return of each question whether a stream was asked for."""
    asked = [r for r in server.requests if r.method == "POST"]
    return [bool(request.json.get("stream")) for request in asked]


def on_disk(chat: Driver) -> dict[str, Any]:
    [file] = chat.files
    return tomllib.loads(file.read_text())


async def test_standard_mode_of_one_conversation(tmp_path: Path) -> None:
    async with (
        WireServer(either_way) as server,
        Driver(tmp_path, server.base_url) as chat,
    ):
        await chat.say("/stream off")
        await chat.sees("standard mode")
        await chat.say("Hi")
        await chat.rests()
        assert on_disk(chat)["stream"] is False
        await chat.say("Hi again")
        await chat.rests(2)
        await chat.say("/stream")
        await until(lambda: on_disk(chat)["stream"] is True)
        await until(lambda: "standard mode" not in chat.screen.splitlines()[0])
        await chat.say("And again")
        await chat.rests(3)
        assert streamed(server) == [False, False, True]
        answers = [m for m in chat.shown_messages() if m["role"] == "assistant"]
        assert {(m["status"], m["content"]) for m in answers} == {("complete", "Hello")}
        await chat.say("/stream perhaps")
        await chat.sees("/stream on lets answers stream")


async def test_standard_mode_of_an_endpoint_is_seen_and_overruled(
    tmp_path: Path,
) -> None:
    async with WireServer(either_way) as server:
        settings = settings_for(server.base_url, stream=False)
        async with Driver(tmp_path, settings) as chat:
            await chat.sees("standard mode")
            await chat.say("/stream on")
            await until(lambda: "standard mode" not in chat.screen.splitlines()[0])
            await chat.say("Hi")
            await chat.rests()
            assert streamed(server) == [True]


async def test_another_server_answers_from_the_next_prompt_on(tmp_path: Path) -> None:
    async with WireServer(either_way) as here, WireServer(either_way) as there:
        settings = settings_for(here.base_url, model="m-here")
        other = replace(
            settings.endpoints["local"], name="other", base_url=there.base_url, model=""
        )
        endpoints = {**settings.endpoints, "other": other}
        settings = replace(settings, endpoints=endpoints, model="m-everywhere")
        async with Driver(tmp_path, settings) as chat:
            await chat.say("Hi")
            await chat.rests()
            await chat.say("/endpoint other")
            await chat.sees("at other", "“other” answers from the next prompt on")
            await chat.sees("m-1")
            await chat.say("Hi there")
            await chat.rests(2)
            assert on_disk(chat)["endpoint"] == "other"
            [asked] = [r for r in there.requests if r.method == "POST"]
            assert asked.json["model"] == "m-1"
            assert asked.json["messages"][0]["content"] == "Hi"
            await chat.press("escape", "u")
            await chat.sees("The endpoint is local again")
            assert on_disk(chat)["endpoint"] == "local"


async def test_a_new_conversation_can_ask_another_server(tmp_path: Path) -> None:
    async with WireServer(either_way) as here, WireServer(either_way) as there:
        settings = settings_for(here.base_url)
        other = replace(
            settings.endpoints["local"], name="other", base_url=there.base_url
        )
        endpoints = {**settings.endpoints, "other": other}
        settings = replace(settings, endpoints=endpoints, model="m-here")
        async with Driver(tmp_path, settings) as chat:
            await chat.say("/endpoint")
            await chat.sees("Endpoint", f"127.0.0.1:{there.port}/v1")
            await chat.press("down", "enter")
            await chat.sees("at other")
            await chat.say("Hi")
            await chat.rests()
            assert not here.requests
            [asked] = [r for r in there.requests if r.method == "POST"]
            assert asked.json["model"] == "m-1"
            await chat.say("/endpoint nowhere")
            await chat.sees("There is no endpoint “nowhere”; there are: local, other")


async def test_the_key_goes_unencrypted_only_where_that_was_confirmed(
    tmp_path: Path,
) -> None:
    # The server plays the proxy, so that a public name can be asked for on loopback.
    async with WireServer(either_way) as proxy:
        settings = settings_for(
            PUBLIC, api_key_env="SECRET", proxy=f"http://127.0.0.1:{proxy.port}"
        )
        environ = {"SECRET": KEY}
        async with Driver(tmp_path, settings, environ=environ) as chat:
            config = chat.places.config_file
            config.parent.mkdir(parents=True, exist_ok=True)
            config.write_text(f'[endpoints.local]\nbase_url = "{PUBLIC}"\n')
            await chat.say("My secrets")
            await chat.sees("Send your API key unencrypted?", "gpu.example.com")
            await chat.press("escape")
            await chat.sees("Not sent")
            assert chat.draft == "My secrets"
            assert not proxy.requests
            assert not chat.files
            await chat.press("enter")
            await chat.sees("Send your API key unencrypted?")
            await chat.press("enter")
            await chat.rests()
            await chat.say("More of them")
            await chat.rests(2)
            assert {r.headers["authorization"] for r in proxy.requests} == {
                f"bearer {KEY}"
            }
            kept = tomllib.loads(config.read_text())["endpoints"]["local"]
            assert kept == {"base_url": PUBLIC, "allow_plain_http": "gpu.example.com"}
