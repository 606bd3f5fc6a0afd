"""What every test may ask for. A test runs in a transaction that is rolled back: the journal can never be emptied."""

from __future__ import annotations

import os

import pytest
from django.test import Client
from hypothesis import settings

from alongside.journal.models import Entry
from tests import cast as casting

# The same examples on every run, and no clock: the machine may be busy. A night may ask for more.
settings.register_profile(
    "house", deadline=None, derandomize=True, max_examples=int(os.environ.get("ALONGSIDE_EXAMPLES", "60"))
)
settings.load_profile("house")

Client.force_login = casting.force_two_factors


@pytest.fixture
def cast(db):
    """Two programs with their towns, agencies and one user for each role; nobody served yet."""
    return casting.whole_cast()


@pytest.fixture
def ours(cast):
    return cast.ours


@pytest.fixture
def case(ours):
    """A case with a team, and a canary in every sealed field."""
    return casting.case_with_everything(ours)


@pytest.fixture
def journal(db):
    """The verbs written since the test asked, in order."""
    start = Entry.objects.count()
    return lambda: list(Entry.objects.filter(seq__gt=start).order_by("seq").values_list("verb", flat=True))
