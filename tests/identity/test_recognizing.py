"""Same, possible or new; what a coordinator decides holds; and a later report finds the living record."""

from datetime import date

import pytest

from alongside.common.decision import Refused
from alongside.identity.actions import keep_contact, keep_identity, recognize_person
from alongside.identity.candidates import nearest, numbers_of
from alongside.identity.description import Description
from alongside.identity.keyring import index_key
from alongside.identity.learning import news_of
from alongside.identity.linkage import REASONS
from alongside.identity.matching import decide_match
from alongside.identity.models import Contact, Identity, Match, MatchToken
from alongside.identity.queries import contacts_of, identities_of, match_for, open_matches_for
from alongside.identity.recalling import recall
from alongside.journal.models import Entry
from alongside.people.actions import add_person, merge_people, seal_away
from alongside.people.models import Person
from tests.cast import person_of

BORN = date(1984, 5, 2)
ANNA = Description("Anna", "Katz", BORN, "978-555-0101")


@pytest.fixture
def by(ours):
    return ours.actor("coordinator")


@pytest.fixture
def anna(by):
    return recognize_person(ANNA, by=by).person


def test_nobody_like_this_before_is_new(by):
    answer = recognize_person(ANNA, by=by)
    assert (answer.answer, answer.matches) == ("new", 0)
    assert Identity.objects.filter(person=answer.person).exists()


def test_the_same_name_and_date_is_the_same_person(by, anna):
    again = recognize_person(Description("ANNA", "katz", BORN), by=by)
    assert (again.answer, again.person) == ("same", anna)
    assert Person.objects.count() == 1


@pytest.mark.parametrize(
    "description",
    [Description("Anna", "Katz", None, "978-555-0101"), Description("Anne", "Katz", date(1984, 2, 5)),
     Description("A.", "Katz", date(1984, 5, 12)), Description("Anna", "Katz", born="~1982"),
     Description("Katz", "Anna", date(1985, 5, 2)), Description("Anna", "Katz")],
)  # fmt: skip
def test_whoever_resembles_is_the_same_or_a_question_and_the_clock_does_not_wait(by, anna, description):
    answer = recognize_person(description, by=by)
    assert answer.answer in ("same", "possible")
    if answer.answer == "possible":
        match = Match.objects.get()
        assert (match.newer, match.older, match.state) == (answer.person, anna, "open")
        assert set(match.reasons) <= set(REASONS)
        assert match.reasons


@pytest.mark.parametrize(
    "description",
    [Description("Peter", "Katz", BORN, "978-555-0101"), Description("Anna", "Katz"),
     Description("Anna", "Katz", date(1956, 5, 2)), Description(phone="978-555-0101")],
)  # fmt: skip
def test_a_relative_a_name_and_a_phone_never_attach_by_themselves(by, anna, description):
    answer = recognize_person(description, by=by)
    assert answer.answer != "same"
    assert answer.person != anna


def test_nobody_is_asked_about_a_record_that_is_closed_to_everybody(by, anna):
    seal_away([anna.id], by=by, why="schedule")
    answer = recognize_person(Description("Anna", "Katz", born="1984"), by=by)
    assert (answer.answer, answer.matches) == ("new", 0)
    assert open_matches_for(by) == []


def test_another_name_is_enough_to_ask_and_not_to_attach(by):
    known = recognize_person(Description("Ruben", "Alves", BORN, aliases=("Big Red",)), by=by).person
    answer = recognize_person(Description(aliases=("Big Red",)), by=by)
    assert answer.answer in ("possible", "new")
    assert answer.person != known


@pytest.mark.parametrize(
    "description",
    [Description(), Description("🙂", "🙂"), Description("*", "%"), Description("x" * 300, "y" * 300),
     Description("\u202eannA", "ztaK"), Description(phone="12"), Description(birth_date=date(1, 1, 1)),
     Description("Anna", "", date(9999, 12, 31)), Description(born="soon"), Description("שלום", "עולם")],
)  # fmt: skip
def test_whatever_is_typed_is_never_a_match(by, anna, description):
    """A clear answer, “new”, never a fault, and nobody’s file."""
    answer = recognize_person(description, by=by)
    assert answer.answer == "new"
    assert answer.person != anna


def test_every_answer_is_in_the_journal_without_a_name(by, anna, journal):
    recognize_person(ANNA, by=by)
    entry = Entry.objects.filter(verb="recognized").order_by("seq").last()
    assert (entry.target, entry.detail["compared"]) == (str(anna.id), 1)
    assert "Katz" not in str(entry.detail)


def test_a_person_of_another_program_is_never_recognized(cast, anna):
    answer = recognize_person(ANNA, by=cast.other.actor("coordinator"))
    assert answer.answer == "new"
    assert answer.person.program_id == cast.other.program.id
    assert Match.objects.count() == 0


def test_two_records_that_are_both_the_same_are_for_a_coordinator(by, anna):
    twin = person_of_description(by, ANNA)
    answer = recognize_person(Description("Anna", "Katz", BORN), by=by)
    assert (answer.answer, answer.matches) == ("possible", 2)
    assert answer.person not in {anna, twin}


def person_of_description(by, description):
    person = add_person(by=by)
    keep_identity(person, description, by=by)
    return person


@pytest.fixture
def match(by, anna):
    recognize_person(Description("Anna", "Katz"), by=by)
    return match_for(by, Match.objects.get().id)


def test_one_person_points_the_newer_record_at_the_older(by, anna, match, journal):
    decide_match(match, "same", by=by)
    match.newer.refresh_from_db()
    assert match.newer.merged_into == anna
    assert "people_merged" in journal()
    assert open_matches_for(by) == []


def test_two_people_stay_two(by, anna, match, journal):
    decide_match(match, "different", by=by)
    match.newer.refresh_from_db()
    assert match.newer.merged_into is None
    assert journal()[-1] == "people_kept_apart"
    assert match_for(by, match.id) is None


def test_after_a_merge_the_person_is_recognized_as_one(by, anna, match):
    """Both records carry tokens; they are one person and must not become a third record."""
    decide_match(match, "same", by=by)
    again = recognize_person(Description("Anna", "Katz", BORN), by=by)
    assert (again.answer, again.person) == ("same", anna)


def test_a_record_that_matched_two_can_be_joined_to_both(by, anna):
    """One newcomer, two older records: the coordinator answers “same” twice and all three are one person."""
    other = person_of_description(by, Description("Ana", "Kats", BORN))
    answer = recognize_person(Description("Anna", "Kats", BORN), by=by)
    assert answer.matches == 2
    for match in open_matches_for(by):
        if (still := match_for(by, match.id)) is not None:  # one answer settles every match between the same two
            decide_match(still, "same", by=by)
    living = Person.objects.filter(merged_into=None)
    assert living.count() == 1
    assert living.get() in {anna, other}


def test_a_match_with_somebody_who_is_the_same_by_now_can_still_be_answered(by, anna):
    """The newcomer resembles two records, and those two are joined before the coordinator gets to it."""
    other = person_of_description(by, Description("Ana", "Kats", BORN))
    assert recognize_person(Description("Anna", "Kats", BORN), by=by).matches == 2
    merge_people(other, anna, by=by)
    for match in open_matches_for(by):
        if (still := match_for(by, match.id)) is not None:  # one answer settles every match between the same two
            decide_match(still, "same", by=by)
    assert Person.objects.filter(merged_into=None).get() == anna
    assert open_matches_for(by) == []


def test_matches_are_listed_for_the_own_program_only(cast, match):
    assert len(open_matches_for(cast.coordinator)) == 1
    foreign = cast.other.actor("coordinator")
    assert open_matches_for(foreign) == []
    assert match_for(foreign, match.id) is None


def test_sealed_rows_are_handed_out_within_the_program_only(cast, ours):
    person = person_of(ours, canaries=True)
    assert set(contacts_of(cast.coordinator, [person.id])) == {person.id}
    assert set(identities_of(cast.coordinator, [person.id])) == {person.id}
    foreign = cast.other.actor("coordinator")
    assert contacts_of(foreign, [person.id]) == identities_of(foreign, [person.id]) == {}


def test_describing_somebody_again_replaces_the_tokens(by, anna):
    before = set(MatchToken.objects.filter(person=anna).values_list("token", flat=True))
    keep_identity(anna, Description("Ruth", "Alves"), by=by)
    after = set(MatchToken.objects.filter(person=anna).values_list("token", flat=True))
    assert len(before) > 10
    assert after
    assert not before & after
    assert Identity.objects.filter(person=anna).count() == 1


def test_what_is_known_comes_back_as_it_was_described(by, ours):
    whole = Description("José", "Nuñez Díaz", BORN, "978-555-0101", "Luis", "Jr", ("Pepe", "El Gato"), place="4 Elm St",
                        town=ours.towns[0].name)  # fmt: skip
    person = add_person(by=by, home_town=ours.towns[0])
    keep_identity(person, whole, by=by)
    keep_contact(person, by=by, meeting_place="4 Elm St")
    assert recall([person.id]) == {person.id: whole}
    keep_identity(person, Description("José", "Nuñez Díaz", born="~1984"), by=by)
    assert recall([person.id])[person.id].born == "~1984"


def test_a_phone_that_is_kept_later_finds_them(by, anna):
    keep_contact(anna, by=by, phone="413-555-0177")
    assert nearest(numbers_of(Description("Anna", phone="4135550177"), by.program_id, index_key())) == [anna.id]


def test_contact_values_that_are_not_named_stay(by, anna):
    keep_contact(anna, by=by, ask_for="Anna", language="es", place_safety=["dog"])
    keep_contact(anna, by=by, phone="978-555-0101")
    contact = Contact.objects.get(person=anna)
    assert contact.ask_for is not None
    assert (contact.language, contact.place_safety) == ("es", ["dog"])


# --- what a recognized one brings along ---


def test_a_phone_that_comes_later_is_kept(by):
    anna = recognize_person(Description("Anna", "Katzenbach", BORN), by=by).person
    assert recognize_person(Description("Anna", "Katzenbach", BORN, "978-555-0101"), by=by).person == anna
    assert recall([anna.id])[anna.id] == Description("Anna", "Katzenbach", BORN, "978-555-0101")
    learned = [entry.detail.get("learned") for entry in Entry.objects.filter(verb="recognized").order_by("seq")]
    assert learned == [None, ["phone"]]


def test_a_name_after_marriage_is_another_name_and_no_name_is_written_over(by):
    anna = recognize_person(Description("Anna", "Katzenbach", BORN, "978-555-0101"), by=by).person
    assert recognize_person(Description("Anna", "Otterbee", BORN, "978-555-0101"), by=by).person == anna
    known = recall([anna.id])[anna.id]
    assert (known.given_name, known.family_name, known.aliases) == ("Anna", "Katzenbach", ("Anna Otterbee",))
    recognize_person(Description("ANNA", "otterbee", BORN, "978-555-0101"), by=by)
    assert recall([anna.id])[anna.id] == known
    assert recognize_person(Description("Anna", "Otterbee", BORN), by=by).person == anna


@pytest.mark.parametrize(
    ("known", "said", "reasons"),
    [
        (Description("Anna", "Katz", BORN, "978-555-0101"), Description("Anna", "Katz", date(1984, 2, 5), "978-555-0199"), []),
        (Description("Anna", "Katz", BORN), Description("Katz", "ANNA"), ["given_exact"]),
        (Description("Anna", "Katz", BORN), Description("A.", "Katz"), ["given_exact"]),
        (Description("Anna", "Katz", BORN), Description("Hannah", "Katz"), ["given_close", "born_exact"]),
        (Description("Anna", "Katz", BORN, aliases=tuple("abcde")), Description("Anna", "Otter"), ["given_exact"]),
    ],
)  # fmt: skip
def test_nothing_is_learned_that_differs_or_that_a_twin_would_bring(known, said, reasons):
    assert news_of(known, said, reasons) == {}


def test_a_match_is_decided_once(by, match):
    decide_match(match, "same", by=by)
    with pytest.raises(Refused):
        decide_match(match, "same", by=by)


def test_rows_say_nothing_when_printed(by, match):
    texts = {str(row) for model in (Identity, Contact, Match, MatchToken) for row in model.objects.all()}
    assert texts <= {"identity", "contact", "open", "token"}
