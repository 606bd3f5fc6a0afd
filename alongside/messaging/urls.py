"""Addresses of the messages."""

from __future__ import annotations

from django.urls import path

from alongside.messaging import views

app_name = "messaging"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("on/", views.on, name="on"),
    path("off/", views.off, name="off"),
    path("try/", views.try_it, name="try"),
]
