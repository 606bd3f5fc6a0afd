"""Addresses of the directory."""

from __future__ import annotations

from django.urls import path

from alongside.services import views

app_name = "services"
urlpatterns = [
    path("", views.list_services, name="list"),
    path("confirm/", views.confirm, name="confirm"),
    path("link/", views.link, name="link"),
]
