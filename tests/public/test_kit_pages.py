"""For whoever holds a kit: seven steps in four languages, and a report by the code on it that tells nobody who."""

import re
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from alongside.common import links
from alongside.common.clock import day_in, now
from alongside.common.ids import new_id
from alongside.naloxone.actions import make_codes, receive_kits
from alongside.naloxone.models import Reversal
from alongside.naloxone.rules import STEPS
from alongside.public import kits
from alongside.public.training import DRAWINGS, LESSONS


def today():
    """The day where the program is; the machine may be a day ahead."""
    return day_in("America/New_York", now())


ADDRESS = "198.51.100.77"


@pytest.fixture
def visitor(db):
    cache.clear()
    return Client(REMOTE_ADDR=ADDRESS)


@pytest.fixture
def code(ours, cast):
    """The code on a kit of our program, while another program has kits, too."""
    for side in (cast.other, ours):
        by = side.actor("recovery_coach")
        lot = receive_kits(
            side.agencies["recovery"], "nasal_3mg", "A1", today().replace(year=now().year + 1, day=1), 5, by=by
        )
        sheet = make_codes(lot, new_id(), by=by)
    return links.spoken_code("kit", sheet.id)


def words(answer):
    text = answer.content.decode().split("<main")[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r'value="[^"]*"', "", text)).split())


def key_of(answer):
    return re.search(r'name="key" value="([^"]+)"', answer.content.decode()).group(1)


def told(key, **more):
    return {"key": key, "draft": str(uuid4()), "month": today().replace(day=1).isoformat(), "outcome": "survived",
            "called": "yes", "police": "not_said", "kits": 1} | more  # fmt: skip


@pytest.mark.parametrize("code", LESSONS)
def test_the_seven_steps_are_the_same_in_each_language(visitor, code):
    lesson, english = LESSONS[code], LESSONS["en"]
    assert len(lesson.steps) == len(DRAWINGS) == len(STEPS) == 7
    assert tuple(STEPS) == DRAWINGS
    assert [len(sentences) for _, sentences in lesson.steps] == [len(sentences) for _, sentences in english.steps]
    answer = visitor.get(f"/naloxone/?lang={code}")
    page = answer.content.decode()
    assert f'<div class="steps" lang="{code}">' in page
    assert page.count('class="step"') == page.count("#drawing") == 7
    assert {"911", "30", "90"} <= set(re.findall(r"\d+", words(answer)))
    assert not answer.cookies


def test_an_unknown_language_gives_english(visitor):
    assert LESSONS["en"].title in visitor.get("/naloxone/?lang=xx").content.decode()


def test_a_code_leads_to_one_page_of_questions_and_thanks(visitor, ours, code, journal):
    asked = visitor.post("/kit/", {"code": code.lower().replace("-", " ")})
    assert "How did it end?" in words(asked)
    sent = told(key_of(asked))
    for _ in range(2):
        thanks = visitor.post("/kit/", sent)
    assert "Another kit?" in words(thanks)
    assert "Harbor Recovery" in words(thanks)
    row = Reversal.objects.get()
    assert (row.program, row.product, row.lot.number, row.by_code) == (ours.program, "nasal_3mg", "A1", True)
    assert (row.month.day, row.outcome, row.called, row.police, row.kits) == (1, "survived", "yes", "not_said", 1)
    assert journal() == [], "a line would tell the minute"


def test_who_lost_somebody_is_not_congratulated(visitor, code):
    thanks = visitor.post("/kit/", told(key_of(visitor.post("/kit/", {"code": code})), outcome="died"))
    assert "We are sorry" in words(thanks)
    assert "when it counted" not in words(thanks)


def test_every_wrong_code_looks_the_same(visitor, code):
    wrong = ["2222-2222", "x", "' OR 1=1", code[:-1] + ("2" if code[-1] != "2" else "3")]
    answers = {words(visitor.post("/kit/", {"code": one})) for one in wrong}
    assert len(answers) == 1
    assert "does not fit" in answers.pop()


@pytest.mark.parametrize("key", ["", "abc", "A" * 64])
def test_a_key_that_is_not_ours_keeps_nothing(visitor, code, key):
    assert visitor.post("/kit/", told(key)).status_code == 200
    assert not Reversal.objects.exists()


def test_an_answer_that_is_missing_is_asked_again(visitor, code):
    key = key_of(visitor.post("/kit/", {"code": code}))
    again = visitor.post("/kit/", told(key, outcome=""))
    assert "How did it end?" in words(again)
    assert key_of(again) == key
    assert not Reversal.objects.exists()


def test_tries_are_few_and_no_address_is_kept(visitor, code):
    for _ in range(20):
        visitor.post("/kit/", {"code": "2222-2222"})
    assert "Too many tries" in words(visitor.post("/kit/", {"code": code}))
    elsewhere = Client(REMOTE_ADDR="198.51.100.78")
    assert "How did it end?" in words(elsewhere.post("/kit/", {"code": code}))
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  # a table of our own
            assert ADDRESS not in str(cursor.fetchall()), table


def test_without_an_address_from_the_proxy_all_share_one_limit(visitor, code, monkeypatch):
    monkeypatch.setattr(kits, "get_adapter", refusing)
    assert "How did it end?" in words(visitor.post("/kit/", {"code": code}))


def refusing():
    class Adapter:
        def get_client_ip(self, request):
            raise kits.PermissionDenied

    return Adapter()
