"""Organizations that may be one are shown with reasons; a person decides, and may change their mind."""

import json
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from alongside.accounts.models import Program
from alongside.common.actor import Actor
from alongside.common.decision import Refused
from alongside.services.actions import import_services
from alongside.services.duplicates import decide_pair, pairs_for, propose, shown_as
from alongside.services.likeness import (
    WORTH_A_LOOK,
    Face,
    host_of,
    likeness,
    tidy_name,
    tidy_phones,
    tidy_street,
)
from alongside.services.models import Organization, OrganizationPair, Service
from alongside.services.records import Directory, OrganizationRecord, ServiceRecord

BY = Actor.system(uuid4())


@pytest.mark.parametrize(
    ("name", "tidy"),
    [
        ("The Salvation Army (Bellingham)", "salvation army"),
        ("Sea Mar Community Health Centers, Inc.", "sea mar community health center"),
        ("Unity Care Northwest", "unity care nw"),
        ("Saint Paul's Church", "st paul church"),
        ("---", ""),
    ],
)
def test_a_name_is_compared_without_its_form(name, tidy):
    assert tidy_name(name) == tidy


@pytest.mark.parametrize(
    ("address", "street"),
    [
        ("1824 Ellis Street, Bellingham, WA 98225", "1824 ellis st"),
        ("1231 N Garden St #200", "1231 n garden st"),
        ("1231 North Garden Street Suite 200, Bellingham", "1231 n garden st"),
        ("Resource Center, 8251 Kendall Road", "8251 kendall rd"),
        ("3rd & Main, Philadelphia, PA", "3rd main"),
        ("Philadelphia, PA 19134", ""),
        ("", ""),
    ],
)
def test_a_street_is_compared_without_its_spelling(address, street):
    assert tidy_street(address) == street


def test_phones_and_web_addresses_are_compared_bare():
    assert tidy_phones("(305) 555-0100 ext. 7; +1 305 555 0101; 211") == {"3055550100", "3055550101"}
    assert [host_of(url) for url in ("https://www.A.org/x?y", "a.org", "call us", "")] == ["a.org", "a.org", "", ""]


HERE, THERE = frozenset({"1 main st"}), frozenset({"2 high st"})
PHONE = frozenset({"3055550100"})


@pytest.mark.parametrize(
    ("first", "second", "worth", "reason"),
    [
        (Face("Hope House", HERE), Face("Hope House Inc.", HERE), True, "the same address"),
        (Face("Hope House", HERE), Face("Hope House", THERE), False, "other addresses"),
        (Face("Hope House", HERE, PHONE), Face("Hope House", THERE, PHONE), False, "other addresses"),
        (Face("Hope House", HERE), Face("Project Hope", HERE), False, "the same address"),
        (Face("Hope House", frozenset(), PHONE), Face("Hope House", HERE, PHONE), True, "the same phone"),
        (Face("Hope House"), Face("Bread House"), False, "alike"),
    ],
)
def test_branches_are_not_one_and_neighbors_are_not_one(first, second, worth, reason):
    score, reasons = likeness(first, second)
    assert (score >= WORTH_A_LOOK) == worth
    assert reason in ", ".join(reasons)
    assert likeness(second, first) == (score, reasons)


def face_of(row):
    return Face(
        row["o_name"],
        frozenset({tidy_street(row["address_1"])} - {""}),
        hosts=frozenset({host_of(row["o_url"] or "")} - {""}),
    )


def precision_and_recall(pairs):
    found = [(likeness(face_of(one), face_of(other))[0] >= WORTH_A_LOOK, same) for one, other, same in pairs]
    right = sum(1 for said, same in found if said and same)
    return right, sum(said for said, _ in found), sum(same for _, same in found)


def test_pairs_that_people_labeled_are_found(real_file):
    labeled = json.loads(real_file("org-dedupe-wa/names_orgs_training.json").read_text())
    pairs = [(*pair["__value__"], kind == "match") for kind in ("match", "distinct") for pair in labeled[kind]]
    # Rows that already name one organization are two places of it, and never a pair here.
    apart = [pair for pair in pairs if pair[0]["organization_id"] != pair[1]["organization_id"]]
    floors = {"all": (pairs, 0.65, 0.80), "two organizations": (apart, 0.85, 0.85)}
    for name, (some, precision, recall) in floors.items():
        right, said, same = precision_and_recall(some)
        print(f"{name}: {len(some)} pairs")
        print(f"  precision {right}/{said} = {right / said:.3f}, recall {right}/{same} = {right / same:.3f}")
        assert right / said >= precision
        assert right / same >= recall


def listed(*rows):
    """(key, name, address, phone) → a list of organizations with one service each."""
    return Directory(
        tuple(OrganizationRecord(key, name, "", "") for key, name, _, _ in rows),
        tuple(
            ServiceRecord(key=f"s{key}", name="Beds", organization_key=key, address=address, phone=phone)
            for key, _, address, phone in rows
        ),
        (),
    )


@pytest.fixture
def two_lists(db):
    import_services(
        listed(("1", "Harbor House", "1 Pier Road, Miami, FL 33101", "305-555-0100"), ("2", "Bread", "9 Oak St", "")),
        "one",
        by=BY,
    )
    import_services(
        listed(("7", "Harbor House, Inc.", "1 Pier Rd, Miami", ""), ("8", "Harbor House", "5 Far Ave, Miami", "")),
        "two",
        by=BY,
    )


def named(pairs):
    return [{(row.source, row.source_key) for row in (pair.first, pair.second)} for pair in pairs]


def test_pairs_are_found_over_all_lists_and_only_once(two_lists, journal):
    assert propose(by=BY) == 1
    waiting, decided = pairs_for(BY)
    assert (named(waiting), decided) == ([{("one", "1"), ("two", "7")}], [])
    assert waiting[0].reasons == ["the names are the same", "the same address"]
    assert (propose(by=BY), journal().count("organizations_compared")) == (0, 1)


def test_a_decision_shows_them_as_one_deletes_nothing_and_can_be_undone(two_lists, journal):
    propose(by=BY)
    [pair] = OrganizationPair.objects.all()
    decide_pair(pair.pk, "same", by=BY)
    decide_pair(pair.pk, "same", by=BY)
    assert journal().count("organization_pair_decided") == 1
    assert len({shown_as(BY).get(key, key) for key in (pair.first_id, pair.second_id)}) == 1
    assert (Organization.objects.count(), Service.objects.count()) == (4, 4)
    assert (propose(by=BY), OrganizationPair.objects.get().decision) == (0, "same")
    decide_pair(pair.pk, "open", by=BY)
    assert shown_as(BY) == {}
    assert OrganizationPair.objects.get().decided_at is None


def test_three_that_are_one_are_shown_as_one(db):
    rows = [Organization.objects.create(source="a", source_key=str(number), name="A") for number in range(3)]
    low, middle, high = sorted(row.pk for row in rows)
    OrganizationPair.objects.create(first_id=middle, second_id=high, likeness=1, decision="same")
    OrganizationPair.objects.create(first_id=low, second_id=high, likeness=1, decision="same")
    assert {shown_as(BY).get(key, key) for key in (low, middle, high)} == {low}


def test_a_pair_that_no_longer_looks_alike_goes_unless_it_was_decided(two_lists):
    propose(by=BY)
    Organization.objects.filter(source="two").update(name="Something else")
    propose(by=BY)
    assert OrganizationPair.objects.count() == 0


@pytest.mark.parametrize(("pair", "decision"), [(True, "maybe"), (False, "same")])
def test_what_cannot_be_decided_is_refused(two_lists, pair, decision):
    propose(by=BY)
    with pytest.raises(Refused):
        decide_pair(OrganizationPair.objects.get().pk if pair else uuid4(), decision, by=BY)


def test_a_coordinator_decides_on_the_page(two_lists, ours):
    client = Client()
    client.force_login(ours.users["coordinator"])
    page = client.post(reverse("listings:pairs"), follow=True).content.decode()
    assert "the names are the same, the same address" in page
    pair = OrganizationPair.objects.get()
    page = client.post(reverse("listings:decide"), {"pair": pair.pk, "decision": "same"}, follow=True).content.decode()
    assert "Nothing to decide" in page
    assert "Undo" in page
    for wrong in ({}, {"pair": "x", "decision": "same"}, {"pair": uuid4(), "decision": "same"}):
        assert "no longer compared" in client.post(reverse("listings:decide"), wrong, follow=True).content.decode()
    pair.refresh_from_db()
    assert pair.decision == "same"


@pytest.mark.parametrize("role", ["patrol_officer", "counsel", "epidemiologist"])
def test_others_find_no_such_page(ours, role):
    client = Client()
    client.force_login(ours.users[role])
    assert client.get(reverse("listings:pairs")).status_code == 404


def test_the_command_compares(two_lists, capsys):
    Program.objects.all().delete()
    with pytest.raises(CommandError, match="no program"):
        call_command("listings_duplicates")
    Program.objects.create(name="Example County")
    call_command("listings_duplicates")
    assert capsys.readouterr().out == "1 new pairs wait for somebody to decide; nothing was merged.\n"
