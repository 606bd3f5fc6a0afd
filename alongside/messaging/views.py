"""The page of one's own devices, and for coordinators what did not arrive."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from alongside.accounts.access import SignedIn, role_required
from alongside.accounts.roles import may
from alongside.messaging.actions import switch_off, switch_on, tell
from alongside.messaging.forms import DeviceForm
from alongside.messaging.push import public_key
from alongside.messaging.queries import devices_of, undelivered_for


@role_required()
def mine(request: SignedIn) -> HttpResponse:
    """Switch this browser on or off."""
    lost = undelivered_for(request.actor)[:50] if may(request.actor.role, "assign_team") else []
    facts = {"form": DeviceForm(), "devices": devices_of(request.actor), "push_key": public_key(), "lost": lost}
    return render(request, "messaging/mine.html", facts)


@role_required()
@require_POST
def on(request: SignedIn) -> HttpResponse:
    """This browser takes messages."""
    form = DeviceForm(request.POST)
    if form.is_valid():
        switch_on(**form.cleaned_data, by=request.actor)
        messages.success(request, gettext("This device is switched on."))
    else:
        messages.warning(request, gettext("The browser did not say where a message could reach it. Nothing was kept."))
    return redirect("messaging:mine")


@role_required()
@require_POST
def off(request: SignedIn) -> HttpResponse:
    """No browser takes messages."""
    switch_off(by=request.actor)
    messages.success(request, gettext("No device of yours takes messages now."))
    return redirect("messaging:mine")


@role_required()
@require_POST
def try_it(request: SignedIn) -> HttpResponse:
    """One message to oneself."""
    if request.user.is_authenticated:
        tell(request.user, "test", by=request.actor)
    messages.success(request, gettext("On its way. It takes a minute or two."))
    return redirect("messaging:mine")
