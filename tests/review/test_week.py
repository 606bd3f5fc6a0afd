"""The week's list: complete where it must be, drawn by nobody's choice, under codes, and never reviewed by oneself."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.accounts.models import User
from alongside.common.clock import day_in, now, quarter
from alongside.common.decision import Refused
from alongside.common.ids import new_id
from alongside.consent.actions import Told, disclose_in_emergency
from alongside.journal.actions import record
from alongside.journal.models import Entry
from alongside.review.actions import Danger, break_glass, find_anomalies, review_item
from alongside.review.models import Review
from alongside.review.queries import (
    items_of,
    pseudonym,
    quarterly_counts,
    user_behind,
    waiting_count_for,
    weeks_for,
)
from alongside.review.rules import FITS, OUTCOMES, REASONS, bounds_of, sample_of, week_of
from tests.cast import NOON, browser_of, case_with_team, person_of

ZONE = "America/New_York"
WHY = "Their sister called: pills, and the door is locked."


@pytest.fixture
def past(ours):
    """Forty police views in a week that is over, on one assigned person; gives its name."""
    case, officer = case_with_team(ours), ours.actor("outreach_officer")
    start, _ = bounds_of(week_of(now() - timedelta(weeks=2), ZONE), ZONE)
    for hour in range(40):
        record("opened", kind="sealed", target=case.person_id, by=officer, now=start + timedelta(hours=hour),
               purpose="outreach_visit", holders=[str(case.person_id)], classes=["contact"])  # fmt: skip
    record("opened", kind="sealed", target=case.person_id, by=ours.actor("recovery_coach"), now=start,
           purpose="outreach_visit", holders=[str(case.person_id)], classes=["contact"])  # fmt: skip
    return week_of(start + timedelta(days=1), ZONE)


@pytest.mark.covers("R55")
def test_one_in_twenty_police_views_is_drawn_when_the_week_is_over(ours, past):
    reviewer = ours.actor("privacy_reviewer")
    items = items_of(reviewer, past, ZONE, now())
    assert [item.kind for item in items] == ["sample", "sample"]
    assert {item.role for item in items} == {"outreach_officer"}
    assert [item.seq for item in items_of(reviewer, past, ZONE, now())] == [item.seq for item in items]
    start, _ = bounds_of(past, ZONE)
    assert items_of(reviewer, past, ZONE, start + timedelta(days=5)) == []


@pytest.mark.covers("R55")
@given(count=st.integers(0, 400), head=st.text("0123456789abcdef", min_size=64, max_size=64))
def test_at_least_five_percent_and_by_the_head_alone(count, head):
    entries = [(seq, f"{seq:064x}") for seq in range(1, count + 1)]
    drawn = sample_of(entries, "2026-W03", head)
    assert len(drawn) >= count * 0.05
    assert drawn == sample_of(list(reversed(entries)), "2026-W03", head)
    assert len(drawn) <= count * 0.05 + 1
    if count > 100:
        assert drawn != sample_of(entries, "2026-W03", "x" + head[1:])


@pytest.mark.covers("R55", "R69a")
def test_everything_opened_in_danger_and_every_anomaly_stands_on_the_list(ours):
    for _ in range(3):
        break_glass(person_of(ours), Danger("violence", WHY), by=ours.actor("coordinator"))
    record("opened", kind="sealed", target=person_of(ours).id, by=ours.actor("coordinator"), purpose="coordination",
           classes=["identity"], holders=[])  # fmt: skip
    find_anomalies(now() - timedelta(hours=1), now() + timedelta(seconds=1), by=ours.system)
    items = items_of(ours.actor("privacy_reviewer"), week_of(now(), ZONE), ZONE, now())
    assert [item.kind for item in items].count("danger") == 3
    assert waiting_count_for(ours.actor("privacy_reviewer"), now()) == len(items) >= 3


@pytest.mark.covers("R55", "R69c")
def test_an_item_says_what_a_reviewer_needs_and_no_name(ours, past):
    page = browser_of(ours.users["privacy_reviewer"]).get(f"/review/?week={past}")
    item = page.context["rows"][0][0]
    person = case_person(ours)
    assert item.people == [person.code]
    assert (item.purpose, item.classes, item.had_task, item.own) == ("outreach_visit", ["contact"], False, False)
    officer = ours.users["outreach_officer"]
    assert item.who == pseudonym(ours.actor("privacy_reviewer"), str(officer.id))
    text = page.content.decode()
    assert "(Outreach officer)" in text
    assert "A visit or call today" in text
    assert "outreach_" not in text
    assert officer.display_name not in text.replace("Outreach officer</span>", "").replace("(Outreach officer)", "")
    assert str(officer.id) not in text
    assert user_behind(ours.actor("privacy_reviewer"), item.who.lower()) == officer
    assert user_behind(ours.actor("privacy_reviewer"), "NOBODY") is None
    assert pseudonym(ours.actor("privacy_reviewer"), "system") == "system"


def case_person(ours):
    row = Entry.objects.filter(verb="opened").first()
    return type(person_of(ours)).objects.get(id=row.target)


@pytest.mark.covers("R55")
def test_the_reviewer_says_what_it_was_and_the_week_is_done(ours, past):
    client = browser_of(ours.users["privacy_reviewer"])
    items = [item for item, _ in client.get(f"/review/?week={past}").context["rows"]]
    weeks = {row.name: row for row in weeks_for(ours.actor("privacy_reviewer"), ZONE, now())}
    assert (weeks[past].is_missing, weeks[past].waiting) == (True, 2)
    assert "missing" in client.get(f"/review/?week={past}").content.decode()
    for item in items:
        data = {"item": item.seq, "outcome": "fine", "reason": "own_work", "week": past}
        assert client.post("/review/answer/", data)["Location"] == f"/review/?week={past}"
    weeks = {row.name: row for row in weeks_for(ours.actor("privacy_reviewer"), ZONE, now())}
    assert (weeks[past].is_missing, weeks[past].waiting) == (False, 0)
    assert Entry.objects.filter(verb="reviewed").count() == 2
    assert {str(row) for row in Review.objects.all()} == {"fine"}


def test_asking_is_not_a_conclusion_and_a_conclusion_stays(ours, past):
    reviewer = ours.actor("privacy_reviewer")
    seq = items_of(reviewer, past, ZONE, now())[0].seq
    review_item(seq, "ask", "unclear", by=reviewer)
    assert items_of(reviewer, past, ZONE, now())[0].waits
    kept = review_item(seq, "not_justified", "no_task", by=reviewer)
    assert review_item(seq, "not_justified", "no_task", by=reviewer) == kept
    assert Review.objects.count() == 1
    with pytest.raises(Refused, match="already"):
        review_item(seq, "fine", "own_work", by=reviewer)


@pytest.mark.covers("R55")
@pytest.mark.parametrize("role", ["outreach_officer", "coordinator", "administrator", "counsel"])
def test_nobody_else_reviews(ours, past, role):
    seq = items_of(ours.actor("privacy_reviewer"), past, ZONE, now())[0].seq
    with pytest.raises(Refused):
        review_item(seq, "fine", "own_work", by=ours.actor(role))
    assert browser_of(ours.users[role]).get("/review/").status_code == 404


@pytest.mark.covers("R55")
def test_nobody_reviews_their_own_look_ups(ours, past):
    """Somebody who was an officer before and became a reviewer."""
    User.objects.filter(id=ours.users["outreach_officer"].id).update(
        role="privacy_reviewer", agency=ours.agencies["health"]
    )
    self = User.objects.get(id=ours.users["outreach_officer"].id)
    item = items_of(self.actor(), past, ZONE, now())[0]
    assert item.own
    with pytest.raises(Refused, match="own look-ups"):
        review_item(item.seq, "fine", "own_work", by=self.actor())
    assert "your own" in browser_of(self).get(f"/review/?week={past}").content.decode()
    person = person_of(ours)
    record("opened", kind="sealed", target=person.id, by=ours.actor("coordinator"), purpose="coordination",
           classes=["identity"], holders=[str(person.id)])  # fmt: skip
    record("anomaly_found", kind="entry", target=Entry.objects.filter(verb="opened").last().seq, by=ours.system,
           why="no_task", whose=str(self.id), person="", day="")  # fmt: skip
    with pytest.raises(Refused, match="own look-ups"):
        review_item(Entry.objects.get(verb="anomaly_found").seq, "fine", "own_work", by=self.actor())


def test_only_what_stands_on_a_list_can_be_reviewed(cast, past):
    ours = cast.ours
    other = Entry.objects.filter(verb="opened", role="recovery_coach").get().seq
    for seq in (other, Entry.objects.filter(verb="case_opened").get().seq, 10**9):
        with pytest.raises(Refused, match="nothing to review"):
            review_item(seq, "fine", "own_work", by=ours.actor("privacy_reviewer"))
    seq = items_of(ours.actor("privacy_reviewer"), past, ZONE, now())[0].seq
    with pytest.raises(Refused):
        review_item(seq, "fine", "own_work", by=cast.other.actor("privacy_reviewer"))
    with pytest.raises(Refused, match="reason that fits"):
        review_item(seq, "fine", "no_task", by=ours.actor("privacy_reviewer"))
    assert browser_of(ours.users["privacy_reviewer"]).post("/review/answer/", {"item": "x"}).status_code == 302
    assert not Review.objects.exists()


def test_codes_fit_together():
    assert set(FITS) == set(OUTCOMES)
    assert set().union(*FITS.values()) == set(REASONS)


@pytest.mark.parametrize("week", ["nonsense", "2026-W99", "2999-W01", "2026-01-01"])
def test_a_week_that_is_none_does_not_exist(ours, week):
    assert browser_of(ours.users["privacy_reviewer"]).get(f"/review/?week={week}").status_code == 404


def test_the_week_is_the_programs_week(ours):
    start, end = bounds_of("2026-W03", ZONE)
    assert (start.hour, end - start) == (5, timedelta(days=7))
    assert week_of(NOON, ZONE) == "2026-W03"


@pytest.mark.covers("R51")
def test_reading_the_list_is_in_the_journal(ours, journal):
    browser_of(ours.users["privacy_reviewer"]).get("/review/")
    assert journal().count("report_read") == 1


# --- for everybody ------------------------------------------------------------------------------------------------------


@pytest.mark.covers("R69a")
def test_the_public_counts(ours):
    reviewer = ours.actor("privacy_reviewer")
    opened = [break_glass(person_of(ours), Danger("violence", WHY), by=ours.actor("coordinator")) for _ in range(2)]
    review_item(opened[0].item, "not_justified", "danger_not_seen", by=reviewer)
    record("lookup_denied", kind="person", target="unknown", by=ours.actor("patrol_officer"))
    record("lookup_denied", kind="person", target="unknown", by=ours.actor("recovery_coach"))
    first, *others = quarterly_counts(ours.system, ZONE, now() + timedelta(seconds=1))
    assert (first.name, first.uses, first.unjustified, first.denied) == (quarter(day_in(ZONE, now())), 2, 1, 1)
    assert [(row.uses, row.unjustified, row.denied) for row in others] == [(0, 0, 0)] * 3


@pytest.mark.parametrize("role", ["privacy_reviewer"])
def test_the_home_of_the_reviewer_is_the_week(ours, role):
    assert browser_of(ours.users[role]).get("/")["Location"] == "/review/"
    assert new_id()


@pytest.mark.covers("R14", "R55")
def test_an_emergency_disclosure_comes_before_the_reviewer(ours):
    case = case_with_team(ours)
    told = Told(new_id(), "Nurse Ombley", "Vlimmer Hospital", "overdose")
    disclose_in_emergency(case.person, told, by=ours.actor("recovery_coach"))
    page = browser_of(ours.users["privacy_reviewer"]).get("/review/")
    items = [item for item, *_ in page.context["rows"] if item.purpose == "medical_emergency"]
    assert [(item.kind, item.people) for item in items] == [("danger", [case.person.code])]
    assert "Ombley" not in page.content.decode()
