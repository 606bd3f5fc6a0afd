"""Who is out: begun, ended, late; whatever the order in which the words of a phone arrive."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.conf import settings

from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.common.ids import new_id
from alongside.consent.actions import restrict
from alongside.consent.rules import CLASSES
from alongside.journal.models import Entry
from alongside.messaging.models import Message
from alongside.messaging.rules import REASONS, TEXT
from alongside.visits import outings
from alongside.visits.models import Outing
from alongside.visits.outings import begin_outing, end_outing, find_overdue, forget_outings
from alongside.visits.queries import outing_for, outings_for
from tests.cast import case_with_team


@pytest.fixture
def case(ours):
    return case_with_team(ours)


@pytest.fixture
def coach(ours):
    return ours.actor("recovery_coach")


def ago(minutes):
    return now() - timedelta(minutes=minutes)


def test_somebody_goes_and_comes_back(case, coach, journal):
    outing = begin_outing(case, new_id(), by=coach)
    assert outing.due_at - outing.begun_at == timedelta(minutes=30)
    assert outing.ended_at is None
    assert end_outing(outing.id, by=coach).ended_at is not None
    assert journal() == ["outing_begun", "outing_ended"]


def test_twice_is_once(case, coach, journal):
    outing_id, begun, ended = new_id(), ago(20), ago(5)
    for _ in range(2):
        begin_outing(case, outing_id, 45, begun, by=coach)
    for _ in range(2):
        end_outing(outing_id, ended, by=coach)
    begin_outing(case, outing_id, 240, ago(1), by=coach)
    outing = Outing.objects.get()
    assert (outing.begun_at, outing.due_at, outing.ended_at) == (begun, begun + timedelta(minutes=45), ended)
    assert journal() == ["outing_begun", "outing_ended"]


def test_an_end_that_overtakes_its_beginning_is_kept_and_raises_no_alarm(ours, case, coach, journal):
    outing_id, begun, ended = new_id(), ago(90), ago(70)
    assert end_outing(outing_id, ended, by=coach) is None
    assert end_outing(outing_id, ended, by=coach) is None
    assert begin_outing(case, outing_id, 30, begun, by=coach).ended_at == ended
    assert find_overdue(by=ours.system) == 0
    assert journal() == ["outing_ended", "outing_begun"]
    assert not Message.objects.exists()


def test_an_end_somebody_else_sent_for_an_unknown_id_ends_nothing(ours, case, coach):
    outing_id = new_id()
    end_outing(outing_id, ago(1), by=ours.actor("outreach_officer"))
    assert begin_outing(case, outing_id, 30, ago(5), by=coach).ended_at is None


def test_beginning_another_ends_the_earlier_one(case, coach):
    first, second = new_id(), new_id()
    begin_outing(case, first, 30, ago(40), by=coach)
    begin_outing(case, second, 30, ago(10), by=coach)
    assert [row.id for row in Outing.objects.filter(ended_at=None)] == [second]
    assert Outing.objects.get(id=first).ended_at == Outing.objects.get(id=second).begun_at


def test_two_who_go_together_are_each_out_on_their_own(ours, case, coach):
    begin_outing(case, new_id(), by=coach)
    begin_outing(case, new_id(), by=ours.actor("outreach_officer"))
    assert Outing.objects.filter(ended_at=None).count() == 2


def test_the_words_of_a_shift_give_the_same_in_any_order(case, coach):
    """Two visits, the first one's end and an end that was pressed late: 24 orders, one answer."""
    start = ago(120)
    at = {name: start + timedelta(minutes=minutes) for name, minutes in {"a": 0, "a_end": 25, "b": 60, "b_end": 80}.items()}
    answers = set()
    for order in permutations(at):
        ids = {"a": new_id(), "b": new_id()}
        for word in order:
            if word.endswith("_end"):
                end_outing(ids[word[0]], at[word], by=coach)
            else:
                begin_outing(case, ids[word], 30, at[word], by=coach)
        answers.add(tuple(Outing.objects.get(id=ids[name]).ended_at for name in "ab"))
        Outing.objects.all().delete()
    assert answers == {(at["a_end"], at["b_end"])}


def test_a_forgotten_end_is_the_next_beginning_in_any_order(case, coach):
    start = ago(120)
    at = {"a": start, "b": start + timedelta(minutes=30), "c": start + timedelta(minutes=70)}
    for order in permutations(at):
        ids = {name: new_id() for name in at}
        for name in order:
            begin_outing(case, ids[name], 30, at[name], by=coach)
        ended = {name: Outing.objects.get(id=ids[name]).ended_at for name in at}
        assert ended == {"a": at["b"], "b": at["c"], "c": None}, order
        Outing.objects.all().delete()


@pytest.mark.parametrize("minutes", [4, 241])
def test_a_time_nobody_can_wait_for_is_refused(case, coach, minutes):
    with pytest.raises(Refused, match="5 to 240 minutes"):
        begin_outing(case, new_id(), minutes, by=coach)
    assert not Outing.objects.exists()


def test_nobody_takes_over_or_ends_the_outing_of_another(cast, case, coach):
    outing = begin_outing(case, new_id(), by=coach)
    for other in (cast.outreach_officer, cast.other.actor("coordinator"), cast.other.actor("recovery_coach")):
        with pytest.raises(Refused):
            end_outing(outing.id, by=other)
        with pytest.raises(Refused):
            begin_outing(case, outing.id, by=other)
    for nobody in (cast.ours.system, cast.other.actor("recovery_coach")):
        with pytest.raises(Refused):
            begin_outing(case, new_id(), by=nobody)
    assert end_outing(outing.id, by=cast.coordinator).ended_at is not None


# --- late --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("past_due", "late"), [(0, 0), (9, 0), (11, 1)])
def test_ten_minutes_after_it_was_due_the_coordinators_are_told_once(ours, case, coach, journal, past_due, late):
    ours.user("coordinator")
    begin_outing(case, new_id(), 30, ago(30 + past_due), by=coach)
    assert find_overdue(by=ours.system) == late
    assert find_overdue(by=ours.system) == 0
    told = Message.objects.filter(reason="not_back")
    assert {row.user.role for row in told} == ({"coordinator"} if late else set())
    assert told.count() == 2 * late
    assert journal().count("outing_overdue") == late


def test_whoever_is_back_raises_no_alarm(ours, case, coach):
    outing = begin_outing(case, new_id(), 30, ago(60), by=coach)
    end_outing(outing.id, ago(1), by=coach)
    assert find_overdue(by=ours.system) == 0


def test_another_programs_alarm_is_its_own(cast, ours, case, coach):
    begin_outing(case, new_id(), 30, ago(60), by=coach)
    assert find_overdue(by=cast.other.system) == 0
    assert find_overdue(by=ours.system) == 1


def test_the_alarm_names_nobody(ours, case, coach):
    begin_outing(case, new_id(), 30, ago(60), by=coach)
    find_overdue(by=ours.system)
    assert "not_back" in REASONS
    assert TEXT == "You have a message in Alongside."
    said = str(list(Entry.objects.filter(verb__startswith="outing").values_list("detail", flat=True)))
    assert case.person.code not in said
    assert "Recovery coach" not in said


def test_both_duties_run_by_the_clock():
    assert settings.DUTIES["overdue visits"] == ("* * * * *", "program", f"{outings.__name__}.find_overdue")
    assert settings.DUTIES["old outings"][2] == f"{outings.__name__}.forget_outings"


def test_after_thirty_days_nobody_knows_who_was_out(cast, ours, case, coach):
    for days, kept in ((29, 1), (31, 1)):
        begin_outing(case, new_id(), 30, now() - timedelta(days=days), by=coach)
        assert forget_outings(by=cast.other.system) == 0
        forget_outings(by=ours.system)
        assert Outing.objects.count() == kept


def test_nothing_is_kept_of_where_anybody_is():
    assert {field.name for field in Outing._meta.fields} == {"id", "case", "user", "begun_at", "due_at", "ended_at", "told_at"}


# --- who sees it -------------------------------------------------------------------------------------------------------


def test_a_coordinator_sees_everybody_who_is_out_and_first_who_should_be_back(ours, case, coach):
    later = begin_outing(case, new_id(), 60, ago(10), by=coach)
    late = begin_outing(case, new_id(), 30, ago(35), by=ours.actor("outreach_officer"))
    ended = begin_outing(case, new_id(), 30, ago(35), by=ours.actor("clinician"))
    end_outing(ended.id, by=ours.actor("clinician"))
    found = outings_for(ours.actor("coordinator"), now())
    assert [(one.outing.id, one.late, one.seen) for one in found] == [(late.id, True, True), (later.id, False, True)]


@pytest.mark.parametrize("role", ["recovery_coach", "outreach_officer"])
def test_whoever_goes_sees_the_own_outing_only(ours, case, role):
    mine = begin_outing(case, new_id(), by=ours.actor(role))
    theirs = begin_outing(case, new_id(), by=ours.actor("clinician"))
    assert [one.outing.id for one in outings_for(ours.actor(role), now())] == [mine.id]
    assert outing_for(ours.actor(role), mine.id) == mine
    assert outing_for(ours.actor(role), theirs.id) is None


@pytest.mark.parametrize(
    "role", ["patrol_officer", "data_designee", "partner", "epidemiologist", "privacy_reviewer", "administrator"]
)
def test_nobody_else_sees_who_is_out(cast, ours, case, coach, role):
    outing = begin_outing(case, new_id(), by=coach)
    for viewer in (ours.actor(role), cast.other.actor("coordinator")):
        assert outings_for(viewer, now()) == []
        assert outing_for(viewer, outing.id) is None


def test_a_coordinator_who_knows_the_person_sees_who_is_out_but_not_with_whom(ours, case, coach):
    user = ours.users["coordinator"]
    restrict(case.person, list(CLASSES), by=ours.system, why="conflict", user=user)
    begin_outing(case, new_id(), by=coach)
    assert [one.seen for one in outings_for(user.actor(), now())] == [False]
