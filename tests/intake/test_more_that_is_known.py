"""A street name, a guess at the age, Jr and Sr, a middle name: typed at the door, kept, and used to know who it is."""

from datetime import date

import pytest
from django.urls import reverse

from alongside.cases.models import Case
from alongside.cases.receiving import Newcomer, receive_report
from alongside.common.clock import now
from alongside.common.ids import new_id
from alongside.desk.asking import FindForm
from alongside.desk.queries import side_by_side
from alongside.identity.actions import keep_identity, recognize_person
from alongside.identity.description import Description
from alongside.identity.models import Match
from alongside.incidents.models import Incident
from alongside.intake.forms import PersonFields
from alongside.people.actions import add_person
from alongside.people.models import Person
from tests.cast import browser_of, case_for_person, incident_for, report

YEAR = now().year


@pytest.fixture
def by(ours):
    return ours.actor("coordinator")


def contact(ours, **who):
    told = {"draft": str(new_id()), "kind": "overdose", "when": "now", "town": str(ours.towns[0].id), "outcome": "non_fatal"}
    return browser_of(ours.users["coordinator"]).post(reverse("intake:report") + "?new", told | who)


def fields(**who):
    return PersonFields(who, towns=[])


def test_what_more_is_typed_is_kept_and_stands_side_by_side(ours, by):
    answer = contact(
        ours, given_name="Wren", family_name="Quillane", other_names="Bobcat,  Little Red ,", middle_name="Ione", suffix="Jr",
        about_age="40",
    )  # fmt: skip
    assert answer.status_code == 302
    person = Case.objects.get().person
    shown = side_by_side(by, [person], now())[person.id]
    assert (shown["family"], shown["middle"], shown["born"]) == ("Quillane Jr", "Ione, Bobcat, Little Red", f"~{YEAR - 40}")


def test_a_call_of_the_morning_list_takes_it_too(ours, by):
    call = incident_for(ours, None)
    page = browser_of(ours.users["coordinator"])
    path = reverse("intake:settle", args=[call.id])
    assert "More that is known" in page.get(path).content.decode()
    assert page.post(path, {"given_name": "Wren", "other_names": "Bobcat"}).status_code == 302
    person = Case.objects.get().person
    assert side_by_side(by, [person], now())[person.id]["middle"] == "Bobcat"


def test_a_street_name_alone_is_somebody_and_asks_about_who_goes_by_it(ours, by):
    known = recognize_person(Description("Walter", "Quillane", aliases=("Bobcat",)), by=by).person
    assert contact(ours, other_names="Bobcat", about_age="1984").status_code == 302
    assert Match.objects.get().older_id == known.id


@pytest.mark.parametrize(
    ("said", "whole", "born"),
    [("40", "", f"~{YEAR - 40}"), ("1984", "", "1984"), ("40", "1984-05-17", ""), ("10", "", f"~{YEAR - 10}"), ("", "", "")],
)
def test_a_guess_at_the_age_is_a_year_by_estimate_and_a_whole_date_needs_none(said, whole, born):
    form = fields(given_name="Wren", about_age=said, birth_date=whole)
    assert form.is_valid()
    assert form.who().description.born == born


@pytest.mark.parametrize("said", ["9", "111", "1899", str(YEAR + 1), "-3", "old"])
def test_an_age_nobody_has_is_said_beside_the_field(said):
    assert "about_age" in fields(given_name="Wren", about_age=said).errors


def test_at_most_five_other_names_and_no_number_of_a_file():
    assert fields(other_names="a, b, c, d, e").is_valid()
    assert "other_names" in fields(other_names="a, b, c, d, e, f").errors
    assert "other_names" in fields(other_names="Bobcat, 123-45-6789").errors


# --- the search ---------------------------------------------------------------------------------------------------------------


def search(ours, **who):
    asked = {"purpose": "outreach", "given_name": "Walter", "family_name": "Quillane", "phone": "555-010-4455"}
    return browser_of(ours.users["coordinator"]).post("/people/find/", asked | who)


def test_the_search_finds_by_another_name_and_takes_a_guess_at_the_age(ours, by):
    person = add_person(by=by)
    keep_identity(person, Description("Bobcat", "Quillane", None, "555-010-4455", born="1984"), by=by)
    assert person.code not in search(ours).content.decode()
    assert person.code in search(ours, other_names="Bobcat").content.decode()
    assert person.code not in search(ours, other_names="B").content.decode()
    case_for_person(ours, person)
    assert "about the same age" in search(ours, other_names="Bobcat", about_age=str(YEAR - 1984)).content.decode()


def test_a_guess_at_the_age_is_no_second_identifier(ours):
    answer = search(ours, phone="", other_names="Bobcat", about_age="40")
    assert answer.status_code == 422
    assert "It takes two" in answer.content.decode()


@pytest.mark.parametrize("born", ["2999-01-01", "0001-01-01", "1899-12-31"])
def test_no_door_takes_a_date_of_birth_that_nobody_has(ours, born):
    for answer in (search(ours, birth_date=born), contact(ours, given_name="Wren", birth_date=born)):
        assert answer.status_code == 422
        assert "That date of birth is not possible." in answer.content.decode()
    assert not Incident.objects.exists()


def test_both_forms_fold_it_away(ours):
    page = browser_of(ours.users["coordinator"])
    for path in ("/people/find/", reverse("intake:report") + "?new"):
        shown = page.get(path).content.decode()
        folded = shown[shown.index("More that is known") :]
        assert 'name="other_names"' in folded.partition("</details>")[0]
        assert 'name="about_age"' in folded.partition("</details>")[0]
    assert "suffix" not in FindForm(viewer=ours.actor("coordinator")).fields


# --- what is no name, and what is no town ------------------------------------------------------------------------------------


def test_unknown_is_no_name_and_no_fault(ours):
    """Whoever types it in a hurry is not stopped; the event is kept, and nobody is known by it."""
    assert contact(ours, given_name="Unknown", family_name="Unknown").status_code == 302
    assert contact(ours, given_name="unknown", family_name="Doe").status_code == 302
    assert (Incident.objects.count(), Person.objects.count()) == (2, 0)


@pytest.mark.parametrize("name", ["😀", "!!!", "12", "-"])
@pytest.mark.parametrize("field", ["given_name", "family_name", "middle_name", "ask_for", "other_names"])
def test_a_name_without_letters_is_said_beside_the_field_and_makes_nobody(ours, field, name):
    answer = contact(ours, **{"given_name": "Wren", field: name})
    assert answer.status_code == 422
    assert "A name needs letters." in answer.content.decode()
    assert not Incident.objects.exists()
    assert not Person.objects.exists()


def test_a_phone_alone_needs_its_digits():
    assert "phone" in fields(phone="0199").errors
    assert fields(phone="555-0199").is_valid()
    assert fields(given_name="Wren", phone="ask at the desk").is_valid()


@pytest.mark.parametrize(
    ("description", "empty"),
    [
        (Description("😀"), True), (Description("", "!!!"), True), (Description(phone="0199"), True),
        (Description(aliases=("?", "")), True), (Description("", "", date(1984, 5, 17)), True), (Description("李"), False),
        (Description(aliases=("Bobcat",)), False), (Description(phone="555-0199"), False), (Description("", "J"), False),
    ],
)  # fmt: skip
def test_what_recognition_cannot_read_is_nobody(description, empty):
    assert description.is_empty is empty


def test_where_it_happened_is_no_evidence_of_who_it_was(ours, by):
    """Two strangers of one town were nearer to each other, and somebody found in the next town farther from themselves."""
    east, west = ours.towns
    first = receive_report(report(), Newcomer(Description("Wren", "Quillane")), by=by, town=east)
    person = Person.objects.get()
    assert person.home_town is None
    assert Case.objects.get().town == first.town == east
    for town in (east, west):
        receive_report(report(), Newcomer(Description("Wren", "Quillane")), by=by, town=town)
    assert {code for match in Match.objects.all() for code in match.reasons if code.startswith("town")} == set()
    receive_report(report(), Newcomer(Description("Ione", "Vliet"), home_town=west), by=by, town=east)
    assert Person.objects.get(home_town=west)
    assert Case.objects.get(person__home_town=west).town == west
