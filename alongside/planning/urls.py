"""Addresses of the day's plan."""

from __future__ import annotations

from django.urls import path

from alongside.planning import views

app_name = "planning"
urlpatterns = [
    path("", views.program_day, name="day"),
    path("mine/", views.my_day, name="mine"),
]
