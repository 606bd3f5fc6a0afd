"""The guide's own examples: read, checked, written again; and what its referral tasks say in our words."""

import json
from datetime import datetime

import pytest
from django.conf import settings

from alongside.common.decision import Refused
from alongside.exchange.checking import check
from alongside.exchange.fhir import BINDINGS, ORDER_STATUS, code_in
from alongside.referrals.rules import STATUSES
from alongside.services.needs import NEED_KINDS
from tests.exchange.from_xml import resource_of

GUIDE = settings.DATA_FOLDER / "fhir-sdoh-clinicalcare" / "ig-examples-json"
FILES = sorted(GUIDE.glob("*.json"))
XML = sorted((GUIDE.parent / "stu2-xml").glob("*.xml"))
USED = {"Task", "ServiceRequest", "Consent", "Procedure", "Patient", "Organization"}
pytestmark = pytest.mark.skipif(not FILES, reason="the guide's examples are not on this machine")


def plain(value):
    """Instants compared as moments: the guide writes milliseconds, the library microseconds."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, str) and len(value) > 19 and value[4] == "-" and value[10] == "T":
        return datetime.fromisoformat(value)
    return value


def test_every_example_of_the_guide_is_read_and_written_again():
    same, alike, wrong = 0, 0, []
    for path in FILES:
        whole = json.loads(path.read_bytes())
        try:
            again = check(whole)
        except Refused as refused:
            wrong.append((path.name, refused.reason))
            continue
        same += again == whole
        alike += plain(again) == plain(whole)
    print(f"{len(FILES)} files: {same} come back to the letter, {alike} with the same values, not read: {wrong}")
    assert (len(FILES), alike, wrong) == (53, 53, [])


def test_every_xml_example_of_the_published_release_is_read_too():
    """By way of a translation of the tests' own: the program takes JSON alone."""
    wholes = {path.name: resource_of(path) for path in XML}
    wrong = [name for name, whole in wholes.items() if plain(check(whole)) != plain(whole)]
    print(f"{len(wholes)} files in XML, not the same again: {wrong}")
    assert (len(wholes), wrong) == (48, [])


def tasks():
    return [task for path in FILES if (task := json.loads(path.read_bytes()))["resourceType"] == "Task"]


def test_each_task_of_the_guide_has_a_status_of_ours_and_comes_back_with_it():
    assert len(tasks()) == 6
    for task in tasks():
        assert task["status"] in STATUSES
        for ours in STATUSES:
            assert check(task | {"status": ours})["status"] == ours


@pytest.mark.parametrize("kind", sorted(USED))
def test_a_code_outside_a_required_binding_is_refused_where_the_library_lets_it_pass(kind):
    example = next(json.loads(path.read_bytes()) for path in FILES if path.name.startswith(f"{kind}-"))
    names = [name for of, name in BINDINGS if of == kind]
    for name in names:
        with pytest.raises(Refused, match=name):
            check(example | {name: "bogus"})
    check(example)


def test_the_guides_order_stands_in_a_category_that_our_menu_knows():
    order = json.loads(
        (GUIDE / "ServiceRequest-SDOHCC-ServiceRequestActiveFoodPantryApplicationAssistExample.json").read_bytes()
    )
    system = "http://hl7.org/fhir/us/sdoh-clinicalcare/CodeSystem/SDOHCC-CodeSystemTemporaryCodes"
    codes = {code_in(category, system) for category in order["category"]} - {""}
    assert codes
    assert codes <= {kind.category for kind in NEED_KINDS.values()}
    assert order["status"] in ORDER_STATUS.values()
