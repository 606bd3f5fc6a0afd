"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from alongside.rights import views

app_name = "rights"
urlpatterns = [
    path("requests/", views.requests, name="requests"),
    path("requests/<uuid:request_id>/", views.one, name="request"),
    path("requests/<uuid:request_id>/open/", views.open_it, name="open"),
    path("requests/<uuid:request_id>/answer/", views.answer, name="answer"),
    path("requests/<uuid:request_id>/copy/", views.copy, name="copy"),
    path("cases/<uuid:case_id>/ask/", views.take, name="take"),
]
