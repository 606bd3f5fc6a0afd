"""A join is undone weeks later: each row goes back to the side it was added for, and nothing is lost."""

import os
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from alongside.cases.actions import (
    assign_team,
    close_case,
    keep_wishes,
    move_case,
    note_death,
    open_case,
    plan_follow_up,
)
from alongside.cases.models import Assignment, Case, CaseIncident, FollowUp
from alongside.cases.queries import case_for
from alongside.cases.receiving import Newcomer, receive_report
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.common.ids import new_id
from alongside.consent import firewall
from alongside.consent.actions import record_consent, restrict
from alongside.consent.models import Consent, Restriction
from alongside.consent.rules import CLASSES
from alongside.desk.actions import settle_match
from alongside.desk.parting import part, questions_about
from alongside.families.actions import NewLovedOne, add_loved_one, agree_talk
from alongside.families.models import LovedOne
from alongside.identity.actions import correct_identity, keep_contact, keep_identity, recognize_person
from alongside.identity.description import Description
from alongside.identity.matching import ask_again, propose_match
from alongside.identity.models import Match, Merge, MergedRow
from alongside.identity.queries import contacts_of
from alongside.identity.recalling import recall
from alongside.journal.models import Entry
from alongside.people.actions import add_person
from alongside.people.models import Person
from alongside.people.queries import person_for, records_of
from alongside.referrals.actions import Plan, note_need, refer
from alongside.referrals.models import Need, Referral
from alongside.visits.actions import record_attempt
from alongside.visits.models import Attempt
from tests.cast import (
    case_for_person,
    case_with_everything,
    case_with_team,
    draft,
    incident_for,
    person_of,
    reached,
    report,
)


@pytest.fixture
def by(ours):
    return ours.actor("coordinator")


def join(newer, older, by):
    told = Match.objects.filter(state="different").first()
    if told is not None:
        ask_again(told, by=by)
    settle_match(propose_match(newer, older, ["born_exact"], by=by), "same", by=by)
    return Merge.objects.get(undone_at=None, duplicate=newer)


def apart(merge, by, **said):
    answers = {question.key: said.get(question.kind, "older") for question in questions_about(merge, by)}
    part(merge, answers, why="two_people", by=by)


def state():
    """All that a join moves, by row."""
    return {
        "cases": set(Case.objects.values_list("id", "person", "status", "attempts", "event_at", "outcome")),
        "events": set(CaseIncident.objects.values_list("id", "case")),
        "days": set(FollowUp.objects.values_list("id", "case", "done_at")),
        "teams": set(Assignment.objects.filter(ended_at=None).values_list("id", "case")),
        "needs": set(Need.objects.values_list("id", "case", "person")),
        "attempts": set(Attempt.objects.values_list("id", "case", "person")),
        "referrals": set(Referral.objects.values_list("id", "need", "person")),
    }


def test_undone_at_once_everything_is_as_it_was(ours, by):
    older, newer = case_with_everything(ours), case_for_person(ours)
    coach = ours.actor("recovery_coach")
    plan_follow_up(newer, now().date() + timedelta(days=6), "after_exit", by=coach)
    refer(note_need(newer, "shelter_tonight", by=coach), Plan(agency=ours.agencies["shelter"]), by=coach)  # both want it
    note_need(newer, "detox", by=coach)
    record_attempt(newer, draft(), by=coach)
    before = state()
    merge = join(newer.person, older.person, by)
    assert state() != before
    assert questions_about(merge, by) == []
    apart(merge, by)
    assert state() == before
    assert MergedRow.objects.count() == 0


def test_a_case_that_was_taken_over_goes_back(ours, by):
    older, newer = add_person(by=by), case_with_team(ours)
    before = state()
    merge = join(newer.person, older, by)
    newer.refresh_from_db()
    assert newer.person == older
    need = note_need(newer, "food", by=by, words="soup")
    assert questions_about(merge, by) == []  # only one of the two has anything in this case
    apart(merge, by)
    need.refresh_from_db()
    assert (need.case_id, need.person) == (newer.id, Person.objects.get(id=merge.duplicate_id))
    assert state()["cases"] == before["cases"]


def test_what_was_added_since_is_asked_where_both_have_a_part(ours, by):
    older, newer = case_with_everything(ours), case_for_person(ours)
    merge = join(newer.person, older.person, by)
    older.refresh_from_db()
    coach = ours.actor("recovery_coach")
    need = note_need(older, "food", by=coach, words="Zyxsoup")
    day = plan_follow_up(older, now().date() + timedelta(days=9), "asked_back", by=coach)
    tried = record_attempt(older, reached(note="Zyxbridge"), by=coach)
    asked = {question.kind for question in questions_about(merge, by)}
    assert asked == {"need", "attempt", "day"}
    with pytest.raises(Refused, match="each line"):
        part(merge, {}, why="two_people", by=by)
    apart(merge, by, need="newer", attempt="newer", day="newer")
    need.refresh_from_db()
    tried.refresh_from_db()
    newer.refresh_from_db()
    day.refresh_from_db()
    assert day.case == newer
    assert (need.case, need.person, tried.case, tried.person) == (newer, newer.person, newer, newer.person)
    assert (newer.status, newer.attempts) == ("waiting", 1)
    # Sealed anew under the person's own key: whoever works with them now reads it, and forgetting reaches it.
    assign_team(newer, ours.users["outreach_officer"], ours.users["recovery_coach"], by=by)
    assert firewall.open(coach, "coach_followup", need.words, tried.note) == ["Zyxsoup", "Zyxbridge"]


def test_an_event_that_came_for_a_record_of_its_own_goes_back_with_it(ours, by):
    older, newer = case_for_person(ours), add_person(by=by)
    merge = join(newer, older.person, by)
    incident = incident_for(ours, newer, hours_ago=1)
    case, opened = open_case(incident, by=by)
    assert (case.id, opened) == (older.id, False)
    assert questions_about(merge, by) == []
    apart(merge, by)
    own = Case.objects.get(person=newer)
    assert [row.incident for row in own.incidents.all()] == [incident]
    assert own.event_at == incident.occurred_at
    older.refresh_from_db()
    assert older.event_at < incident.occurred_at


def test_an_event_nobody_can_place_is_asked_and_opens_a_case(ours, by):
    older, newer = case_for_person(ours), add_person(by=by)
    merge = join(newer, older.person, by)
    incident = incident_for(ours, older.person, hours_ago=1)
    open_case(incident, by=by)
    assert [question.kind for question in questions_about(merge, by)] == ["event"]
    apart(merge, by, event="newer")
    incident.refresh_from_db()
    assert incident.person == newer
    assert Case.objects.get(person=newer).status == "waiting"


def test_the_team_sees_only_the_one_it_was_sent_to(ours, by):
    older, newer = case_with_everything(ours), case_for_person(ours, person_of(ours))
    keep_contact(newer.person, by=by, meeting_place="by the weir")
    merge = join(newer.person, older.person, by)
    coach = ours.actor("recovery_coach")
    assert case_for(coach, older.id, now())
    apart(merge, by)
    assert case_for(coach, older.id, now())
    assert case_for(coach, newer.id, now()) is None
    contact = contacts_of(coach, [newer.person_id])[newer.person_id]
    assert isinstance(firewall.open(coach, "outreach_visit", contact.meeting_place)[0], Refused)


def test_the_stricter_wish_stays_on_both_and_nobody_is_sent(ours, by):
    older, newer = case_for_person(ours), case_for_person(ours, person_of(ours))
    merge = join(newer.person, older.person, by)
    keep_wishes(older.person_id, "no_contact", no_police=True, by=by)
    apart(merge, by)
    assert set(Person.objects.values_list("stop", "no_police")) == {("no_contact", True)}
    assert set(Case.objects.values_list("status", "outcome")) == {("closed", "no_contact")}


def test_agreements_made_meanwhile_end_and_restrictions_hold_for_both(ours, by):
    older, newer = case_for_person(ours), case_for_person(ours, person_of(ours))
    own = record_consent(older.person, ours.agencies["shelter"], ["contact"], by=by)
    merge = join(newer.person, older.person, by)
    made = record_consent(older.person, ours.agencies["shelter"], ["contact"], by=by, days=30)
    restrict(older.person, CLASSES, by=by, why="conflict", user=ours.users["recovery_coach"])
    apart(merge, by)
    assert set(Consent.objects.filter(revoked_at=None).values_list("id", flat=True)) == {own.id}
    assert Consent.objects.get(id=made.id).revoked_at
    assert set(Restriction.objects.values_list("person", flat=True)) == {older.person_id, newer.person_id}


# --- who has died ---


def both(ours):
    return case_with_team(ours), case_for_person(ours, person_of(ours))


def died(ours, older, by, **said):
    """Joined, and then it is said at a door that the person has died."""
    older_case, newer_case = older
    merge = join(newer_case.person, older_case.person, by)
    older_case.refresh_from_db()
    record_attempt(older_case, draft(result="deceased"), by=ours.actor("recovery_coach"))
    assert set(Person.objects.values_list("deceased", flat=True)) == {True}
    assert {question.kind for question in questions_about(merge, by)} == {"death", "attempt"}
    with pytest.raises(Refused, match="each line"):
        part(merge, {}, why="two_people", by=by)
    apart(merge, by, **said)


@pytest.mark.parametrize("side", ["newer", "older"])
def test_a_death_noted_meanwhile_is_of_one_and_the_other_waits_for_a_team(ours, by, side):
    older, newer = both(ours)
    died(ours, (older, newer), by, death=side, attempt=side)
    gone, alive = (newer, older) if side == "newer" else (older, newer)
    for case in (gone, alive):
        case.refresh_from_db()
        case.person.refresh_from_db()
    assert (gone.person.deceased, gone.status, gone.outcome) == (True, "closed", "deceased")
    assert (alive.person.deceased, alive.status, alive.outcome) == (False, "waiting", "")
    noted = Entry.objects.filter(verb="death_noted").order_by("seq")
    told = {entry.target: entry.detail["deceased"] for entry in noted}
    assert told == {str(gone.person_id): True, str(alive.person_id): False}


@pytest.mark.parametrize("side", ["newer", "older"])
def test_the_case_that_was_taken_over_goes_on_with_the_one_who_lives(ours, by, side):
    """Only the newer one had a case: it is theirs, whether they are the one who died or not."""
    older, newer = add_person(by=by), case_with_team(ours)
    merge = join(newer.person, older, by)
    note_death(Case.objects.get(id=newer.id), by=by)
    apart(merge, by, death=side)
    newer.refresh_from_db()
    assert newer.person == Person.objects.get(id=merge.duplicate_id)
    assert (newer.person.deceased, newer.status) == ((True, "closed") if side == "newer" else (False, "waiting"))
    assert Person.objects.get(id=older.id).deceased == (side == "older")


def test_two_who_had_both_died_are_parted_without_a_question(ours, by):
    older, newer = both(ours)
    for case in (older, newer):
        note_death(case, by=by)
    merge = join(Person.objects.get(id=newer.person_id), Person.objects.get(id=older.person_id), by)
    assert questions_about(merge, by) == []
    apart(merge, by)
    assert set(Person.objects.values_list("deceased", flat=True)) == {True}


def test_a_death_that_was_taken_back_meanwhile_is_asked_about_too(ours, by):
    older, newer = both(ours)
    for case in (older, newer):
        note_death(case, by=by)
    merge = join(Person.objects.get(id=newer.person_id), Person.objects.get(id=older.person_id), by)
    move_case(Case.objects.get(id=older.id), "waiting", by=by)
    assert [question.kind for question in questions_about(merge, by)] == ["death"]
    apart(merge, by, death="older")
    assert Person.objects.get(id=newer.person_id).deceased
    assert not Person.objects.get(id=older.person_id).deceased
    assert Case.objects.get(id=older.id).status == "waiting"


def test_whoever_died_before_a_later_join_stays_so(ours, by):
    """Two were one, and dead; a third who had died was joined to them: the death said then is not the third one's."""
    first, second, third = (case_for_person(ours, add_person(by=by)) for _ in range(3))
    early = join(first.person, second.person, by)
    note_death(Case.objects.get(id=second.id), by=by)
    note_death(third, by=by)
    join(Person.objects.get(id=second.person_id), Person.objects.get(id=third.person_id), by)
    apart(early, by, death="older")
    dead = dict(Person.objects.values_list("id", "deceased"))
    assert (dead[first.person_id], dead[second.person_id], dead[third.person_id]) == (False, True, True)
    assert Case.objects.get(person=first.person_id).status == "waiting"


# --- who they are ---

WREN, ODA = Description("Wrenna", "Quillane", date(1987, 6, 3)), Description("Oda", "Marsh", date(1990, 1, 2), aliases=("Odd",))


def named(by):
    newer, older = add_person(by=by), add_person(by=by)
    keep_identity(newer, WREN, by=by)
    keep_identity(older, ODA, by=by)
    return newer, older


@pytest.mark.parametrize("side", ["newer", "older"])
def test_a_correction_goes_to_the_one_it_was_made_for_and_nothing_goes_along(by, side):
    newer, older = named(by)
    merge = join(newer, older, by)
    correct_identity(older, by=by, birth_date=date(1987, 3, 6), aliases=("Odd", "Birdie"))
    assert [(one.kind, one.parts) for one in questions_about(merge, by)] == [("identity", ("birth_date", "aliases"))]
    apart(merge, by, identity=side)
    known = recall([newer.id, older.id])
    corrected = {"birth_date": date(1987, 3, 6)}
    if side == "newer":
        assert known == {newer.id: replace(WREN, **corrected, aliases=("Birdie",)), older.id: ODA}
    else:
        assert known == {newer.id: WREN, older.id: replace(ODA, **corrected, aliases=("Odd", "Birdie"))}
    for person in (newer, older):  # by their tokens, which are laid anew
        assert recognize_person(known[person.id], by=by).person == person


# --- what may be said to a loved one ---


@pytest.mark.parametrize("of_newer", [True, False])
def test_what_was_agreed_meanwhile_may_be_said_to_a_loved_one_ends(ours, by, of_newer):
    older, newer = both(ours)
    of, until = (newer if of_newer else older).person, now() + timedelta(days=30)
    early, late, none = (add_loved_one(NewLovedOne(new_id(), "parent", "Zyxmother", of=of), by=by) for _ in range(3))
    agree_talk(early, "naloxone_only", until, by=by)
    merge = join(newer.person, older.person, by)
    agree_talk(late, "all", until, by=by)
    apart(merge, by)
    said = dict(LovedOne.objects.values_list("id", "talk"))
    assert said == {early.id: "naloxone_only", late.id: "none", none.id: "none"}
    assert Entry.objects.filter(verb="talk_agreed").order_by("seq").last().detail["talk"] == "none"


def test_undone_and_joined_and_undone_again(ours, by):
    older, newer = case_with_everything(ours), case_for_person(ours, person_of(ours))
    before = state()
    for _ in range(3):
        merge = join(Person.objects.get(id=newer.person_id), Person.objects.get(id=older.person_id), by)
        apart(merge, by)
        assert state() == before


def test_a_refusal_in_the_middle_changes_nothing(ours, by, monkeypatch):
    older, newer = case_with_everything(ours), case_for_person(ours, person_of(ours))
    merge = join(newer.person, older.person, by)
    during = state()

    def fail(*_, **__):
        raise Refused("no")

    monkeypatch.setattr("alongside.desk.parting.tie_anew", fail)
    with pytest.raises(Refused):
        apart(merge, by)
    assert state() == during
    assert Person.objects.get(id=newer.person_id).merged_into_id == older.person_id


def test_an_arrival_goes_back_with_the_record_it_came_for(ours, by):
    """Two sisters were taken for one; a contact that fits one of them, and not the other, is hers."""
    born = (date(1987, 6, 3), date(1991, 2, 9))
    newer, older = (add_person(by=by) for _ in born)
    for person, name, day in ((newer, "Wrenna", born[0]), (older, "Marguerite", born[1])):
        keep_identity(person, Description(name, "Quillane", day), by=by)
    case_for_person(ours, older)
    merge = join(newer, older, by)
    incident = receive_report(report(1), Newcomer(Description("Wrenna", "Quillane", born[0]), ask_for="Wrenna"), by=by)
    assert incident.person == newer
    assert Case.objects.exclude(status="closed").count() == 1
    assert [question.kind for question in questions_about(merge, by)] == ["contact"]
    apart(merge, by, contact="newer")
    assert [row.incident for row in Case.objects.get(person=newer).incidents.all()] == [incident]


# --- any order ---

EXAMPLES = max(int(os.environ.get("ALONGSIDE_EXAMPLES", "60")) // 5, 1)  # each is a story of some dozen acts

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("join"), st.integers(0, 3), st.integers(0, 3)),
        st.tuples(st.just("undo"), st.integers(0, 3), st.just(0)),
        st.tuples(st.sampled_from(["event", "told", "need", "attempt", "day", "close"]), st.integers(0, 3), st.integers(0, 5)),
    ),
    min_size=3, max_size=14,
)  # fmt: skip
CODES = ("food", "detox", "shelter_tonight", "phone", "housing", "company")


class Town:
    """Four people who are joined, worked with and taken apart; whose each row is stands beside it."""

    def __init__(self, ours):
        self.ours, self.by = ours, ours.actor("coordinator")
        self.people = [add_person(by=self.by).id for _ in range(4)]
        self.meant = {}
        self.hours = 200
        for index in (0, 1, 2):
            self.event(index, 0)

    def living(self, index):
        return person_for(self.by, self.people[index])

    def case(self, index):
        return Case.objects.filter(person=self.living(index)).exclude(status="closed").first()

    def join(self, one, other):
        newer, older = self.living(one), self.living(other)
        if newer.id != older.id:
            apart_before = Match.objects.filter(state="different")
            for match in apart_before:
                if {person_for(self.by, match.newer_id), person_for(self.by, match.older_id)} == {newer, older}:
                    ask_again(match, by=self.by)
                    break
            match = propose_match(newer, older, [], by=self.by)
            settle_match(match, "same", by=self.by)

    def undo(self, index, _):
        holding = list(Merge.objects.filter(undone_at=None).order_by("id"))
        if holding:
            merge = holding[index % len(holding)]
            newer = set(records_of(merge.duplicate))
            answers = {}
            for question in questions_about(merge, self.by):
                whose = self.meant[question.rows[0]]
                answers[question.key] = "newer" if whose in newer else "older"
            part(merge, answers, why="two_people", by=self.by)

    def event(self, index, _):
        self._event(index, self.living(index))

    def told(self, index, _):
        self._event(index, Person.objects.get(id=self.people[index]))

    def _event(self, index, person):
        self.hours -= 1
        incident = incident_for(self.ours, person, hours_ago=self.hours)
        open_case(incident, by=self.by)
        row = CaseIncident.objects.get(incident=incident)
        self.meant[row.id] = self.people[index]

    def need(self, index, code):
        case = self.case(index)
        if case is not None and not Need.objects.filter(case=case, code=CODES[code]).exists():
            need = note_need(case, CODES[code], by=self.by)
            self.meant[need.id] = self.mine(index, case)

    def attempt(self, index, _):
        case = self.case(index)
        if case is not None:
            row = Attempt.objects.create(
                case=case, person=case.person, draft=new_id(), at=now(), recorded_at=now(), channel="phone",
                result="no_answer",
            )  # fmt: skip
            self.meant[row.id] = self.mine(index, case)

    def day(self, index, days):
        case = self.case(index)
        due = date(2030, 1, 1) + timedelta(days=len(self.meant))
        if case is not None:
            row = plan_follow_up(case, due, "asked_back", by=self.by)
            self.meant[row.id] = self.mine(index, case)

    def close(self, index, _):
        case = self.case(index)
        if case is not None and not FollowUp.objects.filter(case=case, done_at=None).exists():
            close_case(case, "goals_met", by=self.by)

    def mine(self, index, case):
        """Whom it was for: the one who is meant, as far as they have a part in this case; else whose case it is."""
        parts = {self.meant[row] for row in CaseIncident.objects.filter(case=case).values_list("id", flat=True)}
        return self.people[index] if self.people[index] in parts else sorted(parts)[0]

    def check(self):
        for model in (CaseIncident, Need, Attempt, FollowUp):
            for row in model.objects.select_related("case__person"):
                living, meant = person_for(self.by, row.case.person_id), person_for(self.by, self.meant[row.id])
                assert living == meant, f"{model.__name__} of {meant} lies with {living}"
                if hasattr(row, "person_id"):
                    assert person_for(self.by, row.person_id) == meant
        rows = sum(model.objects.count() for model in (CaseIncident, Need, Attempt, FollowUp))
        assert rows == len(self.meant)
        for case in Case.objects.exclude(status="closed"):
            assert case.person.merged_into_id is None
        for row in FollowUp.objects.filter(done_at=None):
            assert row.case.status != "closed", "nobody would look in again"


@pytest.mark.slow
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=EXAMPLES,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)  # fmt: skip
@given(steps=STEPS)
def test_in_any_order_every_row_ends_with_the_side_it_was_added_for(steps, ours):
    with transaction.atomic():
        town = Town(ours)
        for name, *numbers in steps:
            getattr(town, name)(*numbers)
            town.check()
        while Merge.objects.filter(undone_at=None).exists():
            town.undo(0, 0)
            town.check()
        assert Person.objects.exclude(merged_into=None).count() == 0
        transaction.set_rollback(True)
