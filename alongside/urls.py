"""Every address of the program, room by room."""

from __future__ import annotations

from django.urls import include, path

from alongside.accounts import views

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("alongside.entrance.urls")),
    path("messages/", include("alongside.messaging.urls")),
    path("intake/", include("alongside.intake.urls")),
    path("services/one/", include("alongside.listings.urls")),
    path("services/", include("alongside.services.urls")),
    path("kits/", include("alongside.naloxone.urls")),
    path("families/", include("alongside.families.urls")),
    path("exchange/", include("alongside.exchange.urls")),
    path("", include("alongside.partners.urls")),
    path("rights/", include("alongside.rights.urls")),
    path("legal/", include("alongside.legal.urls")),
    path("elsewhere/", include("alongside.elsewhere.urls")),
    path("review/", include("alongside.review.urls")),
    path("", include("alongside.public.urls")),
    path("signals/", include("alongside.signals.urls")),
    path("reports/helping/", include("alongside.evaluation.urls")),
    path("reports/", include("alongside.reports.urls")),
    path("field/", include("alongside.field.urls")),
    path("plan/", include("alongside.planning.urls")),
    path("", include("alongside.desk.urls")),
]
