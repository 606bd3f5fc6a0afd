"""Addresses of the kits."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "naloxone"
urlpatterns: list[URLPattern] = []
