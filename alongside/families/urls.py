"""Addresses of the families."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "families"
urlpatterns: list[URLPattern] = []
