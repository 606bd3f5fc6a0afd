"""A breach: whom it affects comes from the journal, and the clocks start."""

import csv
import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.journal.actions import record
from alongside.journal.models import Entry
from alongside.review.actions import declare_breach
from alongside.review.models import Breach
from alongside.review.queries import Scope, affected_codes, breach_for, pseudonym
from alongside.review.rules import deadlines_of
from tests.cast import NOON, browser_of, canaries_in, incident_for, person_of

SINCE, UNTIL = NOON - timedelta(days=2), NOON + timedelta(days=2)


def look(who, holders, at=NOON, verb="opened"):
    return record(verb, kind="sealed", target="several", by=who, now=at, purpose="outreach_visit",
                  holders=[str(holder) for holder in holders], classes=["contact"])  # fmt: skip


@pytest.fixture
def looked(cast):
    """People opened by the officer inside the time; and look-ups that do not count."""
    ours = cast.ours
    people = [person_of(ours, canaries=True) for _ in range(6)]
    officer, coach = ours.actor("outreach_officer"), ours.actor("recovery_coach")
    look(officer, [people[0].id, people[1].id])
    look(officer, [people[1].id])
    look(officer, [incident_for(ours, people[2]).id])  # where a call was: its person is affected
    look(officer, [people[3].id], at=UNTIL + timedelta(hours=1))
    look(officer, [people[4].id], verb="denied")
    look(coach, [people[5].id])
    return people


def codes(*people):
    return sorted(person.code for person in people)


@pytest.mark.covers("R70")
def test_whom_a_user_or_an_agency_opened(cast, looked):
    ours = cast.ours
    reviewer = ours.actor("privacy_reviewer")
    user = Scope(user=ours.users["outreach_officer"])
    assert affected_codes(reviewer, user, SINCE, UNTIL) == codes(*looked[:3])
    assert affected_codes(reviewer, Scope(agency=ours.agencies["police"]), SINCE, UNTIL) == codes(*looked[:3])
    assert affected_codes(reviewer, Scope(agency=ours.agencies["recovery"]), SINCE, UNTIL) == codes(looked[5])
    assert affected_codes(cast.other.actor("privacy_reviewer"), user, SINCE, UNTIL) == []


@pytest.mark.covers("R70", "R60")
def test_the_reviewer_declares_it_and_sees_clocks_and_codes(cast, looked, journal):
    ours = cast.ours
    client = browser_of(ours.users["privacy_reviewer"])
    who = pseudonym(ours.actor("privacy_reviewer"), str(ours.users["outreach_officer"].id))
    form = {"who": who, "agency": "", "since_at": "2026-01-13T00:00", "until_at": "2026-01-17T00:00", "state_days": 30}
    answer = client.post("/review/breach/", form)
    made = Breach.objects.get()
    assert answer["Location"] == f"/review/breach/{made.id}/"
    page = client.get(answer["Location"]).content.decode()
    assert all(code in page for code in codes(*looked[:3]))
    assert looked[5].code not in page
    assert "45 CFR 164.404" in page
    assert canaries_in(page) == set()
    assert "breach_declared" in journal()
    file = client.get(f"/review/breach/{made.id}/affected.csv")
    rows = list(csv.reader(StringIO(file.content.decode("utf-8-sig"))))
    assert rows == [["code"], *([code] for code in codes(*looked[:3]))]
    entry = Entry.objects.order_by("-seq").first()
    assert (entry.verb, entry.kind, entry.detail) == ("exported", "breach", {"people": 3})
    client.post("/review/breach/", form)
    assert Breach.objects.count() == 1
    assert str(made) in client.get("/review/breach/").content.decode() or made.affected == 3
    assert breach_for(cast.other.actor("privacy_reviewer"), made.id) is None


@pytest.mark.parametrize(
    "change", [{"who": "", "agency": ""}, {"who": "NOBODY"}, {"until_at": "2026-01-12T00:00"}, {"state_days": 0},
               {"since_at": "soon"}],
)  # fmt: skip
def test_a_form_that_says_too_little_is_explained(ours, change):
    form = {"who": "X", "agency": "", "since_at": "2026-01-13T00:00", "until_at": "2026-01-17T00:00", "state_days": 30}
    assert browser_of(ours.users["privacy_reviewer"]).post("/review/breach/", form | change).status_code == 422
    assert not Breach.objects.exists()


@pytest.mark.covers("R70")
def test_only_who_may_declares_it(ours):
    scope = Scope(agency=ours.agencies["police"])
    with pytest.raises(Refused):
        declare_breach(scope, SINCE, UNTIL, 30, by=ours.actor("coordinator"))
    for bad in ((Scope(), SINCE, UNTIL, 30), (scope, UNTIL, SINCE, 30), (scope, SINCE, UNTIL, 61)):
        with pytest.raises(Refused):
            declare_breach(*bad, by=ours.actor("privacy_reviewer"))


@pytest.mark.covers("R70")
@pytest.mark.parametrize(("affected", "sentence"), [(499, "year's list"), (500, "media")])
def test_the_clocks(affected, sentence):
    rows = deadlines_of(NOON, affected, 30)
    until = {row.what: row.until_at - NOON for row in rows}
    assert min(until.values()) == timedelta(hours=1)
    assert timedelta(days=30) in until.values()
    assert timedelta(days=60) in until.values()
    assert any(sentence in row.what for row in rows)
    assert rows == sorted(rows, key=lambda row: row.until_at)


@pytest.mark.covers("R70")
def test_the_clocks_of_a_breach_start_when_it_is_declared(ours):
    made = declare_breach(Scope(agency=ours.agencies["police"]), SINCE, UNTIL, 30, by=ours.actor("privacy_reviewer"))
    assert now() - timedelta(minutes=1) < made.known_at <= now()
    assert made.deadlines[0].until_at == made.known_at + timedelta(hours=1)


@pytest.mark.covers("R70")
def test_the_command_lists_them(cast, looked):
    who = pseudonym(cast.ours.system, str(cast.ours.users["outreach_officer"].id))
    words = ["review", "breach", "--program", "Harbor Outreach", "--since", "2026-01-13", "--until", "2026-01-17"]
    out = StringIO()
    call_command(*words, "--user", who, "--json", stdout=out)
    answer = json.loads(out.getvalue())
    assert (answer["affected"], answer["people"]) == (3, codes(*looked[:3]))
    out = StringIO()
    call_command(*words, "--agency", "Harbor Recovery", stdout=out)
    assert looked[5].code in out.getvalue()
    assert "164.404" in out.getvalue()
    for bad in (["review", "breach", "--program", "Harbor Outreach"], [*words[:4], "--since", "soon"],
                [*words, "--agency", "Nobody"]):  # fmt: skip
        with pytest.raises(CommandError):
            call_command(*bad)


def test_whose_code_it_is(ours):
    who = pseudonym(ours.system, str(ours.users["outreach_officer"].id))
    out = StringIO()
    call_command("review", "who", who, "--program", "Harbor Outreach", stdout=out)
    assert out.getvalue().strip() == "Outreach officer, Harbor Police"
    with pytest.raises(CommandError, match="Nobody"):
        call_command("review", "who", "XXXXXX", "--program", "Harbor Outreach")
