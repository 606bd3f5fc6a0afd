"""Addresses of the answers by link or code, and of the desks that answer."""

from __future__ import annotations

from django.urls import path

from alongside.partners import desks, views

app_name = "partners"
urlpatterns = [
    path("a/<str:token>/", views.by_link, name="link"),
    path("answer/", views.by_code, name="code"),
    path("partners/", desks.partners, name="list"),
    path("partners/example/", desks.example, name="example"),
    path("partners/<uuid:agency_id>/", desks.partner, name="partner"),
    path("partners/<uuid:agency_id>/test/", desks.send_test, name="test"),
]
