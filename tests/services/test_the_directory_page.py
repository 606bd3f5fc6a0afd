"""The page of the directory says what one needs to know before sending somebody there."""

from uuid import uuid4

import pytest
from django.template.loader import render_to_string

from alongside.common.actor import Actor
from alongside.listings.hsds11 import read_package
from alongside.services import models, urls, views
from alongside.services.actions import import_services
from alongside.services.forms import ServiceSearch
from alongside.services.queries import services_for

# The page alone, without the frame that the whole site puts around it.
FRAME = {"base.html": "{% block content %}{% endblock %}"}
LOADERS = [
    ("django.template.loaders.locmem.Loader", FRAME),
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]


@pytest.fixture
def page(made_up_package, db, settings):
    settings.TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": settings.TEMPLATES[0]["DIRS"],
            "OPTIONS": {"loaders": LOADERS},
        },
    ]
    by = Actor.system(uuid4())
    import_services(read_package(made_up_package), "made-up", by=by)

    def shown(need="", words="", more=False):
        found = services_for(by, need, words)
        context = {"form": ServiceSearch({"need": need, "words": words}), "services": found, "more": more, "shown": 50}
        return render_to_string("services/list.html", context)

    return shown


def test_a_card_has_the_number_to_call_and_how_sure_we_are(page):
    told = page(need="detox")
    assert 'href="tel:3055550100"' in told
    assert "Harbor House" in told
    assert "Walk in" in told
    assert "Not confirmed by us: call before you send someone" in told
    assert "FOOD PANTRY" not in told


def test_no_match_says_what_to_do_next(page):
    assert "Use fewer words or another need" in page(words="nothing like it")


def test_a_long_answer_asks_for_another_word(page):
    assert "These are the first 50" in page(more=True)


def test_what_a_list_says_is_shown_as_text(page):
    models.Service.objects.filter(source_key="10").update(description="<script>alert(1)</script>")
    assert "<script>alert(1)" not in page()


def test_an_unknown_need_is_answered_with_a_form_error():
    assert "need" in ServiceSearch({"need": "warmth"}).errors


def test_the_page_asks_for_its_permission():
    assert urls.urlpatterns[0].name == "list"
    assert views.list_services.permissions == ("see_services",)


@pytest.mark.parametrize("model", [models.Organization, models.Service, models.ServiceNeed])
def test_every_field_is_declared_public(model):
    assert set(model.PRIVACY) == {field.name for field in model._meta.fields}
    assert set(model.PRIVACY.values()) == {"public"}
