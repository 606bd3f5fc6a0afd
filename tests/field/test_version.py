"""The app's page, what the phone keeps of it, and when that is another version."""

from __future__ import annotations

import json
import re
import shutil

import pytest
from django.contrib.staticfiles import finders

from alongside.field import views
from tests.field.phone_server import Server


@pytest.fixture
def collected(settings, tmp_path):
    """A folder as it is served, with everything the page names in it, and nothing remembered from before."""
    forget()
    for name in kept_names():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(finders.find(name), tmp_path / name)
    settings.STATIC_ROOT = tmp_path
    forget()
    yield tmp_path
    forget()


def forget() -> None:
    for one in (views._modules, views._page, views._version):
        one.cache_clear()


def kept_names() -> list[str]:
    return [views.WORKER, *(address.removeprefix("/static/") for address in views._addresses("en")[1:])]


def version() -> str:
    forget()
    return views._version("en")


def test_the_version_changes_exactly_when_a_kept_file_does(collected):
    before = version()
    assert version() == before
    for name in kept_names():
        file = collected / name
        words = file.read_bytes()
        file.write_bytes(words + b" ")
        assert version() != before, name
        file.write_bytes(words)
        assert version() == before, name
    (collected / "css" / "alongside.css").write_text("another room's")
    assert version() == before


def test_the_worker_keeps_every_module_there_is_and_all_that_the_page_names(client):
    script = client.get("/field/sw.js")
    kept = json.loads(re.search(r"^const SHELL = (\[.*\]);$", script.content.decode(), re.M)[1])
    page = client.get("/field/").content.decode()
    named = {address.partition("#")[0] for address in re.findall(r'"(/static/[^"]+)"', page)}
    assert named <= set(kept)
    modules = {f"/static/{found.relative_to(views.FOLDER)}" for found in (views.FOLDER / "field").rglob("*.js")}
    assert modules - {"/static/field/sw.js"} <= set(kept)
    assert "/field/" in kept
    assert all(address == "/field/" or finders.find(address.removeprefix("/static/")) for address in kept)


def test_other_words_on_the_page_are_another_version(monkeypatch):
    before = version()
    monkeypatch.setattr(views, "_page", lambda _language: "another page")
    views._version.cache_clear()
    assert views._version("en") != before
    views._version.cache_clear()


def test_the_page_the_worker_and_the_manifest_are_for_everybody_and_asked_for_anew(client, ours):
    stranger = [client.get(path) for path in ("/field/", "/field/sw.js", "/field/manifest.webmanifest")]
    client.force_login(ours.users["recovery_coach"])
    member = [client.get(path) for path in ("/field/", "/field/sw.js", "/field/manifest.webmanifest")]
    assert [one.content for one in stranger] == [one.content for one in member]
    assert {one.headers["Cache-Control"] for one in stranger + member} == {"no-cache"}
    assert stranger[1].headers["Service-Worker-Allowed"] == "/field/"
    assert stranger[1].headers["Content-Type"].startswith("text/javascript")


def test_the_first_screen_of_a_phone_says_nothing_about_the_work(client):
    said = client.get("/field/manifest.webmanifest")
    facts = json.loads(said.content)
    assert said.headers["Content-Type"] == "application/manifest+json"
    assert (facts["start_url"], facts["display"], facts["name"]) == ("/field/", "standalone", "Alongside")
    assert {icon["sizes"] for icon in facts["icons"]} >= {"192x192", "512x512"}
    for icon in facts["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/"))
    page = client.get("/field/").content.decode()
    assert finders.find(re.search(r'rel="apple-touch-icon" href="/static/([^"]+)"', page)[1])


@pytest.mark.browser
def test_a_new_version_waits_until_nobody_is_typing(glasses, monkeypatch):
    forget()
    server = Server().start()
    context = glasses.new_context()
    try:
        page = context.new_page()
        page.goto(f"{server.address}/field/")
        page.wait_for_function("() => navigator.serviceWorker.controller !== null")
        page.evaluate(
            "async () => { window.before = true; window.typing = true;"
            " window.version = await import('/static/field/version.js'); version.register(() => !typing); }"
        )
        monkeypatch.setattr(views, "_version", lambda _language: "another")
        page.evaluate("() => version.takeNew()")
        page.wait_for_function(
            "async () => Boolean((await navigator.serviceWorker.getRegistration('/field/')).waiting)"
        )
        page.wait_for_timeout(200)
        assert page.evaluate("() => window.before === true")
        page.evaluate("() => { typing = false; version.takeNew(); }")
        page.wait_for_function("() => window.before === undefined")
        page.wait_for_function("async () => (await caches.keys()).join() === 'field-another'")
    finally:
        context.close()
        server.stop()
