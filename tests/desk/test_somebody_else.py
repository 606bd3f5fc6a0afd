"""An event was attached to a namesake: it gets a person of its own, and nothing of either goes along to the other."""

from datetime import date, timedelta

import pytest

from alongside.cases.actions import assign_team, close_case, keep_wishes, plan_follow_up
from alongside.cases.models import Assignment, Case, CaseIncident
from alongside.cases.receiving import Newcomer, receive_report
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.common.ids import new_id
from alongside.consent import firewall
from alongside.consent.actions import record_consent
from alongside.consent.models import Consent
from alongside.desk.actions import settle_match
from alongside.desk.mistaken import part_event, questions_of
from alongside.desk.parting import part, questions_about
from alongside.identity.actions import keep_contact, keep_identity, recognize_person
from alongside.identity.description import Description
from alongside.identity.matching import propose_match
from alongside.identity.models import Match, Merge, MergedRow
from alongside.identity.recalling import recall
from alongside.journal.models import Entry
from alongside.people.actions import add_person, place_hold
from alongside.people.models import Person
from alongside.referrals.actions import note_need
from alongside.visits.actions import record_attempt
from tests.cast import browser_of, case_for_person, draft, reached, report

WREN = Description("Wrenna", "Quillane", date(1987, 6, 3))
NOBODY = Description()


@pytest.fixture
def by(ours):
    return ours.actor("coordinator")


@pytest.fixture
def coach(ours):
    return ours.actor("recovery_coach")


@pytest.fixture
def page(ours):
    return browser_of(ours.users["coordinator"])


@pytest.fixture
def wren(by):
    person = add_person(by=by)
    keep_identity(person, WREN, by=by)
    keep_contact(person, by=by, ask_for="Wren", meeting_place="12 Pier Lane")
    return person


def arrives(ours, by, hours_ago=1, **how):
    """Somebody of the same name and date comes in, and is taken for the one who is known."""
    incident = receive_report(report(hours_ago), Newcomer(WREN, **how), by=by, town=ours.towns[1])
    return CaseIncident.objects.select_related("case__person").get(incident=incident)


def apart(event, by, who=NOBODY, **said):
    answers = {asked.key: said.get(asked.kind, "older") for asked in questions_of(event, by)}
    return part_event(event, event.case.person_id, who, answers, by=by)


def text(answer):
    return answer.content.decode()


def test_an_event_goes_to_a_person_of_its_own_and_each_has_its_own_clock(ours, by, wren):
    case = case_for_person(ours, wren, hours_ago=30)
    before = Case.objects.filter(id=case.id).values().get()
    event = arrives(ours, by)
    assert event.case == case
    assert questions_of(event, by) == []
    assert Person.objects.count() == 1  # asking leaves nothing
    person = apart(event, by)
    own = Case.objects.get(person=person)
    event.refresh_from_db()
    assert (event.case, event.incident.person, own.status, own.town) == (own, person, "waiting", ours.towns[1])
    assert own.event_at == event.incident.occurred_at
    assert own.contact_due_at - own.event_at <= timedelta(hours=72)
    assert Case.objects.filter(id=case.id).values().get() == before
    assert MergedRow.objects.count() == 0


def test_the_new_person_knows_nothing_of_the_other_and_the_other_stays_as_it_was(ours, by, wren):
    keep_wishes(wren.id, "no_visits", no_police=True, by=by)
    before = recall([wren.id])
    person = apart(arrives(ours, by), by)
    person.refresh_from_db()
    assert recall([person.id, wren.id]) == before
    assert (person.home_town, person.stop, person.no_police, person.merged_into) == (None, "none", False, None)


def test_the_case_an_event_opened_goes_along_with_its_team_and_the_rest_is_asked(ours, by, coach, wren):
    event = arrives(ours, by)
    case = event.case
    assign_team(case, ours.users["outreach_officer"], ours.users["recovery_coach"], by=by)
    need = note_need(case, "food", by=coach, words="Zyxsoup")
    tried = record_attempt(case, reached(note="Zyxbridge"), by=coach)
    assert {asked.kind for asked in questions_of(event, by)} == {"need", "attempt", "day"}
    with pytest.raises(Refused, match="each line"):
        part_event(event, wren.id, NOBODY, {}, by=by)
    person = apart(event, by, need="older", attempt="newer", day="newer")
    need.refresh_from_db()
    tried.refresh_from_db()
    assert (tried.case_id, tried.person) == (case.id, person)
    assert Case.objects.get(id=case.id).person == person
    assert Assignment.objects.get(ended_at=None).case_id == case.id
    assert (need.person, need.case.person) == (wren, wren)
    assert firewall.open(coach, "coach_followup", tried.note) == ["Zyxbridge"]
    assert firewall.open(coach, "coach_followup", need.words) != ["Zyxsoup"]  # the team goes on with the new one


def test_what_was_there_before_stays(ours, by, coach, wren):
    case = case_for_person(ours, wren, hours_ago=30)
    need, tried = note_need(case, "food", by=coach), record_attempt(case, draft(at=now() - timedelta(hours=20)), by=coach)
    plan_follow_up(case, now().date() + timedelta(days=9), "asked_back", by=coach)
    event = arrives(ours, by)
    assert questions_of(event, by) == []
    apart(event, by)
    for row in (need, tried, case):
        row.refresh_from_db()
    assert (need.case, tried.case, case.attempts, case.first_attempt_at) == (case, case, 1, tried.at)


def test_what_was_asked_for_and_agreed_since_is_stricter_for_both(ours, by, coach, wren):
    event = arrives(ours, by)
    record_consent(wren, ours.agencies["shelter"], ["contact"], by=coach)
    keep_wishes(wren.id, "no_visits", no_police=True, by=coach)
    person = apart(event, by)
    wren.refresh_from_db()
    assert {(one.stop, one.no_police) for one in (person, wren)} == {("no_visits", True)}
    assert Consent.objects.holding(now()).count() == 0


def test_the_two_are_never_proposed_again_and_a_name_said_anew_finds_the_new_one(ours, by, wren):
    person = apart(arrives(ours, by), by, Description("Wrenna", "Quillane", date(1987, 6, 3), "978-555-0107"))
    assert Match.objects.get().state == "different"
    assert propose_match(person, wren, ["born_exact"], by=by) is None
    assert recall([person.id])[person.id].phone == "978-555-0107"
    assert recognize_person(WREN, by=by).answer == "possible"  # of two, somebody is asked


def test_whom_the_new_person_resembles_besides_is_asked(ours, by, wren):
    third = add_person(by=by)
    keep_identity(third, Description("Marguerite", "Otterbee", date(1991, 2, 9)), by=by)
    person = apart(arrives(ours, by), by, Description("Marguerite", "Otterbee", date(1991, 2, 9)))
    match = Match.objects.get(state="open")
    assert (match.newer, match.older) == (person, third)


def test_once_more_and_from_an_old_page_nothing_happens_twice(ours, by, wren):
    event = arrives(ours, by)
    apart(event, by)
    with pytest.raises(Refused, match="moved already"):
        part_event(CaseIncident.objects.get(id=event.id), wren.id, NOBODY, {}, by=by)
    assert Person.objects.count() == 2


def test_an_event_can_go_on_to_a_third_and_the_pair_can_be_joined_after_all(ours, by, wren):
    event = arrives(ours, by)
    apart(event, by)
    event = CaseIncident.objects.select_related("case__person").get(id=event.id)
    third = apart(event, by)
    event.refresh_from_db()
    assert (event.incident.person, Merge.objects.count()) == (third, 2)
    assert Case.objects.exclude(status="closed").count() == 1


def test_an_event_leaves_somebody_who_was_joined_to_another_since(ours, by, coach, wren):
    older = case_for_person(ours, add_person(by=by), hours_ago=60)
    case = case_for_person(ours, wren, hours_ago=30)
    event = arrives(ours, by)
    need = note_need(case, "food", by=coach)
    settle_match(propose_match(wren, older.person, [], by=by), "same", by=by)
    event = CaseIncident.objects.select_related("case__person").get(id=event.id)
    person = apart(event, by, need="newer")
    event.refresh_from_db()
    need.refresh_from_db()
    assert (event.incident.person, event.case.person, need.person) == (person, person, person)
    merge = Merge.objects.get(undone_at=None)
    part(merge, {asked.key: "older" for asked in questions_about(merge, by)}, why="two_people", by=by)
    for one in (older, case):
        one.refresh_from_db()
    assert {(one.person, one.status) for one in (older, case)} == {(older.person, "waiting"), (wren, "waiting")}
    assert Case.objects.count() == 3


def test_a_hold_freezes_it(ours, by, wren):
    event = arrives(ours, by)
    for role in ("counsel", "privacy_reviewer"):
        place_hold(wren, by=ours.actor(role))
    with pytest.raises(Refused, match="legal hold"):
        apart(event, by)
    assert Person.objects.count() == 1


def test_everything_is_in_the_journal_without_a_name(ours, by, wren):
    event = arrives(ours, by)
    last = Entry.objects.order_by("seq").last().seq
    person = apart(event, by, Description("Marguerite", "Otterbee"))
    lines = Entry.objects.filter(seq__gt=last)
    assert {"person_added", "incident_settled", "people_parted", "recognized"} <= {line.verb for line in lines}
    parted = lines.get(verb="people_parted")
    assert (parted.target, parted.detail["into"], parted.actor) == (str(person.id), str(wren.id), str(by.user_id))
    assert "Otterbee" not in str([line.detail for line in lines])


def test_recognizing_overwrites_nothing_whoever_sends(ours, by, coach, wren):
    before = recall([wren.id])
    for sender in (by, coach):
        arrives(ours, sender, ask_for="Somebody", meeting_place="by the weir", phone="978-555-0177")
    assert recall([wren.id])[wren.id].place == before[wren.id].place
    assert recall([wren.id])[wren.id].phone == "978-555-0177"  # that was not known before
    arrives(ours, by, phone="978-555-0199")
    assert recall([wren.id])[wren.id].phone == "978-555-0177"


def test_no_contact_that_the_event_lifted_holds_again(ours, by, wren):
    keep_wishes(wren.id, "no_contact", no_police=False, come_back=True, by=by)
    event = arrives(ours, by, hours_ago=-0.01)
    wren.refresh_from_db()
    assert wren.stop == "none"
    person = apart(event, by)
    wren.refresh_from_db()
    person.refresh_from_db()
    assert (wren.stop, wren.come_back_after_new_event, person.stop) == ("no_contact", True, "none")
    assert Case.objects.exclude(status="closed").get().person == person


# --- the page ---


def test_from_the_case_page_in_one_confirmation(ours, by, page, wren):
    case_for_person(ours, wren, hours_ago=30)
    event = arrives(ours, by)
    path = f"/events/{event.id}/somebody-else/"
    assert path in text(page.get(f"/cases/{event.case_id}/"))
    shown = text(page.get(path))
    assert "a person of its own" in shown
    assert "Quillane" not in shown
    assert "12 Pier Lane" not in shown
    answer = page.post(path, {"taken_for": wren.id, "given_name": "Marguerite"})
    person = Person.objects.exclude(id=wren.id).get()
    assert answer["Location"] == f"/cases/{Case.objects.get(person=person).id}/"
    assert recall([person.id])[person.id].given_name == "Marguerite"
    assert "moved already" in text(page.post(path, {"taken_for": wren.id}))  # the button, pressed twice
    assert Person.objects.count() == 2


def test_each_line_has_its_answer_on_the_page(ours, by, coach, page, wren):
    event = arrives(ours, by)
    need = note_need(event.case, "food", by=coach)
    path = f"/events/{event.id}/somebody-else/"
    assert page.post(path, {"taken_for": wren.id}).status_code == 422
    page.post(path, {"taken_for": wren.id, f"line_{need.id.hex}": "newer"})
    need.refresh_from_db()
    assert need.person != wren


@pytest.mark.parametrize("role", ["recovery_coach", "outreach_officer", "clinician", "privacy_reviewer"])
def test_only_who_decides_matches_has_it(ours, by, wren, role):
    event = arrives(ours, by)
    assign_team(event.case, ours.users["outreach_officer"], ours.users["recovery_coach"], by=by)
    browser = browser_of(ours.users[role])
    assert browser.get(f"/events/{event.id}/somebody-else/").status_code == 404
    assert "somebody-else" not in text(browser.get(f"/cases/{event.case_id}/"))
    assert browser_of(ours.users["coordinator"]).get(f"/events/{new_id()}/somebody-else/").status_code == 404


def test_a_case_that_was_closed_with_the_other_goes_on_with_the_new_one(ours, by, wren):
    event = arrives(ours, by)
    close_case(event.case, "declined", by=by)
    person = apart(CaseIncident.objects.select_related("case__person").get(id=event.id), by)
    case = Case.objects.get(person=person)
    assert (case.incidents.get(), case.status, case.outcome) == (event, "waiting", "")
    assert case.contact_due_at - event.incident.occurred_at <= timedelta(hours=72)


def test_who_asked_for_no_contact_meanwhile_is_not_gone_to_by_either_name(ours, by, wren):
    event = arrives(ours, by)
    keep_wishes(wren.id, "no_contact", no_police=False, by=by)
    person = apart(CaseIncident.objects.select_related("case__person").get(id=event.id), by)
    person.refresh_from_db()
    assert person.stop == "no_contact"
    assert not Case.objects.exclude(status="closed").exists()
