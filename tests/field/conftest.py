"""A browser for the screens; each test opens a phone of its own in it."""

from __future__ import annotations

import pytest

from tests.journeys.site import chromium, running_browser


@pytest.fixture(scope="module")
def glasses():
    if not chromium():
        pytest.skip("Chromium is missing: install it or name it in ALONGSIDE_CHROMIUM.")
    with running_browser() as made:
        yield made


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """However slow the machine, what a test sends is filed at once; what happens otherwise is test_inbox's."""
    monkeypatch.setattr("alongside.field.inbox.SECONDS_OF_A_SYNC", 600)
