"""The code of the telephone: it opens the same page, and guessing leads nowhere."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alongside.common import links
from alongside.common.clock import now
from alongside.partners.door import LIMITS
from alongside.referrals.links import code_of
from tests.cast import canaries_in
from tests.partners.conftest import asked

WRONG = "2222-2222"


def tell(phone, code, **more):
    return phone.post("/answer/", {"code": code}, **more)


def test_the_code_opens_its_page_and_says_how_it_came(named, phone):
    assert phone.get("/answer/").status_code == 200
    answer = tell(phone, code_of(named.link))
    assert answer.status_code == 302
    path = answer["Location"]
    assert path == links.address("code", named.link.program_id, named.link.id)
    assert named.referral.person.code in phone.get(path).content.decode()
    phone.post(path, {"to": "accepted"})
    assert named.status == "accepted"
    assert named.referral.answered_how == "code"


@pytest.mark.parametrize(
    "spoken", [str.lower, lambda code: code.replace("-", " "), lambda code: f"  {code} ", "{}.".format]
)
def test_it_may_be_typed_as_it_was_heard(named, phone, spoken):
    assert tell(phone, spoken(code_of(named.link))).status_code == 302


def test_a_wrong_an_ended_and_a_foreign_code_look_alike(cast, phone):
    ended, foreign = asked(cast.ours), asked(cast.other)
    ended.link.expires_at = now() - timedelta(minutes=1)
    ended.link.save()
    foreign.link.agency = foreign.referral.agency = cast.ours.agencies["shelter"]
    foreign.link.save()
    answers = [tell(phone, code) for code in (WRONG, code_of(ended.link), code_of(foreign.link))]
    assert {answer.status_code for answer in answers} == {422}
    pages = {strip(answer.content.decode()) for answer in answers}
    assert len(pages) == 1
    assert "does not open anything" in pages.pop()


def strip(page):
    """Without what the visitor typed and the form's token."""
    return "\n".join(
        line for line in page.splitlines() if "csrfmiddlewaretoken" not in line and 'name="code"' not in line
    )


def test_each_program_opens_its_own(cast, phone):
    for side in (cast.ours, cast.other):
        made = asked(side)
        assert tell(phone, code_of(made.link)).status_code == 302


def test_the_work_does_not_depend_on_what_is_found(named, phone):
    """Every program is asked, found or not."""
    looked = []
    for code in (WRONG, code_of(named.link)):
        with CaptureQueriesContext(connection) as seen:
            tell(phone, code)
        looked.append(sum("code_hash" in query["sql"] for query in seen.captured_queries))
    assert looked == [2, 2]


def test_guessing_from_one_place_ends_after_twenty_tries(named, phone):
    answers = [tell(phone, WRONG).status_code for _ in range(21)]
    assert answers == [422] * 20 + [429]
    assert tell(phone, code_of(named.link)).status_code == 429
    assert tell(phone, code_of(named.link), REMOTE_ADDR="203.0.113.9").status_code == 302


def test_guessing_from_many_places_ends_too(named, phone, monkeypatch):
    monkeypatch.setitem(LIMITS, "code", "20/900s/ip,30/h/key")
    answers = [tell(phone, WRONG, REMOTE_ADDR=f"203.0.113.{number}").status_code for number in range(31)]
    assert answers == [422] * 30 + [429]
    assert phone.get(named.path).status_code == 200, "a link is not guessed, so it goes on opening"


def test_a_year_of_guessing_at_full_speed_hits_once_in_ten_years():
    """300 tries in an hour for the whole house, against a thousand codes that hold at once."""
    tries = int(LIMITS["code"].split(",")[1].split("/")[0]) * 24 * 365
    assert tries * 1000 / len(links.ALPHABET) ** links.CODE_LENGTH < 0.11


def test_the_page_of_the_code_says_nothing_of_anybody(named, phone):
    assert canaries_in(phone.get("/answer/").content + tell(phone, WRONG).content) == set()
    assert tell(phone, "").status_code in {200, 422}
    assert tell(phone, "x" * 5000).status_code in {200, 422}
