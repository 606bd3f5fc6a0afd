"""What every test may ask for. A test runs in a transaction that is rolled back: the journal can never be emptied."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.test.utils import setup_databases, teardown_databases
from hypothesis import settings

from alongside.journal.models import Entry
from tests import cast as casting
from tests import installed

# The same examples on every run, and no clock: the machine may be busy. A night may ask for more.
settings.register_profile(
    "house", deadline=None, derandomize=True, max_examples=int(os.environ.get("ALONGSIDE_EXAMPLES", "60"))
)
settings.load_profile("house")

Client.force_login = casting.force_two_factors

# Two workers take whole files, one after the other (./run test): what takes longest goes first, so that both end together.
LONGEST = (
    "tests/house/test_crawl.py", "tests/house/test_addresses.py", "tests/walls/test_http_behind_the_wall.py",
    "tests/walls/test_a_servers_backup.py", "tests/rights/test_purge_and_the_counts.py", "tests/demo/test_demo.py",
)  # fmt: skip
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "site_template"}


def pytest_collection_modifyitems(config, items):
    if django_settings.DATABASE_URL:
        pure = [item for item in items if not touches_a_database(item)]
        config.hook.pytest_deselected(items=pure)
        items[:] = [item for item in items if touches_a_database(item)]
    if not os.environ.get("ALONGSIDE_NIGHT"):
        late = [item for item in items if item.get_closest_marker("nightly")]
        config.hook.pytest_deselected(items=late)
        items[:] = [item for item in items if not item.get_closest_marker("nightly")]
    slow = {item.path for item in items if item.get_closest_marker("slow") or item.get_closest_marker("browser")}
    items.sort(key=lambda item: (not item.nodeid.startswith(LONGEST), item.path not in slow))


def touches_a_database(item) -> bool:
    """A test without one says the same on PostgreSQL as on SQLite, where it runs anyhow."""
    marked = item.get_closest_marker("django_db") or item.get_closest_marker("postgres")
    return bool(marked or DATABASE_FIXTURES & set(item.fixturenames))


def pytest_collection_finish():
    """The tests themselves stay until the end: nobody need look through them for rubbish, nor after every page."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_modify_db_settings, django_db_blocker):
    """The database of the suite: a copy of tables that were made once for all workers, by every migration there is."""
    with django_db_blocker.unblock():
        name, url = connection.creation._get_test_db_name(), django_settings.DATABASE_URL
        if url:
            with psycopg.connect(url, autocommit=True) as link:
                link.execute(f'DROP DATABASE IF EXISTS "{name}"')
                installed.create_with_tables(link, name, url)
        else:
            installed.copy_tables_to(Path(name))
        made = setup_databases(verbosity=0, interactive=False, keepdb=True)
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


def pytest_sessionfinish(session):
    """The first process ends last; what its workers copied from is not needed any more."""
    if django_settings.DATABASE_URL and not hasattr(session.config, "workerinput"):
        installed.drop_template(django_settings.DATABASE_URL)


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
