"""A picture of every main screen for its role: at a desk and on a phone, by day and by night, into ./screens."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django  # noqa: E402

django.setup()

from playwright.sync_api import Browser, ViewportSize  # noqa: E402

from tests.field.glass import day, glass, go  # noqa: E402
from tests.journeys.site import DESK, PHONE, SCREENS, Site, running_browser, window  # noqa: E402

SIZES: dict[str, ViewportSize] = {"desk": DESK, "phone": PHONE}
TALLEST = 3200
CASE = "00000000-0000-4000-8000-000000000001"
ON_A_PHONE = (
    "day", f"visit/{CASE}", f"door/{CASE}", f"met/{CASE}", f"help/{CASE}", f"reach/{CASE}", "contact", "unsent",
    "route", "settings",
)  # fmt: skip


@contextmanager
def demonstration(*, few: bool) -> Iterator[Site]:
    """The demonstration where it can be made, else a handful of made-up people."""
    home = Path(tempfile.mkdtemp(prefix="alongside-screens-"))
    try:
        site = Site(home)
        if few or not (TOP / "alongside" / "demo" / "management" / "commands" / "demo.py").exists():
            site.seed()
        else:
            site.run("demo", "--no-serve")
        with site.served():
            yield site
    finally:
        shutil.rmtree(home, ignore_errors=True)


def pictures(browser: Browser, site: Site, login: str, folder: Path, wanted: str) -> list[str]:
    """Photograph the screens of one login; gives what could not be reached."""
    missed = []
    screens = [screen for screen in SCREENS if screen[1] == login and wanted in screen[0]]
    if not screens:
        return []
    with window(browser, site, login, reduced_motion="reduce") as member:
        for name, _, way in screens:
            member.page.set_viewport_size(DESK)
            if not member.follow(way):
                missed.append(name)
                continue
            for size, viewport in SIZES.items():
                member.page.set_viewport_size(viewport)
                for scheme in ("light", "dark"):
                    member.page.emulate_media(color_scheme=scheme)
                    height = min(TALLEST, member.page.evaluate("document.documentElement.scrollHeight"))
                    member.page.screenshot(
                        path=folder / f"{name}-{size}-{scheme}.png", full_page=True,
                        clip={"x": 0, "y": 0, "width": viewport["width"], "height": max(height, viewport["height"])},
                    )  # fmt: skip
    return missed


def on_a_phone(browser: Browser, folder: Path, wanted: str) -> None:
    """Photograph the app for the door, over a day that is made up in memory."""
    places = [place for place in ON_A_PHONE if wanted in f"field-{place}"]
    for scheme in ("light", "dark") if places else ():
        with glass(browser, day(), color_scheme=scheme) as page:
            for place in places:
                go(page, place)
                page.screenshot(path=folder / f"field-{place.split('/')[0]}-{scheme}.png")


def main() -> int:
    """Make the pictures; a screen nobody could reach is named and is a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wanted", nargs="?", default="", help="only screens with this in their name")
    parser.add_argument("--few", action="store_true", help="a handful of made-up people instead of the demonstration")
    parser.add_argument("--into", type=Path, default=TOP / "screens")
    options = parser.parse_args()
    options.into.mkdir(parents=True, exist_ok=True)
    with demonstration(few=options.few) as site, running_browser() as browser:
        missed = [
            name
            for login in dict.fromkeys(screen[1] for screen in SCREENS)
            for name in pictures(browser, site, login, options.into, options.wanted)
        ]
        on_a_phone(browser, options.into, options.wanted)
    print(f"{len(list(options.into.glob('*.png')))} pictures in {options.into}")
    if missed:
        print(f"No way led to: {', '.join(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
