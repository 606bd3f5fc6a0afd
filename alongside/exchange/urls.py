"""Addresses of the exchange of records."""

from __future__ import annotations

from django.urls import path

from alongside.exchange import views

app_name = "exchange"
urlpatterns = [
    path("", views.exchange, name="list"),
    path("referrals/<uuid:referral_id>.json", views.referral, name="referral"),
]
