"""What every test may ask for. A test runs in a transaction that is rolled back: the journal can never be emptied."""

from __future__ import annotations

import pytest

from alongside.journal.models import Entry
from tests import cast as casting


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
