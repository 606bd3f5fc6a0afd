"""The journal outside its machine: written out, checked by a program of its own, its head kept where nobody here reaches."""

import json
import shutil
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

import alongside.journal.check as check
from alongside.common.clock import now
from alongside.common.ids import new_id
from alongside.journal.actions import keep_on_paper, record
from alongside.journal.anchors import anchor_line, public_key, unsigned_lines
from alongside.journal.models import Entry
from alongside.journal.queries import anchor_is_stale
from tests.cast import NOON, browser_of


def run(*words, **options):
    out = StringIO()
    call_command("journal", *words, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def written(ours):
    for _ in range(5):
        record("opened", kind="sealed", target=new_id(), by=ours.system, classes=["contact"], reason="é", count=3)
    return Entry.objects.order_by("-seq").first()


@pytest.fixture
def exported(written, tmp_path):
    run("export", str(tmp_path / "journal.jsonl"))
    return tmp_path / "journal.jsonl"


def alone(folder, *words):
    """The check as somebody else would run it: one copied file, in an empty folder, with nothing of ours in reach."""
    folder.mkdir(exist_ok=True)
    shutil.copy(check.__file__, folder / "check.py")
    return subprocess.run(
        [sys.executable, "-I", "-S", "check.py", *map(str, words)], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.mark.covers("R54")
def test_the_check_runs_alone_on_an_export(exported, written, tmp_path):
    answer = alone(tmp_path / "elsewhere", exported)
    assert answer.returncode == 0, answer.stderr
    assert f"{written.seq} entries, unbroken. Head {written.seq}:{written.hash}" in answer.stdout
    assert alone(tmp_path / "elsewhere", exported, "--head", f"{written.seq}:{written.hash}").returncode == 0


@pytest.mark.covers("R54")
def test_the_check_alone_names_the_first_wrong_entry(exported, written, tmp_path):
    rows = exported.read_text().splitlines()
    facts = json.loads(rows[2])
    facts["actor"] = "somebody else"
    changed = tmp_path / "changed.jsonl"
    changed.write_text("\n".join([*rows[:2], json.dumps(facts), *rows[3:]]))
    answer = alone(tmp_path / "elsewhere", changed)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "broken at entry 3: the entry was changed" in answer.stderr


@pytest.mark.covers("R54")
def test_a_cut_tail_shows_only_against_what_was_kept_outside(exported, written, tmp_path):
    cut = tmp_path / "cut.jsonl"
    cut.write_text("\n".join(exported.read_text().splitlines()[:-2]))
    assert alone(tmp_path / "elsewhere", cut).returncode == 0
    answer = alone(tmp_path / "elsewhere", cut, "--head", f"{written.seq}:{written.hash}")
    assert answer.returncode == 1
    assert f"broken at entry {written.seq}: the anchored entry is not in the journal" in answer.stderr
    anchors = tmp_path / "anchors.jsonl"
    anchors.write_text(json.dumps({"seq": written.seq, "hash": written.hash}) + "\n\n")
    assert alone(tmp_path / "elsewhere", cut, "--anchors", anchors).returncode == 1
    assert alone(tmp_path / "elsewhere", exported, "--anchors", anchors).returncode == 0


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("not json", "Line 1 is not an entry"), ("[]", "Line 1 is not an entry"), ('{"hash": "x"}', "Line 1"),
     ('{"hash": "x", "seq": "one"}', "Line 1")],
)  # fmt: skip
def test_what_is_no_export_is_explained(tmp_path, text, sentence, capsys):
    (tmp_path / "file").write_text(text)
    assert check.main([str(tmp_path / "file")]) == 2
    assert sentence in capsys.readouterr().err
    assert check.main([str(tmp_path / "missing")]) == 2


def test_a_head_or_an_anchor_in_another_form_is_explained(exported, tmp_path, capsys):
    assert check.main([str(exported), "--head", "12"]) == 2
    assert "SEQ:HASH" in capsys.readouterr().err
    (tmp_path / "anchors").write_text('{"seq": 1}')
    assert check.main([str(exported), "--anchors", str(tmp_path / "anchors")]) == 2
    (tmp_path / "anchors").write_text('{"seq": 1, "hash": "a"}\n{"seq": 1, "hash": "b"}')
    assert check.main([str(exported), "--anchors", str(tmp_path / "anchors")]) == 2
    assert "forged" in capsys.readouterr().err
    assert check.main([str(exported)]) == 0


def test_the_check_stands_on_the_standard_library_alone():
    text = Path(check.__file__).read_text()
    imported = {line.split()[1].partition(".")[0] for line in text.splitlines() if line.startswith(("import ", "from "))}
    assert imported <= set(sys.stdlib_module_names)


@pytest.mark.covers("R51")
def test_an_export_of_the_journal_is_in_the_journal(exported, written, ours):
    entry = Entry.objects.order_by("-seq").first()
    assert (entry.verb, entry.kind, entry.target, entry.program) == (
        "exported", "journal", str(written.seq), str(ours.program.id))  # fmt: skip
    with pytest.raises(CommandError):
        run("export", str(exported))  # what is there is not touched
    with pytest.raises(CommandError, match="Name the file"):
        run("export")


# --- anchors --------------------------------------------------------------------------------------------------------


@pytest.fixture
def outside(tmp_path):
    folder = tmp_path / "another-disk"
    folder.mkdir()
    with override_settings(ANCHOR_FOLDER=str(folder)):
        yield folder / "anchors.jsonl"


@pytest.mark.covers("R54")
def test_the_head_is_kept_outside_signed_and_written_down(written, outside, ours):
    assert f"Anchored. Head {written.seq}:{written.hash}" in run("anchor")
    (line,) = outside.read_text().splitlines()
    facts = json.loads(line)
    assert (facts["seq"], facts["hash"]) == (written.seq, written.hash)
    assert facts["key"] == run("anchor", "--public-key").strip()
    assert Entry.objects.order_by("-seq").first().verb == "anchored"
    record("opened", kind="sealed", target=new_id(), by=ours.system)
    assert json.loads(run("anchor", "--json"))["seq"] == written.seq + 2
    assert "2 anchors hold" in run("verify", "--anchors", str(outside))
    assert json.loads(run("verify", "--json", "--anchors", str(outside)))["anchors"] == 2


@pytest.mark.covers("R54")
def test_an_anchor_that_the_chain_does_not_hold_is_a_break(written, outside):
    """Somebody made the whole chain anew: the hash kept outside is another one."""
    run("anchor")
    facts = json.loads(outside.read_text())
    secret = bytes(32)
    outside.write_text(anchor_line(facts["seq"], "f" * 64, now(), secret))
    with pytest.raises(CommandError, match=f"broken at entry {written.seq}"):
        run("verify", "--anchors", str(outside), "--key", public_key(secret))


def test_an_anchor_that_we_did_not_sign_is_none(written, outside):
    run("anchor")
    outside.write_text(outside.read_text() + anchor_line(1, "f" * 64, now(), bytes(32)) + "\n")
    with pytest.raises(CommandError, match="Anchor 2 of the file was not signed"):
        run("verify", "--anchors", str(outside))


@pytest.mark.parametrize("change", ["seq", "hash", "at", "signature"])
def test_a_signature_holds_every_part_of_an_anchor(change):
    secret = bytes(range(32))
    facts = json.loads(anchor_line(7, "a" * 64, NOON, secret))
    assert unsigned_lines([json.dumps(facts)], public_key(secret)) == []
    facts[change] = 8 if change == "seq" else facts[change].replace(facts[change][-1], "b")
    assert unsigned_lines([json.dumps(facts), "nonsense"], public_key(secret)) == [1, 2]


@pytest.mark.usefixtures("written")
def test_a_command_is_given_the_anchor(tmp_path):
    kept = tmp_path / "mail"
    program = f"import sys, pathlib; pathlib.Path(r'{kept}').write_text(sys.stdin.read())"
    with override_settings(ANCHOR_COMMAND=f'{sys.executable} -c "{program}"'):
        run("anchor")
    assert json.loads(kept.read_text())["seq"] > 0


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("where", [{"ANCHOR_FOLDER": "/nowhere/at/all"}, {"ANCHOR_COMMAND": "false"},
                                   {"ANCHOR_COMMAND": "/nowhere/at/all"}, {}])  # fmt: skip
def test_an_anchor_that_could_not_be_kept_is_not_written_down(where):
    before = Entry.objects.count()
    with override_settings(**where), pytest.raises(CommandError):
        run("anchor")
    assert Entry.objects.count() == before


def test_an_empty_journal_has_nothing_to_anchor(db, outside):
    with pytest.raises(CommandError, match="empty"):
        run("anchor")


# --- who is told ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("how", "hours", "stale"), [("file", 23, False), ("file", 25, True), ("paper", 100, False),
                                                      ("paper", 200, True), ("command", 25, True)])  # fmt: skip
def test_an_anchor_grows_stale(cast, how, hours, stale):
    assert anchor_is_stale(cast.privacy_reviewer, now())
    record("anchored", kind="journal", target=1, by=cast.ours.system, how=how, now=now() - timedelta(hours=hours))
    assert anchor_is_stale(cast.privacy_reviewer, now()) is stale
    assert anchor_is_stale(cast.other.actor("privacy_reviewer"), now())


def test_the_reviewer_and_the_administrator_are_told_and_nobody_else(ours):
    sentence = "was not kept outside this machine lately"
    for role, path in (("privacy_reviewer", "/review/"), ("administrator", "/review/head/"), ("coordinator", "/today/")):
        page = browser_of(ours.users[role]).get(path).content.decode()
        assert (sentence in page) is (role != "coordinator"), role
    record("anchored", kind="journal", target=1, by=ours.system, how="file")
    assert sentence not in browser_of(ours.users["privacy_reviewer"]).get("/review/").content.decode()


def test_a_small_site_keeps_the_head_on_paper(ours, written):
    client = browser_of(ours.users["privacy_reviewer"])
    page = client.get("/review/head/")
    seq, head = page.context["seq"], page.context["hash"]
    assert client.post("/review/head/", {"seq": seq, "hash": head}).status_code == 302
    entry = Entry.objects.order_by("-seq").first()
    assert (entry.verb, entry.target, entry.detail) == ("anchored", str(seq), {"how": "paper"})
    client.post("/review/head/", {"seq": seq, "hash": "f" * 64})
    assert Entry.objects.order_by("-seq").first() == entry


def test_paper_takes_only_a_head_of_this_journal(cast):
    with pytest.raises(Exception, match="not in the journal"):
        keep_on_paper(1, "f" * 64, by=cast.privacy_reviewer)
