"""A report is no question: whether the person was known, unknown or forgotten, the sender reads the same."""

import pytest
from django.urls import reverse

from alongside.common.ids import new_id
from alongside.incidents.models import Incident
from alongside.rights.forgetting import forget_person
from tests.cast import BIRTH_DATE, CANARIES, browser_of, incident_for, person_of

GIVEN, FAMILY = CANARIES["identity.Identity.given_name"], CANARIES["identity.Identity.family_name"]
# Digits and signs fall away when a name is compared, so each of these is the same name, with something that is not kept.
TRICKS = ["", " 123-45-6789", " 078 05 1120"]


def sent(ours, role, given, family):
    """What comes back to somebody who reports a contact with a name: status, address, messages, and how much was kept."""
    browser, before = browser_of(ours.users[role]), Incident.objects.count()
    who = {"given_name": given, "family_name": family, "birth_date": BIRTH_DATE.isoformat()}
    if role == "data_designee":
        call = incident_for(ours, None)
        before += 1
        answer = browser.post(reverse("intake:settle", args=[call.id]), who)
    else:
        told = {
            "draft": str(new_id()),
            "kind": "overdose",
            "when": "now",
            "town": str(ours.towns[0].id),
            "outcome": "non_fatal",
        }
        answer = browser.post(reverse("intake:report"), told | who)
    page = browser.get(reverse("intake:report")).content.decode()
    return answer.status_code, answer.headers.get("Location"), "Thank you" in page, Incident.objects.count() - before


@pytest.mark.covers("R16")
@pytest.mark.parametrize("role", ["patrol_officer", "data_designee", "outreach_officer"])
@pytest.mark.parametrize("trick", TRICKS)
def test_a_report_with_a_name_that_is_not_kept_does_not_tell_who_is_known(ours, role, trick):
    person = person_of(ours, canaries=True)
    known = sent(ours, role, GIVEN + trick, FAMILY)
    assert (known[0] == 302) is (trick == "")
    assert known == sent(ours, role, "Wyxgull" + trick, "Kvomblethurp")
    forget_person(person, never_again=True, by=ours.actor("coordinator"))
    assert known == sent(ours, role, GIVEN + trick, FAMILY)
