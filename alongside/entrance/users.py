"""The list of users: add, change, review, suspend, release, renew in person. For the administrator, with a fresh factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from alongside.accounts import rules
from alongside.accounts.access import SignedIn, fresh_factor, role_required
from alongside.accounts.actions import (
    add_user,
    change_user,
    end_sessions,
    release_password,
    renew_sign_in,
    restore_user,
    review_users,
    suspend_user,
)
from alongside.accounts.models import User
from alongside.accounts.queries import users_for
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.entrance.forms import NewUserForm, UserForm

MANAGE = "manage_users"


def _viewer(request: HttpRequest) -> Actor:
    return cast(SignedIn, request).actor


def _one(request: HttpRequest, user_id: UUID) -> User:
    return get_object_or_404(users_for(_viewer(request)), id=user_id)


@role_required(MANAGE)
@fresh_factor
def users(request: HttpRequest) -> HttpResponse:
    """Everybody, with what wants looking at: a locked password, a review that is due."""
    today = now().date()
    found = list(users_for(_viewer(request)).prefetch_related("towns"))
    due = {one.id for one in found if one.is_active and rules.review_is_due(one.reviewed_on, today)}
    return render(request, "entrance/users.html", {"users": found, "due": due})


@role_required(MANAGE)
@fresh_factor
@require_POST
def reviewed(request: HttpRequest) -> HttpResponse:
    """The quarterly review: those ticked still need their accounts; the others are suspended after the grace."""
    ids = [UUID(text) for text in request.POST.getlist("user") if _is_id(text)]
    count = review_users(ids, by=_viewer(request))
    messages.success(request, gettext("{count} accounts reviewed.").format(count=count))
    return redirect("users")


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@role_required(MANAGE)
@fresh_factor
def add(request: HttpRequest) -> HttpResponse:
    """Add a user, and show the set-up code this one time."""
    form = NewUserForm(request.POST or None, viewer=_viewer(request))
    if request.method != "POST" or not form.is_valid():
        return render(request, "entrance/user_add.html", {"form": form}, status=422 if form.errors else 200)
    said = form.cleaned_data
    made, code = add_user(said["username"].strip(), said["display_name"].strip(), form.post, by=_viewer(request))
    return _show_code(request, made, code)


def _show_code(request: HttpRequest, whose: User, code: str) -> HttpResponse:
    shown = {"whose": whose, "code": code, "hours": rules.SET_UP_CODE_HOURS}
    return render(request, "entrance/user_code.html", shown)


@role_required(MANAGE)
@fresh_factor
def user(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """One user, and what can be decided about them."""
    viewer, one = _viewer(request), _one(request, user_id)
    now_set = {"role": one.role, "agency": one.agency_id, "other_post": one.other_post,
               "towns": list(one.towns.values_list("id", flat=True))}  # fmt: skip
    form = UserForm(request.POST or None, viewer=viewer, initial=now_set)
    if request.method == "POST" and form.is_valid():
        changed = change_user(one, form.post, by=viewer)
        messages.success(request, gettext("{name} is {role} now.").format(
            name=changed.display_name, role=changed.get_role_display()))  # fmt: skip
        return redirect("users")
    shown = {"one": one, "form": form, "may": rules.may_manage(own=one.id == viewer.user_id)}
    return render(request, "entrance/user.html", shown, status=422 if form.errors else 200)


def _button(act: Callable[..., object], **more: str) -> Callable[..., HttpResponse]:
    """A view of one button on the page of a user."""

    @role_required(MANAGE)
    @fresh_factor
    @require_POST
    def pressed(request: HttpRequest, user_id: UUID) -> HttpResponse:
        act(_one(request, user_id), *more.values(), by=_viewer(request))
        messages.success(request, gettext("Done."))
        return redirect("user", user_id=user_id)

    return cast(Callable[..., HttpResponse], pressed)


suspend = _button(suspend_user, why="left")
restore = _button(restore_user)
release = _button(release_password)
sessions = _button(end_sessions)


@role_required(MANAGE)
@fresh_factor
@require_POST
def renew(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """A lost password or factor, renewed in person: all of it goes, and a new set-up code is shown once."""
    one = _one(request, user_id)
    if not request.POST.get("in_person"):
        messages.warning(request, gettext("Tick that the person stands before you and showed who they are."))
        return redirect("user", user_id=user_id)
    return _show_code(request, one, renew_sign_in(one, by=_viewer(request)))
