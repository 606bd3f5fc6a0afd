"""Addresses of the kits."""

from __future__ import annotations

from django.urls import path

from alongside.naloxone import shelves, views

app_name = "naloxone"
urlpatterns = [
    path("", views.stock, name="stock"),
    path("give/", views.give, name="give"),
    path("given/<uuid:move_id>/", views.given, name="given"),
    path("left/", views.left, name="left"),
    path("place/", views.place, name="place"),
    path("receive/", shelves.receive_box, name="receive"),
    path("supplies/", shelves.supplies, name="supplies"),
    path("issue/", shelves.issue, name="issue"),
    path("take-out/", shelves.take_out, name="take_out"),
    path("count/<uuid:place_id>/", shelves.count, name="count"),
    path("train/", shelves.train, name="train"),
    path("used/", shelves.reversal, name="reversal"),
    path("labels/", shelves.codes, name="codes"),
    path("labels/<uuid:kit_code_id>/", shelves.labels, name="labels"),
]
