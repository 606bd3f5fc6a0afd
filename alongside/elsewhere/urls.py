"""Addresses of what two programs agreed."""

from __future__ import annotations

from django.urls import path

from alongside.elsewhere import views

app_name = "elsewhere"
urlpatterns = [
    path("", views.pacts, name="pacts"),
    path("propose/", views.propose, name="propose"),
    path("<uuid:pact_id>/allow/", views.allow, name="allow"),
    path("<uuid:pact_id>/end/", views.end, name="end"),
    path("asked/", views.asked, name="asked"),
    path("asked/<uuid:question_id>/", views.settle, name="settle"),
    path("people/<uuid:person_id>/", views.person, name="person"),
]
