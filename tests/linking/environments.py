"""The environments that ./run makes beside the main one, for those tests that need them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]


def python_with(package: str, folder: str) -> str:
    """The Python of an environment that ./run makes; empty where it was not made."""
    named = os.environ.get("ALONGSIDE_LINK_PYTHON", "") if package == "splink" else ""
    python = named or str(TOP / folder / "bin" / "python")
    there = list(Path(python).parent.parent.glob(f"lib/python3*/site-packages/{package}"))
    return python if there else ""


SPLINK = python_with("splink", ".link")
needs_splink = pytest.mark.skipif(not SPLINK, reason="Splink is not there: ./run test, or once ./run alongside link, makes .link")
