"""The code of a made-up user is shown in the demonstration, and can be shown nowhere else."""

import pytest
from django.core.management.base import CommandError
from django.urls import reverse

from alongside.accounts.actions import set_up_program
from alongside.accounts.models import Agency, Program, User
from alongside.demo.hints import give_generator
from alongside.demo.management.commands import demo
from alongside.demo.staff import PROGRAM
from tests.entrance.conftest import PHRASE, Door, give_sign_in

pytestmark = pytest.mark.django_db


def door_of(name):
    program = Program.objects.create(name=name)
    agency = Agency.objects.create(program=program, name="Two Rivers Health", kind="health")
    user = User(username="coordinator", display_name="Imani Okafor", role="coordinator", agency=agency)
    user.set_password(PHRASE)
    user.save()
    return Door(user)


def shown(door):
    door.password()
    page = door.get("mfa_authenticate").content.decode()
    return page.split("the code now is <strong>")[1].split("<")[0] if "data-demo-code" in page else ""


def test_the_demonstration_shows_the_code_and_it_opens():
    door = door_of(PROGRAM)
    give_generator(door.user)
    code = shown(door)
    assert len(code) == 7
    assert door.code(code)["Location"] == reverse("home")
    again = Door(door.user)
    assert again.code(shown(again))["Location"] == reverse("home"), "the next code, for this one is used up"


@pytest.mark.covers("R56")
def test_another_installation_never_shows_one():
    door = door_of("Harbor Outreach")
    give_generator(door.user)
    assert shown(door) == ""


@pytest.mark.covers("R56")
def test_a_real_secret_is_never_shown_even_under_that_name():
    door = door_of(PROGRAM)
    give_sign_in(door.user)
    assert shown(door) == ""


@pytest.mark.covers("R56")
def test_a_second_program_beside_it_ends_the_hints():
    door = door_of(PROGRAM)
    give_generator(door.user)
    Program.objects.create(name="Harbor Outreach")
    assert shown(door) == ""


@pytest.mark.covers("R56")
def test_no_other_page_shows_it():
    door = door_of(PROGRAM)
    give_generator(door.user)
    door.password()
    for name in ("login", "first_time"):
        assert "data-demo-code" not in door.get(name).content.decode()


@pytest.mark.slow
def test_an_installation_that_is_not_a_demonstration_is_refused(settings):
    settings.DATABASE_URL = "there is one"
    assert demo.demo_is_here() is False
    set_up_program(PROGRAM)
    assert demo.demo_is_here() is True
    set_up_program("A real program")
    with pytest.raises(CommandError, match="is not a demonstration and was left alone"):
        demo.demo_is_here()
