"""The models a site trained for itself, newest first, beside the installation; without a good one there the packaged one.

A model is frequencies and weights: it names nobody (the floor under its name tables sees to that), so it lies in the open.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from alongside.identity.linkage import Model, default_model, load_model

KEPT = 3  # the one in use, and two to go back to
PATTERN = "model-*.json"


def folder() -> Path:
    """Where the trained models of this installation lie."""
    return Path(settings.HOME) / "models"


def models_on_disk() -> list[Path]:
    """The trained models, newest first, good or not."""
    return sorted(folder().glob(PATTERN), reverse=True)


def current_model() -> Model:
    """The newest trained model that can be read; the packaged one where there is none. Cheap: read again only when changed."""
    for _path, model in _good():
        return model
    return default_model()


def current_name() -> str:
    """The file name of the model in use; empty for the packaged one."""
    return next((path.name for path, _model in _good()), "")


def _good() -> Iterator[tuple[Path, Model]]:
    for path in models_on_disk():
        model = _read(path, path.stat().st_mtime_ns)
        if model is not None:
            yield path, model


@lru_cache(maxsize=8)
def _read(path: Path, changed: int) -> Model | None:
    try:
        return load_model(path.read_text())
    except (OSError, ValueError, KeyError, TypeError):  # half a file, another version, somebody's notes: the next one serves
        return None


def keep_model(text: str, moment: datetime) -> Path:
    """Put a trained model on the shelf: whole or not at all, and in use from then on. Older ones beyond three go."""
    load_model(text)  # what could not be read again is not kept
    folder().mkdir(parents=True, exist_ok=True)
    path = folder() / f"model-{moment:%Y%m%dT%H%M%S%f}Z.json"
    fresh = path.with_suffix(".new")
    with fresh.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    for old in models_on_disk()[KEPT:]:
        old.unlink()
    return path


def take_back() -> str:
    """Take the model in use off the shelf, so that the one before it serves again. Gives the name of what serves now."""
    for path, _model in _good():
        path.replace(path.with_suffix(".withdrawn"))
        break
    return current_name()
