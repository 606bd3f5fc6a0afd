"""Addresses."""

app_name = "desk"
urlpatterns: list = []
