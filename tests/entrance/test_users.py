"""The list of users: who may be what, the quarterly review, and the post that takes the outreach role away."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from alongside.accounts import rules
from alongside.accounts.actions import Post, add_user, change_user, review_users
from alongside.accounts.models import Program, User
from alongside.accounts.roles import ROLES
from alongside.common.clock import now
from alongside.common.decision import Refused
from tests.cast import case_with_everything

pytestmark = pytest.mark.django_db


def form_of(user, **more):
    kept = {"role": user.role, "agency": str(user.agency_id), "other_post": user.other_post,
            "towns": [str(town.pk) for town in user.towns.all()]}  # fmt: skip
    return kept | more


@pytest.mark.covers("R61")
def test_a_user_is_added_with_a_code_shown_once(ours, office, journal):
    data = {"username": "new-coach", "display_name": "Ines Duarte", "role": "recovery_coach", "other_post": "",
            "agency": str(ours.agencies["recovery"].pk)}  # fmt: skip
    page = office.post("user_add", data)
    assert page.status_code == 200
    assert journal() == ["user_added"]
    code = page.content.decode().split("data-set-up-code>")[1].split("<")[0]
    assert len(code) == 19
    made = User.objects.get(username="new-coach")
    assert not made.has_usable_password()
    assert code not in office.get("user", user_id=made.pk).content.decode()
    assert "one login" in str(messages_of(office.post("user_add", data)))


def messages_of(answer):
    return [str(message) for message in answer.wsgi_request._messages]


@pytest.mark.covers("R38")
@pytest.mark.parametrize("post", sorted(rules.INVESTIGATING_POSTS))
def test_whoever_investigates_is_no_outreach_officer(ours, post):
    by = ours.actor("administrator")
    with pytest.raises(Refused, match="investigating"):
        add_user("detective", "Det. Orla Finch", Post("outreach_officer", ours.agencies["police"], post), by=by)
    made, _ = add_user("detective", "Det. Orla Finch", Post("patrol_officer", ours.agencies["police"], post), by=by)
    with pytest.raises(Refused, match="investigating"):
        change_user(made, Post("outreach_officer", made.agency, post), by=by)
    officer = ours.users["outreach_officer"]
    officer.other_post = post
    with pytest.raises(ValueError, match="investigating"):
        officer.save()


@pytest.mark.covers("R38")
def test_taking_the_post_later_takes_the_people_away_at_once(ours, office):
    case = case_with_everything(ours)
    officer = ours.users["outreach_officer"]
    client = Client()
    client.force_login(officer)
    page = reverse("desk:case", kwargs={"case_id": case.pk})
    assert client.get(page).status_code == 200
    office.post("user", form_of(officer, other_post="drug_unit"), user_id=officer.pk)
    changed = User.objects.get(pk=officer.pk)
    assert (changed.role, changed.other_post) == ("patrol_officer", "drug_unit")
    assert client.get(page)["Location"].startswith(reverse("login"))
    client.force_login(changed)
    assert client.get(page).status_code == 404


@pytest.mark.covers("R61")
def test_the_review_marks_those_ticked_and_lists_those_due(ours, office, journal):
    due = now().date() - timedelta(days=93)
    User.objects.update(reviewed_on=due)
    page = office.get("users").content.decode()
    assert page.count("review due") == len(ours.users)
    ticked = [ours.users[role] for role in ("coordinator", "partner")]
    office.post("users_reviewed", {"user": [str(user.pk) for user in ticked] + ["nonsense"]})
    assert journal() == ["users_reviewed"]
    assert set(User.objects.exclude(reviewed_on=due)) == set(ticked)


@pytest.mark.covers("R61")
def test_nobody_reviews_or_sees_another_programs_users(cast, office):
    stranger = cast.other.users["partner"]
    User.objects.update(reviewed_on=now().date() - timedelta(days=93))
    assert review_users([stranger.pk], by=cast.ours.actor("administrator")) == 0
    assert stranger.username not in office.get("users").content.decode()
    for name in ("user", "user_suspend", "user_release", "user_renew", "user_sessions", "user_restore"):
        assert office.post(name, user_id=stranger.pk).status_code == 404


def test_suspending_and_restoring_can_be_repeated(ours, office, journal):
    user = ours.users["partner"]
    for name in ("user_suspend", "user_suspend", "user_restore", "user_restore"):
        assert office.post(name, user_id=user.pk).status_code == 302
    assert journal() == ["user_changed", "sessions_ended", "user_changed"]


def test_the_same_change_again_changes_nothing(ours, office, journal):
    user = ours.users["partner"]
    assert office.post("user", form_of(user), user_id=user.pk).status_code == 302
    assert journal() == []


def test_police_hold_no_role_that_sees_people(ours, office):
    officer = ours.users["patrol_officer"]
    answer = office.post("user", form_of(officer, role="coordinator"), user_id=officer.pk)
    assert "cannot hold this role" in str(messages_of(answer))
    assert User.objects.get(pk=officer.pk).role == "patrol_officer"


@pytest.mark.parametrize("role", [role for role in ROLES if role != "administrator"])
def test_the_list_is_the_administrators_alone(ours, role):
    client = Client()
    client.force_login(ours.users[role])
    assert client.get(reverse("users")).status_code == 404


def test_the_first_administrator_comes_from_the_command_line_and_only_the_first(db):
    Program.objects.create(name="New Program")
    out = StringIO()
    words = {"first_administrator": "chief-of-machines", "name": "Pat Moreau", "agency": "County Health"}
    call_command("users", stdout=out, **words)
    assert "set-up code" in out.getvalue()
    made = User.objects.get()
    assert (made.role, made.agency.kind, made.has_usable_password()) == ("administrator", "health", False)
    with pytest.raises(CommandError, match="already"):
        call_command("users", **words)
    call_command("users", nightly=True, stdout=out)
    assert "0 accounts suspended" in out.getvalue()


@pytest.mark.parametrize(("days", "due", "over"), [(92, False, False), (93, True, False), (106, True, False), (107, True, True)])
@pytest.mark.covers("R61")
def test_a_review_is_due_after_a_quarter_and_over_two_weeks_later(days, due, over):
    today = now().date()
    on = today - timedelta(days=days)
    assert (rules.review_is_due(on, today), rules.review_is_over(on, today)) == (due, over)
