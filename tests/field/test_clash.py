"""A field that was changed in two places since a phone read it: nothing is overwritten in silence, both answers are kept."""

import pytest

from alongside.consent import firewall
from alongside.field.models import Clash
from alongside.identity.actions import keep_contact
from alongside.identity.queries import contacts_of
from alongside.people.actions import set_ways_of_contact
from alongside.people.models import Person
from alongside.people.rules import Ways
from tests.cast import case_with_team
from tests.field.sending import Device


@pytest.fixture
def case(ours):
    return case_with_team(ours)


@pytest.fixture
def coach(ours):
    return Device(ours.users["recovery_coach"])


def place(ours, case):
    """Where to meet, as it stands."""
    by = ours.actor("coordinator")
    return firewall.open(by, "coordination", contacts_of(by, [case.person_id])[case.person_id].meeting_place)[0]


def say(device, case, value, field="meeting_place", **more):
    kind = "contact_field" if field in ("ask_for", "meeting_place", "phone", "never_mention") else "wish"
    return device.add(kind, case, base={field: device.visit(case)["versions"][field]}, field=field, value=value, **more)


def office(ours, case, text):
    keep_contact(case.person, by=ours.actor("coordinator"), meeting_place=text)


def test_a_word_that_nobody_else_changed_is_kept(ours, case, coach):
    coach.sync()
    change = say(coach, case, "behind the mill")
    coach.sync()
    assert coach.state(change) == "kept"
    assert place(ours, case) == "behind the mill"
    assert coach.visit(case)["contact"]["meeting_place"] == "behind the mill"


def test_two_answers_are_both_kept_and_what_stood_stands(ours, case, coach):
    coach.sync()
    change = say(coach, case, "behind the mill")
    office(ours, case, "at the ferry")
    coach.sync()
    assert coach.state(change) == "clash"
    assert "a person decides" in coach.answers[change["id"]]["sentence"]
    assert place(ours, case) == "at the ferry"
    row = Clash.objects.get()
    assert (str(row.change_id), row.field, row.state, row.person_id) == (change["id"], "meeting_place", "open", case.person_id)
    assert coach.pack["clashes"] == [
        {"id": str(row.id), "case": str(case.id), "field": "meeting_place", "said": "behind the mill", "stands": "at the ferry"}
    ]


def test_the_same_answer_twice_is_no_clash(ours, case, coach):
    coach.sync()
    change = say(coach, case, "at the ferry")
    office(ours, case, "at the ferry")
    coach.sync()
    assert coach.state(change) == "kept"
    assert not Clash.objects.exists()


def test_a_change_of_one_word_does_not_touch_another(ours, case, coach):
    coach.sync()
    change = say(coach, case, "Tall", field="ask_for")
    office(ours, case, "at the ferry")
    coach.sync()
    assert coach.state(change) == "kept"
    assert place(ours, case) == "at the ferry"
    assert coach.visit(case)["contact"]["ask_for"] == "Tall"


def test_without_the_version_that_was_read_it_is_a_clash(ours, case, coach):
    change = coach.add("contact_field", case, field="meeting_place", value="behind the mill")
    coach.sync()
    assert coach.state(change) == "clash"


@pytest.mark.parametrize("together", [True, False])
def test_a_phones_own_earlier_word_is_no_second_answer(ours, case, coach, together):
    coach.sync()
    first, second = say(coach, case, "behind the mill"), say(coach, case, "at the old oak")
    if together:
        coach.sync()
    else:
        coach.sync([first])
        coach.sync([second])
    assert (coach.state(first), coach.state(second)) == ("kept", "kept")
    assert place(ours, case) == "at the old oak"


def test_an_earlier_word_that_comes_late_does_not_undo_the_later_one(ours, case, coach):
    coach.sync()
    first, second = say(coach, case, "behind the mill"), say(coach, case, "at the old oak")
    coach.sync([second])
    coach.sync([first])
    assert (coach.state(first), coach.state(second)) == ("kept", "kept")
    assert place(ours, case) == "at the old oak"
    assert "newer" in coach.answers[first["id"]]["sentence"]


def test_two_phones_and_the_second_is_the_clash(ours, case, coach):
    other = Device(ours.users["recovery_coach"])
    coach.sync()
    other.sync()
    one, two = say(coach, case, "behind the mill"), say(other, case, "at the ferry")
    coach.sync()
    other.sync()
    assert (coach.state(one), other.state(two)) == ("kept", "clash")
    assert place(ours, case) == "behind the mill"


def test_after_somebody_else_wrote_in_between_the_own_word_is_no_excuse(ours, case, coach):
    coach.sync()
    first, second = say(coach, case, "behind the mill"), say(coach, case, "at the old oak")
    coach.sync([first])
    office(ours, case, "at the ferry")
    coach.sync([second])
    assert coach.state(second) == "clash"
    assert place(ours, case) == "at the ferry"


def test_a_wish_clashes_like_a_word(ours, case, coach):
    coach.sync()
    change = say(coach, case, "text", field="prefers")
    set_ways_of_contact(case.person_id, Ways(prefers="letter"), by=ours.actor("coordinator"))
    coach.sync()
    assert coach.state(change) == "clash"
    assert Person.objects.get(id=case.person_id).prefers == "letter"
    assert (coach.pack["clashes"][0]["said"], coach.pack["clashes"][0]["stands"]) == ("text", "letter")


def test_a_wish_that_only_the_person_lifts_is_not_lifted_for_them(ours, case, coach):
    coach.sync()
    say(coach, case, True, field="no_police")
    coach.sync()
    change = say(coach, case, False, field="no_police")
    coach.sync()
    assert coach.state(change) == "parked"
    assert Person.objects.get(id=case.person_id).no_police
    change = say(coach, case, False, field="no_police", said_so=True)
    coach.sync()
    assert coach.state(change) == "kept"
    assert not Person.objects.get(id=case.person_id).no_police


@pytest.mark.parametrize(("choice", "state"), [("said", "phone"), ("stands", "office")])
def test_whoever_read_both_decides_on_the_phone(ours, case, coach, choice, state):
    coach.sync()
    say(coach, case, "behind the mill")
    office(ours, case, "at the ferry")
    coach.sync()
    wanted = coach.pack["clashes"][0][choice]
    change = say(coach, case, wanted)
    coach.sync()
    assert coach.state(change) == "kept"
    assert place(ours, case) == wanted
    row = Clash.objects.get()
    assert (row.state, row.decided_by) == (state, ours.users["recovery_coach"])
    assert coach.pack["clashes"] == []


def test_what_cannot_be_kept_as_said_is_parked_instead(ours, case, coach):
    coach.sync()
    office(ours, case, "at the ferry")
    change = say(coach, case, "the one with an open warrant")
    coach.sync()
    assert coach.state(change) == "parked"
    assert not Clash.objects.exists()
