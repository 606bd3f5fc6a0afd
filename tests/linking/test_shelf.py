"""The models a site trained: whole or not at all, the newest good one serves, an older one is kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alongside.identity.linkage import default_model, dump_model
from alongside.identity.shelf import KEPT, current_model, current_name, folder, keep_model, models_on_disk, take_back

MOMENT = datetime(2026, 3, 1, 2, 50, tzinfo=UTC)


@pytest.fixture(autouse=True)
def shelf(settings, tmp_path):
    settings.HOME = tmp_path


def put(nights: int):
    model = replace(default_model(), prior=0.001 + nights / 1000)
    return keep_model(dump_model(model), MOMENT + timedelta(days=nights)), model


def test_without_any_the_packaged_one_serves():
    assert current_model() == default_model()
    assert current_name() == ""


def test_the_newest_serves_and_some_older_ones_are_kept():
    for nights in range(KEPT + 2):
        path, model = put(nights)
    assert current_model() == model
    assert current_name() == path.name
    assert len(models_on_disk()) == KEPT
    assert not list(folder().glob("*.new"))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 99}', "half of a mod", '{"version": 1, "levels": {"given": 3}}'])
def test_what_cannot_be_read_is_passed_over(text):
    _path, model = put(1)
    (folder() / "model-20270101T000000000000Z.json").write_text(text)
    assert current_model() == model


def test_what_cannot_be_read_is_not_put_there():
    with pytest.raises(ValueError, match="model file"):
        keep_model("{}", MOMENT)
    assert models_on_disk() == []


def test_taking_back_brings_the_one_before():
    older, model = put(1)
    put(2)
    assert take_back() == older.name
    assert current_model() == model
    assert take_back() == ""
    assert take_back() == ""
