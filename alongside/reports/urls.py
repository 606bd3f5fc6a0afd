"""Addresses of the reports."""

from __future__ import annotations

from django.urls import path

from alongside.reports import views

app_name = "reports"
urlpatterns = [
    path("month/", views.month, name="month"),
    path("month.csv", views.month_csv, name="month_csv"),
]
