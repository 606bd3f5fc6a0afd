"""T15: the recognition of people is used to find people: across towns, across programs, one description after the other.

What is left over: a coordinator of the program decides possible matches and sees both names; each such look is in the journal.
"""

import pytest

from alongside.common.ids import new_id
from alongside.identity.actions import recognize_person
from alongside.identity.description import Description
from alongside.identity.models import Match, MatchToken
from alongside.journal.models import Entry
from alongside.people.models import Person
from tests.cast import BIRTH_DATE, CANARIES, browser_of, canaries_in, person_of

KNOWN = Description(
    CANARIES["identity.Identity.given_name"], CANARIES["identity.Identity.family_name"], BIRTH_DATE,
    CANARIES["identity.Contact.phone"],
)  # fmt: skip
STRANGER = Description("Nobody", "Whatsoever", BIRTH_DATE, "555-010-0001")


@pytest.mark.covers("R24")
def test_another_program_is_never_matched(cast):
    known = recognize_person(KNOWN, by=cast.coordinator).person
    theirs = recognize_person(KNOWN, by=cast.other.actor("coordinator"))
    assert (theirs.answer, theirs.matches) == ("new", 0)
    assert theirs.person.id != known.id
    assert not Match.objects.exists()


def form(description, town):
    return {
        "draft": str(new_id()), "when": "now", "outcome": "non_fatal", "town": str(town.id), "kind": "overdose",
        "given_name": description.given_name, "family_name": description.family_name,
        "birth_date": description.birth_date.isoformat(), "phone": description.phone,
    }  # fmt: skip


@pytest.mark.covers("R23", "R31")
@pytest.mark.parametrize("role", ["patrol_officer", "outreach_officer"])
def test_who_sends_somebody_in_is_not_told_whether_they_are_known(ours, role):
    """The answer to a known name is the answer to a stranger's, byte for byte."""
    recognize_person(KNOWN, by=ours.actor("coordinator"))
    client = browser_of(ours.users[role])
    answers = []
    for description in (KNOWN, STRANGER):
        answer = client.post("/intake/contact/", form(description, ours.towns[0]), follow=True)
        assert answer.redirect_chain
        text = answer.content.decode()
        answers.append((answer.status_code, [step for step, _ in answer.redirect_chain], len(text.split())))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("role", ["patrol_officer", "data_designee", "outreach_officer", "partner", "epidemiologist",
                                  "privacy_reviewer", "administrator", "counsel", "recovery_coach", "clinician"])  # fmt: skip
def test_nobody_but_the_coordinator_is_shown_a_possible_match(ours, role):
    first = person_of(ours, canaries=True)
    recognize_person(Description(KNOWN.given_name, KNOWN.family_name, None, KNOWN.phone), by=ours.actor("coordinator"))
    match = Match.objects.create(
        program=ours.program, newer=person_of(ours), older=first, reasons=[], made_at="2026-01-01T00:00Z"
    )
    client = browser_of(ours.users[role])
    assert client.get("/matches/").status_code == 404
    assert client.post(f"/matches/{match.id}/", {"same": "yes"}).status_code == 404
    match.refresh_from_db()
    assert match.state == "open"


@pytest.mark.covers("R24")
def test_the_other_programs_coordinator_sees_no_name_and_no_match(cast):
    match = Match.objects.create(
        program=cast.ours.program, newer=person_of(cast.ours, canaries=True), older=person_of(cast.ours, canaries=True),
        reasons=["sound_date"], made_at="2026-01-01T00:00Z",
    )  # fmt: skip
    client = browser_of(cast.other.users["coordinator"])
    page = client.get("/matches/").content.decode()
    assert canaries_in(page) == set()
    assert match.newer.code not in page
    assert client.post(f"/matches/{match.id}/", {"same": "yes"}).status_code == 404


@pytest.mark.covers("R51")
def test_every_comparison_a_coordinator_sees_is_in_the_journal(ours):
    Match.objects.create(
        program=ours.program, newer=person_of(ours, canaries=True), older=person_of(ours, canaries=True),
        reasons=["sound_date"], made_at="2026-01-01T00:00Z",
    )  # fmt: skip
    before = Entry.objects.count()
    page = browser_of(ours.users["coordinator"]).get("/matches/").content
    assert "identity.Identity.family_name" in canaries_in(page)
    entry = Entry.objects.filter(seq__gt=before, verb="opened").get()
    assert (entry.role, entry.detail["purpose"], len(entry.detail["holders"])) == ("coordinator", "coordination", 2)


def test_an_answer_names_nobody_and_gives_no_list(ours):
    """What recognition gives back is one person to go on with, never candidates; a token says nothing."""
    recognize_person(KNOWN, by=ours.actor("coordinator"))
    again = recognize_person(KNOWN, by=ours.actor("coordinator"))
    assert again.answer == "same"
    assert isinstance(again.person, Person)
    assert canaries_in(repr(again)) == set()
    assert all(isinstance(token, int) for token in MatchToken.objects.values_list("token", flat=True))
