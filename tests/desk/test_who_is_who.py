"""Match review: side by side, in words, by keys; put off, decided, taken back; and the search that comes first at the door."""

import re
from datetime import date, timedelta

import pytest

from alongside.accounts.roles import ROLES, may
from alongside.cases.actions import declare_conflict
from alongside.cases.models import Case
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.common.ids import new_id
from alongside.desk.actions import settle_match
from alongside.desk.reasons import AGAINST, in_words
from alongside.identity.actions import correct_identity, keep_contact, keep_identity
from alongside.identity.description import Description
from alongside.identity.linkage import REASONS
from alongside.identity.matching import decide_match, propose_match, undo_merge
from alongside.identity.models import Match, Merge
from alongside.journal.models import Entry
from alongside.people.actions import add_person, set_deceased
from alongside.people.models import Person
from alongside.people.rules import may_join
from tests.cast import browser_of, case_for_person, person_of

BORN = date(1987, 6, 3)
POLICE = ("patrol_officer", "data_designee", "outreach_officer")


@pytest.fixture
def by(ours):
    return ours.actor("coordinator")


@pytest.fixture
def page(ours):
    return browser_of(ours.users["coordinator"])


def known(by, given, family="Quillane", born=BORN):
    person = add_person(by=by)
    keep_identity(person, Description(given, family, born), by=by)
    return person


@pytest.fixture
def match(by):
    return propose_match(known(by, "Wrennet"), known(by, "Wrenna"), ["born_exact", "given_close", "phone_different"], by=by)


def text(answer):
    return answer.content.decode()


# --- words ---


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_speaks_for_or_against(code):
    (reason,) = in_words([code])
    assert reason.words == REASONS[code]
    assert reason.speaks_for is (code.partition("_")[2] not in AGAINST)


@pytest.mark.parametrize(
    ("code", "speaks_for"),
    [("born_exact", True), ("given_nickname", True), ("given_different", False), ("born_far", False), ("born_near", False),
     ("suffix_different", False), ("household_kin", False), ("town_exact", True), ("sound_date", True)],
)  # fmt: skip
def test_what_a_reason_speaks_for(code, speaks_for):
    assert [reason.speaks_for for reason in in_words([code, code, "unknown_code"])] == [speaks_for]


# --- the page ---


def test_two_records_stand_side_by_side_with_what_speaks_for_and_against(page, match):
    shown = text(page.get("/matches/"))
    for words in (match.newer.code, match.older.code, "Wrennet", "Wrenna", "same date of birth", "different phones"):
        assert words in shown
    for key, answer in (("1", "same"), ("2", "different"), ("3", "cannot_tell")):
        assert f'value="{answer}" data-key="{key}" aria-keyshortcuts="{key}"' in shown


@pytest.mark.parametrize("role", [role for role in ROLES if not may(role, "review_matches")])
def test_nobody_else_sees_who_may_be_who(ours, match, role):
    settle_match(match, "same", by=ours.actor("coordinator"))
    browser = browser_of(ours.users[role])
    for path in ("/matches/", "/matches/decided/", f"/matches/decided/{Merge.objects.get().id}/"):
        assert browser.get(path).status_code == 404
    for path in (f"/matches/{match.id}/", f"/matches/{match.id}/again/", f"/matches/decided/{Merge.objects.get().id}/"):
        assert browser.post(path, {"answer": "same", "why": "mistake"}).status_code == 404
    assert Person.objects.exclude(merged_into=None).count() == 1


def test_somebody_the_coordinator_knows_is_not_there(ours, page, match):
    second = ours.user("coordinator", name="second")
    declare_conflict(case_for_person(ours, match.newer), by=second.actor())
    knows = browser_of(second)
    assert match.newer.code not in text(knows.get("/matches/"))
    page.post(f"/matches/{match.id}/", {"answer": "same"})
    merge = Merge.objects.get()
    assert page.get(f"/matches/decided/{merge.id}/").status_code == 200
    assert knows.get(f"/matches/decided/{merge.id}/").status_code == 404
    assert match.newer.code not in text(knows.get("/matches/decided/"))


def test_cannot_tell_moves_it_down(page, match):
    answer = page.post(f"/matches/{match.id}/", {"answer": "cannot_tell"}, follow=True)
    shown = text(answer)
    assert "Put off" in shown
    assert "1 pair nobody could tell yet" in shown
    assert 'data-key="1"' not in shown
    Match.objects.update(ask_again_at=now() - timedelta(minutes=1))
    assert 'data-key="1"' in text(page.get("/matches/"))


def test_no_answer_and_an_unknown_one_change_nothing(page, match):
    for answer in ({}, {"answer": "perhaps"}):
        page.post(f"/matches/{match.id}/", answer)
        match.refresh_from_db()
        assert match.state == "open"


def test_a_pair_kept_apart_can_be_asked_again(page, match):
    page.post(f"/matches/{match.id}/", {"answer": "different"})
    assert "Ask again" in text(page.get("/matches/decided/"))
    page.post(f"/matches/{match.id}/again/")
    assert match.newer.code in text(page.get("/matches/"))
    assert page.post(f"/matches/{match.id}/again/").status_code == 404


def test_the_page_says_why_two_cannot_be_joined_with_the_reason_of_the_action(by, page, match):
    set_deceased(match.older.id, deceased=True, by=by)
    reason = may_join(died=(True, False), closed=False).reason
    shown = text(page.get("/matches/"))
    assert reason in shown
    assert 'value="same"' not in shown
    assert 'value="different" data-key="2"' in shown
    with pytest.raises(Refused, match="on the other record too"):
        settle_match(match, "same", by=by)
    match.refresh_from_db()
    assert match.state == "open"
    set_deceased(match.newer.id, deceased=True, by=by)
    assert 'value="same"' in text(page.get("/matches/"))


def walked(page, name):
    """Every page of one of the two lists, by its links."""
    shown, pages = text(page.get("/matches/decided/")), []
    while True:
        pages.append(shown)
        found = re.search(rf'href="(\?{name}=[^"#]+)#', shown)
        if found is None:
            return pages
        shown = text(page.get("/matches/decided/" + found[1]))


def test_every_join_that_stands_is_reached_before_those_that_were_undone(by, page, monkeypatch):
    monkeypatch.setattr("alongside.identity.pages.PAGE", 2)
    merges = []
    for _ in range(7):
        match = propose_match(add_person(by=by), add_person(by=by), [], by=by)
        merges.append(decide_match(match, "same", by=by))
    for merge in merges[3:6]:
        undo_merge(merge, why="mistake", by=by)
    pages = walked(page, "joined")
    newest_first = [merges[number] for number in (6, 2, 1, 0, 5, 4, 3)]
    stand = [[f"/matches/decided/{merge.id}/" in shown for merge in newest_first] for shown in pages]
    assert [[number for number, there in enumerate(row) if there] for row in stand] == [[0, 1], [2, 3], [], []]
    codes = [[number for number, merge in enumerate(newest_first) if f"<strong>{merge.duplicate.code}</strong> joined" in shown]
             for shown in pages]  # fmt: skip
    assert codes == [[0, 1], [2, 3], [4, 5], [6]]


def test_every_pair_that_was_kept_apart_is_reached_and_can_be_asked_again(by, page, monkeypatch):
    monkeypatch.setattr("alongside.identity.pages.PAGE", 2)
    pairs = [propose_match(add_person(by=by), add_person(by=by), [], by=by) for _ in range(5)]
    for pair in pairs:
        decide_match(pair, "different", by=by)
    pages = walked(page, "apart")
    found = [[f"/matches/{pair.id}/again/" in shown for pair in reversed(pairs)] for shown in pages]
    assert found == [[True, True, False, False, False], [False, False, True, True, False], [False] * 4 + [True]]
    page.post(f"/matches/{pairs[0].id}/again/")
    assert pairs[0].newer.code in text(page.get("/matches/"))


@pytest.mark.parametrize("key", ["x", "_", "_x", "2026-01-01_x", "x_00000000-0000-0000-0000-000000000000"])
def test_a_key_of_no_page_shows_an_empty_one(page, key):
    assert page.get("/matches/decided/", {"joined": key, "apart": key}).status_code == 200


# --- taking back ---


def test_a_join_is_taken_back_with_a_reason_and_an_answer_for_each_line(ours, by, page, match):
    case_for_person(ours, match.older)
    page.post(f"/matches/{match.id}/", {"answer": "same"})
    keep_contact(match.older, by=by, phone="978-555-0107")
    merge = Merge.objects.get()
    path = f"/matches/decided/{merge.id}/"
    assert path in text(page.get("/matches/decided/"))
    shown = text(page.get(path))
    assert "How to reach them: phone" in shown
    assert "978-555-0107" not in shown
    line = f"line_{merge.id.hex}"
    for lacking, word in (({}, "This field is required"), ({"why": "mistake"}, "Say whose this is")):
        answer = page.post(path, lacking)
        assert answer.status_code == 422
        assert word in text(answer)
    assert Person.objects.exclude(merged_into=None).exists()
    page.post(path, {"why": "two_people", line: "newer"})
    assert not Person.objects.exclude(merged_into=None).exists()
    assert "taken apart on" in text(page.get("/matches/decided/"))
    assert page.get(path).status_code == 404
    assert Entry.objects.filter(verb="people_parted").count() == 1


def test_the_page_says_what_stays_with_the_older_one(ours, by, page, match):
    settle_match(match, "same", by=by)
    set_deceased(match.older.id, deceased=True, by=by)
    correct_identity(match.older, by=by, family_name="Zyxother", born="")
    shown = text(page.get(f"/matches/decided/{Merge.objects.get().id}/"))
    for words in ("Kits, loved ones, requests and what waits from a phone stay with the record they were written on",
                  "Has died: which of the two?", "Corrected: last name"):  # fmt: skip
        assert words in shown


def test_one_answer_serves_every_line(ours, by, page, match):
    case_for_person(ours, match.newer)
    case = case_for_person(ours, match.older)
    page.post(f"/matches/{match.id}/", {"answer": "same"})
    coach = browser_of(ours.users["coordinator"])
    for code in ("food", "detox"):
        coach.post(f"/cases/{case.id}/need/", {"code": code})
    merge = Merge.objects.get()
    page.post(f"/matches/decided/{merge.id}/", {"why": "person_said", "everything": "newer"})
    assert not Person.objects.exclude(merged_into=None).exists()
    assert Case.objects.get(person=match.newer).status == "waiting"


# --- the door ---

WREN = {"purpose": "arrival", "given_name": "Wrenna", "family_name": "Quillane", "birth_date": BORN.isoformat()}


@pytest.mark.parametrize("role", [role for role in ROLES if may(role, "report_incident")])
def test_the_search_comes_first_for_whoever_may_ask_and_the_rest_keep_their_form(ours, role):
    browser = browser_of(ours.users[role])
    answer = browser.get("/intake/contact/")
    if may(role, "find_person"):
        assert answer["Location"] == "/people/find/?contact"
        assert "/intake/contact/?new" in text(browser.get(answer["Location"]))
        answer = browser.get("/intake/contact/?new")
    assert answer.status_code == 200
    assert "Who was it?" in text(answer)


def test_creating_is_a_choice_after_the_search(ours, by, page):
    known(by, "Wrenna")
    shown = text(page.post("/people/find/?contact", WREN))
    assert "None of them?" in shown
    assert "/intake/contact/?new" in shown
    assert "A new contact?" in text(page.post("/people/find/?contact", WREN | {"family_name": "Otterbee"}))
    assert Entry.objects.filter(verb="looked_up").order_by("seq").last().detail["purpose"] == "arrival"


def test_at_most_three_best_first_each_with_why(ours, by, page):
    for given in ("Wrenna", "Wrenna", "Wrenna", "Wrenna"):
        known(by, given)
    shown = text(page.post("/people/find/", WREN))
    assert shown.count('class="code-name"') == 3
    assert shown.count("same date of birth") == 3
    assert len(Entry.objects.filter(verb="looked_up").order_by("seq").last().detail["people"]) == 3


def test_whoever_may_not_open_the_file_is_told_whom_to_ask_and_nothing_about_the_person(ours, by):
    person = known(by, "Wrenna")
    keep_contact(person, by=by, phone="978-555-0107")
    case_for_person(ours, person)
    shown = text(browser_of(ours.user("recovery_coach")).post("/people/find/", WREN | {"phone": "978-555-0199"}))
    assert "Ask the coordinator, or the coach who works with them" in shown
    assert "same date of birth" in shown
    assert "phones" not in shown
    may_open = browser_of(ours.users["coordinator"])
    assert "different phones" in text(may_open.post("/people/find/", WREN | {"phone": "978-555-0199"}))


@pytest.mark.parametrize("role", POLICE)
def test_police_send_in_and_are_told_nothing(ours, by, role):
    person = known(by, "Wrenna")
    browser = browser_of(ours.users[role])
    sent = {"kind": "overdose", "when": "now", "outcome": "non_fatal", "draft": str(new_id()), "town": ours.towns[0].id}
    after = text(browser.post("/intake/contact/", sent | WREN, follow=True))
    assert person.code not in after
    assert "Quillane" not in after
    assert Case.objects.get().person == person


def test_who_is_only_alike_waits_in_match_review_while_the_clock_runs(ours, by, page):
    person = known(by, "Wrenna")
    sent = {"kind": "overdose", "when": "now", "outcome": "non_fatal", "draft": str(new_id()), "town": ours.towns[0].id}
    page.post("/intake/contact/", sent | WREN | {"given_name": "Wrenneth"})
    match = Match.objects.get()
    assert (match.older, match.state) == (person, "open")
    case = Case.objects.get(person=match.newer)
    assert timedelta(0) < case.contact_due_at - now() <= timedelta(hours=72)
    assert match.newer.code in text(page.get("/matches/"))
    assert person_of(ours).id not in {match.newer_id, match.older_id}
