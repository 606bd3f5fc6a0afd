"""T3: a detective wants to know where somebody is, whom they know, and a feed of it. There is none to be had."""

import re

import pytest
from django.apps import apps
from django.core.management import get_commands
from django.urls import URLPattern, get_resolver

from alongside.accounts.models import AgencyKind
from alongside.accounts.roles import ROLES, may
from alongside.common.actor import POLICE_CLASSES
from tests.cast import browser_of, canaries_in

POLICE_ROLES = [role for role in ROLES if ROLES[role].police_may_hold]
TO_VISIT = {"identity.Contact.ask_for", "identity.Contact.meeting_place", "identity.Contact.never_mention"}
MACHINE_DOORS = re.compile(r"(?i)api[_-]?(key|token)|webhook|federat|bulk|subscri|feed|callback_url|access_token")
# Who hears that there are more overdoses than usual: a user, or a desk that does not enforce the law (tests/signals).
TOLD_OF_SIGNALS = "signals.Subscription"
WHERE_AND_WHOM = re.compile(r"(?i)latitude|longitude|geo|location|last_seen|associate|relative|photo|vehicle|plate")


def addresses(patterns=None, prefix=""):
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern.callback
        else:
            yield from addresses(pattern.url_patterns, prefix + str(pattern.pattern))


def our_models():
    return [model for model in apps.get_models() if model.__module__.startswith("alongside.")]


@pytest.mark.covers("R36")
def test_what_police_may_do_is_a_short_list_without_a_file_or_a_feed():
    permissions = set().union(*(ROLES[role].permissions for role in POLICE_ROLES))
    assert permissions == {"report_incident", "see_morning_list", "import_calls", "see_own_visits", "record_attempt",
                           "leave_kit"}  # fmt: skip


@pytest.mark.covers("R36")
def test_the_program_has_no_token_no_webhook_no_bulk_file_and_no_link_to_another_for_anybody_to_give():
    """Were one added, this test asks for the rule that keeps enforcing agencies from it."""
    names = [f"{model._meta.label}.{field.name}" for model in our_models() for field in model._meta.get_fields()]
    names += [model._meta.label for model in our_models()]
    names += [command for command, room in get_commands().items() if room.startswith("alongside.")]
    names += [path for path, view in addresses() if view.__module__.startswith("alongside.")]
    names = [name for name in names if not name.startswith(TOLD_OF_SIGNALS)]
    assert [name for name in names if MACHINE_DOORS.search(name)] == []


# The same three for everybody, signed in or not: a script, a manifest, and whether a session is open.
THE_APP_ITSELF = {"field/sw.js", "field/manifest.webmanifest", "field/who/"}


@pytest.mark.covers("R36")
@pytest.mark.parametrize("role", POLICE_ROLES)
def test_no_page_of_a_police_role_is_a_file(ours, case, role):
    """Every address without a part, with whatever one hangs on it: pages for eyes, never a file for a machine."""
    browser = browser_of(ours.users[role])
    for path, view in addresses():
        if "<" in path or "/sign-" in f"/{path}" or not view.__module__.startswith("alongside."):
            continue
        answer = browser.get(f"/{path}?format=csv&export=1")
        assert "attachment" not in answer.get("Content-Disposition", ""), path
        if path in THE_APP_ITSELF:
            assert canaries_in(answer.content) == set(), path
        elif answer.status_code == 200:
            assert answer["Content-Type"].startswith("text/html"), path
            assert canaries_in(answer.content) <= TO_VISIT | {"incidents.Incident.place"}, path
    for permission in ("see_reports", "see_queue", "find_person", "see_case"):
        assert not may(role, permission)


@pytest.mark.covers("R36")
@pytest.mark.parametrize("kind", sorted(POLICE_CLASSES))
def test_nobody_of_an_enforcing_agency_holds_a_role_that_sees_more(ours, kind):
    agency = ours.agencies["police"]
    agency.kind = kind
    agency.save()
    assert kind in AgencyKind.values
    for role in set(ROLES) - set(POLICE_ROLES):
        with pytest.raises(ValueError, match="cannot hold this role"):
            ours.user(role, employer="police")


@pytest.mark.covers("R31")
def test_nothing_knows_where_anybody_was_or_whom_they_know():
    kept = [f"{model._meta.label}.{field.name}" for model in our_models() for field in model._meta.get_fields()]
    # Where a service is, and where a town and its public addresses lie: of nobody.
    places = ("services.", "planning.AddressPoint.", "planning.TownShape.")
    assert [name for name in kept if WHERE_AND_WHOM.search(name) and not name.startswith(places)] == []
    assert [path for path, _ in addresses() if re.search(r"(?i)\bmap\b|track|history|associat", path)] == []


@pytest.mark.covers("R31")
def test_an_officers_page_holds_no_map_no_earlier_place_and_no_picture(ours, case):
    browser = browser_of(ours.users["outreach_officer"])
    for path in ("/today/", f"/cases/{case.id}/", f"/cases/{case.id}/door/"):
        page = browser.get(path).content.decode()
        main = page.split("<main")[1].split("</main>")[0].lower()
        assert re.search(r"<img|<canvas|<iframe|<map|geo:|maps\.|latitude", main) is None, path
        assert canaries_in(page) <= TO_VISIT
