"""Every address for every role once more, now with the rights of the app role: all of HTTP works behind the wall.

What the owner of a database is answered stands in the table of the house tests, which ask for it on the embedded one. The
app role is answered the same, line by line: the wall takes nothing away from anybody entitled, and it adds nothing.
"""

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from alongside.accounts.roles import ROLES
from alongside.common import walls
from tests.house import test_addresses
from tests.house.test_addresses import world as world_of_the_owner
from tests.walls.conftest import acting_as

pytestmark = [pytest.mark.postgres, pytest.mark.django_db, pytest.mark.covers("R21")]
__all__ = ["world_of_the_owner"]
EACH = test_addresses.ADDRESSES
each = pytest.mark.parametrize(("name", "view", "parts"), EACH, ids=[name for name, _, _ in EACH])


def acts_for_nobody():
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('alongside.program', '', true)")


@pytest.fixture(scope="module")
def world(laid, world_of_the_owner):
    """The world of the house tests, laid out by the owner."""
    return world_of_the_owner


@pytest.fixture(scope="module")
def expected():
    return test_addresses.written()


@each
def test_the_app_role_is_answered_as_the_owner_is(world, expected, name, view, parts):
    acts_for_nobody()
    with acting_as(walls.APP):
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == (walls.APP,)
        assert world.line(name, view, parts) == expected[name]
        _, _, theirs = world.answers(name, view, parts)
    # The other program has no row of ours; where no row is asked for, or whoever holds the link may look, it is like ours.
    of_rows = parts and view.permissions != ("public",)
    assert {role: str(got.status_code) for role, got in theirs.items()} == {
        role: "404" if of_rows else expected[name][role] for role in ROLES
    }


@each
def test_no_page_shows_a_role_what_is_sealed_from_it(world, name, view, parts):
    with acting_as(walls.APP):
        test_addresses.test_no_page_shows_a_role_what_is_sealed_from_it(world, name, view, parts)


def test_the_words_are_really_on_the_pages(world):
    acts_for_nobody()
    with acting_as(walls.APP):
        test_addresses.test_the_crawl_would_notice(world)


def test_who_is_signed_in_acts_for_the_own_program_and_only_while_asked(world):
    """The setting is there inside the request, and gone when the answer is."""
    acts_for_nobody()
    with acting_as(walls.APP):
        assert world.ours["coordinator"].get("/today/").status_code == 200
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('alongside.program', true), (SELECT count(*) FROM cases_case)")
            assert cursor.fetchone() == ("", 0)


def test_the_door_stands_open_for_somebody_who_is_not_signed_in(world):
    """The user, the agency, the program and the towns are found before anybody acts for a program."""
    user = world.cast.ours.users["coordinator"]
    user.set_password("a long way beside the river")
    user.save()
    acts_for_nobody()
    with acting_as(walls.APP):
        client = Client()
        assert client.get(f"/{settings.LOGIN_URL.strip('/')}/" if "/" in settings.LOGIN_URL else "/sign-in/").status_code == 200
        found = type(user).objects.get(username=user.username)
        assert found.actor() == user.actor()
        assert found.check_password("a long way beside the river")
        client.force_login(found)  # writes last_login and the session, as signing in does
        assert client.get("/today/").status_code == 200
