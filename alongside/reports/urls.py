"""Addresses of the reports."""

from __future__ import annotations

from django.urls import path

from alongside.reports import views

app_name = "reports"
urlpatterns = [
    path("month/", views.month, name="month"),
    path("month.csv", views.month_csv, name="month_csv"),
    path("month.xlsx", views.month_xlsx, name="month_xlsx"),
    path("month.pdf", views.month_pdf, name="month_pdf"),
    path("month/correct/", views.correct, name="correct"),
    path("measures.json", views.measures, name="measures"),
    path("forms/", views.form_page, name="form"),
]
"""What a reader asks for stands in the query: `month=2026-05` or `period=2026-Q2`, and `form=od2a`."""
