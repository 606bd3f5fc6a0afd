"""Addresses of “Does it help?”."""

from __future__ import annotations

from django.urls import path

from alongside.evaluation import views

app_name = "evaluation"
urlpatterns = [
    path("", views.page, name="page"),
    path("start/", views.start, name="start"),
    path("add/", views.add, name="add"),
    path("remove/", views.remove, name="remove"),
]
