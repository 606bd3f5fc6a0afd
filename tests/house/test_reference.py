"""Generated reference pages must equal the code: a lawyer reads them instead of it."""

import pytest

from tests.house.reference import DOCS, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_the_committed_page_equals_the_code(name: str) -> None:
    assert (DOCS / name).read_text() == PAGES[name](), "run ./run reference and commit what changed"


def test_every_setting_read_from_the_environment_has_a_line_in_the_settings_page() -> None:
    source = (DOCS.parents[1] / "alongside" / "settings.py").read_text()
    page = (DOCS / "settings.md").read_text()
    names = {part.split('"')[1] for part in source.split("os.environ.get(")[1:]}
    assert names
    assert not [name for name in names if f"`{name}`" not in page]
