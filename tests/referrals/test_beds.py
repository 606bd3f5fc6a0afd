"""Beds: said, kept, given back, arrived at, run out; and the board that shows how old each count is."""

import pytest

from alongside.accounts.models import Agency
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.journal.models import Entry
from alongside.messaging.models import Message
from alongside.referrals.actions import Plan, note_need, refer
from alongside.referrals.answering import answer
from alongside.referrals.beds import arrive, ask_for_counts, expire_holds, give_back, hold_bed, say_free
from alongside.referrals.links import link_for
from alongside.referrals.models import BedCount, BedHold, Beds, Referral
from alongside.referrals.queries import board_for, holds_for, holds_that_ended_for
from alongside.services.models import Service, ServiceNeed

NIGHT = "shelter_tonight"


@pytest.fixture
def want(somebody, coach, places):
    """One more person for whom the shelter is asked."""
    return lambda: refer(note_need(somebody(), NIGHT, by=coach), Plan(agency=places["shelter"]), by=coach)


def line_of(viewer, agency, kind=NIGHT):
    return next(line for line in board_for(viewer, now(), kind) if line.agency == agency)


def test_a_count_says_who_when_and_how(ours, places, coach, desk):
    say_free(places["shelter"], NIGHT, 4, by=coach, how="phone")
    line = line_of(coach, places["shelter"])
    assert (line.free, line.left, line.age, line.said_by, line.said_how) == (
        4, 4, "fresh", ours.users["recovery_coach"], "phone",
    )  # fmt: skip
    say_free(places["shelter"], NIGHT, 2, by=desk(places["shelter"]), how="link")
    line = line_of(coach, places["shelter"])
    assert (line.left, line.said_by, line.said_how) == (2, None, "link")
    assert list(BedCount.objects.values_list("free", flat=True)) == [2, 4]


def test_pressed_twice_is_one_count_unless_a_bed_was_kept_in_between(places, coach, want, later):
    say_free(places["shelter"], NIGHT, 2, by=coach, how="phone")
    lines = Entry.objects.count()
    say_free(places["shelter"], NIGHT, 2, by=coach, how="phone")
    assert (BedCount.objects.count(), Entry.objects.count()) == (1, lines)
    hold_bed(want(), by=coach)
    say_free(places["shelter"], NIGHT, 2, by=coach, how="phone")
    assert (BedCount.objects.count(), line_of(coach, places["shelter"]).left) == (2, 2)
    later(minutes=2)
    say_free(places["shelter"], NIGHT, 2, by=coach, how="phone")
    assert BedCount.objects.count() == 3


def test_a_count_is_said_by_those_who_may(cast, places, coach, desk):
    wrong = [
        (places["shelter"], NIGHT, 2, desk(places["Second Shelter"])), (places["shelter"], "food", 2, coach),
        (places["shelter"], NIGHT, -1, coach), (places["shelter"], NIGHT, 501, coach),
        (places["police"], NIGHT, 1, coach), (cast.other.agencies["shelter"], NIGHT, 1, coach),
    ]  # fmt: skip
    for agency, kind, free, by in wrong:
        with pytest.raises(Refused):
            say_free(agency, kind, free, by=by, how="link")
    assert not BedCount.objects.exists()


def test_a_bed_is_kept_given_back_and_kept_for_the_next(places, coach, want):
    say_free(places["shelter"], NIGHT, 1, by=coach, how="phone")
    first, second = want(), want()
    hold = hold_bed(first, by=coach)
    assert hold_bed(first, by=coach) == hold
    with pytest.raises(Refused, match="No bed is left"):
        hold_bed(second, by=coach)
    for _ in range(2):
        assert give_back(hold, by=coach).status == "released"
    assert hold_bed(second, by=coach).status == "held"
    with pytest.raises(Refused, match="No bed is left"):
        hold_bed(first, by=coach)


def test_a_yes_keeps_a_bed_for_as_long_as_the_place_says(places, coach, want, desk):
    say_free(places["shelter"], NIGHT, 3, by=coach, how="phone")
    usual, longer = want(), want()
    answer(usual.id, "accepted", by=desk(places["shelter"]))
    answer(longer.id, "accepted", by=desk(places["shelter"]), hold_hours=5)
    hours = [
        round((row.expires_at - row.made_at).total_seconds() / 3600) for row in BedHold.objects.order_by("made_at")
    ]
    assert hours == [2, 5]
    with pytest.raises(Refused, match="between 1 and 72"):
        answer(want().id, "accepted", by=desk(places["shelter"]), hold_hours=100)
    assert line_of(coach, places["shelter"]).left == 1


def test_a_yes_with_no_bed_left_says_so_and_changes_nothing(places, coach, want, desk):
    say_free(places["shelter"], NIGHT, 0, by=coach, how="phone")
    referral = want()
    with pytest.raises(Refused, match="No bed is left by the last count"):
        answer(referral.id, "accepted", by=desk(places["shelter"]))
    assert Referral.objects.get(id=referral.id).status == "requested"
    say_free(places["shelter"], NIGHT, 1, by=desk(places["shelter"]), how="link")
    assert answer(referral.id, "accepted", by=desk(places["shelter"])).won


def test_where_nobody_ever_counted_the_yes_itself_is_the_bed_and_nothing_less(coach, want, desk, places):
    referral = want()
    with pytest.raises(Refused, match="Nobody has said"):
        hold_bed(referral, by=coach)
    assert answer(referral.id, "accepted", by=desk(places["shelter"])).won
    assert BedHold.objects.get().referral == referral


def test_one_need_keeps_one_bed(coach, places, bed):
    for name in ("shelter", "Second Shelter"):
        say_free(places[name], NIGHT, 3, by=coach, how="phone")
    first, second = (refer(bed, Plan(agency=places[name]), by=coach) for name in ("shelter", "Second Shelter"))
    hold_bed(first, by=coach)
    with pytest.raises(Refused, match="somewhere else"):
        hold_bed(second, by=coach)
    answer(first.id, "rejected", by=coach, how="phone")
    assert BedHold.objects.get().status == "released"
    assert hold_bed(second, by=coach).status == "held"


def test_a_bed_kept_while_asking_is_given_to_the_one_who_says_yes(coach, places, bed, desk):
    say_free(places["shelter"], NIGHT, 1, by=coach, how="phone")
    kept, other = (refer(bed, Plan(agency=places[name]), by=coach) for name in ("shelter", "Second Shelter"))
    hold_bed(kept, by=coach)
    assert answer(other.id, "accepted", by=desk(places["Second Shelter"])).won
    assert list(BedHold.objects.order_by("made_at").values_list("status", flat=True)) == ["released", "held"]
    assert line_of(coach, places["shelter"]).left == 1


def test_time_runs_out_once_and_the_team_sees_it(ours, coach, want, desk, places, later):
    say_free(places["shelter"], NIGHT, 1, by=coach, how="phone")
    referral = want()
    answer(referral.id, "accepted", by=desk(places["shelter"]))
    assert (expire_holds(by=ours.system), holds_that_ended_for(coach, now())) == (0, [])
    later(hours=2, seconds=1)
    assert line_of(coach, places["shelter"]).left == 1, "before anybody has marked it"
    assert [row.referral for row in holds_that_ended_for(coach, now())] == [referral]
    assert [expire_holds(by=ours.system) for _ in range(2)] == [1, 0]
    assert [row.referral for row in holds_that_ended_for(ours.actor("coordinator"), now())] == [referral]
    assert Referral.objects.get(id=referral.id).status == "accepted"
    hold = BedHold.objects.get()
    with pytest.raises(Refused, match="ran out"):
        arrive(hold, by=desk(places["shelter"]))
    assert hold_bed(referral, by=coach).status == "held"
    assert holds_that_ended_for(coach, now()) == []


def test_a_bed_whose_time_is_over_goes_to_the_next_who_asks(coach, want, places, later):
    say_free(places["shelter"], NIGHT, 1, by=coach, how="phone")
    hold_bed(want(), by=coach)
    later(hours=3)
    assert hold_bed(want(), by=coach).status == "held"
    assert sorted(BedHold.objects.values_list("status", flat=True)) == ["expired", "held"]


def test_arriving_is_once_and_starts_the_referral(coach, want, desk, places):
    say_free(places["shelter"], NIGHT, 1, by=coach, how="phone")
    referral = want()
    hold = hold_bed(referral, by=coach)
    with pytest.raises(Refused, match="not said yes yet"):
        arrive(hold, by=coach)
    answer(referral.id, "accepted", by=desk(places["shelter"]))
    lines = Entry.objects.count()
    for _ in range(2):
        assert arrive(hold, by=desk(places["shelter"])).status == "arrived"
    assert Referral.objects.get(id=referral.id).status == "in-progress"
    assert Entry.objects.count() - lines == 2
    assert line_of(coach, places["shelter"]).left == 0
    with pytest.raises(Refused):
        give_back(hold, by=coach)


def test_they_are_here_is_an_arrival_too(coach, want, desk, places):
    referral = want()
    for to in ("accepted", "in-progress"):
        answer(referral.id, to, by=desk(places["shelter"]))
    assert BedHold.objects.get().status == "arrived"


def test_nobody_else_moves_a_bed(cast, coach, want, desk, places):
    referral = want()
    answer(referral.id, "accepted", by=desk(places["shelter"]))
    hold = BedHold.objects.get()
    for by in (desk(places["Second Shelter"]), cast.other.actor("coordinator")):
        for verb in (give_back, arrive):
            with pytest.raises(Refused):
                verb(hold, by=by)
        with pytest.raises(Refused):
            hold_bed(referral, by=by)


@pytest.mark.parametrize("status", ["rejected", "cancelled", "in-progress"])
def test_no_bed_is_kept_for_what_has_ended_or_begun(coach, want, desk, places, status):
    referral = want()
    if status == "in-progress":
        answer(referral.id, "accepted", by=coach)
    answer(referral.id, status, by=coach)
    with pytest.raises(Refused):
        hold_bed(referral, by=coach)


def test_a_meal_has_no_bed(coach, somebody, places):
    food = refer(note_need(somebody(), "food", by=coach), Plan(agency=places["shelter"]), by=coach)
    with pytest.raises(Refused, match="no bed"):
        hold_bed(food, by=coach)
    answer(food.id, "accepted", by=coach)
    assert not BedHold.objects.exists()


# --- the board ------------------------------------------------------------------------------------------------------


def test_an_old_count_is_grey_then_asked_for_once_in_twelve_hours(ours, coach, desk, want, later):
    shelter, system = ours.agencies["shelter"], ours.system
    Agency.objects.filter(program=ours.program, kind="shelter").exclude(id=shelter.id).update(kind="other")
    for kind in (NIGHT, "detox"):
        say_free(shelter, kind, 2, by=coach, how="phone")
    later(hours=5)
    line = line_of(coach, shelter)
    assert (line.age, line.may_hold.allowed, "four hours" in line.may_hold.reason) == ("grey", True, True)
    assert hold_bed(want(), by=coach).status == "held"
    assert ask_for_counts(by=system) == 0
    later(hours=8)
    assert line_of(coach, shelter).age == "ask"
    assert [ask_for_counts(by=system) for _ in range(2)] == [1, 0]
    message = Message.objects.get(reason="beds_asked")
    assert (message.agency, message.link) == (shelter, link_for(shelter).id)
    later(hours=13)
    assert ask_for_counts(by=system) == 1
    for kind in (NIGHT, "detox"):
        say_free(shelter, kind, 1, by=desk(shelter), how="link")
    assert ask_for_counts(by=system) == 0


def test_who_never_said_anything_is_on_the_board_to_be_asked(ours, coach, places):
    listed = Service.objects.create(
        name="Quiet Detox beds", source="list", source_key="q", agency=places["Quiet Detox"]
    )
    ServiceNeed.objects.create(service=listed, need="detox")
    places_there = {(line.agency.name, line.kind) for line in board_for(coach, now())}
    assert places_there == {
        ("Harbor Shelter", NIGHT), ("Second Shelter", NIGHT), ("Third Shelter", NIGHT), ("Fourth Shelter", NIGHT),
        ("Quiet Detox", "detox"),
    }  # fmt: skip
    assert {line.age for line in board_for(coach, now())} == {"ask"}
    assert not any(line.may_hold for line in board_for(coach, now()))
    assert ask_for_counts(by=ours.system) == 5
    assert ask_for_counts(by=ours.system) == 0


def test_the_board_is_for_those_who_arrange_and_never_for_police(cast, coach, places, desk):
    say_free(places["shelter"], NIGHT, 2, by=coach, how="phone")
    seen = {role: len(board_for(cast.actor(role), now())) for role in cast.ours.users}
    assert {role for role, lines in seen.items() if lines == 4} == {"recovery_coach", "clinician", "coordinator"}
    assert seen["partner"] == 1, "a partner sees its own"
    assert sum(seen.values()) == 4 * 3 + 1
    assert board_for(cast.other.actor("coordinator"), now())[0].agency.program == cast.other.program
    assert [line.agency for line in board_for(desk(places["Second Shelter"]), now())] == [places["Second Shelter"]]


def test_the_board_asks_the_same_few_questions_however_many_places_there_are(
    ours, coach, places, want, django_assert_num_queries
):
    say_free(places["shelter"], NIGHT, 9, by=coach, how="phone")
    hold_bed(want(), by=coach)
    with django_assert_num_queries(5):
        board_for(coach, now())
    for number in range(30):
        agency = Agency.objects.create(program=ours.program, name=f"Shelter {number}", kind="shelter")
        say_free(agency, NIGHT, 3, by=coach, how="phone")
    hold_bed(want(), by=coach)
    with django_assert_num_queries(5):
        assert len(board_for(coach, now())) == 34


def test_who_sees_which_kept_beds(cast, coach, want, desk, places):
    answer(want().id, "accepted", by=desk(places["shelter"]))
    assert len(holds_for(coach, now())) == len(holds_for(desk(places["shelter"]), now())) == 1
    for viewer in (desk(places["Second Shelter"]), cast.outreach_officer, cast.other.actor("coordinator")):
        assert holds_for(viewer, now()) == []
        assert holds_that_ended_for(viewer, now()) == []
    assert str(Beds.objects.get()) == NIGHT
