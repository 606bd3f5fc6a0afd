"""Look-ups out of the ordinary become an anomaly that a reviewer sees, within five minutes and once."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from alongside.accounts.actions import Post, add_user, change_user, renew_sign_in
from alongside.accounts.models import User
from alongside.cases.actions import close_case
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.consent import firewall
from alongside.consent.actions import open_tie
from alongside.identity.actions import keep_contact, keep_identity, keep_own_details
from alongside.identity.description import Description
from alongside.identity.keyring import forget
from alongside.identity.models import Contact, NearToken
from alongside.identity.queries import near_to
from alongside.identity.tokens import near_tokens
from alongside.journal.actions import record
from alongside.journal.models import Entry
from alongside.people.actions import add_person, merge_people
from alongside.review.actions import find_anomalies
from alongside.review.queries import pseudonym
from alongside.review.rules import every_third, most_people_a_day
from alongside.rights.actions import Answer, Ask, answer_request, open_request, take_request
from tests.cast import NOON, browser_of, case_for_person, case_with_team, person_of


def found(why=""):
    rows = Entry.objects.filter(verb="anomaly_found").order_by("seq")
    return [row for row in rows if why in ("", row.detail["why"])]


def search(ours, hours=24):
    return find_anomalies(now() - timedelta(hours=hours), now() + timedelta(seconds=1), by=ours.system)


def look(who, person, *, purpose="coordination", at=None, verb="opened"):
    """One entry as the firewall writes it."""
    return record(verb, kind="sealed", target=person.id, by=who, now=at or now(), purpose=purpose,
                  holders=[str(person.id)], classes=["contact", "identity"])  # fmt: skip


# --- without a task ---------------------------------------------------------------------------------------------------


@pytest.mark.covers("R69b")
def test_a_coordinator_who_opens_a_name_without_a_task_is_found(ours):
    person = person_of(ours, canaries=True)
    contact = Contact.objects.get(person=person)
    firewall.open(ours.actor("coordinator"), "coordination", contact.ask_for)
    opened = Entry.objects.filter(verb="opened").get()
    assert search(ours) == 1
    (entry,) = found("no_task")
    assert (entry.target, entry.role) == (str(opened.seq), "system")
    assert entry.detail["whose"] == str(ours.users["coordinator"].id)
    assert entry.detail["person"] == str(person.id)
    assert search(ours) == 0  # and once


@pytest.mark.covers("R69b")
def test_work_that_asks_for_it_is_no_anomaly(ours):
    case = case_for_person(ours)
    look(ours.actor("coordinator"), case.person)
    assert search(ours) == 0
    close_case(case, "goals_met", by=ours.actor("coordinator"))
    look(ours.actor("coordinator"), case.person, at=now() + timedelta(milliseconds=1))
    # The call itself came in minutes ago, so it is still the coordinator's to look at.
    assert search(ours) == 0
    case.incidents.get().incident.__class__.objects.update(entered_at=now() - timedelta(days=8))
    assert search(ours) == 1


def test_a_record_that_was_joined_counts_as_the_person_it_was_joined_to(ours):
    case = case_for_person(ours)
    duplicate = merge_people(person_of(ours), case.person, by=ours.actor("coordinator"))
    assert duplicate.id == case.person_id
    other = person_of(ours)
    merge_people(other, case.person, by=ours.actor("coordinator"))
    look(ours.actor("coordinator"), other)
    assert search(ours) == 0


# --- a request that nobody else saw -----------------------------------------------------------------------------------


@pytest.mark.covers("R69b", "R40")
@pytest.mark.parametrize("kind", ["copy", "deletion"])
def test_who_takes_a_request_and_carries_it_out_alone_is_found(ours, kind):
    case = case_for_person(ours)
    other = case_for_person(ours, person_of(ours))
    for role, where in (("coordinator", case), ("recovery_coach", other)):
        made = take_request(where.person, Ask(kind, "known"), by=ours.actor(role))
        if kind == "copy":
            open_request(made, by=ours.actor("coordinator"))
            open_request(made, by=ours.actor("coordinator"))
        else:
            answer_request(made, Answer("forgotten"), by=ours.actor("coordinator"))
    assert search(ours) == 1
    (entry,) = found("alone")
    assert (entry.detail["person"], entry.detail["whose"]) == (str(case.person_id), str(ours.users["coordinator"].id))
    assert search(ours) == 0
    page = browser_of(ours.users["privacy_reviewer"]).get(reverse("review:week")).content.decode()
    assert "nobody else saw the person ask" in page


# --- a key that an administrator gave out -------------------------------------------------------------------------------


@pytest.mark.covers("R69b")
def test_an_administrator_who_could_come_in_as_somebody_else_is_seen_by_the_reviewer(ours):
    by, coach = ours.actor("administrator"), ours.users["recovery_coach"]
    renew_sign_in(coach, by=by)
    add_user("new-coach", "Ida Lund", Post("recovery_coach", ours.agencies["recovery"]), by=by)
    made, _ = add_user("new-counsel", "Ola Berg", Post("counsel", ours.agencies["health"]), by=by)
    change_user(made, Post("counsel", ours.agencies["health"], towns=ours.towns), by=by)  # no new role
    change_user(ours.users["clinician"], Post("coordinator", ours.agencies["health"]), by=by)
    assert search(ours) == 3
    assert {row.detail["whose"] for row in found("new_key")} == {str(by.user_id)}
    assert search(ours) == 0
    page = browser_of(ours.users["privacy_reviewer"]).get(reverse("review:week")).content.decode()
    assert pseudonym(by, str(coach.id)) in page
    assert coach.display_name not in page


# --- somebody close ---------------------------------------------------------------------------------------------------


@pytest.fixture
def namesake(ours):
    person = add_person(by=ours.actor("coordinator"), home_town=ours.towns[0])
    keep_identity(person, Description("Ada", "Kowalski", None), by=ours.actor("coordinator"))
    keep_contact(person, by=ours.actor("coordinator"), phone="555-010-4477", meeting_place="12 Elm Street, back door")
    User.objects.filter(id=ours.users["outreach_officer"].id).update(display_name="Jo Kowalsky")
    return case_with_team(ours, person).person


@pytest.mark.covers("R69b")
def test_a_look_at_somebody_with_the_own_family_name_is_found_even_when_it_is_assigned_and_even_when_denied(ours, namesake):
    officer = ours.actor("outreach_officer")
    firewall.open(officer, "outreach_visit", Contact.objects.get(person=namesake).phone)
    firewall.open(officer, "coordination", Contact.objects.get(person=namesake).phone)
    assert Entry.objects.filter(verb="denied").exists()
    assert search(ours) == 1
    (entry,) = found("near")
    assert entry.detail["person"] == str(namesake.id)
    assert "Kowal" not in str(list(Entry.objects.values_list("detail", flat=True)))


@pytest.mark.covers("R69b")
@pytest.mark.parametrize(("phone", "place", "kinds"), [("(555) 010-4477", "", ["phone"]), ("", "12 elm st", ["place"]),
                                                        ("555-010-4478", "14 Elm Street", [])])  # fmt: skip
def test_the_own_phone_and_address_raise_it_too(ours, namesake, phone, place, kinds):
    client = browser_of(ours.users["recovery_coach"])
    assert client.post("/review/own/", {"phone": phone, "place": place}).status_code == 302
    coach = User.objects.get(id=ours.users["recovery_coach"].id)
    assert near_to(ours.system, coach, [namesake.id]) == ({namesake.id: kinds} if kinds else {})
    look(coach.actor(), namesake, purpose="coach_followup")
    assert (search(ours) == 1) is bool(kinds)
    keep_own_details(coach, "", "", by=coach.actor())
    assert near_to(ours.system, coach, [namesake.id]) == {}


def test_only_keyed_numbers_are_kept_and_nobody_sets_them_for_somebody_else(cast, namesake):
    assert near_tokens(b"a" * 32, family_name="Kowalski") != near_tokens(b"b" * 32, family_name="Kowalski")
    assert near_tokens(b"a" * 32) == set()
    with pytest.raises(Refused):
        keep_own_details(cast.ours.users["outreach_officer"], "555-010-4477", "", by=cast.recovery_coach)
    keep_own_details(cast.ours.users["outreach_officer"], "555-010-4477", "", by=cast.administrator)
    assert str(NearToken.objects.filter(user__isnull=False).get()) == "phone"


def test_a_person_who_was_forgotten_is_near_to_nobody(ours, namesake):
    assert near_to(ours.system, User.objects.get(display_name="Jo Kowalsky"), [namesake.id])
    forget(namesake.id, by=ours.actor("coordinator"))
    assert not NearToken.objects.filter(person=namesake).exists()


def test_a_search_counts_as_a_look_at_whom_it_found(ours, namesake):
    officer = User.objects.get(id=ours.users["outreach_officer"].id)
    record("looked_up", kind="search", target=officer.id, by=officer.actor(), people=[str(namesake.id)], found=1)
    assert search(ours) == 1
    assert found("near")[0].detail["person"] == str(namesake.id)


# --- another town, too many, denied ------------------------------------------------------------------------------------


@pytest.mark.covers("R69b")
def test_a_look_outside_the_own_towns_is_found_unless_they_were_sent(ours):
    coach = ours.users["recovery_coach"]
    coach.towns.set([ours.towns[1]])
    person = person_of(ours)  # of the first town
    look(coach.actor(), person, purpose="coach_followup")
    assert search(ours) == 1
    assert len(found("other_town")) == 1
    sent = person_of(ours)
    open_tie(sent, by=ours.actor("coordinator"), until=now() + timedelta(days=1), user=coach)
    look(coach.actor(), sent, purpose="coach_followup")
    at_home = add_person(by=ours.actor("coordinator"), home_town=ours.towns[1])
    look(coach.actor(), at_home, purpose="coach_followup")
    assert search(ours) == 0


def test_whoever_has_no_home_town_yet_belongs_to_the_town_of_their_case(ours):
    coach = ours.users["recovery_coach"]
    coach.towns.set([ours.towns[1]])
    person = add_person(by=ours.actor("coordinator"))
    look(coach.actor(), person, purpose="coach_followup")
    assert search(ours) == 0
    case_for_person(ours, person)  # of the first town
    look(coach.actor(), person, purpose="coach_followup")
    search(ours)
    assert len(found("other_town")) == 1


@pytest.mark.parametrize(("earlier", "bound"), [([], 25), ([9, 9, 9, 9], 25), ([1, 1, 1, 1, 1], 10), ([4, 5, 6, 5, 40], 15)])
@pytest.mark.covers("R69b")
def test_how_many_people_a_day_are_usual(earlier, bound):
    assert most_people_a_day(earlier) == bound


@pytest.mark.covers("R69b")
def test_three_times_the_own_usual_day_is_found(ours):
    coach, people = ours.users["recovery_coach"], [person_of(ours) for _ in range(14)]
    for person in people:
        open_tie(person, by=ours.actor("coordinator"), until=now() + timedelta(days=1), user=coach)
    for day in range(3, 9):
        for person in people[:4]:
            look(coach.actor(), person, at=now() - timedelta(days=day))
    for person in people[:12]:
        look(coach.actor(), person)
        look(coach.actor(), person)  # the same person twice is one
    assert search(ours, hours=1) == 0
    last = look(coach.actor(), people[12])
    look(coach.actor(), people[13])
    assert search(ours, hours=1) == 1
    assert found("many")[0].target == str(last.seq)
    assert search(ours, hours=1) == 0


@pytest.mark.covers("R27", "R69b")
def test_the_third_denied_look_up_in_a_day_is_found(ours):
    officer = ours.actor("outreach_officer")
    for number in range(7):
        record("lookup_denied", kind="person", target="unknown", by=officer)
        assert len(found("denied")) == 0 or number >= 3
        search(ours)
    assert len(found("denied")) == 2
    assert every_third([NOON, NOON + timedelta(hours=13), NOON + timedelta(hours=25)]) == []


# --- when ---------------------------------------------------------------------------------------------------------------


@pytest.mark.covers("R69b")
def test_the_job_of_every_five_minutes_finds_it(ours):
    look(ours.actor("coordinator"), person_of(ours))
    out = StringIO()
    call_command("review", stdout=out)
    (entry,) = found("no_task")
    assert out.getvalue().strip() == "1 found."
    assert entry.at - Entry.objects.get(seq=entry.target).at < timedelta(minutes=5)
    call_command("review", "find", "--json", "--since", "2026-01-01", stdout=out)
    assert out.getvalue().endswith('{"found": 0}\n')


@pytest.mark.covers("R69b")
def test_the_reviewers_page_finds_it_too(ours):
    person = person_of(ours)
    look(ours.actor("coordinator"), person)
    page = browser_of(ours.users["privacy_reviewer"]).get("/review/").content.decode()
    assert len(found("no_task")) == 1
    assert person.code in page


def test_another_programs_look_ups_are_its_own(cast):
    look(cast.other.actor("coordinator"), person_of(cast.other))
    assert search(cast.ours) == 0
    assert search(cast.other) == 1
