"""The list of what was forgotten lies in a folder of its own in each test."""

from __future__ import annotations

import pytest

from tests.rights.site import Site


@pytest.fixture(autouse=True)
def forgotten_list(settings, tmp_path):
    settings.FORGOTTEN_LIST = tmp_path / "keys" / "forgotten.log"
    return settings.FORGOTTEN_LIST


@pytest.fixture
def site(tmp_path):
    """An installation of its own, set up and empty."""
    return Site(tmp_path / "home")
