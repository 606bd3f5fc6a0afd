"""Decision, ids, clock, keys, actor: what every room stands on."""

import stat
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.common.actor import POLICE_CLASSES, Actor
from alongside.common.clock import day_in, now, quarter
from alongside.common.decision import YES, Decision, Refused
from alongside.common.ids import new_id
from alongside.common.keyfolder import KEYS, KeyMissing, create_keys, read_key
from alongside.common.words import band


def test_a_refusal_carries_its_sentence():
    no = Decision.no("Phone first.")
    assert not no
    with pytest.raises(Refused) as refusal:
        no.require()
    assert refusal.value.reason == str(refusal.value) == "Phone first."
    assert YES
    YES.require()


def test_ids_are_version_seven_and_never_repeat():
    made = [new_id() for _ in range(2000)]
    assert len(set(made)) == 2000
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}


def test_ids_sort_by_the_time_they_were_made(monkeypatch):
    moments = iter(range(1, 50))
    monkeypatch.setattr("alongside.common.ids.time.time_ns", lambda: next(moments) * 1_000_000)
    made = [new_id() for _ in range(20)]
    assert made == sorted(made)


def test_the_clock_is_aware_and_the_day_is_the_programs_own():
    assert now().tzinfo is UTC
    late = datetime(2026, 3, 8, 3, 30, tzinfo=UTC)
    assert day_in("America/New_York", late) == date(2026, 3, 7)
    assert day_in("UTC", late) == date(2026, 3, 8)


@pytest.mark.parametrize("kind", sorted(POLICE_CLASSES))
def test_whoever_enforces_the_law_counts_as_police(kind):
    assert Actor(None, "outreach_officer", new_id(), agency_class=kind).is_police


def test_the_program_itself_is_no_police_and_no_person():
    system = Actor.system(new_id())
    assert not system.is_police
    assert system.user_id is None


# --- keys --------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name in KEYS:
        monkeypatch.delenv(f"ALONGSIDE_KEY_{name.upper()}", raising=False)
    create_keys(tmp_path / "keys")
    return tmp_path / "keys"


def test_keys_are_made_once_and_readable_by_the_service_alone(folder):
    before = {name: read_key(folder, name) for name in KEYS}
    create_keys(folder)
    assert {name: read_key(folder, name) for name in KEYS} == before
    assert len(set(before.values())) == len(KEYS)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_a_key_from_the_environment_wins(folder, monkeypatch):
    monkeypatch.setenv("ALONGSIDE_KEY_ROOT", "ab" * 32)
    assert read_key(folder, "root") == b"\xab" * 32


def test_a_missing_key_names_the_cure(folder):
    (folder / "root.key").unlink()
    with pytest.raises(KeyMissing, match="alongside setup"):
        read_key(folder, "root")


@given(text=st.text(alphabet="0123456789abcdefxyz \n", max_size=70).filter(lambda t: len(t.strip()) != 64))
def test_a_damaged_key_is_never_taken_for_one(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("keys")
    (folder / "root.key").write_text(text)
    with pytest.raises(KeyMissing):
        read_key(folder, "root")


@pytest.mark.parametrize(("count", "words"), [(0, "0"), (1, "1–10"), (10, "1–10"), (11, "11"), (240, "240")])
def test_small_counts_are_bands(count, words):
    assert band(count) == words


@pytest.mark.parametrize(("month", "name"), [(1, "2026 Q1"), (3, "2026 Q1"), (4, "2026 Q2"), (12, "2026 Q4")])
def test_a_quarter_has_three_months(month, name):
    assert quarter(date(2026, month, 28)) == name
