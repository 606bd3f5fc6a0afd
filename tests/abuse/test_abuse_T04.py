"""T4: the outreach officer sees an open warrant on another screen. Nothing of it can be written here or looked up from here."""

import ast

import pytest
from django.urls import reverse

from tests.cast import browser_of
from tests.house.source import modules

OUTWARD = {"requests", "httpx", "urllib3", "aiohttp", "urllib.request", "http.client", "smtplib", "ftplib", "socket"}


def test_no_module_that_a_case_page_uses_can_ask_another_system():
    """Nothing is fetched about anybody: what an officer's page uses imports no way out."""
    rooms = {"desk", "cases", "visits", "people", "identity", "consent", "incidents", "legal", "referrals", "intake"}
    found = [
        f"{module.place}: {name}"
        for module in modules()
        if module.room in rooms
        for node in ast.walk(module.tree)
        for name in (
            [alias.name for alias in node.names] if isinstance(node, ast.Import)
            else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        )
        if name in OUTWARD or name.split(".")[0] in OUTWARD
    ]  # fmt: skip
    assert found == []


@pytest.mark.covers("R29")
@pytest.mark.parametrize("name", ["warrant", "note", "comment", "why", "arrest", "charges"])
def test_what_an_officer_adds_to_a_form_is_kept_nowhere(ours, case, name):
    browser = browser_of(ours.users["outreach_officer"])
    path = reverse("desk:attempt", args=[case.id])
    page = browser.get(path)
    assert f'name="{name}"' not in page.content.decode()
    draft = page.context["form"]["draft"].value()
    told = {"draft": draft, "channel": "phone", "result": "no_answer", name: "open warrant Zyxtheft"}
    assert browser.post(path, told).status_code == 302
    for table in (case.tries.model, case._meta.model, case.person._meta.model):
        assert not any("Zyxtheft" in str(value) for row in table.objects.values() for value in row.values())
    assert case.tries.order_by("-recorded_at").first().note is None


@pytest.mark.covers("R29")
def test_the_officers_pages_have_no_word_for_it_and_say_the_promise(ours, case):
    browser = browser_of(ours.users["outreach_officer"])
    for path in (reverse("desk:today"), reverse("desk:case", args=[case.id]), reverse("desk:attempt", args=[case.id])):
        main = browser.get(path).content.decode().split("<main")[1].split("</main>")[0].lower()
        for word in ("warrant", "criminal", "probation", "parole", "wanted"):
            assert word not in main, path
    assert "not here to arrest you" in browser.get(reverse("desk:door", args=[case.id])).content.decode()
