"""A pair is proposed once, answered by a person, and taken apart again when the answer was wrong."""

from datetime import date, timedelta

import pytest

from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.identity import reaching
from alongside.identity.actions import correct_identity, keep_contact, keep_identity
from alongside.identity.description import Description
from alongside.identity.matching import (
    ask_again,
    decide_match,
    merge_for,
    propose_match,
    put_off_for,
    undo_merge,
)
from alongside.identity.models import Contact, Match, Merge
from alongside.identity.queries import merges_for, open_match_count_for, open_matches_for
from alongside.identity.reaching import part_contact
from alongside.identity.recalling import recall
from alongside.identity.rules import ASK_AGAIN_DAYS, UNDO_REASONS, may_undo
from alongside.identity.sides import links_of
from alongside.journal.models import Entry
from alongside.people.actions import add_person, place_hold, set_contact_wishes
from alongside.people.models import Person
from alongside.people.queries import person_for, records_of


@pytest.fixture
def by(ours):
    return ours.actor("coordinator")


@pytest.fixture
def pair(by):
    return add_person(by=by), add_person(by=by)


def joined(newer, older, by):
    return decide_match(propose_match(newer, older, ["born_exact"], by=by), "same", by=by)


def contact_of(person):
    row = Contact.objects.filter(person=person).first()
    return reaching._plain_contact(row) if row else None


# --- proposing ---


def test_the_same_pair_is_asked_once_whichever_is_the_newer(by, pair):
    first = propose_match(*pair, ["born_exact"], by=by)
    again = propose_match(pair[1].id, pair[0].id, ["born_exact"], by=by)
    assert first == again
    assert Match.objects.count() == 1


def test_a_pair_found_to_be_two_people_is_never_proposed_again(by, pair):
    decide_match(propose_match(*pair, [], by=by), "different", by=by)
    assert propose_match(*pair, ["phone_exact"], by=by) is None
    assert propose_match(pair[1], pair[0], ["phone_exact"], by=by) is None
    assert open_matches_for(by) == []


def test_nor_is_any_record_that_was_joined_to_one_of_them(by, pair):
    decide_match(propose_match(*pair, [], by=by), "different", by=by)
    third = add_person(by=by)
    joined(third, pair[0], by)
    assert propose_match(third, pair[1], ["born_exact"], by=by) is None
    fourth = add_person(by=by)
    joined(pair[0], fourth, by)
    assert propose_match(fourth, pair[1], ["born_exact"], by=by) is None


def test_a_record_joined_already_and_a_stranger_are_not_proposed(by, cast, pair):
    joined(*pair, by)
    assert propose_match(*pair, ["born_exact"], by=by) is None
    assert propose_match(pair[0], add_person(by=cast.other.actor("coordinator")), [], by=by) is None
    assert propose_match(pair[0], pair[0], [], by=by) is None


# --- deciding ---


def test_cannot_tell_puts_it_off_and_asks_again_after_a_while(by, pair):
    match = propose_match(*pair, ["born_exact"], by=by)
    assert decide_match(match, "cannot_tell", by=by) is None
    assert (open_matches_for(by), open_match_count_for(by)) == ([], 0)
    assert list(put_off_for(by)) == [match]
    Match.objects.update(ask_again_at=match.ask_again_at - timedelta(days=ASK_AGAIN_DAYS, minutes=1))
    assert open_matches_for(by) == [match]
    assert open_match_count_for(by) == 1


def test_something_new_brings_it_back_at_once_and_the_same_again_does_not(by, pair):
    match = propose_match(*pair, ["born_exact"], by=by)
    decide_match(match, "cannot_tell", by=by)
    propose_match(*pair, ["born_exact"], by=by)
    assert open_matches_for(by) == []
    propose_match(*pair, ["born_exact", "phone_exact"], by=by)
    assert [row.reasons for row in open_matches_for(by)] == [["born_exact", "phone_exact"]]


def test_a_match_is_decided_once_and_only_with_one_of_three_answers(by, pair):
    match = propose_match(*pair, [], by=by)
    with pytest.raises(Refused, match="can't tell"):
        decide_match(match, "perhaps", by=by)
    decide_match(match, "different", by=by)
    with pytest.raises(Refused, match="decided this match already"):
        decide_match(match, "same", by=by)


def test_one_answer_settles_every_match_between_the_two(by, pair):
    third = add_person(by=by)
    first, second = (propose_match(third, one, [], by=by) for one in pair)
    joined(*pair, by)
    decide_match(first, "same", by=by)
    second.refresh_from_db()
    assert second.state == "same"
    assert len({person_for(by, one.id) for one in (*pair, third)}) == 1


def test_two_people_are_not_joined_through_a_third(by, pair):
    decide_match(propose_match(*pair, [], by=by), "different", by=by)
    third = add_person(by=by)
    joined(third, pair[0], by)
    match = Match.objects.create(program_id=by.program_id, newer=third, older=pair[1], made_at=now())
    with pytest.raises(Refused, match="found to be two people"):
        decide_match(match, "same", by=by)


def test_an_answer_can_be_asked_again(by, pair):
    match = propose_match(*pair, [], by=by)
    with pytest.raises(Refused, match="nothing to ask"):
        ask_again(match, by=by)
    decide_match(match, "different", by=by)
    ask_again(match, by=by)
    assert [row.id for row in open_matches_for(by)] == [match.id]


# --- taking apart ---


@pytest.mark.parametrize(
    ("why", "facts", "reason"),
    [("two_people", {}, ""), ("mistake", {"allowed": False}, "coordinator"), ("because", {}, "Say why"),
     ("person_said", {"held": True}, "legal hold"), ("person_said", {"forgotten": True}, "forgotten")],
)  # fmt: skip
def test_who_may_undo_a_join_and_when(why, facts, reason):
    answer = may_undo(why, **{"allowed": True, "held": False, "forgotten": False} | facts)
    assert bool(answer) == (not reason)
    assert reason in answer.reason


def test_a_join_is_undone_once_and_remembered_as_two_people(by, pair, journal):
    merge = joined(*pair, by)
    assert merges_for(by).rows == [merge]
    assert merge_for(by, merge.id) == merge
    sides = undo_merge(merge, why="two_people", by=by)
    assert journal()[-1] == "people_parted"
    assert (sides.newer, sides.older) == pair
    assert records_of(pair[1]) == [pair[1].id]
    with pytest.raises(Refused, match="apart already"):
        undo_merge(merge, why="two_people", by=by)
    assert merge_for(by, merge.id) is None
    assert propose_match(*pair, ["born_exact"], by=by) is None
    assert Merge.objects.get().why in UNDO_REASONS


def test_two_who_came_together_through_a_third_are_remembered_as_two_people(by, pair):
    third = add_person(by=by)
    match = propose_match(third, pair[1], ["born_exact"], by=by)
    first = joined(third, pair[0], by)
    second = decide_match(match, "same", by=by)
    assert (second.duplicate, second.into) == pair
    for merge in (second, first):
        undo_merge(merge, why="two_people", by=by)
    assert propose_match(*pair, ["born_exact"], by=by) is None
    assert propose_match(pair[1], pair[0], ["born_exact"], by=by) is None


def test_whoever_does_not_decide_matches_undoes_nothing(by, ours, pair):
    merge = joined(*pair, by)
    for role in ("recovery_coach", "outreach_officer", "partner", "administrator"):
        with pytest.raises(Refused, match="coordinator"):
            undo_merge(merge, why="two_people", by=ours.actor(role))


def test_a_record_that_is_frozen_is_not_taken_apart(by, ours, pair):
    merge = joined(*pair, by)
    for role in ("counsel", "privacy_reviewer"):
        place_hold(pair[1], by=ours.actor(role))
    with pytest.raises(Refused, match="legal hold"):
        undo_merge(merge, why="two_people", by=by)
    assert Person.objects.get(id=pair[0].id).merged_into_id == pair[1].id


@pytest.mark.parametrize("asked", [0, 1])
def test_a_wish_stays_on_both_until_a_person_says_otherwise(by, pair, asked):
    set_contact_wishes(pair[asked].id, "no_contact", no_police=True, by=by)
    undo_merge(joined(*pair, by), why="two_people", by=by)
    assert set(Person.objects.values_list("stop", "no_police")) == {("no_contact", True)}
    with pytest.raises(Refused, match="Only the person"):
        set_contact_wishes(pair[1 - asked].id, "none", no_police=False, by=by)
    set_contact_wishes(pair[1 - asked].id, "none", no_police=False, said_so=True, by=by)
    assert Person.objects.get(id=pair[asked].id).stop == "no_contact"


def test_what_was_joined_to_the_duplicate_before_stays_with_it(by, pair):
    first = add_person(by=by)
    joined(first, pair[0], by)
    merge = joined(*pair, by)
    sides = undo_merge(merge, why="mistake", by=by)
    assert person_for(by, first.id) == pair[0]
    assert {sides.of(one.id) for one in (first, pair[0])} == {"newer"}
    assert sides.of(pair[1].id) == "older"


# --- how to reach them ---


def test_what_was_written_while_they_were_one_goes_where_it_belongs_and_nothing_goes_along(by, pair):
    newer, older = pair
    keep_contact(newer, by=by, ask_for="Wren", phone="978-555-0107")
    keep_contact(older, by=by, ask_for="Quill", meeting_place="12 Pier Lane", language="es")
    before = contact_of(older)
    merge = joined(newer, older, by)
    keep_contact(older, by=by, phone="978-555-0199", place_safety=["dog"])
    links = links_of(merge)
    assert reaching.changed_since(links[0])[1] == ["phone", "place_safety"]
    sides = undo_merge(merge, why="two_people", by=by)
    part_contact(links[0], sides, "newer", by=by)
    assert contact_of(older) == before
    got = contact_of(newer)
    assert (got["ask_for"], got["phone"], got["place_safety"], got["meeting_place"]) == ("Wren", "978-555-0199", ["dog"], "")


def test_what_was_written_for_the_older_one_stays_there(by, pair):
    merge = joined(*pair, by)
    keep_contact(pair[1], by=by, phone="978-555-0199")
    links = links_of(merge)
    part_contact(links[0], undo_merge(merge, why="two_people", by=by), "older", by=by)
    assert contact_of(pair[1])["phone"] == "978-555-0199"
    assert contact_of(pair[0]) is None


def test_where_nothing_was_kept_before_nothing_is_left_and_the_journal_says_so(by, pair):
    merge = joined(*pair, by)
    keep_contact(pair[1], by=by, phone="978-555-0199")
    links = links_of(merge)
    part_contact(links[0], undo_merge(merge, why="two_people", by=by), "newer", by=by)
    assert contact_of(pair[1]) is None
    assert contact_of(pair[0])["phone"] == "978-555-0199"
    lines = Entry.objects.filter(verb="sealed", target=str(pair[1].id)).order_by("seq")
    assert lines.last().detail == {"classes": ["contact"], "taken_away": True}


# --- who they are ---


def test_a_correction_starts_from_the_record_itself_and_never_from_one_that_was_joined(by, pair):
    newer, older = pair
    keep_identity(newer, Description("Wrenna", "Quillane", date(1987, 6, 3), "978-555-0107"), by=by)
    keep_identity(older, Description("Oda", "Marsh", place="12 Pier Lane"), by=by)
    joined(newer, older, by)
    correct_identity(older, by=by, birth_date=date(1990, 1, 2))
    assert recall([older.id])[older.id] == Description("Oda", "Marsh", date(1990, 1, 2))
    assert contact_of(older) is None
