"""Asking: one sentence or nothing, never of those who do not want it, never to those who may not ask."""

from dataclasses import replace
from datetime import date, timedelta
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alongside.accounts.roles import ROLES, may
from alongside.common.decision import Refused
from alongside.consent.actions import record_consent, restrict, revoke_consent
from alongside.consent.queries import accounting_of
from alongside.elsewhere import rules
from alongside.elsewhere.actions import allow_pact, drop_old_questions, end_pact, keep_silent, settle_question
from alongside.elsewhere.asking import known_elsewhere, may_ask_elsewhere
from alongside.elsewhere.models import PactToken, Question
from alongside.elsewhere.queries import questions_for
from alongside.identity.actions import correct_identity
from alongside.identity.description import Description
from alongside.identity.matching import decide_match, propose_match
from alongside.journal.models import Entry
from alongside.messaging.models import Message
from alongside.people.actions import merge_people, seal_away, set_contact_wishes, set_deceased
from alongside.rights.forgetting import forget_person
from tests.cast import CANARIES, Cast, canaries_in, now, person_of, side
from tests.elsewhere.two import (
    ANNA,
    ANNA_BY_DATE,
    ANNA_BY_PHONE,
    DESK,
    agreed,
    ask,
    copy_of,
    lay,
    proposed,
    somebody,
    terms,
)  # fmt: skip


@pytest.fixture(autouse=True)
def forgotten_list(settings, tmp_path):
    settings.FORGOTTEN_LIST = tmp_path / "keys" / "forgotten.log"


@pytest.fixture
def anna(cast):
    """Anna is known to the other program, and the worker came by."""
    agreed(cast)
    person = somebody(cast.other)
    lay(cast.ours, cast.other)
    return person


def entries(who, verb):
    return list(Entry.objects.filter(program=str(who.program.id), verb=verb).order_by("seq"))


# --- what is answered ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("description", [ANNA, ANNA_BY_DATE, ANNA_BY_PHONE])
def test_two_whole_identifiers_get_the_name_of_a_desk(cast, anna, description):
    assert ask(cast.ours, description) == [DESK]


@pytest.mark.parametrize(
    "near",
    [
        Description("Ana", "Vliet-Moreno", ANNA.birth_date), Description("Anna", "Vliet", ANNA.birth_date),
        Description("Anna", "Vliet-Moreno", date(1984, 5, 18)), Description("Anna", "Vliet-Moreno", date(1984, 7, 15)),
        Description("Anna", "Vliet-Moreno", None, "555-010-4445"), Description("Vliet-Moreno", "Anna", ANNA.birth_date),
        replace(ANNA, birth_date=date(1960, 1, 1)),  # her mother, of one name and one phone
    ],
)  # fmt: skip
def test_nothing_near_is_answered(cast, anna, near):
    assert ask(cast.ours, near) == []


@pytest.mark.parametrize(
    "lacks",
    [Description("Anna", "Vliet-Moreno"), Description("", "Vliet-Moreno", ANNA.birth_date), Description(phone=ANNA.phone),
     Description("*", "Vliet-Moreno", ANNA.birth_date), Description("A", "Vliet-Moreno", ANNA.birth_date)],
)  # fmt: skip
def test_one_identifier_is_refused_before_anybody_is_asked(cast, anna, lacks):
    with pytest.raises(Refused, match="It takes two"):
        ask(cast.ours, lacks)
    assert not entries(cast.other, "elsewhere_answered")


def test_a_purpose_of_the_list_is_needed(cast, anna):
    with pytest.raises(Refused):
        known_elsewhere(ANNA, "investigation", by=cast.ours.actor("coordinator"))


def test_a_year_or_a_short_phone_is_not_whole(cast):
    agreed(cast)
    somebody(cast.other, Description("Anna", "Vliet-Moreno", None, "010-4444"))
    lay(cast.other)
    assert not PactToken.objects.exists()
    with pytest.raises(Refused, match="all ten digits"):
        ask(cast.ours, Description("Anna", "Vliet-Moreno", None, "010-4444", born="1984"))


def test_the_answer_names_nobody(cast):
    agreed(cast)
    person = person_of(cast.other, canaries=True)
    lay(cast.other)
    asked = Description(
        CANARIES["identity.Identity.given_name"], CANARIES["identity.Identity.family_name"], date(1911, 11, 1)
    )
    answer = ask(cast.ours, asked)
    assert answer == [DESK]
    assert canaries_in(answer) == set()
    assert person.code not in str(answer)
    ours = Entry.objects.filter(program=str(cast.ours.program.id))
    assert not [entry for entry in ours if str(person.id) in f"{entry.target}{entry.detail}"]
    everything = [f"{entry.target}{entry.detail}" for entry in Entry.objects.all()]
    assert canaries_in(everything) == canaries_in(list(PactToken.objects.values())) == set()


# --- who asks -------------------------------------------------------------------------------------------------------------


@pytest.mark.covers("R16", "R27")
@pytest.mark.parametrize("role", [role for role in ROLES if not may(role, "find_person")])
def test_who_may_not_search_is_told_nothing_and_nobody_is_asked(cast, anna, role):
    assert ask(cast.ours, role=role) == []
    assert not may_ask_elsewhere(cast.ours.actor(role))
    assert [entry.detail["elsewhere"] for entry in entries(cast.ours, "lookup_denied")] == [True]
    assert not entries(cast.other, "elsewhere_answered")
    assert not Question.objects.exists()


@pytest.mark.covers("R27")
def test_police_are_never_told_even_in_a_role_that_may_search(cast, anna):
    actor = cast.ours.actor("recovery_coach")
    police = type(actor)(actor.user_id, "recovery_coach", actor.program_id, actor.agency_id, "police")
    assert known_elsewhere(ANNA, "outreach", by=police).desks == []
    assert not may_ask_elsewhere(police)


def test_asked_and_answered_stand_in_both_journals(cast, anna):
    ask(cast.ours)
    ask(cast.ours, replace(ANNA, given_name="Berta"))
    asked = entries(cast.ours, "elsewhere_asked")
    assert [entry.detail["known"] for entry in asked] == [1, 0]
    assert {entry.actor for entry in asked} == {str(cast.ours.users["recovery_coach"].id)}
    assert [entry.detail["known"] for entry in entries(cast.other, "elsewhere_answered")] == [1, 0]
    assert [entry.target for entry in entries(cast.other, "elsewhere_told")] == [str(anna.id)]


def test_one_user_asks_twenty_times_a_day_and_no_more(cast, anna):
    for _ in range(rules.MOST_ASKED_BY_ONE):
        assert ask(cast.ours) == [DESK]
    with pytest.raises(Refused, match="twenty times"):
        ask(cast.ours)
    assert len(entries(cast.other, "elsewhere_answered")) == rules.MOST_ASKED_BY_ONE
    assert ask(cast.ours, role="clinician") == [DESK]


def test_the_asked_side_has_its_own_limit(cast, anna, monkeypatch):
    monkeypatch.setattr(rules, "MOST_ASKED_UNDER_A_PACT", 2)
    for role in ("recovery_coach", "clinician"):
        ask(cast.ours, replace(ANNA, given_name="Nobody"), role=role)
    heard = known_elsewhere(ANNA, "coordination", by=cast.ours.actor("coordinator"))
    (name,) = heard.unasked
    assert (heard.desks, heard.asked, name) == ([], 0, "Valley Outreach")
    assert "hundred times" in heard.unasked[name]
    assert len(entries(cast.other, "elsewhere_answered")) == 2


def test_one_program_at_its_limit_keeps_the_others_from_nobody(cast, anna, monkeypatch):
    third = side("Hill", ("Hilltop",))
    agreed(Cast(cast.ours, third))
    somebody(third)
    lay(third)
    monkeypatch.setattr(rules, "MOST_ASKED_UNDER_A_PACT", 1)
    often = mock.patch(
        "alongside.elsewhere.asking.asked_under", side_effect=lambda by, *_: [1] * (by.program_id == third.program.id)
    )
    with often:
        heard = known_elsewhere(ANNA, "outreach", by=cast.ours.actor("recovery_coach"))
    assert (heard.desks, heard.asked, list(heard.unasked)) == ([DESK], 1, ["Hill Outreach"])
    (entry,) = entries(cast.ours, "elsewhere_asked")
    assert (len(entry.detail["pairs"]), len(entry.detail["left_out"]), entry.detail["known"]) == (1, 1, 1)
    assert not entries(third, "elsewhere_answered")


# --- both must allow ----------------------------------------------------------------------------------------------------------


def test_nothing_is_asked_before_both_allow(cast):
    somebody(cast.other)
    assert ask(cast.ours) == []
    proposed(cast)
    lay(cast.ours, cast.other)
    assert not PactToken.objects.exists()
    assert ask(cast.ours) == ask(cast.other) == []
    assert not may_ask_elsewhere(cast.ours.actor("coordinator"))
    assert not entries(cast.other, "elsewhere_answered")


def test_a_copy_that_lacks_our_yes_answers_nobody(cast, anna):
    """Each side answers by its own copy: were the asking side's forged, nothing would come of it."""
    type(copy_of(cast.other)).objects.filter(program=cast.other.program).update(allowed_at=None, secret=None)
    assert ask(cast.ours) == []


def test_a_third_program_learns_nothing(cast, anna):
    third = side("Hill", ("Hilltop",))
    assert ask(third) == []


# --- who never answers ------------------------------------------------------------------------------------------------------


def stopped(person, who):
    set_contact_wishes(person.id, "no_contact", no_police=False, by=who.actor("recovery_coach"))


def no_visits(person, who):
    set_contact_wishes(person.id, "no_visits", no_police=False, by=who.actor("recovery_coach"))


def dead(person, who):
    set_deceased(person.id, deceased=True, by=who.actor("coordinator"))


def closed(person, who):
    seal_away([person.id], by=who.system, why="schedule")


def forgotten(person, who):
    forget_person(person, by=who.actor("coordinator"))


def restricted(person, who):
    restrict(person, ["contact"], by=who.actor("coordinator"), why="asked", agency=who.agencies["recovery"])


def silent(person, who):
    keep_silent(person, silent=True, by=who.actor("coordinator"))


def joined_to_one_who_stopped(person, who):
    other = somebody(who, Description("Somebody", "Else", date(1950, 2, 2)))
    stopped(other, who)
    other.refresh_from_db()
    merge_people(person, other, by=who.actor("coordinator"))


WAYS_OUT = [stopped, no_visits, dead, closed, forgotten, restricted, silent, joined_to_one_who_stopped]


@pytest.mark.parametrize("way", [way for way in WAYS_OUT if way not in (forgotten, joined_to_one_who_stopped)])
def test_who_is_out_does_not_answer_through_a_record_that_may_be_theirs(cast, anna, way):
    twin, by = somebody(cast.other, replace(ANNA, birth_date=None)), cast.other.actor("coordinator")
    match = propose_match(anna, twin, ["given_exact"], by=by)
    lay(cast.other)
    assert ask(cast.ours) == [DESK]
    way(twin, cast.other)
    assert ask(cast.ours) == []
    decide_match(match, "cannot_tell", by=by)
    assert ask(cast.ours) == []
    decide_match(match, "different", by=by)
    assert ask(cast.ours) == [DESK]


@pytest.mark.covers("R42")
@pytest.mark.parametrize("way", WAYS_OUT, ids=lambda way: way.__name__)
def test_who_is_out_does_not_answer_from_that_moment_on(cast, anna, way):
    assert ask(cast.ours) == [DESK]
    way(anna, cast.other)
    assert ask(cast.ours) == []  # before the worker came by
    assert len(entries(cast.other, "elsewhere_told")) == 1
    lay(cast.other)
    assert not PactToken.objects.filter(person=anna).exists()
    assert ask(cast.ours) == []


def test_with_a_forgotten_person_everything_goes_in_the_same_act(cast, anna):
    ask(cast.ours)
    assert Question.objects.filter(person=anna).exists()
    forgotten(anna, cast.other)
    assert not PactToken.objects.filter(person=anna).exists()
    assert not Question.objects.filter(person=anna).exists()


def test_who_wants_to_be_mentioned_again_is(cast, anna):
    for say, answer in ((True, []), (False, [DESK])):
        keep_silent(anna, silent=say, by=cast.other.actor("coordinator"))
        lay(cast.other)
        assert ask(cast.ours) == answer


def test_a_colleague_who_knows_them_takes_nothing_from_them(cast, anna):
    coach = cast.other.users["recovery_coach"]
    restrict(anna, ["identity", "contact"], by=coach.actor(), why="conflict", user=coach)
    assert ask(cast.ours) == [DESK]
    coordinator = cast.other.users["coordinator"]
    restrict(anna, ["identity", "contact"], by=coordinator.actor(), why="conflict", user=coordinator)
    assert questions_for(coordinator.actor()) == []


def test_a_correction_reaches_the_tokens(cast, anna):
    correct_identity(anna, by=cast.other.actor("coordinator"), birth_date=date(1985, 5, 17))
    lay(cast.other)
    assert ask(cast.ours) == []
    assert ask(cast.ours, replace(ANNA_BY_DATE, birth_date=date(1985, 5, 17))) == [DESK]


def test_two_records_that_were_joined_are_one_answer_and_one_line(cast, anna):
    twin = somebody(cast.other, replace(ANNA, birth_date=date(1984, 5, 16)))
    merge_people(twin, anna, by=cast.other.actor("coordinator"))
    lay(cast.other)
    assert ask(cast.ours) == [DESK]
    assert [entry.target for entry in entries(cast.other, "elsewhere_told")] == [str(anna.id)]


# --- 42 CFR Part 2 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part2", ["yes", "unsure"])
def test_under_part_2_only_who_agreed_in_writing_is_mentioned(cast, part2):
    stand_in = cast.other.agencies["recovery"]
    agreed(cast, their_part2=part2, stands_for=stand_in)
    person, coach = somebody(cast.other), cast.other.actor("recovery_coach")
    lay(cast.other)
    assert not PactToken.objects.exists()
    assert ask(cast.ours) == []
    record_consent(person, cast.other.agencies["shelter"], ["contact"], by=coach)
    lay(cast.other)
    assert ask(cast.ours) == []  # it names somebody else
    consent = record_consent(person, stand_in, ["contact"], by=coach)
    lay(cast.other)
    assert ask(cast.ours) == [DESK]
    revoke_consent(consent, by=coach)
    assert ask(cast.ours) == []


def test_under_part_2_without_a_partner_who_stands_for_them_nobody_is_mentioned(cast):
    agreed(cast, their_part2="unsure")
    person = somebody(cast.other)
    record_consent(person, cast.other.agencies["recovery"], ["contact"], by=cast.other.actor("recovery_coach"))
    lay(cast.other)
    assert ask(cast.ours) == []


def test_an_agreement_that_is_over_does_not_count(cast):
    stand_in = cast.other.agencies["recovery"]
    agreed(cast, their_part2="yes", stands_for=stand_in)
    person = somebody(cast.other)
    consent = record_consent(person, stand_in, ["contact"], by=cast.other.actor("recovery_coach"))
    lay(cast.other)
    later = consent.expires_at + timedelta(minutes=1)
    with mock.patch("alongside.elsewhere.queries.now", return_value=later):
        assert ask(cast.ours) == []


def test_a_program_under_part_2_does_not_say_whom_it_asks_about(cast):
    agreed(cast, part2="unsure")
    person = somebody(cast.other)
    lay(cast.other)
    assert ask(cast.ours) == [DESK]
    assert not Question.objects.exists()
    assert not Message.objects.exists()
    assert [line.to for line in accounting_of(cast.other.actor("coordinator"), [person.id], now())] == [
        "Harbor Outreach"
    ]


# --- the asked side ------------------------------------------------------------------------------------------------------------


def test_the_asked_program_sees_whom_it_may_call(cast, anna):
    ask(cast.ours)
    ask(cast.ours, role="clinician")
    (question,) = questions_for(cast.other.actor("coordinator"))
    assert (question.person_id, question.times, question.pact.other_name) == (anna.id, 2, "Harbor Outreach")
    assert Message.objects.filter(user=cast.other.users["coordinator"], reason="asked_elsewhere").count() == 1
    assert questions_for(cast.ours.actor("coordinator")) == []
    settle_question(question, by=cast.other.actor("coordinator"))
    settle_question(question, by=cast.other.actor("coordinator"))
    assert len(entries(cast.other, "elsewhere_settled")) == 1


@pytest.mark.covers("R45")
def test_the_persons_accounting_says_who_was_told(cast, anna):
    ask(cast.ours)
    (line,) = accounting_of(cast.other.actor("recovery_coach"), [anna.id], now())
    assert (line.basis, line.to, line.categories) == ("elsewhere", "Harbor Outreach", ())


def test_questions_are_gone_after_ninety_days(cast, anna):
    ask(cast.ours)
    Question.objects.update(asked_on=now().date() - timedelta(days=92))
    assert drop_old_questions(by=cast.ours.system) == 0
    assert drop_old_questions(by=cast.other.system) == 1


# --- whatever is done in whatever order -----------------------------------------------------------------------------------------

ACTS = (
    "propose",
    "allow",
    "end",
    "end_there",
    "lay",
    "ask",
    "silence",
    "speak",
    "stop",
    "lift",
    "forget",
    "restrict",
    "dead",
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=settings.get_profile("house").max_examples * 2 // 3,
)  # fmt: skip
@given(
    start=st.sampled_from([(), ("propose", "allow"), ("propose", "allow", "lay", "ask")]),
    acts=st.lists(st.sampled_from(ACTS), min_size=1, max_size=9),
)
def test_nothing_is_answered_unless_both_allow_and_the_person_is_not_out(cast, start, acts):
    for who in (cast.ours, cast.other):  # what an earlier example left
        pact = copy_of(who)
        if pact is not None and pact.ended_at is None:
            end_pact(pact, by=who.actor("privacy_reviewer"))
    family = "Vliet" + "".join(
        "abcdefghij"[int(digit)] for digit in str(Entry.objects.count())
    )  # digits are no letters
    asked = replace(ANNA, family_name=family)
    person = somebody(cast.other, asked)
    both, out = set(), set()
    for act in [*start, *acts, "lay", "ask"]:
        told = _do(act, cast, person, asked, both, out)
        allowed = both == {"ours", "other"} and not out
        if act == "ask":
            assert bool(told) <= allowed, (start, acts, both, out)
    if both == {"ours", "other"} and not out:
        assert told == [DESK]


def _do(act, cast, person, asked, both, out):  # noqa: C901, PLR0912  # one branch for each act
    ours, other = cast.ours, cast.other
    try:
        if act == "propose":
            proposed(cast)
            both.add("ours")
        elif act == "allow" and copy_of(other) is not None:
            allow_pact(copy_of(other), terms(other), by=other.actor("privacy_reviewer"))
            both.add("other")
        elif act in ("end", "end_there") and copy_of(ours) is not None:
            who = ours if act == "end" else other
            end_pact(copy_of(who), by=who.actor("privacy_reviewer"))
            both.clear()
        elif act == "lay":
            lay(ours, other)
        elif act == "ask":
            return known_elsewhere(asked, "outreach", by=ours.user("recovery_coach").actor()).desks
        elif act in ("silence", "speak"):
            keep_silent(person, silent=act == "silence", by=other.actor("coordinator"))
            (out.add if act == "silence" else out.discard)("silent")
        elif act in ("stop", "lift"):
            wish = "no_contact" if act == "stop" else "none"
            set_contact_wishes(person.id, wish, no_police=False, said_so=True, by=other.actor("recovery_coach"))
            (out.add if act == "stop" else out.discard)("stop")
        elif act == "forget":
            forgotten(person, other)
            out.add("forgotten")
        elif act == "restrict":
            restricted(person, other)
            out.add("restricted")
        elif act == "dead":
            dead(person, other)
            out.add("dead")
    except Refused:
        assert act in ("propose", "allow", "end", "end_there")
    return None
