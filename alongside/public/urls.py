"""Addresses of the public pages; no namespace, because every page links them."""

from __future__ import annotations

from django.urls import path

from alongside.public import views

urlpatterns = [
    path("trust/", views.trust, name="trust"),
    path("trust/rules/", views.rules, name="rules"),
    path("trust/kept/", views.kept, name="kept"),
    path("privacy/", views.privacy, name="privacy"),
    path("complain/", views.complain, name="complain"),
]
