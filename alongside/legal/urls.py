"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from alongside.legal import views

app_name = "legal"
urlpatterns = [
    path("", views.ledger, name="ledger"),
    path("enter/", views.enter, name="enter"),
    path("months/", views.months, name="months"),
    path("holds/", views.holds, name="holds"),
    path("holds/<uuid:hold_id>/", views.hold, name="hold"),
    path("card/", views.card, name="card"),
    path("requests/<uuid:legal_request_id>/", views.one, name="request"),
    path("requests/<uuid:legal_request_id>/move/", views.move, name="move"),
    path("requests/<uuid:legal_request_id>/approve/", views.approve, name="approve"),
    path("requests/<uuid:legal_request_id>/pack/", views.build, name="pack"),
    path("requests/<uuid:legal_request_id>/handed-over/", views.hand_over, name="hand_over"),
]
