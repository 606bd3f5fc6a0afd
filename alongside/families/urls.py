"""Addresses of the families."""

from __future__ import annotations

from django.urls import path

from alongside.families import views

app_name = "families"
urlpatterns = [
    path("", views.loved_ones, name="list"),
    path("add/", views.add, name="add"),
    path("<uuid:loved_one_id>/", views.loved_one, name="one"),
    path("<uuid:loved_one_id>/give/", views.give, name="give"),
    path("<uuid:loved_one_id>/say/", views.say, name="say"),
    path("<uuid:loved_one_id>/talk/", views.talk, name="talk"),
    path("<uuid:loved_one_id>/grief/", views.grief, name="grief"),
    path("<uuid:loved_one_id>/call/", views.call, name="call"),
    path("<uuid:loved_one_id>/connect/", views.connect, name="connect"),
]
