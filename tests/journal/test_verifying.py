"""The check of the chain names the first wrong entry, whatever was done to it."""

import json
import os
import random
from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from alongside.common.actor import Actor
from alongside.common.ids import new_id
from alongside.journal.actions import record
from alongside.journal.check import START, Line, hash_of, verify
from alongside.journal.models import Entry
from alongside.journal.rules import VERBS
from tests.cast import NOON

MUTATIONS = int(os.environ.get("ALONGSIDE_MUTATIONS", "500"))


def chain(length, chance=None):
    chance = chance or random.Random(7)
    lines, previous = [], START
    for seq in range(1, length + 1):
        line = Line(
            seq=seq, at=NOON + timedelta(seconds=seq), program="p", actor=f"a{chance.randrange(9)}", role="coordinator",
            verb=chance.choice(sorted(VERBS)), kind="person", target=str(chance.randrange(99)),
            detail={"classes": ["contact"], "count": chance.randrange(9)}, previous=previous,
        )  # fmt: skip
        previous = hash_of(line)
        lines.append((line, previous))
    return lines


def flip(lines, chance):
    place = chance.randrange(len(lines))
    line, stored = lines[place]
    column = chance.choice(["at", "program", "actor", "role", "verb", "kind", "target", "detail", "previous", "hash"])
    if column == "hash":
        spot = chance.randrange(64)
        changed = (line, stored[:spot] + ("0" if stored[spot] != "0" else "1") + stored[spot + 1 :])
    elif column == "at":
        changed = (replace(line, at=line.at + timedelta(microseconds=1)), stored)
    elif column == "detail":
        changed = (replace(line, detail=line.detail | {"count": line.detail["count"] + 1}), stored)
    else:
        changed = (replace(line, **{column: getattr(line, column) + "x"}), stored)
    return lines[:place] + [changed] + lines[place + 1 :], {place + 1}


def delete(lines, chance):
    place = chance.randrange(len(lines) - 1)
    return lines[:place] + lines[place + 1 :], {place + 2}


def reorder(lines, chance):
    one, other = sorted(chance.sample(range(len(lines)), 2))
    mixed = list(lines)
    mixed[one], mixed[other] = mixed[other], mixed[one]
    return mixed, {other + 1}


def swap_contents(lines, chance):
    """Two entries change places and take each other's number and hashes along only half."""
    one, other = sorted(chance.sample(range(len(lines)), 2))
    mixed = list(lines)
    mixed[one] = (replace(lines[other][0], seq=one + 1), lines[other][1])
    mixed[other] = (replace(lines[one][0], seq=other + 1), lines[one][1])
    return mixed, {one + 1}


def insert(lines, chance):
    """A forged entry with a right hash of its own."""
    place = chance.randrange(1, len(lines))
    forged = replace(lines[place - 1][0], seq=place + 1, previous=lines[place - 1][1], target="forged")
    return [*lines[:place], (forged, hash_of(forged)), *lines[place:]], {place + 1}


def rewrite(lines, chance):
    """Everything from one entry on is forged anew, hashes and all: only the head kept outside tells."""
    place = chance.randrange(len(lines))
    kept, previous = lines[:place], lines[place - 1][1] if place else START
    for line, _ in lines[place:]:
        forged = replace(line, actor="nobody", previous=previous)
        previous = hash_of(forged)
        kept = [*kept, (forged, previous)]
    return kept, {len(lines)}


def cut_tail(lines, chance):
    return lines[: chance.randrange(len(lines))], {len(lines)}


MUTATE = (flip, delete, reorder, swap_contents, insert, rewrite, cut_tail)


def test_an_unbroken_chain_is_unbroken():
    lines = chain(40)
    verdict = verify(lines)
    assert (verdict.entries, verdict.head, verdict.broken_at, verdict.why) == (40, lines[-1][1], None, "")
    assert verify([]).entries == 0
    assert verify(lines, lines[29][1], 30).broken_at is None


@pytest.mark.covers("R54")
def test_every_mutation_is_found_and_named():
    chance, lines = random.Random(20260115), chain(30)
    missed = []
    for number in range(MUTATIONS):
        mutate = MUTATE[number % len(MUTATE)]
        broken, expected = mutate(lines, chance)
        verdict = verify(broken, lines[-1][1], len(lines))
        if verdict.broken_at not in expected or not verdict.why:
            missed.append((mutate.__name__, verdict.broken_at, expected))
    assert missed == [], f"{len(missed)} of {MUTATIONS} missed"


@pytest.mark.covers("R54")
def test_without_an_anchor_a_cut_tail_cannot_be_seen():
    """Why the head is kept outside; stated, so that nobody believes otherwise."""
    assert verify(chain(30)[:20]).broken_at is None


@given(detail=st.dictionaries(st.text(max_size=8), st.integers() | st.text(max_size=8) | st.none(), max_size=4))
def test_the_hash_does_not_depend_on_the_order_of_the_details(detail):
    line = chain(1)[0][0]
    backwards = dict(reversed(list(detail.items())))
    assert hash_of(replace(line, detail=detail)) == hash_of(replace(line, detail=backwards))


# --- the command --------------------------------------------------------------------------------


def run(*words):
    out = StringIO()
    call_command("journal", "verify", *words, stdout=out)
    return out.getvalue()


@pytest.fixture
def written(ours):
    for _ in range(4):
        record("opened", kind="sealed", target=new_id(), by=ours.system, classes=["contact"])
    return Entry.objects.order_by("-seq").first()


@pytest.fixture
def broken(written):
    """The database lets nobody change an entry, but whoever can append can append a wrong one."""
    return Entry.objects.create(
        seq=written.seq + 1, at=NOON, program="p", actor="a", role="r", verb="opened", kind="k", target="t",
        previous=written.hash, hash="0" * 64,
    )  # fmt: skip


def test_the_command_prints_the_head(written):
    assert f"{written.seq} entries, unbroken. Head {written.seq}:{written.hash}" in run()
    summary = json.loads(run("--json"))
    assert (summary["entries"], summary["broken_at"]) == (written.seq, None)


def test_the_head_that_was_noted_outside_can_be_given_back(written):
    head = json.loads(run("--json"))["head"]
    assert "unbroken" in run("--head", head)


@pytest.mark.covers("R54")
def test_a_head_that_is_not_in_the_journal_is_a_break(written):
    with pytest.raises(CommandError, match="anchored entry is not in the journal"):
        run("--head", f"{written.seq + 9}:{written.hash}")


def test_a_break_is_named_and_the_exit_is_not_zero(broken, capsys):
    with pytest.raises(CommandError, match=f"broken at entry {broken.seq}: the entry was changed") as fault:
        run()
    assert fault.value.returncode != 0
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("journal", "verify", "--json", stdout=out)
    assert json.loads(out.getvalue())["broken_at"] == broken.seq


@pytest.mark.parametrize("head", ["nonsense", "12", "x:abc", ":abc", "12:"])
def test_a_head_in_another_form_is_explained(written, head):
    with pytest.raises(CommandError, match="SEQ:HASH"):
        run("--head", head)


def test_what_comes_back_from_the_database_hashes_as_it_was_written(written):
    """JSON, times and zones must survive the round trip on every database."""
    entry = record(
        "opened",
        kind="sealed",
        target=new_id(),
        by=Actor.system(written.program),
        reason="é – ”quoted”",
        count=3,
        many=[1, 2],
    )
    again = Entry.objects.get(seq=entry.seq)
    assert hash_of(again.line()) == again.hash == entry.hash
