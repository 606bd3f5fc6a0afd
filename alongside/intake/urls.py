"""Addresses of intake."""

from __future__ import annotations

from django.urls import path

from alongside.intake import views

app_name = "intake"
urlpatterns = [
    path("contact/", views.report, name="report"),
    path("morning/", views.morning, name="morning"),
    path("morning/<uuid:incident_id>/", views.settle, name="settle"),
    path("morning/<uuid:incident_id>/nobody/", views.nobody, name="nobody"),
    path("morning/<uuid:incident_id>/town/", views.town, name="town"),
    path("morning/<uuid:incident_id>/same-as/<uuid:earlier_id>/", views.join, name="join"),
]
