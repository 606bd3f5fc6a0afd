"""The app itself: its one page, what makes it work without signal, and what a phone shows for it on its first screen.

Nobody is in any of it: what is about people comes later, sealed, and only to a phone that was joined.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import conditional_page, require_safe

from alongside.accounts.access import public

FOLDER = Path(__file__).resolve().parent.parent / "static"
ENTRY = "field/app.js"  # the page names it by itself
WORKER = "field/sw.js"
FONTS = [f"vendor/fonts/atkinson-hyperlegible-latin-{weight}-normal.woff2" for weight in (400, 700)]


# Packed, and not sent again when it stands: nobody is in it, so its length tells nobody anything.
@public
@require_safe
@gzip_page
@conditional_page
def shell(request: HttpRequest) -> HttpResponse:
    """The one page, the same for everybody; the service worker keeps it."""
    return _fresh(HttpResponse(_page(get_language() or "en")))


@public
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, with the list of what it keeps and the version that this list and its files make."""
    language = get_language() or "en"
    addresses = _addresses(language)
    first = f"const VERSION = {json.dumps(_version(language))};\nconst SHELL = {json.dumps(addresses)};\n"
    answer = HttpResponse(
        first + _file(WORKER).read_text(encoding="utf-8"), content_type="text/javascript; charset=utf-8"
    )
    answer.headers["Service-Worker-Allowed"] = reverse("field:shell")
    return _fresh(answer)


@public
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What stands under the icon on a phone's first screen: a name that says nothing about the work.

    The scope is the whole site, or an iPhone would open the sign-in outside the app.
    """
    icons = [
        {"src": static("field/icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": static("field/icon-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "any"},
        {"src": static("field/icon-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
        {"src": static("field/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
    ]
    start = reverse("field:shell")
    facts = {
        "id": start, "start_url": start, "scope": "/", "name": gettext("Alongside"), "short_name": gettext("Alongside"),
        "display": "standalone", "background_color": "#f7f2e8", "theme_color": "#f7f2e8", "lang": get_language() or "en",
        "icons": icons,
    }  # fmt: skip
    return _fresh(JsonResponse(facts, content_type="application/manifest+json"))


def _fresh(answer: HttpResponse) -> HttpResponse:
    """Asked for again each time: the service worker, not the browser's own store, decides which version is shown."""
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _file(name: str) -> Path:
    """The file as it is served: the collected one, or where nothing was collected its source."""
    collected = Path(settings.STATIC_ROOT) / name
    return collected if collected.is_file() else Path(str(finders.find(name)))


# Modules import one another by their plain names, collected or not, so those are the names that are loaded and kept.
@lru_cache(maxsize=1)
def _modules() -> list[str]:
    """The names of all modules behind the entry: named in the page, or a slow line fetches them one after the other."""
    ours = {str(found.relative_to(FOLDER)) for found in (FOLDER / "field").rglob("*.js")} - {ENTRY, WORKER}
    return [*sorted(ours), "vendor/idb/index.js"]


@lru_cache(maxsize=16)
def _page(language: str) -> str:
    """The page in this language; made without a request, so that nothing of a visitor can get into it."""
    values = {"modules": [settings.STATIC_URL + name for name in _modules()], "has_fonts": settings.HAS_FONTS}
    return render_to_string("field/shell.html", values)


def _addresses(language: str) -> list[str]:
    """What has to be there for the page to come up without signal: the page, all that it names, and the fonts."""
    named = re.findall(rf'"({re.escape(settings.STATIC_URL)}[^"#?]+)', _page(language))
    fonts = [settings.STATIC_URL + name for name in FONTS if settings.HAS_FONTS]
    return [reverse("field:shell"), *dict.fromkeys(named + fonts)]


@lru_cache(maxsize=16)
def _version(language: str) -> str:
    """Changes exactly when the page, a file that it needs or the worker's own lines change."""
    digest = sha256(_page(language).encode())
    served = [address.removeprefix(settings.STATIC_URL) for address in _addresses(language)[1:]]
    for name in sorted([*served, WORKER]):
        digest.update(name.encode() + b"\0" + sha256(_file(name).read_bytes()).digest())
    return digest.hexdigest()[:16]
