"""Addresses of early warning."""

from __future__ import annotations

from django.urls import path

from alongside.signals import views

app_name = "signals"
urlpatterns = [
    path("", views.list_signals, name="list"),
    path("why/", views.why, name="why"),
    path("budget/", views.budget, name="budget"),
    path("told/", views.be_told, name="subscribe"),
    path("told/no-more/", views.no_more, name="unsubscribe"),
    path("neighbours/offer/", views.offer, name="offer"),
    path("neighbours/agree/", views.agree, name="agree"),
    path("neighbours/end/", views.end, name="end"),
]
