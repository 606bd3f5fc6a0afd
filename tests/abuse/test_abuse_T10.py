"""T10: the administrator's account, or the machine, in the wrong hands. There is ciphertext, and nobody to become."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from alongside.accounts.models import User
from alongside.accounts.roles import PERMISSIONS, ROLES
from alongside.common.decision import Refused
from alongside.consent import firewall
from alongside.consent.rules import PURPOSES
from alongside.identity.models import Identity
from tests.cast import canaries_in, case_with_everything
from tests.house.test_addresses import ADDRESSES

pytestmark = pytest.mark.django_db
CARE = {"see_case", "see_queue", "find_person", "break_glass", "note_needs", "review_matches", "see_morning_list"}


@pytest.fixture
def taken(ours):
    """The administrator's own browser, with a fresh factor: more cannot be stolen."""
    case_with_everything(ours)
    client = Client()
    client.force_login(ours.users["administrator"])
    return client


def rows():
    """Every column of every table, as somebody with the opened database file would print it."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608  # our own tables
            for row in cursor.fetchall():
                yield from (bytes(value) if isinstance(value, memoryview) else value for value in row)


@pytest.mark.covers("R69c")
def test_no_page_shows_the_administrator_a_person(taken):
    shown = 0
    for name, _view, parts in ADDRESSES:
        if parts:
            continue
        answer = taken.get(reverse(name))
        assert not canaries_in(answer.content), name
        shown += answer.status_code == 200
    assert shown > 3
    assert not PERMISSIONS.keys() & CARE & ROLES["administrator"].permissions


@pytest.mark.covers("R69c")
def test_the_whole_database_is_ciphertext_and_pseudonyms(taken):
    seen = [value for value in rows() if value is not None]
    assert len(seen) > 200
    for value in seen:
        assert not canaries_in(value if isinstance(value, bytes) else str(value))


@pytest.mark.covers("R69c")
def test_a_shell_prints_seals(taken):
    for identity in Identity.objects.all():
        assert not canaries_in(repr(identity.__dict__))
        assert not canaries_in(f"{identity.given_name} {identity.family_name!r}")
    out = io.StringIO()
    call_command("dumpdata", exclude=["sessions", "contenttypes", "mfa"], stdout=out)
    assert len(json.loads(out.getvalue())) > 20
    assert not canaries_in(out.getvalue())


@pytest.mark.covers("R69c")
def test_the_administrator_cannot_decrypt(taken, ours):
    administrator = ours.actor("administrator")
    sealed = [identity.given_name for identity in Identity.objects.all()]
    assert sealed
    for purpose in PURPOSES:
        answers = firewall.open(administrator, purpose, *sealed)
        assert all(isinstance(answer, Refused) for answer in answers), purpose
        assert not canaries_in(repr(answers))


@pytest.mark.covers("R69c", "R60")
@pytest.mark.parametrize("role", sorted(set(ROLES) - {"administrator"}))
def test_the_administrator_cannot_become_somebody_else(taken, ours, role, journal):
    own = ours.users["administrator"]
    answer = taken.post(reverse("user", kwargs={"user_id": own.pk}), {"role": role, "agency": str(own.agency_id)})
    assert answer.status_code == 302
    assert User.objects.get(pk=own.pk).role == "administrator"
    assert journal() == []
    for name in ("user_suspend", "user_restore", "user_release", "user_renew"):
        taken.post(reverse(name, kwargs={"user_id": own.pk}), {"in_person": "1"})
    assert journal() == []


@pytest.mark.covers("R60")
def test_a_new_user_or_a_renewed_one_leaves_a_line_that_cannot_be_taken_back(taken, ours, journal):
    """A second self is possible, and never in silence: the privacy reviewer reads who was added and renewed, and when."""
    agency = str(ours.agencies["health"].pk)
    taken.post(reverse("user_add"), {"username": "other-self", "display_name": "Other", "role": "coordinator", "agency": agency})
    taken.post(reverse("user_renew", kwargs={"user_id": ours.users["coordinator"].pk}), {"in_person": "1"})
    assert journal() == ["user_added", "factor_changed", "sessions_ended"]
    with pytest.raises(Exception, match="not authorized|permission denied|never|append"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM journal_entry")
