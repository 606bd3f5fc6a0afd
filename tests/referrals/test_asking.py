"""Three places are asked at once; the first yes wins, the others are told, and nobody's silence is forgotten."""

from datetime import timedelta
from itertools import permutations

import pytest

from alongside.common import links
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.consent.actions import record_consent
from alongside.journal.models import Entry
from alongside.messaging.models import Message
from alongside.referrals.actions import Plan, meet_need, move_referral, note_need, refer
from alongside.referrals.answering import answer, say_helped
from alongside.referrals.asking import ask, escalate
from alongside.referrals.links import code_of, drop_old_links, link_for, make_link, path_of
from alongside.referrals.models import AnswerLink, BedHold, Referral
from alongside.referrals.sharing import pass_on
from alongside.services.models import Service


@pytest.fixture
def asked(bed, shelters, coach):
    return ask(bed, [Plan(agency=place) for place in shelters], by=coach)


def statuses(referrals):
    return [Referral.objects.get(id=row.id).status for row in referrals]


def told(agency, reason):
    return Message.objects.filter(agency=agency, reason=reason, cancelled_at=None).count()


def test_three_are_asked_with_a_link_and_a_message_each(asked, shelters):
    assert [row.status for row in asked] == ["requested"] * 3
    for row, place in zip(asked, shelters, strict=True):
        assert row.answer_due_at - row.made_at == timedelta(minutes=30)
        link = link_for(row)
        assert link is not None
        assert Message.objects.get(agency=place).link == link.id


def test_a_fourth_is_not_asked_while_three_wait(asked, bed, places, coach):
    fourth = Plan(agency=places["Fourth Shelter"])
    with pytest.raises(Refused, match="Three places"):
        ask(bed, [fourth], by=coach)
    with pytest.raises(Refused, match="Three places"):
        refer(bed, fourth, by=coach)
    answer(asked[0].id, "rejected", by=coach, barrier="no_room", how="phone")
    assert ask(bed, [fourth], by=coach)[0].status == "requested"


@pytest.mark.parametrize("many", [0, 4])
def test_none_or_four_at_once_is_refused_whole(bed, places, coach, many):
    plans = [Plan(agency=agency) for name, agency in sorted(places.items()) if "shelter" in name.lower()][:many]
    with pytest.raises(Refused, match="one to three"):
        ask(bed, plans, by=coach)
    assert not Referral.objects.exists()


def test_all_are_asked_or_none(bed, places, coach):
    with pytest.raises(Refused):
        ask(bed, [Plan(agency=places["shelter"]), Plan(agency=places["police"])], by=coach)
    assert (Referral.objects.count(), AnswerLink.objects.count(), Message.objects.count()) == (0, 0, 0)


def test_asking_twice_is_asking_once(asked, bed, shelters, coach):
    lines = Entry.objects.count()
    assert ask(bed, [Plan(agency=place) for place in shelters], by=coach) == asked
    assert (Referral.objects.count(), Entry.objects.count()) == (3, lines)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_first_yes_wins_in_any_order_and_the_others_are_told(asked, shelters, desk, order):
    answered = {n: answer(asked[n].id, "accepted", by=desk(shelters[n]), how="link") for n in order}
    first = order[0]
    assert [n for n in order if answered[n].won] == [first]
    assert all("said yes a moment before" in answered[n].sentence for n in order[1:])
    assert statuses(asked) == ["accepted" if n == first else "cancelled" for n in range(3)]
    assert [told(place, "answer_no_longer_needed") for place in shelters] == [int(n != first) for n in range(3)]
    assert BedHold.objects.get().referral == asked[first]


def test_a_no_with_its_reason_leaves_the_others_standing(asked, shelters, desk):
    done = answer(asked[0].id, "rejected", by=desk(shelters[0]), barrier="children_pets", how="code")
    assert (done.won, done.referral.barrier, done.referral.answered_how) == (False, "children_pets", "code")
    assert statuses(asked) == ["rejected", "requested", "requested"]


def test_a_waiting_list_is_overtaken_by_a_yes(asked, shelters, desk):
    answer(asked[0].id, "on-hold", by=desk(shelters[0]))
    assert answer(asked[1].id, "accepted", by=desk(shelters[1])).won
    assert statuses(asked) == ["cancelled", "accepted", "cancelled"]
    assert not answer(asked[0].id, "accepted", by=desk(shelters[0])).won


def test_the_same_answer_twice_changes_nothing(asked, shelters, desk):
    answer(asked[0].id, "accepted", by=desk(shelters[0]))
    lines, messages = Entry.objects.count(), Message.objects.count()
    again = answer(asked[0].id, "accepted", by=desk(shelters[0]))
    assert (again.won, "already" in again.sentence) == (True, True)
    assert (Entry.objects.count(), Message.objects.count(), BedHold.objects.count()) == (lines, messages, 1)


def test_after_a_yes_no_other_is_asked_until_it_is_called_off(asked, bed, places, shelters, desk, coach):
    answer(asked[0].id, "accepted", by=desk(shelters[0]))
    with pytest.raises(Refused, match="already said yes"):
        ask(bed, [Plan(agency=places["Fourth Shelter"])], by=coach)
    answer(asked[0].id, "cancelled", by=coach)
    assert ask(bed, [Plan(agency=places["Fourth Shelter"])], by=coach)


def test_what_was_called_off_by_the_team_is_answered_kindly(asked, shelters, desk, coach):
    answer(asked[0].id, "cancelled", by=coach)
    for to in ("accepted", "rejected"):
        late = answer(asked[0].id, to, by=desk(shelters[0]))
        assert (late.won, late.sentence) == (False, "Thank you. This is not needed any more.")
    with pytest.raises(Refused, match="not needed any more"):
        move_referral(asked[0].id, "accepted", by=desk(shelters[0]))


def test_only_the_one_who_was_asked_answers(cast, asked, shelters, desk):
    with pytest.raises(Refused, match="somebody else"):
        answer(asked[0].id, "accepted", by=desk(shelters[1]))
    for stranger in (cast.other.actor("coordinator"), desk(cast.other.agencies["shelter"])):
        with pytest.raises(Refused, match="does not exist"):
            answer(asked[0].id, "accepted", by=stranger)
    assert statuses(asked) == ["requested"] * 3


@pytest.mark.parametrize("how", [{"how": "pigeon"}, {"barrier": "was drunk"}])
def test_an_answer_is_one_of_the_list(asked, coach, how):
    with pytest.raises(Refused, match="from the list"):
        answer(asked[0].id, "rejected", by=coach, **how)


def test_the_coach_learns_that_an_answer_came(ours, asked, shelters, desk, coach):
    answer(asked[0].id, "accepted", by=desk(shelters[0]))
    assert Message.objects.filter(user=ours.users["recovery_coach"], reason="answer_came").count() == 1
    answer(asked[0].id, "cancelled", by=coach)
    assert Message.objects.filter(reason="answer_came").count() == 1


def test_connected_is_one_thing_and_helped_another(asked, shelters, desk, coach, bed):
    referral = asked[0]
    with pytest.raises(Refused, match="when it has come to something"):
        say_helped(referral.id, "yes", by=coach)
    for to in ("accepted", "in-progress", "completed"):
        answer(referral.id, to, by=desk(shelters[0]))
    referral.refresh_from_db()
    bed.refresh_from_db()
    assert (referral.status, referral.helped, bed.met_at is not None) == ("completed", "", True)
    with pytest.raises(Refused):
        say_helped(referral.id, "yes", by=desk(shelters[0]))
    with pytest.raises(Refused):
        say_helped(referral.id, "a lot", by=coach)
    lines = Entry.objects.count()
    for _ in range(2):
        assert say_helped(referral.id, "no", by=coach).helped == "no"
    assert (Entry.objects.count() - lines, Referral.objects.get(id=referral.id).status) == (1, "completed")


def test_connected_by_mistake_opens_the_need_again(asked, coach, bed):
    answer(asked[0].id, "completed", by=coach)
    answer(asked[0].id, "entered-in-error", by=coach)
    bed.refresh_from_db()
    assert bed.met_at is None
    assert statuses(asked) == ["entered-in-error", "cancelled", "cancelled"]


def test_a_number_given_that_helped_calls_the_others_off(bed, asked, coach):
    number = Service.objects.create(name="Warming Center", source="list", source_key="w")
    given = refer(bed, Plan(service=number, handoff="number"), by=coach)
    assert (given.answer_due_at, link_for(given)) == (None, None)
    assert answer(given.id, "completed", by=coach).won
    assert statuses(asked) == ["cancelled"] * 3


def test_silence_is_noticed_once(ours, asked, later, shelters, desk):
    system = ours.system
    assert escalate(by=system) == 0
    answer(asked[0].id, "rejected", by=desk(shelters[0]))
    later(minutes=31)
    assert [escalate(by=system) for _ in range(2)] == [2, 0]
    assert Message.objects.filter(user=ours.users["coordinator"], reason="no_answer").count() == 1
    assert Entry.objects.filter(verb="answer_overdue").count() == 2
    assert answer(asked[1].id, "accepted", by=desk(shelters[1])).won, "a late yes is a yes"


def test_silence_elsewhere_is_not_ours(cast, asked, later):
    later(hours=1)
    assert escalate(by=cast.other.system) == 0


def test_passed_on_means_that_the_next_one_takes_its_place(ours, bed, places, coach, desk):
    """Who has the person and sends them on steps back when the other says yes; nobody else is in its way."""
    record_consent(bed.person, places["Second Shelter"], ["contact", "health"], by=coach)
    first = refer(bed, Plan(agency=places["shelter"], named=True), by=coach)
    answer(first.id, "accepted", by=desk(places["shelter"]))
    first.refresh_from_db()
    assert pass_on(first, places["Second Shelter"], by=desk(places["shelter"]))
    second = Referral.objects.exclude(id=first.id).get()
    assert (second.answer_due_at is not None, link_for(second) is not None) == (True, True)
    assert answer(second.id, "accepted", by=desk(places["Second Shelter"])).won
    assert statuses([first, second]) == ["cancelled", "accepted"]
    assert BedHold.objects.get(status="held").referral == second


# --- links ----------------------------------------------------------------------------------------------------------


def test_a_link_and_its_code_lead_to_one_row_and_stand_nowhere(asked, shelters, coach):
    link = link_for(asked[0])
    token = path_of(link).split("/")[2]
    assert links.read("answer", token) == (asked[0].need.case.program_id, link.id)
    assert AnswerLink.objects.get(code_hash=links.code_hash("answer", code_of(link).lower())) == link
    assert code_of(link) not in str(vars(link))
    assert make_link(asked[0], by=coach) == link


def test_a_link_ends_with_its_referral_and_is_not_sent_any_more(asked, shelters, coach):
    answer(asked[0].id, "cancelled", by=coach)
    assert link_for(asked[0]) is None
    assert Message.objects.get(agency=shelters[0], reason="referral_asked").cancelled_at is not None


def test_who_has_no_desk_here_has_no_link(bed, coach):
    service = Service.objects.create(name="Warming Center", source="list", source_key="w")
    with pytest.raises(Refused):
        make_link(refer(bed, Plan(service=service), by=coach), by=coach)


def test_a_used_link_says_when(asked, shelters, desk):
    answer(asked[0].id, "on-hold", by=desk(shelters[0]), how="link")
    assert AnswerLink.objects.get(referral=asked[0]).used_at is not None


def test_old_links_go_after_thirty_days(cast, asked, coach, later):
    answer(asked[0].id, "cancelled", by=coach)
    later(days=29)
    assert drop_old_links(by=cast.ours.system) == 0
    later(days=2)
    assert drop_old_links(by=cast.other.system) == 0
    assert drop_old_links(by=cast.ours.system) == 1
    assert drop_old_links(by=cast.ours.system) == 0


# --- needs ----------------------------------------------------------------------------------------------------------


def test_a_stage_is_a_guess_that_may_come_later_and_never_a_condition(somebody, coach, journal):
    case = somebody()
    journal_start = len(journal())
    need = note_need(case, "food", by=coach)
    assert need.stage == ""
    assert note_need(case, "food", by=coach, stage="one_thing") == need
    assert note_need(case, "food", by=coach, stage="one_thing").stage == "one_thing"
    assert note_need(case, "food", by=coach).stage == "one_thing"
    assert journal()[journal_start:] == ["need_noted"] * 2
    with pytest.raises(Refused):
        note_need(case, "food", by=coach, stage="motivated")
    meet_need(need, by=coach)
    assert now() >= need.met_at
