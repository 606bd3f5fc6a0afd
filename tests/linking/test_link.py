"""`alongside link`: everybody is compared, likely pairs are asked about, nobody is merged."""

import io
import json
from dataclasses import replace
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from alongside.identity.actions import keep_identity
from alongside.identity.bulk import descriptions_for_linking, people_for_linking, settled_pairs
from alongside.identity.description import Description
from alongside.identity.linkage import REASONS, default_model, dump_model
from alongside.identity.matching import decide_match
from alongside.identity.models import Match, MatchState
from alongside.journal.models import Entry
from alongside.linking import running
from alongside.people.actions import add_person, merge_people
from alongside.people.models import Person
from tests.linking.environments import SPLINK, needs_splink
from tests.linking.made_up import people

ROSA = Description("Rosa", "Quillmere", date(1984, 5, 7), "5550107788", "Inez", town="Dunmore")


@pytest.fixture(autouse=True)
def elsewhere(settings, tmp_path):
    settings.HOME, settings.LINK_PYTHON = tmp_path, SPLINK


def kept(who: Description, side) -> Person:
    person = add_person(by=side.system)
    keep_identity(person, who, by=side.system)
    return person


def link(*words: str) -> dict:
    out = io.StringIO()
    call_command("link", "--json", *words, stdout=out)
    return json.loads(out.getvalue())


# --- reading everybody ---


def test_the_stream_has_each_person_once_with_what_merged_records_add(ours, cast):
    rosa, other = kept(ROSA, ours), kept(Description("Rosita", "Quill", None, "5550100001"), ours)
    closed = kept(Description("Closed", "Away", date(1970, 1, 1)), ours)
    Person.objects.filter(id=closed.id).update(sealed_at="2026-01-01T00:00Z")
    kept(Description("Somebody", "Theirs", date(1970, 1, 1)), cast.other)
    add_person(by=ours.system)  # of whom nothing is kept
    merge_people(other, rosa, by=ours.system)
    found = dict(descriptions_for_linking([ours.program.id]))
    assert list(found) == [rosa.id]
    assert (found[rosa.id].given_name, found[rosa.id].birth_date, found[rosa.id].phone) == ("Rosa", ROSA.birth_date, ROSA.phone)
    assert "Rosita Quill" in found[rosa.id].aliases
    assert people_for_linking([ours.program.id]) >= 1


def test_the_stream_goes_on_over_many(ours, monkeypatch):
    monkeypatch.setattr("alongside.identity.bulk.AT_A_TIME", 3)
    made = {kept(who, ours).id: who for _owner, who in people(10)}
    found = dict(descriptions_for_linking([ours.program.id]))
    assert list(found) == sorted(made)
    assert all(found[person].family_name == who.family_name for person, who in made.items())


# --- asking ---


@needs_splink
def test_likely_pairs_are_asked_about_once_and_nobody_is_merged(ours, cast):
    one, two = kept(ROSA, ours), kept(replace(ROSA, given_name="Rossa", phone=""), ours)
    kept(Description("Manny", "Brackwater", date(1990, 2, 3)), ours)
    kept(replace(ROSA), cast.other)  # another program's: never compared with ours
    said = link()
    assert said["asked"] == 1
    match = Match.objects.get()
    assert (match.newer_id, match.older_id, match.state) == (two.id, one.id, MatchState.OPEN)
    assert set(match.reasons) <= set(REASONS)
    assert not Person.objects.filter(merged_into__isnull=False).exists()
    assert link()["asked"] == 0
    assert settled_pairs(ours.program.id) == {(one.id, two.id)}
    lines = Entry.objects.filter(verb="people_compared", program=str(ours.program.id))
    assert lines.count() == 2
    assert "Quillmere" not in str(list(lines.values()))


@needs_splink
def test_what_was_found_to_be_two_people_is_never_asked_again(ours):
    one, two = kept(ROSA, ours), kept(replace(ROSA), ours)
    assert link()["asked"] == 1
    decide_match(Match.objects.get(), "different", by=ours.actor("coordinator"))
    assert link()["asked"] == 0
    third = kept(replace(ROSA), ours)
    assert link()["asked"] == 2  # with each of the two, and never the two with each other
    assert {match.newer_id for match in Match.objects.filter(state=MatchState.OPEN)} == {third.id}
    assert Match.objects.get(state=MatchState.DIFFERENT).newer_id in (one.id, two.id)


@needs_splink
def test_a_dry_run_keeps_nothing_and_a_limit_holds(ours):
    for given in ("Rosa", "Amelia", "Wendell"):
        for _ in range(2):
            kept(replace(ROSA, given_name=given, family_name=f"{given}field", phone=""), ours)
    assert link("--dry-run")["asked"] == 3
    assert not Match.objects.exists()
    said = link("--most", "2")
    assert (said["asked"], said["left"]) == (2, 1)
    assert link()["asked"] == 1


@needs_splink
def test_people_of_one_name_are_no_pairs(ours):
    for year in range(1950, 1990):
        kept(Description("John", "Smith", date(year, 1 + year % 12, 1 + year % 28)), ours)
    said = link("--train")
    assert said["asked"] == 0
    assert said["kept"].endswith("the model in use stays.")


# --- one clear sentence ---


@pytest.mark.parametrize(("count", "words"), [(0, "nobody to compare yet"), (1, "one person here")])
def test_too_few_people_is_one_sentence(ours, count, words):
    for _ in range(count):
        kept(ROSA, ours)
    with pytest.raises(CommandError, match=words):
        link()


@pytest.mark.usefixtures("ours")
def test_without_splink_the_way_to_get_it_is_said(settings, monkeypatch, ours):
    settings.LINK_PYTHON = ""
    monkeypatch.setattr(running, "find_spec", lambda name: None)
    kept(ROSA, ours)
    kept(ROSA, ours)
    with pytest.raises(CommandError, match="./run alongside link"):
        link()


def test_a_worker_that_dies_is_one_sentence(ours, settings):
    settings.LINK_PYTHON = "/bin/false"
    kept(ROSA, ours)
    kept(ROSA, ours)
    with pytest.raises(CommandError, match="ended early"):
        link()


def test_two_runs_at_once_are_one(ours):
    kept(ROSA, ours)
    with running.alone(), pytest.raises(CommandError, match="Another run"):
        link()


def test_an_unknown_program_is_one_sentence(ours):
    with pytest.raises(CommandError, match="no program of that name"):
        link("--program", "Nowhere")


def test_models_are_listed_and_taken_back(ours):
    out = io.StringIO()
    call_command("link", "--models", stdout=out)
    assert "comes with the program" in out.getvalue()
    from alongside.common.clock import now  # noqa: PLC0415
    from alongside.identity.shelf import current_model, keep_model  # noqa: PLC0415

    path = keep_model(dump_model(replace(default_model(), prior=0.002)), now())
    assert current_model().prior == 0.002
    out = io.StringIO()
    call_command("link", "--models", stdout=out)
    assert out.getvalue().strip() == path.name
    call_command("link", "--back", stdout=out)
    assert current_model() == default_model()
    noted = Entry.objects.filter(verb="model_changed", program=str(ours.program.id))
    assert [entry.detail for entry in noted] == [{"model": "packaged"}]
