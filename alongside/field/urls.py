"""Addresses of the app for the door, and of what it sends."""

from __future__ import annotations

from django.urls import path

from alongside.field import api, office, views

app_name = "field"
urlpatterns = [
    path("", views.shell, name="shell"),
    path("sw.js", views.worker, name="worker"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("who/", api.who, name="who"),
    path("phone/", api.join, name="join"),
    path("sync/", api.sync, name="sync"),
    path("check/", api.check, name="check"),
    path("leave/", api.leave, name="leave"),
    path("hand-over/", api.hand_over, name="hand_over"),
    path("waiting/", office.what_waits, name="waiting"),
    path("waiting/brought/", office.brought, name="brought"),
    path("waiting/<uuid:parked_id>/", office.decide, name="decide"),
    path("clash/<uuid:clash_id>/", office.choose, name="choose"),
    path("phones/", office.own_phones, name="phones"),
    path("phones/<uuid:user_id>/", office.phones_of_user, name="user_phones"),
    path("phones/<uuid:phone_id>/lost/", office.lost, name="lost"),
]
