"""`fortytwo show --follow`: an answer that another process streams."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from tests.support.waiting import until_blocking
from tests.unit.cli.test_commands import put

if TYPE_CHECKING:
    import subprocess

    from tests.unit.cli.running import Desk


def journals(desk: Desk) -> int:
    return len(list((desk.data / "journal").glob("*.journal")))


def begin_answer(desk: Desk, prompt: str) -> subprocess.Popen[bytes]:
    """Ask in another process; returns once its answer is under way on disk."""
    process = desk.begin("ask", prompt)
    until_blocking(lambda: journals(desk), "a journal")
    return process


def test_the_whole_answer_comes_and_then_it_ends(slow: Desk) -> None:
    with begin_answer(slow, "long answer 60") as asking:
        followed = slow.run("show", "long", "--last", "--follow")
        printed, _ = asking.communicate(timeout=30)
    assert followed.returncode == 0
    assert followed.stdout == printed.decode()
    assert slow.files()[0]["messages"][1]["content"] == followed.stdout.rstrip("\n")


def test_it_prints_while_the_answer_grows(slow: Desk) -> None:
    with (
        begin_answer(slow, "long answer 900") as asking,
        slow.begin("show", "long", "--last", "--follow") as following,
    ):
        assert following.stdout
        seen = following.stdout.read(50).decode()
        assert asking.poll() is None
        asking.send_signal(signal.SIGINT)
        asking.communicate(timeout=30)
        rest, errors = following.communicate(timeout=30)
        assert following.returncode == 1
    assert b"stopped" in errors
    answer = slow.files()[0]["messages"][1]
    assert (seen + rest.decode()).rstrip("\n") == answer["content"].rstrip("\n")


def test_a_killed_program_is_told(slow: Desk) -> None:
    with begin_answer(slow, "long answer 900") as asking:
        with slow.begin("show", "long", "--last", "--follow") as following:
            assert following.stdout
            following.stdout.read(50)
            asking.kill()
            _, errors = following.communicate(timeout=30)
            assert following.returncode == 1
        asking.communicate(timeout=30)
    assert b"ended before the answer did" in errors
    # It only looked: the journal is still there for the next start.
    assert journals(slow) == 1


def test_what_a_killed_program_left_is_read_by_every_command(slow: Desk) -> None:
    with begin_answer(slow, "long answer 900") as asking:
        with slow.begin("show", "long", "--last", "--follow") as following:
            assert following.stdout
            following.stdout.read(50)
            asking.kill()
            kept, _ = following.communicate(timeout=30)
        asking.communicate(timeout=30)
    followed = slow.run("show", "long", "--last", "--follow")
    assert followed.stdout.endswith(kept.decode())
    assert followed.returncode == 1
    assert "ended before the answer did" in followed.stderr
    words = followed.stdout.strip()
    assert slow.run("show", "long", "--last").stdout.strip() == words
    assert words in slow.run("export", "long").stdout
    assert slow.run("grep", "-F", words.split("\n")[0]).returncode == 0
    # They only looked: the journal is still there for the next start.
    assert journals(slow) == 1


def test_an_interruption_ends_the_following_alone(slow: Desk) -> None:
    with begin_answer(slow, "long answer 60") as asking:
        with slow.begin("show", "long", "--follow") as following:
            assert following.stdout
            following.stdout.read(20)
            following.send_signal(signal.SIGINT)
            following.communicate(timeout=30)
            assert following.returncode == 130
        asking.communicate(timeout=30)
        assert asking.returncode == 0


def test_a_prompt_without_an_answer_is_waited_for(slow: Desk) -> None:
    file = put(slow, "2026-01-01-wait-aaaa.toml", "Wait", "what can you do?")
    with slow.begin("show", "wait", "--last", "--follow") as following:
        slow.run("ask", "what can you do?", "--continue", file)
        printed, _ = following.communicate(timeout=30)
        assert following.returncode == 0
    answer = slow.files()[0]["messages"][-1]["content"]
    assert printed.decode().rstrip("\n") == answer.rstrip("\n")


def test_without_an_answer_under_way_it_says_so(desk: Desk) -> None:
    put(desk, "2026-01-01-done-aaaa.toml", "Done", "question", "answer")
    done = desk.run("show", "done", "--follow")
    assert done.returncode == 0
    assert "answer" in done.stdout
    assert "No answer is under way" in done.stderr
