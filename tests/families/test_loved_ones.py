"""Loved ones as people of their own: who sees whom, what they get, what may be said, and the way after a death."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.test import Client

from alongside.cases.actions import note_death
from alongside.common.clock import day_in, now
from alongside.common.decision import Refused
from alongside.common.ids import new_id
from alongside.consent.models import Tie
from alongside.families import actions, queries
from alongside.families.actions import Given, NewLovedOne
from alongside.families.models import LovedOne, Support
from alongside.identity.models import DataKey
from alongside.journal.models import Entry
from alongside.naloxone.models import Move, Training
from alongside.people.actions import set_deceased
from alongside.people.models import Person
from alongside.rights.forgetting import forget_person
from alongside.rights.purging import kept_of
from alongside.rights.rules import clock_that_ran_out
from tests.cast import browser_of, canaries_in, person_of

pytestmark = pytest.mark.django_db
NAME, PHONE = "Zyxmother Orlene", "555-010-8123"


def mother(by, of=None, **more):
    return actions.add_loved_one(
        NewLovedOne(more.pop("id", None) or new_id(), more.pop("relation", "parent"), NAME, PHONE, of=of), by=by
    )


@pytest.fixture
def coach(ours):
    return ours.actor("recovery_coach")


@pytest.fixture
def other_coach(ours):
    return ours.user("recovery_coach").actor()


@pytest.fixture
def today(ours):
    return day_in(ours.program.zone, now())


def outbox():
    """How many rows the whole room of messages holds."""
    return sum(model.objects.count() for model in apps.get_app_config("messaging").get_models())


# --- a person of their own -------------------------------------------------------------------------------------------


def test_a_loved_one_is_a_person_with_keys_of_their_own(coach, case):
    row = mother(coach, of=case.person)
    assert row.person_id != case.person_id
    holders = set(DataKey.objects.filter(privacy_class="contact").values_list("holder", flat=True))
    assert {row.person_id, case.person_id} <= holders
    page = queries.page_of(coach, row, now())
    assert (page.line.name, page.phone, page.line.whose) == (NAME, PHONE, case.person.code)


def test_the_same_form_sent_twice_is_one_loved_one(coach):
    draft, before = new_id(), Person.objects.count()
    assert mother(coach, id=draft).id == mother(coach, id=draft).id
    assert (LovedOne.objects.count(), Person.objects.count()) == (1, before + 1)


def test_a_loved_one_may_come_without_naming_anybody(coach):
    row = mother(coach)
    assert row.of is None
    assert [line.name for line in queries.loved_ones_for(coach, now())] == [NAME]


def test_they_need_a_name_and_a_relation(coach):
    for bad in (NewLovedOne(new_id(), "cousin", NAME), NewLovedOne(new_id(), "parent", "  ")):
        with pytest.raises(Refused):
            actions.add_loved_one(bad, by=coach)
    assert LovedOne.objects.count() == 0


# --- the wall --------------------------------------------------------------------------------------------------------


def test_who_works_with_the_loved_one_alone_learns_nothing_about_the_person(ours, other_coach, case):
    """The coordinator connects them; the loved one's coach has no case with the person."""
    row = mother(other_coach)
    coordinator = ours.actor("coordinator")
    actions.connect(row, case.person, by=coordinator)
    row.refresh_from_db()
    page = queries.page_of(other_coach, row, now())
    assert (page.line.name, page.line.whose, page.sees_person) == (NAME, "", False)
    client = browser_of(ours.users["recovery_coach"].__class__.objects.get(id=other_coach.user_id))
    for path in ("/families/", f"/families/{row.id}/"):
        text = client.get(path).content.decode()
        assert NAME in text
        assert case.person.code not in text
        assert canaries_in(text) == set()
        assert str(case.person_id) not in text
    assert queries.page_of(coordinator, row, now()).line.whose == case.person.code


def test_who_works_with_the_person_does_not_see_a_loved_one_who_came_to_somebody_else(ours, coach, other_coach, case):
    row = mother(other_coach)
    actions.connect(row, case.person, by=ours.actor("coordinator"))
    assert queries.loved_one_for(coach, row.id, now()) is None
    assert queries.loved_ones_for(coach, now()) == []
    assert browser_of(ours.users["recovery_coach"]).get(f"/families/{row.id}/").status_code == 404


def test_the_code_of_a_stranger_and_of_nobody_get_the_same_answer(ours, other_coach, case):
    client = browser_of(ours.users["recovery_coach"].__class__.objects.get(id=other_coach.user_id))
    form = {"draft": new_id(), "name": NAME, "relation": "parent", "language": "en"}
    real = client.post("/families/add/", form | {"whose": case.person.code})
    none = client.post("/families/add/", form | {"whose": "amber-heron 99999"})
    assert real.status_code == none.status_code == 422
    sentence = "Nobody you work with has this code"
    assert sentence in real.content.decode()
    assert sentence in none.content.decode()
    assert LovedOne.objects.count() == 0


def test_an_action_does_not_take_a_person_from_somebody_who_may_not_see_them(other_coach, case):
    with pytest.raises(Refused):
        mother(other_coach, of=case.person)
    assert LovedOne.objects.count() == 0


@pytest.mark.parametrize("role", ["patrol_officer", "outreach_officer", "data_designee", "partner", "privacy_reviewer",
                                  "epidemiologist", "counsel", "administrator"])  # fmt: skip
def test_police_and_everybody_outside_care_find_nothing(ours, coach, case, role):
    row = mother(coach, of=case.person)
    client = browser_of(ours.users[role])
    for path in ("/families/", "/families/add/", f"/families/{row.id}/"):
        assert client.get(path).status_code == 404
    for verb in ("give", "say", "talk", "grief", "call", "connect"):
        assert client.post(f"/families/{row.id}/{verb}/").status_code == 404
    if ours.actor(role).goes_along:
        assert queries.loved_ones_for(ours.actor(role), now()) == []
        with pytest.raises(Refused):
            mother(ours.actor(role))


def test_the_officer_of_the_case_sees_nothing_of_the_loved_one(ours, coach, case):
    mother(coach, of=case.person)
    text = browser_of(ours.users["outreach_officer"]).get(f"/cases/{case.id}/").content.decode()
    assert NAME not in text
    assert PHONE not in text


def test_another_program_finds_nothing(cast, coach):
    row = mother(coach)
    theirs = cast.other.actor("coordinator")
    assert queries.loved_one_for(theirs, row.id, now()) is None
    with pytest.raises(Refused):
        actions.give(row, Given(new_id(), "training"), by=theirs)


def test_a_coordinator_hands_a_loved_one_over(ours, coach, other_coach):
    row = mother(coach)
    to = ours.users["recovery_coach"].__class__.objects.get(id=other_coach.user_id)
    with pytest.raises(Refused):
        actions.hand_over(row, to, by=coach)
    with pytest.raises(Refused):
        actions.hand_over(row, ours.users["outreach_officer"], by=ours.actor("coordinator"))
    actions.hand_over(row, to, by=ours.actor("coordinator"))
    assert queries.loved_one_for(other_coach, row.id, now()) is not None


def test_after_ninety_days_without_anything_only_the_coordinator_sees_them(ours, coach):
    row = mother(coach)
    late = now() + timedelta(days=91)
    assert queries.loved_one_for(coach, row.id, late) is None
    assert queries.loved_one_for(ours.actor("coordinator"), row.id, late) is not None


# --- what they get ---------------------------------------------------------------------------------------------------


def test_naloxone_in_two_taps_leaves_the_books_once(ours, coach):
    row = mother(coach)
    client = browser_of(ours.users["recovery_coach"])
    page = client.get(f"/families/{row.id}/")
    draft = page.context["quick"][0][0]
    for _ in range(2):
        answer = client.post(f"/families/{row.id}/give/", {"draft": draft, "kind": "naloxone"})
        assert answer.status_code == 302
    assert [support.kind for support in Support.objects.all()] == ["naloxone"]
    moves = list(Move.objects.filter(person_id=row.person_id))
    assert len(moves) == 1
    assert moves[0].recipient == "loved_one"


def test_each_kind_can_be_given_and_an_unknown_one_not(coach):
    row = mother(coach)
    for kind in ("training", "support_group", "grief_group", "information", "talk"):
        actions.give(row, Given(new_id(), kind), by=coach)
    with pytest.raises(Refused):
        actions.give(row, Given(new_id(), "sermon"), by=coach)
    with pytest.raises(Refused):
        actions.give(row, Given(new_id(), "naloxone", kits=99), by=coach)
    assert Support.objects.count() == 5


def test_a_training_with_its_steps_stands_in_the_book_of_trainings_once(coach):
    row, draft = mother(coach), new_id()
    for _ in range(2):
        actions.give(row, Given(draft, "training", steps=("call", "give")), by=coach)
    kept = Training.objects.get()
    assert (kept.taught, kept.steps, kept.person_id) == ("loved_one", ["call", "give"], row.person_id)
    assert Support.objects.count() == 1


def test_an_id_of_somebody_else_changes_nothing(coach):
    draft = new_id()
    actions.give(mother(coach), Given(draft, "training"), by=coach)
    with pytest.raises(Refused):
        actions.give(mother(coach), Given(draft, "training"), by=coach)


def test_giving_something_keeps_the_worker_with_them(coach):
    row = mother(coach)
    Tie.objects.filter(person=row.person).update(expires_at=now() + timedelta(days=2))
    assert queries.loved_one_for(coach, row.id, now() + timedelta(days=80)) is None
    actions.give(row, Given(new_id(), "talk"), by=coach)
    assert queries.loved_one_for(coach, row.id, now() + timedelta(days=80)) is not None


# --- what may be said ------------------------------------------------------------------------------------------------


def test_nothing_is_said_without_the_persons_word_and_the_try_is_kept(coach, case, journal):
    row = mother(coach, of=case.person)
    answer = actions.say(row, "how_they_are", by=coach)
    assert not answer
    assert answer.reason == "The person has not agreed that anything is said to this loved one."
    entry = Entry.objects.filter(verb="disclosure_refused").latest("seq")
    assert (entry.target, entry.detail) == (str(case.person_id), {"loved_one": str(row.id), "topic": "how_they_are"})


def test_what_the_person_agreed_to_may_be_said_until_it_ends(coach, case):
    row = mother(coach, of=case.person)
    actions.agree_talk(row, "naloxone_only", now() + timedelta(days=30), by=coach)
    assert actions.say(row, "naloxone", by=coach)
    assert not actions.say(row, "plans", by=coach)
    assert Entry.objects.filter(verb="loved_one_told", target=str(case.person_id)).count() == 1
    LovedOne.objects.filter(id=row.id).update(talk_until=now() - timedelta(seconds=1))
    assert not actions.say(row, "naloxone", by=coach)


def test_the_person_takes_it_back_and_it_holds_at_once(coach, case):
    row = mother(coach, of=case.person)
    actions.agree_talk(row, "all", now() + timedelta(days=30), by=coach)
    assert actions.say(row, "plans", by=coach)
    actions.agree_talk(row, "none", None, by=coach)
    assert not actions.say(row, "plans", by=coach)


def test_only_somebody_who_works_with_the_person_keeps_what_the_person_agreed(ours, other_coach, case):
    row = mother(other_coach)
    actions.connect(row, case.person, by=ours.actor("coordinator"))
    with pytest.raises(Refused):
        actions.agree_talk(row, "all", now() + timedelta(days=30), by=other_coach)
    row.refresh_from_db()
    assert row.talk == "none"


def test_an_agreement_does_not_move_to_another_person(ours, coach, case):
    row = mother(coach, of=case.person)
    actions.agree_talk(row, "all", now() + timedelta(days=30), by=coach)
    actions.connect(row, person_of(ours), by=ours.actor("coordinator"))
    row.refresh_from_db()
    assert (row.talk, row.talk_until) == ("none", None)


def test_the_button_is_closed_with_the_reason_the_action_gives(ours, coach, case):
    row = mother(coach, of=case.person)
    client = browser_of(ours.users["recovery_coach"])
    text = client.get(f"/families/{row.id}/").content.decode()
    reason = actions.say(row, "plans", by=coach).reason
    assert reason in text
    assert reason in client.post(f"/families/{row.id}/say/", {"topic": "plans"}, follow=True).content.decode()


def test_with_nobody_named_there_is_nothing_to_say(coach):
    row = mother(coach)
    assert actions.say(row, "general", by=coach)
    assert not actions.say(row, "how_they_are", by=coach)


# --- after a death ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "due"), [(0, False), (27, False), (28, True), (42, True), (60, True)])
def test_the_bereaved_are_on_the_list_on_the_right_day(ours, coach, today, days, due):
    row = mother(coach)
    actions.note_bereaved(row, today - timedelta(days=days), by=coach)
    for viewer in (coach, ours.actor("coordinator")):
        assert [line.is_due for line in queries.loved_ones_for(viewer, now())] == [due]


@pytest.mark.parametrize("answer", ["reached", "not_now"])
def test_an_answer_takes_them_off_the_list(coach, today, answer):
    row = mother(coach)
    actions.note_bereaved(row, today - timedelta(days=30), by=coach)
    actions.answer_grief(row, answer, by=coach)
    actions.answer_grief(row, answer, by=coach)
    assert [line.is_due for line in queries.loved_ones_for(coach, now())] == [False]
    assert Entry.objects.filter(verb="grief_noted", target=str(row.id)).count() == 2


def test_please_do_not_contact_us_holds_like_any_other_wish(ours, coach, today):
    row = mother(coach)
    actions.note_bereaved(row, today - timedelta(days=30), by=coach)
    actions.promise_call(row, today, by=coach)
    actions.answer_grief(row, "no_contact", by=coach)
    assert Person.objects.get(id=row.person_id).stop == "no_contact"
    assert queries.loved_ones_for(coach, now()) == []
    text = browser_of(ours.users["recovery_coach"]).get(f"/families/{row.id}/").content.decode()
    assert PHONE not in text


def test_a_noted_death_asks_whoever_sees_the_person_for_the_day(ours, coach, other_coach, case):
    row = mother(other_coach)
    coordinator = ours.actor("coordinator")
    actions.connect(row, case.person, by=coordinator)
    note_death(case, by=coordinator)
    line = queries.loved_ones_for(coordinator, now())[0]
    assert (line.ask_day, line.grief.state) == (True, "early")
    later = queries.loved_ones_for(coordinator, now() + timedelta(days=29))[0]
    assert later.grief.state == "open"
    blind = queries.loved_ones_for(other_coach, now() + timedelta(days=29))[0]
    assert (blind.ask_day, blind.grief.state) == (False, "none")
    set_deceased(case.person_id, deceased=False, by=coordinator)
    assert queries.loved_ones_for(coordinator, now())[0].grief.state == "none"


def test_nobody_is_sent_to_the_person_who_died(ours, coach, case):
    mother(coach, of=case.person)
    note_death(case, by=ours.actor("coordinator"))
    assert Person.objects.get(id=case.person_id).out_of_reach


def test_a_family_is_never_written_to(ours, coach, today, case):
    """The whole way after a death, and the outbox of the house stays as it was."""
    before = outbox()
    row = mother(coach, of=case.person)
    actions.give(row, Given(new_id(), "training"), by=coach)
    note_death(case, by=ours.actor("coordinator"))
    actions.note_bereaved(row, today - timedelta(days=35), by=coach)
    browser_of(ours.users["recovery_coach"]).get("/families/")
    browser_of(ours.users["coordinator"]).get(f"/families/{row.id}/")
    actions.promise_call(row, today, by=coach)
    actions.answer_grief(row, "not_now", by=coach)
    assert outbox() == before


def test_a_day_that_has_not_come_is_no_day_of_death(coach, today):
    row = mother(coach)
    with pytest.raises(Refused):
        actions.note_bereaved(row, today + timedelta(days=1), by=coach)
    with pytest.raises(Refused):
        actions.promise_call(row, today - timedelta(days=1), by=coach)


def test_a_promised_call_is_on_top_on_its_day(coach, today):
    mother(coach)
    promised = mother(coach)
    actions.promise_call(promised, today, by=coach)
    lines = queries.loved_ones_for(coach, now())
    assert (lines[0].loved_one.id, lines[0].is_due, lines[1].is_due) == (promised.id, True, False)
    actions.promise_call(promised, None, by=coach)
    assert not any(line.is_due for line in queries.loved_ones_for(coach, now()))


# --- forgetting ------------------------------------------------------------------------------------------------------


def test_when_the_person_is_forgotten_the_loved_one_stays_and_the_link_goes(ours, coach, case):
    row = mother(coach, of=case.person)
    actions.agree_talk(row, "all", now() + timedelta(days=30), by=coach)
    forget_person(case.person, by=ours.actor("coordinator"))
    row.refresh_from_db()
    assert (row.of, row.talk, row.talk_until) == (None, "none", None)
    assert queries.page_of(coach, row, now()).line.name == NAME


def test_when_the_loved_one_is_forgotten_only_the_counts_are_left(ours, coach, case, today):
    row = mother(coach, of=case.person)
    actions.give(row, Given(new_id(), "training"), by=coach)
    actions.note_bereaved(row, today, by=coach)
    forget_person(row.person, by=ours.actor("coordinator"))
    row.refresh_from_db()
    assert (row.of, row.bereaved_on, row.call_back_on) == (None, None, None)
    assert Support.objects.count() == 1
    assert queries.loved_one_for(coach, row.id, now()) is None
    assert not DataKey.objects.filter(holder=row.person_id).exists()


# --- the pages -------------------------------------------------------------------------------------------------------


def test_a_coach_adds_a_loved_one_from_a_case_and_does_everything_on_the_page(ours, case, today):
    client: Client = browser_of(ours.users["recovery_coach"])
    assert case.person.code in client.get(f"/families/add/?whose={case.person.code}").content.decode()
    answer = client.post("/families/add/", {"draft": new_id(), "name": NAME, "phone": PHONE, "relation": "sibling",
                                            "language": "es", "whose": case.person.code.upper()})  # fmt: skip
    assert answer.status_code == 302
    row = LovedOne.objects.get()
    assert (row.of_id, row.relation) == (case.person_id, "sibling")
    at = f"/families/{row.id}/"
    posts = [
        ("talk", {"talk": "all", "days": 30}), ("say", {"topic": "plans"}), ("call", {"day": today.isoformat()}),
        ("grief", {"died_on": (today - timedelta(days=28)).isoformat()}), ("grief", {"answer": "not_now"}),
        ("give", {"draft": new_id(), "kind": "support_group"}), ("call", {"day": ""}),
    ]  # fmt: skip
    for verb, data in posts:
        assert client.post(f"{at}{verb}/", data).status_code == 302
    row.refresh_from_db()
    assert (row.talk, row.grief, row.call_back_on) == ("all", "not_now", None)
    for verb, data in [("talk", {"talk": "x"}), ("call", {"day": "x"}), ("grief", {"died_on": "x"}), ("give", {"kind": "x"}),
                       ("connect", {"whose": "nobody 1"}), ("say", {"topic": "x"})]:  # fmt: skip
        assert client.post(f"{at}{verb}/", data).status_code == 302
    assert client.get(at).status_code == 200


def test_what_the_vault_would_refuse_is_refused_beside_the_field(ours):
    client = browser_of(ours.users["recovery_coach"])
    answer = client.post("/families/add/", {"draft": new_id(), "name": "has a warrant out", "relation": "parent"})
    assert answer.status_code == 422
    assert LovedOne.objects.count() == 0


def test_no_sealed_word_of_a_loved_one_is_stored_in_clear(ours, coach):
    mother(coach)
    kept = [str(list(model.objects.values())) for model in (LovedOne, Support, Person, Entry)]
    assert not any(NAME in text or PHONE in text for text in kept)


def test_who_came_for_something_is_kept_a_year_and_who_never_did_ninety_days(ours, coach):
    row = mother(coach)
    assert clock_of(row, 89) == ""
    assert clock_of(row, 91) == "unconsented"
    actions.give(row, Given(new_id(), "training"), by=coach)
    assert clock_of(row, 300) == ""
    assert clock_of(row, 366) == "closed"


def clock_of(row, days):
    return clock_that_ran_out(kept_of(row.person, [row.person_id]), now() + timedelta(days=days))
