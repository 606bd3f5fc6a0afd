"""One installation and one Chromium for a file of journeys; both end before other tests go on in this process."""

from __future__ import annotations

import pytest

from tests.journeys.site import chromium, installation, running_browser


@pytest.fixture(scope="module")
def site():
    if not chromium():
        pytest.skip("Chromium is missing: install it or name it in ALONGSIDE_CHROMIUM.")
    with installation() as made:
        yield made


@pytest.fixture(scope="module")
def browser(site):
    with running_browser() as made:
        yield made
