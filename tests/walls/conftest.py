"""Installations and roles for the tests of the walls."""

from __future__ import annotations

from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection, transaction

from alongside.common import walls
from tests.walls.site import copy_of, make_site, remove


@pytest.fixture(scope="session")
def site_template():
    site = make_site()
    yield site
    remove(site)


@pytest.fixture
def site(site_template):
    """An installation that a test may do anything with."""
    made = copy_of(site_template)
    yield made
    remove(made)


@contextmanager
def acting_as(role):
    """The rights of one database role, within the transaction of the test."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")


@pytest.fixture(scope="session")
def roles(django_db_setup, django_db_blocker):
    """The roles, made once and for good: they belong to the whole server, and two workers may want them at once."""
    with django_db_blocker.unblock():
        if connection.vendor != "postgresql":
            pytest.skip("about PostgreSQL")
        about = connection.settings_dict
    names = {"dbname": about["NAME"], "user": about["USER"], "host": about["HOST"], "port": about["PORT"]}
    with psycopg.connect(**names, password=about["PASSWORD"] or None, autocommit=True) as link:
        link.execute("SELECT pg_advisory_lock(77)")
        link.execute(walls.ROLES)
        for role in (walls.APP, walls.REPORT):
            if not link.execute("SELECT pg_has_role(current_user, %s, 'MEMBER')", [role]).fetchone()[0]:
                link.execute(f"GRANT {role} TO CURRENT_USER")


@pytest.fixture(scope="module")
def laid(roles, django_db_blocker):
    """The walls, for the tests of one file; rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        walls.lay_walls()
        yield
        transaction.set_rollback(True)
