"""Addresses of the day's plan."""

from __future__ import annotations

from django.urls import path

from alongside.planning import trying, views

app_name = "planning"
urlpatterns = [
    path("", views.program_day, name="day"),
    path("mine/", views.my_day, name="mine"),
    path("what-if/", trying.what_if, name="what_if"),
    path("order/", trying.order, name="order"),
]
