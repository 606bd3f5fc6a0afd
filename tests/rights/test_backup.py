"""A backup is whole, encrypted and short-lived; a restore forgets again before anything is served."""

import io
import json
import os
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from alongside.common.decision import Refused
from alongside.identity.forgetting import forget_everything, missing_here
from alongside.identity.models import Forgotten, Identity, Suppression
from alongside.rights import backup
from alongside.rights.forgetting import forget_person
from alongside.rights.management.commands import restore
from alongside.rights.rules import BACKUP_DAYS, is_too_old
from tests.cast import CANARIES, case_with_everything, person_of

DAY = 86_400


@pytest.mark.covers("R50")
@pytest.mark.parametrize(("days", "old"), [(0, False), (34.9, False), (35, False), (35.1, True)])
def test_a_backup_is_too_old_after_35_days(days, old):
    moment = datetime(2026, 5, 1, tzinfo=UTC)
    assert is_too_old(moment - timedelta(days=days), moment) is old
    assert BACKUP_DAYS == 35


@pytest.mark.covers("R50")
def test_old_backups_are_removed_and_nothing_else(tmp_path):
    for name, days in (("a.backup", 36), ("b.backup", 34), ("notes.txt", 400)):
        (tmp_path / name).write_text("x")
        os.utime(tmp_path / name, (time.time() - days * DAY,) * 2)
    assert backup.remove_old(tmp_path, datetime.now(UTC)) == ["a.backup"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["b.backup", "notes.txt"]


@pytest.mark.covers("R50", "R62")
def test_chunks_of_a_servers_dump_cannot_be_cut_moved_or_read(monkeypatch):
    monkeypatch.setattr(backup, "CHUNK", 10)
    plain = b"Zyxwhale Qvumblethorp and 555-010-9917"
    sealed = b"".join(backup._seal_chunks(io.BytesIO(plain)))
    assert b"Zyxwhale" not in sealed
    whole = backup.MARK + sealed
    assert b"".join(backup._open_chunks(io.BytesIO(whole))) == plain
    frame = 4 + 12 + 10 + 16
    start = len(backup.MARK) + 16
    last = len(whole) - (4 + 12 + 8 + 16)
    first, second = whole[start : start + frame], whole[start + frame : start + 2 * frame]
    swapped = whole[:start] + second + first + whole[start + 2 * frame :]
    changed_byte = whole[:60] + bytes([whole[60] ^ 1]) + whole[61:]
    broken = [whole[:last], whole[: start + frame], whole[:start], whole[:-1], swapped, b"x" + whole, changed_byte]
    for changed in broken:
        with pytest.raises(Refused):
            list(backup._open_chunks(io.BytesIO(changed)))


@pytest.mark.django_db
@pytest.mark.covers("R50")
def test_a_name_that_is_taken_or_wrong_is_refused(tmp_path):
    (tmp_path / "there.backup").write_text("")
    for name in ("there.backup", "no-suffix", "missing/folder.backup"):
        with pytest.raises(Refused):
            backup.write_backup(tmp_path / name)
    for words in ([], ["one.backup", "--prune", "."]):
        with pytest.raises(CommandError, match="Name the file"):
            call_command("backup", *words)
    with pytest.raises(CommandError, match="already"):
        call_command("backup", str(tmp_path / "there.backup"))


@pytest.mark.covers("R50")
def test_a_restored_person_is_forgotten_again_and_the_promise_laid_again(ours, django_capture_on_commit_callbacks):
    case, other = case_with_everything(ours), person_of(ours, canaries=True)
    with django_capture_on_commit_callbacks(execute=True):
        forget_person(case.person, by=ours.system, never_again=True)
    kept = sorted(Suppression.objects.values_list("kind", "token"))
    assert kept
    # As in a database from a backup made before: the row knows its name again, and the list beside the keys knows better.
    Forgotten.objects.all().delete()
    Suppression.objects.all().delete()
    identity = Identity.objects.get(person=case.person)
    person_code = case.person.code
    from_backup = Identity.objects.get(person=other)
    Identity.objects.filter(pk=identity.pk).update(given_name=from_backup.given_name)
    assert restore.behind()
    with pytest.raises(CommandError, match="older than the list"):
        call_command("restore", "--check")
    assert restore.forget_list_again() >= 2
    assert missing_here() == set()
    assert not restore.behind()
    assert Identity.objects.get(pk=identity.pk).given_name is None
    assert sorted(Suppression.objects.values_list("kind", "token")) == kept
    assert Identity.objects.get(person=other).given_name is not None
    case.person.refresh_from_db()
    assert case.person.code != person_code
    assert restore.forget_list_again() == 0


@pytest.mark.covers("R50")
def test_an_id_nobody_knows_any_more_is_only_noted(ours, django_capture_on_commit_callbacks):
    person = person_of(ours, canaries=True)
    with django_capture_on_commit_callbacks(execute=True):
        forget_everything([person.id], by=ours.system)
    Forgotten.objects.all().delete()
    Identity.objects.filter(person=person).delete()
    assert restore.forget_list_again() == 1
    assert Forgotten.objects.filter(holder=person.id).exists()


# --- a whole installation -----------------------------------------------------------------------------------------------


@pytest.fixture
def embedded():
    if connection.vendor != "sqlite":
        pytest.skip("a site of its own, tried once")


@pytest.mark.slow
@pytest.mark.covers("R44", "R50", "R62")
def test_forgotten_people_leave_no_trace_in_pages_wal_dump_or_a_restored_backup(site, embedded, tmp_path):
    site.seed(people=3)
    gone, *stay = site.people
    secrets, code = site.secrets_of(gone)
    assert set(site.traces(secrets, [code])) == {"pages", "dump"}  # the search does find what is there
    site.run("backup", tmp_path / "before.backup")
    assert site.forget(gone) == "forgotten"
    site.run("purge")
    assert site.traces(secrets, [code]) == {}
    wal = site.database.with_name("alongside.db-wal")
    assert not wal.exists() or wal.stat().st_size == 0
    for person in stay:
        assert site.traces(site.secrets_of(person)[0]) != {}
    everything = b"".join(site.pages()) + site.dump().encode()
    for form in ("utf-8", "utf-16-le"):
        assert not [canary for canary in CANARIES.values() if canary.encode(form) in everything]
    site.run("backup", tmp_path / "after.backup")
    assert site.traces(secrets, [code], file=tmp_path / "after.backup") == {}
    assert set(site.traces(secrets, [code], file=tmp_path / "before.backup")) == {"pages", "dump"}
    raw = (tmp_path / "before.backup").read_bytes()
    assert code.encode() not in raw
    assert b"CREATE TABLE" not in raw
    for name in (".db", ".db-wal", ".db-shm"):
        site.database.with_name(f"alongside{name}").unlink(missing_ok=True)
    summary = json.loads(site.run("restore", tmp_path / "before.backup", "--json"))
    assert summary["forgotten_again"] >= 2
    assert site.traces(secrets, [code]) == {}
    site.run("journal", "verify")


@pytest.mark.slow
@pytest.mark.covers("R50")
def test_a_changed_or_foreign_backup_is_not_put_back(site, embedded, tmp_path):
    site.run("backup", tmp_path / "one.backup")
    assert "already" in site.ask("restore", tmp_path / "one.backup").stderr
    for name in (".db", ".db-wal", ".db-shm"):
        site.database.with_name(f"alongside{name}").unlink(missing_ok=True)
    whole = (tmp_path / "one.backup").read_bytes()
    middle = len(whole) // 2
    for changed in (whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :], whole[:-4096], b"", os.urandom(8192)):
        (tmp_path / "bad.backup").write_bytes(changed)
        answer = site.ask("restore", tmp_path / "bad.backup")
        assert answer.returncode != 0
        assert "no whole backup" in answer.stderr
        assert not site.database.exists()
    assert site.ask("restore", tmp_path / "nothing.backup").returncode != 0
    site.run("restore", tmp_path / "one.backup")
