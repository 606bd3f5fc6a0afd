"""Where the root key may come from, and what happens when it does not come."""

import os
import sys

import pytest

from alongside.common import rootkey
from alongside.common.decision import Refused
from alongside.common.keyfolder import KeyMissing, create_keys
from alongside.common.rootkey import CACHED_SECONDS, CommandRoot, EnvironmentRoot, FolderRoot, KeyServiceDown, root_keys
from alongside.consent import firewall
from alongside.identity.models import Contact
from tests.cast import CANARIES, browser_of, case_with_team

ONE, TWO = "11" * 32, "22" * 32


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass only when the test says so."""
    passed = [1000.0]
    monkeypatch.setattr(rootkey.time, "monotonic", lambda: passed[0])
    return passed


@pytest.fixture
def service(tmp_path):
    """A key service: a program that prints what stands in a file, and counts how often it was asked."""
    answer, asked = tmp_path / "answer", tmp_path / "asked"
    answer.write_text(ONE)
    program = tmp_path / "service.py"
    program.write_text(
        f"open({str(asked)!r}, 'a').write('x'); import sys, pathlib; file = pathlib.Path({str(answer)!r});"
        "sys.exit(3) if not file.exists() else print(file.read_text())"
    )
    return f"{sys.executable} {program}", answer, lambda: len(asked.read_text()) if asked.exists() else 0


def accepted(folder):
    source = FolderRoot(folder)
    return source.keys()


def test_the_folder_gives_the_next_key_first_and_the_old_one_last(tmp_path):
    create_keys(tmp_path)
    root = (tmp_path / "root.key").read_text().strip()
    assert [key.hex() for key in accepted(tmp_path)] == [root]
    (tmp_path / "root.next.key").write_text(ONE)
    (tmp_path / "root.old.key").write_text(TWO)
    assert [key.hex() for key in accepted(tmp_path)] == [ONE, root, TWO]


def test_the_environment_goes_before_a_command_and_a_command_before_the_folder(tmp_path, monkeypatch, service):
    create_keys(tmp_path)
    command, _, asked = service
    monkeypatch.setenv("ALONGSIDE_ROOT_COMMAND", command)
    assert root_keys(tmp_path) == [bytes.fromhex(ONE)]
    monkeypatch.setenv("ALONGSIDE_KEY_ROOT", TWO)
    monkeypatch.setenv("ALONGSIDE_KEY_ROOT_NEXT", ONE)
    assert root_keys(tmp_path) == [bytes.fromhex(ONE), bytes.fromhex(TWO)]
    assert isinstance(rootkey.source(tmp_path), EnvironmentRoot)
    assert asked() == 1


def test_an_answer_is_kept_for_five_minutes_and_not_a_second_longer(service, clock):
    command, answer, asked = service
    source = CommandRoot(command)
    assert source.keys() == source.keys() == [bytes.fromhex(ONE)]
    answer.unlink()  # the service is down
    clock[0] += CACHED_SECONDS - 1
    assert source.keys() == [bytes.fromhex(ONE)]
    clock[0] += 1
    for _ in range(2):
        with pytest.raises(KeyServiceDown, match="nothing sealed can be opened"):
            source.keys()
    assert source._kept == []
    answer.write_text(TWO)
    assert source.keys() == [bytes.fromhex(TWO)]
    assert asked() == 4


@pytest.mark.parametrize("answer", ["", "not a key", "11" * 31, "11" * 32 + "\nnonsense"])
def test_an_answer_that_is_no_key_is_none(service, answer):
    command, file, _ = service
    file.write_text(answer)
    with pytest.raises(KeyServiceDown) as caught:
        CommandRoot(command).keys()
    assert "11" not in str(caught.value)


def test_a_command_that_is_not_there_says_so():
    with pytest.raises(KeyServiceDown):
        CommandRoot("/nowhere/at/all").keys()
    assert issubclass(KeyServiceDown, KeyMissing)


@pytest.mark.covers("R34", "R62")
def test_while_the_key_service_is_down_nothing_is_opened_and_nothing_is_kept(ours, service, monkeypatch, journal):
    """Neither a page nor a form falls back to anything; the answer says what is wrong and that nothing was shown."""
    case = case_with_team(ours)
    command, answer, _ = service
    answer.unlink()
    monkeypatch.setenv("ALONGSIDE_ROOT_COMMAND", command)
    contact = Contact.objects.get(person=case.person)
    before = len(journal())
    with pytest.raises(KeyServiceDown):
        firewall.open(ours.actor("recovery_coach"), "coach_followup", contact.ask_for)
    assert len(journal()) == before  # no entry says “opened” of what was not
    client = browser_of(ours.users["recovery_coach"], raise_request_exception=False)
    page = client.get(f"/cases/{case.id}/")
    assert page.status_code == 503
    assert "Nothing was shown" in page.content.decode()
    assert not [word for word in CANARIES.values() if word in page.content.decode()]
    assert os.environ["ALONGSIDE_ROOT_COMMAND"] == command
    assert Refused  # a refusal by a rule is another thing: it comes back as a value
