"""Addresses of the pairs that may be one."""

from __future__ import annotations

from django.urls import path

from alongside.listings import views

app_name = "listings"
urlpatterns = [
    path("", views.list_pairs, name="pairs"),
    path("decide/", views.decide, name="decide"),
]
