"""What a person said about contact holds everywhere: through merges, imports, new events, and after they were forgotten."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from alongside.cases.actions import keep_wishes, open_case
from alongside.cases.queries import case_for, queue_for, stopped_cases_for
from alongside.cases.receiving import Newcomer, receive_report
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.identity.actions import keep_contact, recognize_person
from alongside.identity.description import Description
from alongside.identity.forgetting import is_suppressed
from alongside.identity.models import Identity, Suppression
from alongside.identity.queries import contacts_of
from alongside.incidents.models import Incident
from alongside.journal.models import Entry
from alongside.people.actions import merge_people, set_contact_wishes, set_ways_of_contact
from alongside.people.models import Person
from alongside.people.rules import Ways, may_come_back, may_loosen
from alongside.rights.forgetting import forget_person
from alongside.visits.actions import record_attempt
from alongside.visits.rules import CHANNELS, may_visit
from tests.cast import case_with_team, draft, incident_for, person_of, report

ANNA = Description("Anna", "Katz", date(1990, 5, 1), "978-555-0142")


@pytest.mark.covers("R42")
@pytest.mark.parametrize("channel", CHANNELS)
def test_text_only_and_not_at_home_close_the_other_ways(channel):
    asked = {"stop": "none", "no_police": False, "by_police": False}
    assert bool(may_visit(channel, text_only=True, **asked)) is (channel in {"text", "drop_in"})
    assert bool(may_visit(channel, not_at_home=True, **asked)) is (channel not in {"home", "letter"})
    assert may_visit(channel, **asked)


@pytest.mark.covers("R42")
def test_the_ways_hold_when_an_attempt_is_recorded(ours):
    case, coach = case_with_team(ours), ours.actor("recovery_coach")
    set_ways_of_contact(case.person_id, Ways(text_only=True), by=coach)
    with pytest.raises(Refused, match="text messages only"):
        record_attempt(case, draft("phone"), by=coach)
    set_ways_of_contact(case.person_id, Ways(not_at_home=True), by=coach)
    with pytest.raises(Refused, match="home"):
        record_attempt(case, draft("home", waiver="no_phone"), by=coach)
    assert record_attempt(case, draft("phone"), by=coach)
    with pytest.raises(Refused, match="offered"):
        set_ways_of_contact(case.person_id, Ways(prefers="by owl"), by=coach)


@pytest.mark.covers("R42")
def test_a_merge_keeps_every_wish_of_both(ours):
    one, other = person_of(ours), person_of(ours)
    set_ways_of_contact(one.id, Ways(text_only=True, prefers="text"), by=ours.system)
    set_ways_of_contact(other.id, Ways(not_at_home=True), by=ours.system)
    set_contact_wishes(one.id, "no_contact", no_police=False, come_back=True, by=ours.system)
    set_contact_wishes(other.id, "no_contact", no_police=False, come_back=False, by=ours.system)
    merge_people(Person.objects.get(id=one.id), Person.objects.get(id=other.id), by=ours.system)
    for row in Person.objects.filter(id__in=[one.id, other.id]):
        assert (row.text_only, row.not_at_home, row.prefers) == (True, True, "text")
        assert not row.come_back_after_new_event  # one of the two wishes said never
        assert row.stopped_at


@pytest.mark.covers("R42")
def test_only_the_person_lifts_a_wish(ours):
    person = person_of(ours)
    set_contact_wishes(person.id, "no_contact", no_police=True, by=ours.system)
    for looser in ({"stop": "none", "no_police": True}, {"stop": "no_contact", "no_police": False}):
        with pytest.raises(Refused, match="Only the person"):
            set_contact_wishes(person.id, looser["stop"], no_police=looser["no_police"], by=ours.system)
    lifted = set_contact_wishes(person.id, "none", no_police=False, said_so=True, by=ours.system)
    assert (lifted.stop, lifted.stopped_at) == ("none", None)
    assert may_loosen(("none", False), ("no_contact", True), said_so=False)


@pytest.mark.covers("R42")
@pytest.mark.parametrize(
    ("stop", "chosen", "before", "expected"),
    [("no_contact", True, True, True), ("no_contact", True, False, False), ("no_contact", False, True, False),
     ("none", True, True, False)],
)  # fmt: skip
def test_a_new_event_brings_back_only_who_chose_that(stop, chosen, before, expected):
    assert may_come_back(stop, chosen=chosen, stopped_before_the_event=before) is expected


@pytest.mark.covers("R42")
@pytest.mark.parametrize("chosen", [True, False])
def test_a_later_overdose_does_not_queue_anybody_who_did_not_choose_it(ours, chosen):
    case, coordinator = case_with_team(ours, hours_ago=60), ours.actor("coordinator")
    keep_wishes(case.person_id, "no_contact", no_police=False, come_back=chosen, by=ours.actor("recovery_coach"))
    Person.objects.update(stopped_at=now() - timedelta(hours=40))
    incident = incident_for(ours, Person.objects.get(id=case.person_id), hours_ago=2)
    again, _ = open_case(incident, by=coordinator)
    queued = [row.id for row in queue_for(coordinator, now()).cases]
    assert queued == ([again.id] if chosen else [])
    assert [row.id for row in stopped_cases_for(coordinator)] == ([] if chosen else [again.id])
    assert Person.objects.get(id=case.person_id).stop == ("none" if chosen else "no_contact")


@pytest.mark.covers("R42")
def test_an_old_event_that_comes_late_lifts_nothing(ours):
    case = case_with_team(ours, hours_ago=60)
    keep_wishes(case.person_id, "no_contact", no_police=False, come_back=True, by=ours.actor("recovery_coach"))
    incident = incident_for(ours, Person.objects.get(id=case.person_id), hours_ago=50)
    open_case(incident, by=ours.actor("coordinator"))
    assert Person.objects.get(id=case.person_id).stop == "no_contact"


@pytest.mark.covers("R42")
def test_the_wishes_page_keeps_all_of_it_and_the_team_sees_it_before_the_door(ours):
    case = case_with_team(ours)
    page = Client()
    page.force_login(ours.users["recovery_coach"])
    told = {
        "stop": "none", "no_police": "", "text_only": "on", "not_at_home": "on", "prefers": "text",
        "ask_for": "Bee", "never_mention": "the hospital, to my mother",
    }  # fmt: skip
    assert page.post(reverse("desk:wishes", args=[case.id]), told).status_code == 302
    for role in ("outreach_officer", "recovery_coach"):
        page.force_login(ours.users[role])
        text = page.get(reverse("desk:case", args=[case.id])).content.decode()
        for words in ("the hospital, to my mother", "Bee", "text only", "not at home"):
            assert words in text, (role, words)
    page.force_login(ours.users["recovery_coach"])
    form = page.get(reverse("desk:wishes", args=[case.id])).content.decode()
    assert 'value="Bee"' in form
    page.post(reverse("desk:wishes", args=[case.id]), told | {"stop": "no_visits"})
    answer = page.post(reverse("desk:wishes", args=[case.id]), told)
    assert answer.status_code == 422
    assert "Only the person lifts this" in answer.content.decode()
    contact = contacts_of(ours.actor("recovery_coach"), [case.person_id])[case.person_id]
    assert contact.never_mention is not None


# --- somebody who was forgotten and promised silence -------------------------------------------------------------------


@pytest.fixture
def silent(ours):
    """Anna asked for no contact, for good, and was forgotten."""
    person = recognize_person(ANNA, by=ours.system).person
    keep_contact(person, by=ours.system, ask_for="Anna", phone=ANNA.phone)
    set_contact_wishes(person.id, "no_contact", no_police=True, by=ours.system)
    person.refresh_from_db()
    assert forget_person(person, by=ours.system) == "forgotten"
    return person


@pytest.mark.covers("R42", "R48")
@pytest.mark.parametrize(
    "again",
    [ANNA, Description("ana", "Kats", ANNA.birth_date), Description("Anna", "", None, "(978) 555-0142"),
     Description("Ana", "Somebody", None, "1-978-555-0142")],
)  # fmt: skip
def test_whoever_was_promised_silence_is_never_kept_again(ours, silent, again):
    people, identities = Person.objects.count(), Identity.objects.count()
    incident = receive_report(report(), Newcomer(again, ask_for="Anna"), by=ours.actor("patrol_officer"))
    assert (Person.objects.count(), Identity.objects.count()) == (people, identities)
    incident = Incident.objects.get(id=incident.id)
    assert (incident.person_id, incident.state, incident.place) == (None, "nobody", None)
    assert Entry.objects.filter(verb="arrival_suppressed").exists()
    assert queue_for(ours.actor("coordinator"), now()).cases == []


@pytest.mark.covers("R42")
@pytest.mark.parametrize(
    "other",
    [Description("Anna", "Katz", date(1990, 5, 2)), Description("Anna", "Katz"),
     Description("Berta", "Katz", ANNA.birth_date)],
)  # fmt: skip
def test_somebody_else_is_kept_as_ever(ours, silent, other):
    assert recognize_person(other, by=ours.system).person is not None


@pytest.mark.covers("R42")
def test_the_promise_is_the_programs_own_and_holds_no_name(cast, silent):
    assert is_suppressed(ANNA, cast.ours.program.id)
    assert not is_suppressed(ANNA, cast.other.program.id)
    assert {len(row.token) for row in Suppression.objects.all()} == {32}
    assert {str(row) for row in Suppression.objects.all()} == {"sound_date", "phone_sound"}


@pytest.mark.covers("R42")
def test_the_sender_gets_the_same_answer_as_always(ours, silent):
    page = Client()
    page.force_login(ours.users["patrol_officer"])

    def sent(given, family, born):
        form = {
            "draft": str(now().timestamp()), "kind": "overdose", "when": "now", "town": str(ours.towns[0].id),
            "outcome": "non_fatal", "given_name": given, "family_name": family, "birth_date": born,
        }  # fmt: skip
        form["draft"] = f"0190aaaa-0000-7000-8000-{abs(hash(given)) % 10**12:012d}"
        answer = page.post(reverse("intake:report"), form, follow=True)
        text = answer.content.decode()
        main = text[text.index("<main") : text.index("</main>")]
        return answer.redirect_chain, re.sub(r'value="[\w-]{36,}"', "", main)  # tokens and draft ids differ each time

    one, other = sent("Anna", "Katz", "1990-05-01"), sent("Berta", "Novak", "1971-02-03")
    assert one[0] == other[0] == [(reverse("intake:report"), 302)]
    assert "Thank you" in one[1]
    assert one[1] == other[1]
    assert Person.objects.filter(program=ours.program).count() == 2  # the forgotten row, and Berta


def test_a_person_who_may_be_visited_after_a_new_event_is_not_shut_out_for_ever(ours):
    person = recognize_person(ANNA, by=ours.system).person
    set_contact_wishes(person.id, "no_contact", no_police=False, come_back=True, by=ours.system)
    person.refresh_from_db()
    forget_person(person, by=ours.system)
    assert not is_suppressed(ANNA, ours.program.id)


@pytest.mark.covers("R42")
def test_no_contact_takes_the_case_from_every_list_in_one_transaction(ours):
    case = case_with_team(ours)
    keep_wishes(case.person_id, "no_contact", no_police=False, by=ours.actor("recovery_coach"))
    for role in ("outreach_officer", "recovery_coach", "coordinator"):
        assert queue_for(ours.actor(role), now()).cases == []
    assert case_for(ours.actor("outreach_officer"), case.id, now()) is None


def test_the_language_somebody_speaks_is_kept_with_the_wishes(ours):
    case = case_with_team(ours, person_of(ours, canaries=True))
    coach = Client()
    coach.force_login(ours.users["recovery_coach"])
    page = reverse("desk:wishes", args=[case.id])
    coach.post(page, {"stop": "none", "language": "ht"})
    assert contacts_of(ours.actor("recovery_coach"), [case.person_id])[case.person_id].language == "ht"
    assert coach.get(page).context["form"]["language"].value() == "ht"
    assert "Haitian Creole" in coach.get(reverse("desk:case", args=[case.id])).content.decode()
