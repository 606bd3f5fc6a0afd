"""What the first load of the app at the door fetches: found by walking from its page, weighed as it travels."""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

MOST = 100_000  # bytes of script, style and font together, gzip
COUNTED = (".js", ".css", ".woff2", ".woff", ".ttf")
PACKED_ALREADY = (".woff2", ".woff", ".png", ".webp")
STARTS = ("/field/", "/field/sw.js")

# Where one file names another. Any quoted address under /static/ counts, so the list of the service worker does too.
IN_SCRIPT = re.compile(
    r"""\b(?:import|export)\b[^"'();]*?\bfrom\s*["']([^"']+)["']|\bimport\s*\(?\s*["']([^"']+)["']"""
    r"""|\bimportScripts\(\s*["']([^"']+)["']|\bnew URL\(\s*["']([^"']+)["']|["'](/static/[^"'\s]+)["']"""
)
IN_STYLE = re.compile(r"""(?:url|\\75 rl)\(\s*["']?([^"')]+)["']?\s*\)|@import\s+["']([^"']+)["']""")
# A face of letters that none of our languages has is fetched only for somebody whose name has one.
ON_DEMAND = re.compile(r"@font-face\s*\{(?=[^}]*unicode-range:)(?![^}]*U\+0000-00FF)[^}]*\}")


class Named(HTMLParser):
    """The scripts, styles and preloads of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "script" and said.get("src"):
            self.found.append(str(said["src"]))
        if tag == "link" and {"stylesheet", "modulepreload", "preload"} & set(str(said.get("rel")).split()):
            self.found.append(str(said["href"]))


def named_in(address: str, text: str, *, page: bool) -> list[str]:
    """The addresses that this file makes a browser fetch."""
    if page:
        reader = Named()
        reader.feed(text)
        found = reader.found
    else:
        wanted = IN_STYLE if address.endswith(".css") else IN_SCRIPT
        found = [next(filter(None, match)) for match in wanted.findall(ON_DEMAND.sub("", text))]
    return [urldefrag(urljoin(address, one)).url for one in found if not one.startswith("data:")]


def fetched(address: str) -> tuple[bytes, bool] | None:
    """The bytes behind an address and whether it is a page; a static file is the one that would be collected."""
    if address.startswith("/static/"):
        place = finders.find(address.removeprefix("/static/"))
        if not place:
            return None
        with open(place, "rb") as file:
            return file.read(), False
    answer = Client().get(address)
    assert answer.status_code == 200, f"{address} answers {answer.status_code}"
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content), address.endswith("/")  # type: ignore[union-attr]


def first_load() -> tuple[dict[str, int], list[str]]:
    """The bytes of every file reached from the page and the service worker, and the names that lead nowhere."""
    sizes: dict[str, int] = {}
    waiting, lost = list(STARTS), []
    while waiting:
        address = waiting.pop()
        if address in sizes or address in lost:
            continue
        got = fetched(address)
        if got is None:
            lost.append(address)
            continue
        body, page = got
        sizes[address] = len(body) if address.endswith(PACKED_ALREADY) else len(gzip.compress(body, 9))
        if page or address.endswith((".js", ".css")):
            waiting += named_in(address, body.decode(), page=page)
    return sizes, lost


@pytest.mark.django_db
def test_the_first_load_is_at_most_100_kilobytes_of_script_style_and_font(capsys):
    sizes, lost = first_load()
    if any("/vendor/" in address for address in lost):
        pytest.skip(f"Not fetched yet: {', '.join(sorted(lost))}. ./run brings them.")
    assert not lost, "named by the app, and not there"
    counted = {address: size for address, size in sizes.items() if address.endswith(COUNTED)}
    for address, size in sorted(sizes.items(), key=lambda one: -one[1]):
        print(f"{size:7,} {address}{'' if address in counted else '  (not counted)'}")
    with capsys.disabled():
        print(f"\nfield app, first load: {sum(counted.values()):,} bytes of {MOST:,} in {len(counted)} files")
    assert any(address.endswith("app.js") for address in counted), "the walk found no app"
    assert sum(counted.values()) <= MOST


@pytest.mark.parametrize(
    ("address", "text", "named"),
    [
        ("/static/field/app.js", 'import { a } from "./a.js";', ["/static/field/a.js"]),
        ("/static/field/app.js", "import {\n  a,\n  b as c\n} from './screens/a.js'", ["/static/field/screens/a.js"]),
        ("/static/field/app.js", 'import "./a.js";export * from "./b.js"', ["/static/field/a.js", "/static/field/b.js"]),
        ("/static/field/app.js", "const m = await import('../vendor/idb/index.js')", ["/static/vendor/idb/index.js"]),
        ("/field/sw.js", 'const LIST = ["/static/field/app.js", "/field/"]', ["/static/field/app.js"]),
        ("/static/field/a.css", '@import "b.css"; x { background: url(i.svg#a) }',
         ["/static/field/b.css", "/static/field/i.svg"]),
        ("/static/field/a.css", "src: url('../vendor/fonts/a.woff2') format('woff2')", ["/static/vendor/fonts/a.woff2"]),
        ("/static/css/a.css", r'@font-face { src: \75 rl("../a.woff2"); unicode-range: U+0000-00FF; }', ["/static/a.woff2"]),
        ("/static/css/a.css", r'@font-face { src: \75 rl("../a.woff2"); unicode-range: U+0100-0130; }', []),
        ("/static/field/a.css", "x { background: url(data:image/png;base64,aa) }", []),
    ],
)  # fmt: skip
def test_the_walk_sees_what_a_browser_would_fetch(address, text, named):
    assert named_in(address, text, page=False) == named


def test_the_walk_sees_the_scripts_and_styles_of_a_page():
    page = (
        '<link rel="stylesheet" href="/static/field/a.css"><link rel="icon" href="/i.svg">'
        '<link rel="modulepreload" href="/static/field/b.js"><script type="module" src="/static/field/app.js"></script>'
    )
    assert named_in("/field/", page, page=True) == ["/static/field/a.css", "/static/field/b.js", "/static/field/app.js"]
