"""Addresses of the public pages; no namespace, because every page links them."""

from __future__ import annotations

from django.urls import path

from alongside.public import kits, views

urlpatterns = [
    path("trust/", views.trust, name="trust"),
    path("trust/rules/", views.rules, name="rules"),
    path("trust/kept/", views.kept, name="kept"),
    path("privacy/", views.privacy, name="privacy"),
    path("complain/", views.complain, name="complain"),
    path("naloxone/", kits.steps, name="naloxone_steps"),
    path("kit/", kits.kit, name="kit"),
]
