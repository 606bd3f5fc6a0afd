"""An attempt, once, with everything that follows from it."""

from datetime import timedelta

import pytest

from alongside.cases.models import Case, FollowUp
from alongside.cases.queries import queue_for
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.common.ids import new_id
from alongside.naloxone.models import Move
from alongside.people.actions import set_contact_wishes
from alongside.visits.actions import record_attempt
from alongside.visits.models import Attempt
from alongside.visits.queries import attempts_of
from tests.cast import CANARIES, canaries_in, case_with_team, draft, reached

NOTE = CANARIES["visits.Attempt.note"]


@pytest.fixture
def case(ours):
    return case_with_team(ours)


@pytest.fixture
def coach(ours):
    return ours.actor("recovery_coach")


def again(case):
    return Case.objects.select_related("person").get(id=case.id)


def test_no_answer_comes_back_by_itself(case, coach, journal):
    attempt = record_attempt(case, draft(), by=coach)
    assert (attempt.result, attempt.note) == ("no_answer", None)
    assert FollowUp.objects.get(case=case).reason == "retry"
    assert again(case).attempts == 1
    assert {"attempt_recorded", "follow_up_planned"} <= set(journal())
    assert str(attempt) == "No answer"


def test_the_same_draft_twice_is_one_attempt(case, coach, journal):
    same = reached(kits=1)
    one = record_attempt(case, same, by=coach)
    count = len(journal())
    assert record_attempt(case, same, by=coach) == one
    assert Attempt.objects.count() == Move.objects.count() == again(case).attempts == 1
    assert len(journal()) == count


def test_the_same_drafts_in_any_order_and_number_are_the_same_attempts(case, coach, ours):
    drafts = [draft(), draft("text", "sent"), reached()]
    for one in [*drafts, *reversed(drafts), drafts[1]]:
        record_attempt(case, one, by=ours.actor("coordinator"))
    assert again(case).attempts == 3
    assert set(Attempt.objects.values_list("draft", flat=True)) == {one.id for one in drafts}


def test_a_draft_of_another_program_gives_nothing_back(cast, case, coach):
    """An id that somebody saw on a phone is no key to another program's attempt."""
    known = record_attempt(case, reached(note=NOTE), by=coach)
    theirs = case_with_team(cast.other)
    with pytest.raises(Refused):
        record_attempt(theirs, draft(id=known.draft), by=cast.other.actor("recovery_coach"))


def test_reaching_somebody_plans_the_follow_ups(case, coach):
    record_attempt(case, reached(), by=coach)
    assert again(case).status == "in_contact"
    assert list(FollowUp.objects.filter(case=case).values_list("day", flat=True)) == [3, 7, 14, 30, 60, 90]


def test_not_today_brings_one_gentle_check_in(case, coach):
    record_attempt(case, draft(result="reached", response="not_today"), by=coach)
    assert FollowUp.objects.get(case=case, reason="gentle_check_in").day == 14
    assert again(case).status == "in_contact"


def test_nobody_knocks_before_phone_or_text(case, coach):
    with pytest.raises(Refused, match="Phone or text first"):
        record_attempt(case, draft("home"), by=coach)
    record_attempt(case, draft("phone"), by=coach)
    assert record_attempt(case, draft("home"), by=coach)


def test_after_three_tries_the_case_pauses_and_a_coordinator_decides(ours, case, coach):
    for _ in range(3):
        record_attempt(case, draft(), by=coach)
    assert again(case).status == "paused"
    with pytest.raises(Refused, match="Ask the coordinator"):
        record_attempt(case, draft(), by=coach)
    assert record_attempt(case, draft(), by=ours.actor("coordinator"))


def test_a_contact_starts_the_count_anew(case, coach):
    for _ in range(2):
        record_attempt(case, draft(), by=coach)
    record_attempt(case, reached(), by=coach)
    for _ in range(2):
        record_attempt(case, draft(), by=coach)
    assert again(case).status == "in_contact"


@pytest.mark.covers("R42")
def test_no_contact_closes_and_leaves_the_queue_in_every_role(ours, case, coach):
    record_attempt(case, draft(result="reached", response="no_contact"), by=coach)
    closed = again(case)
    assert (closed.status, closed.outcome, closed.person.stop) == ("closed", "no_contact", "no_contact")
    for role in ("coordinator", "recovery_coach", "outreach_officer"):
        assert queue_for(ours.actor(role), now()).cases == []
    assert not FollowUp.objects.filter(case=case).exists()


def test_asking_for_no_contact_keeps_an_earlier_wish_for_no_police(ours, case, coach):
    set_contact_wishes(case.person_id, "none", no_police=True, by=coach)
    record_attempt(case, draft(result="reached", response="no_contact"), by=coach)
    assert again(case).person.no_police


def test_whoever_died_is_visited_by_nobody(ours, case, coach):
    record_attempt(case, draft(result="deceased"), by=coach)
    closed = again(case)
    assert (closed.status, closed.outcome, closed.person.deceased) == ("closed", "deceased", True)
    assert queue_for(ours.actor("coordinator"), now()).cases == []


def test_who_wants_no_visits_is_phoned(case, coach):
    set_contact_wishes(case.person_id, "no_visits", no_police=False, by=coach)
    record_attempt(case, draft("phone"), by=coach)
    with pytest.raises(Refused, match="no visits"):
        record_attempt(case, draft("home"), by=coach)


@pytest.mark.covers("R39")
def test_nothing_is_left_where_nobody_was_met(case, coach):
    with pytest.raises(Refused, match="take the kit back"):
        record_attempt(case, draft(kits=1), by=coach)
    assert not Attempt.objects.exists()
    assert not Move.objects.exists()


def test_a_kit_given_at_the_door_is_in_the_ledger(case, coach):
    record_attempt(case, reached(kits=2), by=coach)
    move = Move.objects.get()
    assert (move.amount, move.recipient, move.person_id, move.place.agency_id) == (
        2,
        "person",
        case.person_id,
        coach.agency_id,
    )


@pytest.mark.covers("R26")
def test_an_officers_note_is_not_kept(ours, case):
    officer = ours.actor("outreach_officer")
    attempt = record_attempt(case, reached(note=NOTE), by=officer)
    assert (attempt.note, attempt.officer_present) == (None, True)


def test_a_note_is_kept_sealed(case, coach):
    attempt = record_attempt(case, reached(note=NOTE, officer_present=True), by=coach)
    assert attempt.note is not None
    assert attempt.officer_present
    assert canaries_in(vars(attempt)) == set()


@pytest.mark.parametrize("hours", [1, 24, -24 * 400])
def test_a_time_that_cannot_be_is_refused(case, coach, hours):
    with pytest.raises(Refused, match="time of the attempt"):
        record_attempt(case, draft(at=now() + timedelta(hours=hours)), by=coach)
    assert not Attempt.objects.exists()


def test_an_attempt_that_was_noted_offline_keeps_its_time(case, coach):
    at = now() - timedelta(hours=2)
    attempt = record_attempt(case, draft(at=at), by=coach)
    assert attempt.at == at
    assert attempt.recorded_at > at


def test_what_was_half_said_is_refused_whole(case, coach):
    for half in (draft(result="reached"), draft(response="services"), draft(result="gone"), draft("drone")):
        with pytest.raises(Refused):
            record_attempt(case, half, by=coach)
    assert not Attempt.objects.exists()


def test_a_closed_case_takes_no_attempt(case, coach):
    record_attempt(case, draft(result="reached", response="no_contact"), by=coach)
    with pytest.raises(Refused, match="reopen it first"):
        record_attempt(case, draft(), by=coach)


def test_attempts_are_read_by_those_who_see_the_case(cast, case, coach):
    record_attempt(case, draft(), by=coach)
    assert len(attempts_of(coach, case.id, now())) == 1
    for stranger in (cast.other.actor("coordinator"), cast.ours.user("recovery_coach").actor(), cast.partner):
        assert attempts_of(stranger, case.id, now()) == []
    assert attempts_of(coach, new_id(), now()) == []
