"""Addresses of the app for the door, and of what it sends."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "field"
urlpatterns: list[URLPattern] = []
