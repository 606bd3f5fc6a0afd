"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from alongside.review import danger, views

app_name = "review"
urlpatterns = [
    path("", views.week, name="week"),
    path("answer/", views.answer, name="answer"),
    path("danger/", danger.find, name="find"),
    path("danger/<uuid:person_id>/", danger.danger, name="danger"),
    path("danger/<uuid:person_id>/opened/", danger.opened, name="opened"),
    path("breach/", views.breach, name="breaches"),
    path("breach/<uuid:breach_id>/", views.affected, name="breach"),
    path("breach/<uuid:breach_id>/affected.csv", views.affected_file, name="affected_file"),
    path("own/", danger.own, name="own"),
    path("head/", views.head, name="head"),
]
