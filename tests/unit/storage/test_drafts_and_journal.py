from __future__ import annotations

import errno
import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.failing_disk import Trouble
from tests.unit.storage.samples import chat, texts
from tui.domain.errors import NotSavedError
from tui.domain.message import Message, Role, Status
from tui.storage.drafts_file import load_drafts, save_drafts
from tui.storage.journal import BROKEN_OFF, Journal, read_journal, recover
from tui.storage.library import Library
from tui.storage.queue_files import find_left_queues
from tui.storage.records import pack_record, unpack_records

if TYPE_CHECKING:
    from pathlib import Path

HEAD = Message(
    id="a9", role=Role.ASSISTANT, content="", parent="a0", model="some-model"
)


@given(st.dictionaries(texts, texts, max_size=4))
@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_drafts_come_back(tmp_path: Path, drafts: dict[str, str]) -> None:
    path = tmp_path / "drafts.toml"
    save_drafts(path, drafts)
    assert load_drafts(path) == {file: text for file, text in drafts.items() if text}


def test_drafts_of_another_copy_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "drafts.toml"
    save_drafts(path, {"": "new", "a.toml": "one", "gone.toml": "x"})
    before = load_drafts(path)
    save_drafts(path, {**before, "b.toml": "theirs"})
    mine = {"": "changed", "a.toml": "one"}
    save_drafts(path, mine, before=before)
    assert load_drafts(path) == {
        "": "changed",
        "a.toml": "one",
        "b.toml": "theirs",
    }


def test_two_copies_that_type_at_once_keep_both_texts(tmp_path: Path) -> None:
    path = tmp_path / "drafts.toml"
    one: dict[str, str] = {}
    two: dict[str, str] = {}
    for number in range(3):
        typed_one, typed_two = {"": f"one {number}"}, {"": f"two {number}"}
        save_drafts(path, typed_one, before=one)
        one = typed_one
        save_drafts(path, typed_two, before=two)
        two = typed_two
        assert load_drafts(path)[""] == f"two {number}\n\none {number}"
    # The first one sends its text; the second one's is left, and then changes.
    save_drafts(path, {}, before=one)
    assert load_drafts(path) == {"": "two 2"}
    save_drafts(path, {"": "two 3"}, before=two)
    assert load_drafts(path) == {"": "two 3"}


def test_texts_of_two_copies_are_one_draft_for_the_next(tmp_path: Path) -> None:
    path = tmp_path / "drafts.toml"
    save_drafts(path, {"a.toml": "one"}, before={})
    save_drafts(path, {"a.toml": "two"}, before={})
    before = load_drafts(path)
    assert before == {"a.toml": "two\n\none"}
    save_drafts(path, {**before, "": "new"}, before=before)
    assert load_drafts(path) == {"a.toml": "two\n\none", "": "new"}
    save_drafts(path, {"a.toml": "both, edited"}, before=load_drafts(path))
    assert load_drafts(path) == {"a.toml": "both, edited"}


def test_unreadable_drafts_are_moved_aside(tmp_path: Path) -> None:
    path = tmp_path / "drafts.toml"
    path.write_text("broken [")
    assert load_drafts(path) == {}
    save_drafts(path, {"": "x"})
    assert load_drafts(path) == {"": "x"}
    (aside,) = tmp_path.glob("drafts.unreadable-*.toml")
    assert aside.read_text() == "broken ["


def test_unreadable_drafts_that_can_not_be_moved_are_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "drafts.toml"
    path.write_text("broken [")
    Trouble(monkeypatch, ("link",)).error = errno.ENOSPC
    with pytest.raises(NotSavedError):
        save_drafts(path, {"": "x"})
    assert path.read_text() == "broken ["


@given(
    st.lists(st.binary(min_size=1, max_size=40), max_size=5), st.integers(0), st.data()
)
@settings(max_examples=200, deadline=None)
def test_torn_log_gives_a_beginning_of_its_records(
    payloads: list[bytes], cut: int, data: st.DataObject
) -> None:
    content = b"".join(pack_record(payload) for payload in payloads)
    assert unpack_records(content) == payloads
    torn = content[: cut % (len(content) + 1)]
    found = unpack_records(torn)
    assert found == payloads[: len(found)]
    zeros = unpack_records(torn + b"\0" * data.draw(st.integers(0, 50)))
    assert zeros == payloads[: len(zeros)]


def crashed(library: Library, journal: Journal) -> None:
    """Let go of a journal as a process that dies does."""
    journal.close(remove=False)
    library.close()


def test_broken_off_answer_is_put_into_its_file_once(tmp_path: Path) -> None:
    library = Library(tmp_path)
    file = library.create(chat(1)).file
    journal = Journal.begin(tmp_path, file, HEAD)
    for number in range(10):
        journal.add(f"word{number} ", "thought " if number < 2 else "")
        journal.flush()
    journal.add("lost")
    crashed(library, journal)
    library = Library(tmp_path)
    (found,) = recover(library)
    text = "".join(f"word{number} " for number in range(10))
    assert (found.file, found.message.content) == (file, text)
    message = library.load(file).conversation.messages[-1]
    assert message.content == text
    assert message.reasoning == "thought thought "
    assert message.status is Status.INCOMPLETE
    assert message.parent == "a0"
    assert message.error == BROKEN_OFF
    assert recover(library) == []
    assert len(library.load(file).conversation.messages) == 3
    assert not list(library.journal.glob("*.journal"))


def test_answer_that_reached_its_file_is_not_put_there_again(tmp_path: Path) -> None:
    library = Library(tmp_path)
    loaded = library.create(chat(1))
    journal = Journal.begin(tmp_path, loaded.file, HEAD)
    journal.add("the whole")
    journal.flush()
    done = replace(HEAD, content="the whole answer", status=Status.COMPLETE)
    library.append(loaded, [done])
    crashed(library, journal)
    assert recover(library) == []
    assert library.load(loaded.file).conversation.messages[-1] == done


def test_answer_that_was_shortened_by_hand_stays_as_it_is(tmp_path: Path) -> None:
    library = Library(tmp_path)
    loaded = library.create(chat(1))
    journal = Journal.begin(tmp_path, loaded.file, HEAD)
    journal.add("the whole answer")
    journal.flush()
    edited = replace(HEAD, content="the answer", status=Status.COMPLETE)
    library.append(loaded, [edited])
    crashed(library, journal)
    assert recover(library) == []
    assert library.load(loaded.file).conversation.messages[-1] == edited


def test_journal_that_another_version_wrote_is_left_alone(tmp_path: Path) -> None:
    library = Library(tmp_path)
    journal = Journal.begin(tmp_path, "chat.toml", HEAD)
    journal.close(remove=False)
    records = (b'{"version": 9}', b"another head", b'{"text": "precious"}')
    content = b"".join(pack_record(record) for record in records)
    journal.path.write_bytes(content)
    assert recover(library) == []
    assert journal.path.read_bytes() == content


def test_a_queue_that_can_not_be_read_is_not_removed(tmp_path: Path) -> None:
    path = tmp_path / "0123456789abcdef.toml"
    path.write_text("[drafts\nprecious")
    assert find_left_queues(tmp_path) == []
    assert path.exists()


def test_continued_answer_grows_in_its_file(tmp_path: Path) -> None:
    library = Library(tmp_path)
    begun = replace(HEAD, content="begun", status=Status.INCOMPLETE)
    loaded = library.append(library.create(chat(1)), [begun])
    journal = Journal.begin(tmp_path, loaded.file, begun)
    journal.add(" and more")
    journal.flush()
    crashed(library, journal)
    recover(library)
    messages = library.load(loaded.file).conversation.messages
    assert [m.content for m in messages[2:]] == ["begun and more"]


def test_answer_without_text_leaves_nothing(tmp_path: Path) -> None:
    library = Library(tmp_path)
    loaded = library.create(chat(1))
    crashed(library, Journal.begin(tmp_path, loaded.file, HEAD))
    assert recover(library) == []
    assert not list(library.journal.iterdir())


def test_answer_of_a_removed_conversation_gets_a_file(tmp_path: Path) -> None:
    library = Library(tmp_path)
    loaded = library.create(chat(1))
    journal = Journal.begin(tmp_path, loaded.file, HEAD)
    journal.add("kept")
    journal.flush()
    library.trash(loaded.file)
    crashed(library, journal)
    (found,) = recover(library)
    again = library.load(found.file).conversation
    assert [message.content for message in again.messages] == ["kept"]


def test_journal_waits_while_its_conversation_is_unreadable(tmp_path: Path) -> None:
    library = Library(tmp_path)
    loaded = library.create(chat(1))
    path = library.conversations / loaded.file
    content = path.read_bytes()
    journal = Journal.begin(tmp_path, loaded.file, HEAD)
    journal.add("kept")
    journal.flush()
    crashed(library, journal)
    path.write_bytes(b"broken [")
    (found,) = recover(library)
    assert found.problem
    assert path.read_bytes() == b"broken ["
    path.write_bytes(content)
    (found,) = recover(library)
    assert found.problem == ""
    assert library.load(loaded.file).conversation.messages[-1].content == "kept"


def test_live_journal_of_another_process_is_left_alone(tmp_path: Path) -> None:
    library = Library(tmp_path)
    file = library.create(chat(1)).file
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from tui.domain.message import Message, Role\n"
        "from tui.storage.journal import Journal\n"
        "head = Message(id='live', role=Role.ASSISTANT, content='')\n"
        "journal = Journal.begin(Path(sys.argv[1]), sys.argv[2], head)\n"
        "journal.add('still coming')\n"
        "journal.flush()\n"
        "print('ready', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path), file],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        assert recover(library) == []
        assert len(list(library.journal.glob("*.journal"))) == 1
        process.kill()
        process.wait()
        (found,) = recover(library)
        assert found.message.content == "still coming"


def test_surrogate_pair_split_over_two_deltas_is_one_character(tmp_path: Path) -> None:
    library = Library(tmp_path)
    file = library.create(chat(1)).file
    journal = Journal.begin(tmp_path, file, HEAD)
    journal.add("a\ud83d")
    journal.flush()
    journal.add("\ude00b\udc00")
    journal.flush()
    crashed(library, journal)
    (found,) = recover(library)
    assert found.message.content == "a😀b\ufffd"
    assert library.load(file).conversation.messages[-1].content == "a😀b\ufffd"


def test_every_cut_of_a_journal_keeps_a_beginning(tmp_path: Path) -> None:
    library = Library(tmp_path)
    file = library.create(chat(1)).file
    journal = Journal.begin(tmp_path, file, HEAD)
    whole = ""
    for number in range(5):
        journal.add(f"<{number}>")
        journal.flush()
        whole += f"<{number}>"
    content = journal.path.read_bytes()
    journal.close()
    assert not journal.path.exists()
    lengths = set()
    for size in range(len(content) + 1):
        read = read_journal(content[:size])
        if read is not None:
            assert whole.startswith(read[1].content)
            lengths.add(len(read[1].content))
    assert lengths == {0, 3, 6, 9, 12, 15}
    for place in range(0, len(content), 3):
        flipped = bytearray(content)
        flipped[place] ^= 0x10
        read = read_journal(bytes(flipped))
        assert read is None or whole.startswith(read[1].content)


def test_foreign_files_in_the_journal_folder_are_no_crash(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.create(chat(1))
    library.journal.mkdir(exist_ok=True)
    (library.journal / "odd.journal").write_bytes(os.urandom(500))
    (library.journal / "odd.append").write_bytes(os.urandom(500))
    (library.journal / "folder.journal").mkdir()
    (library.journal / "dangling.journal").symlink_to(tmp_path / "nowhere")
    assert recover(library) == []
