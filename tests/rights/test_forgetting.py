"""Forgetting: every room, every sealed field there is and will be, and nothing that counts."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Q
from django.urls import reverse

from alongside.cases.models import Case
from alongside.cases.queries import case_for
from alongside.common.decision import Refused
from alongside.consent import firewall
from alongside.consent.actions import open_tie
from alongside.consent.models import Tie
from alongside.identity import forgetting
from alongside.identity.actions import look_up
from alongside.identity.description import Description
from alongside.identity.fields import SealedField
from alongside.identity.forgetting import (
    forget_everything,
    in_database,
    listed,
    missing_here,
    rows_about,
    sealed_fields,
    write_list,
)
from alongside.identity.models import Contact, DataKey, Forgotten, Identity, MatchToken, NearToken
from alongside.people.actions import lift_hold, merge_people, place_hold
from alongside.people.models import Person
from alongside.people.queries import records_of
from alongside.reports.queries import month_for, this_month_for
from alongside.rights.forgetting import forget_person, set_records_schedule
from tests.cast import (
    BIRTH_DATE,
    CANARIES,
    browser_of,
    case_with_everything,
    case_with_team,
    incident_for,
    now,
    person_of,
)

ZYX = Description(CANARIES["identity.Identity.given_name"], CANARIES["identity.Identity.family_name"], BIRTH_DATE)
# Sealed tables that are about no person: nothing of them is forgotten with one.
NOT_ABOUT_A_PERSON: set[str] = set()


def everything():
    """Every row of every table, as text; what a reader of the whole database could see."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  # a table of our own
            for row in cursor.fetchall():
                found.append((table, [bytes(v) if isinstance(v, bytes | memoryview) else str(v) for v in row]))
    return found


def secrets_of(records, incidents=()):
    """Ciphertexts and wrapped keys that are there now, and the spoken codes."""
    bytes_ = [bytes(row.wrapped) for row in DataKey.objects.filter(holder__in=[*records, *incidents])]
    for model, fields in sealed_fields():
        for row in rows_about(model, fields, records):
            bytes_ += [getattr(row, field.attname).ciphertext for field in fields if getattr(row, field.attname)]
    return bytes_, list(Person.objects.filter(id__in=records).values_list("code", flat=True))


@pytest.mark.covers("R44")
def test_every_sealed_field_of_the_house_is_reached_by_forgetting():
    """Prevents a new field that nobody forgets: each is held by a person, or its row points at one."""
    for model in apps.get_models():
        fields = [field for field in model._meta.concrete_fields if isinstance(field, SealedField)]
        if not fields or model._meta.label in NOT_ABOUT_A_PERSON:
            continue
        columns = {field.attname: field for field in model._meta.concrete_fields}
        points = [name for name, field in columns.items() if field.related_model is Person]
        for field in fields:
            assert field.holder == "id" or field.holder in columns, (model, field.name)
            assert field.holder != "id" or points, f"{model._meta.label}: nothing of this row leads to its person"
            assert field.holder == "id" or field.holder in points or columns[field.holder].get_internal_type() == "UUIDField"


@pytest.mark.covers("R44", "R62")
def test_a_forgotten_person_is_in_no_table(ours, django_capture_on_commit_callbacks, forgotten_list):
    case = case_with_everything(ours)
    merged = person_of(ours, canaries=True)
    person = Person.objects.get(id=case.person_id)
    merge_people(merged, person, by=ours.system)
    records = records_of(person)
    calls = list(Case.objects.filter(person=person).values_list("incidents__incident_id", flat=True))
    ciphertexts, codes = secrets_of(records, calls)
    assert len(ciphertexts) >= len(CANARIES)
    with django_capture_on_commit_callbacks(execute=True):
        assert forget_person(person, by=ours.actor("coordinator")) == "forgotten"
    for table, row in everything():
        for value in row:
            if isinstance(value, bytes):
                assert not [sealed for sealed in ciphertexts if sealed in value], table
            else:
                assert not [code for code in codes if code in value], table
                assert not [word for word in CANARIES.values() if word in value], table
    for model, fields in sealed_fields():
        empty = Q(**{f"{field.attname}__isnull": True for field in fields})
        assert not rows_about(model, fields, records).exclude(empty).exists(), model
    assert not DataKey.objects.filter(holder__in=[*records, *calls]).exists()
    for model in (MatchToken, NearToken, Tie):
        assert not model.objects.filter(person_id__in=records).exists()
    contact = Contact.objects.filter(person=person).get()
    assert (contact.language, contact.place_safety, contact.safe_to_text) == ("en", [], False)
    assert {("forgotten", str(found)) for found in [*records, *calls]} <= listed()
    assert forgotten_list.stat().st_mode & 0o777 == 0o600


@pytest.mark.covers("R44")
def test_what_is_counted_stays_counted_and_others_stay_whole(ours):
    case, other = case_with_everything(ours), person_of(ours, canaries=True)
    viewer = ours.actor("coordinator")
    first_on = this_month_for(viewer, now())
    before = month_for(viewer, first_on.year, first_on.month, now())
    rows = Person.objects.count(), Identity.objects.count()
    forget_person(case.person, by=viewer)
    assert month_for(viewer, first_on.year, first_on.month, now()) == before
    assert (Person.objects.count(), Identity.objects.count()) == rows
    assert Identity.objects.get(person=other).given_name is not None
    case.refresh_from_db()
    assert (case.status, case.outcome) == ("closed", "no_contact")


@pytest.mark.covers("R44")
def test_nothing_is_forgotten_while_the_list_cannot_be_written(ours, settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.FORGOTTEN_LIST = tmp_path / "file" / "forgotten.log"
    person = person_of(ours, canaries=True)
    with pytest.raises(Refused, match="cannot be written"):
        forget_person(person, by=ours.system)
    assert not Forgotten.objects.exists()
    assert Identity.objects.get(person=person).given_name is not None


@pytest.mark.covers("R50")
def test_the_list_is_filled_up_from_the_database_and_survives_a_cut_line(ours, forgotten_list):
    person = person_of(ours, canaries=True)
    forget_everything([person.id], by=ours.system)  # the transaction of a test never ends, so nothing was written
    assert listed() == set()
    assert write_list() == len(in_database())
    assert missing_here() == set()
    forgotten_list.write_text(forgotten_list.read_text()[:-9])  # a power cut in the last line
    assert listed() < in_database()
    write_list()
    assert listed() == in_database()
    assert write_list() == 0
    Forgotten.objects.all().delete()  # as in a backup made before
    assert missing_here() == {("forgotten", str(person.id))}


@pytest.mark.covers("R44")
@pytest.mark.parametrize("why", ["hold", "schedule"])
def test_where_destroying_is_forbidden_the_record_is_closed_to_everybody_and_says_so(ours, why):
    case = case_with_team(ours)
    person, coach = Person.objects.get(id=case.person_id), ours.actor("recovery_coach")
    sealed = Contact.objects.get(person=person).ask_for
    assert isinstance(firewall.open(coach, "outreach_visit", sealed)[0], str)
    if why == "hold":
        place_hold(person, by=ours.actor("counsel"))
        hold = place_hold(person, by=ours.actor("privacy_reviewer"))
    else:
        set_records_schedule(forbids=True, by=ours.system)
    assert forget_person(person, by=ours.actor("coordinator")) == "sealed"
    person.refresh_from_db()
    assert person.sealed_at
    assert case_for(ours.actor("coordinator"), case.id, now()) is None
    assert look_up(ZYX, "coordination", by=ours.actor("coordinator")) == []  # as unknown as who was forgotten
    for role in ("recovery_coach", "coordinator", "clinician", "outreach_officer"):
        for purpose in ("outreach_visit", "coach_followup", "coordination"):
            assert isinstance(firewall.open(ours.actor(role), purpose, sealed)[0], Refused), (role, purpose)
    for opens, role in (("person_request", "coordinator"), ("break_glass", "coordinator")):
        open_tie(person, by=ours.system, until=now().replace(year=2999), user=ours.users[role], opens=opens)
        assert isinstance(firewall.open(ours.actor(role), opens, sealed)[0], Refused)
    counsel = ours.users["counsel"]
    open_tie(person, by=ours.system, until=now().replace(year=2999), user=counsel, opens="legal_release")
    assert isinstance(firewall.open(counsel.actor(), "legal_release", sealed)[0], str)  # an order still reaches it
    if why == "hold":
        lift_hold(hold, by=ours.actor("counsel"))
    else:
        set_records_schedule(forbids=False, by=ours.system)
    assert forget_person(person, by=ours.actor("coordinator")) == "forgotten"


@pytest.mark.covers("R44")
def test_the_place_of_a_call_goes_with_its_person(ours):
    person = person_of(ours, canaries=True)
    incident, stays = incident_for(ours, person), incident_for(ours, None)
    forget_person(person, by=ours.system)
    incident.refresh_from_db()
    stays.refresh_from_db()
    assert incident.place is None
    assert stays.place is not None
    assert incident.person_id == person.id


def test_an_error_in_the_middle_leaves_everything_as_it_was(ours, monkeypatch):
    person = person_of(ours, canaries=True)

    def broken(*_, **__):
        raise RuntimeError("a fault")

    monkeypatch.setattr(forgetting, "forget", broken)
    with pytest.raises(RuntimeError):
        forget_person(person, by=ours.system)
    assert Identity.objects.get(person=person).given_name is not None
    assert DataKey.objects.filter(holder=person.id).exists()


@pytest.mark.covers("R44")
def test_the_case_of_somebody_forgotten_offers_nothing_to_do(ours, case):
    forget_person(case.person, by=ours.actor("coordinator"))
    page = browser_of(ours.users["coordinator"]).get(reverse("desk:case", args=[case.id])).content.decode()
    assert "They asked to be forgotten" in page
    for words in ("Open it again", "They connected", "Their record, their say", "How they want contact", "Something would help"):
        assert words not in page, words
