"""Whoever has the link may answer; whoever has not, has nothing: guessed, changed, foreign, ended, logged, dumped."""

import base64
import io
import logging
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alongside.accounts.errors import FramesOnly
from alongside.common import links, walls
from alongside.common.actor import POLICE_CLASSES, Actor
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.identity.vault import seal
from alongside.partners.door import LIMITS
from alongside.referrals.links import make_link, path_of
from alongside.referrals.models import AnswerLink, Need, Referral
from tests.cast import browser_of, canaries_in
from tests.partners.conftest import another_agency, asked
from tests.walls.conftest import acting_as, laid, roles

__all__ = ["laid", "roles"]


def nothing(phone, path):
    """The page of a link that opens nothing."""
    answer = phone.get(path)
    assert answer.status_code == 404, path
    return answer.content.decode()


# --- what opens nothing -----------------------------------------------------------------------------------------------


def test_a_link_is_longer_than_anybody_can_guess(named):
    token = named.path.split("/")[2]
    assert len(token) == 64
    assert links.SIGNATURE_BYTES * 8 == 128
    assert b64(token)[32:] not in (b"", b"\0" * 16)


def b64(token):
    return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))


def test_one_changed_bit_anywhere_opens_nothing(named, phone, monkeypatch):
    monkeypatch.setitem(LIMITS, "no_link", "1000/m/ip")
    whole = b64(named.path.split("/")[2])
    pages = set()
    for place in range(len(whole)):
        changed = whole[:place] + bytes([whole[place] ^ (1 << place % 8)]) + whole[place + 1 :]
        pages.add(nothing(phone, f"/a/{base64.urlsafe_b64encode(changed).decode().rstrip('=')}/"))
        assert phone.post(f"/a/{base64.urlsafe_b64encode(changed).decode()}/", {"to": "accepted"}).status_code == 404
    assert len(pages) == 1
    assert named.status == "requested"


def test_an_unknown_an_ended_and_a_foreign_link_look_alike(cast, phone):
    ended, moved = asked(cast.ours), asked(cast.ours)
    ended.link.expires_at = now() - timedelta(minutes=1)
    ended.link.save()
    moved.link.agency = another_agency(cast.ours, "Harbor Inn")
    moved.link.save()
    theirs = asked(cast.other)
    paths = [
        "/a/x/", f"/a/{'A' * 64}/", ended.path, moved.path,
        links.address("answer", cast.ours.program.id, uuid4()),
        # Signed by us, but for the wrong program: no such thing is ever made, and it would open nothing.
        links.address("answer", cast.ours.program.id, theirs.link.id),
        links.address("answer", cast.other.program.id, ended.link.id),
        links.address("ride", cast.ours.program.id, theirs.link.id),
    ]  # fmt: skip
    pages = [nothing(phone, path) for path in paths]
    assert len(set(pages)) == 1
    for path in paths:
        assert phone.post(path, {"to": "accepted"}).status_code == 404
        assert phone.post(path, {"do": "show"}).status_code == 404
    assert {row.status for row in (ended.referral, moved.referral, theirs.referral)} == {"requested"}


def test_the_same_is_looked_up_for_every_link_that_opens_nothing(named, phone):
    named.link.expires_at = now() - timedelta(minutes=1)
    named.link.save()
    phone.get("/a/x/")
    counts = []
    for path in (named.path, "/a/x/", f"/a/{'A' * 64}/"):
        with CaptureQueriesContext(connection) as seen:
            nothing(phone, path)
        counts.append(len(seen))
    assert len(set(counts)) == 1


def test_a_link_of_one_place_never_answers_for_another(ours, phone):
    inn = another_agency(ours, "Harbor Inn")
    first = asked(ours)
    second = asked(ours, inn, named=False, of=first.referral.need)
    first.link.referral = second.referral
    first.link.save()
    nothing(phone, first.path)
    phone.post(first.path, {"to": "accepted"})
    assert (first.status, second.status) == ("requested", "requested")


@pytest.mark.covers("R36")
@pytest.mark.parametrize("kind", sorted(POLICE_CLASSES))
def test_police_never_have_a_link_and_one_slipped_in_opens_nothing(ours, phone, kind):
    agency = another_agency(ours, f"Harbor {kind}", kind)
    with pytest.raises(Refused):
        make_link(agency, by=ours.actor("coordinator"))
    assert AnswerLink.objects.count() == 0
    moment = now()
    slipped = AnswerLink.objects.create(
        program=ours.program, agency=agency, made_at=moment, expires_at=moment + timedelta(days=1)
    )
    nothing(phone, path_of(slipped))


def test_police_who_are_signed_in_find_nothing_even_with_the_link(ours, named):
    for role in ("outreach_officer", "patrol_officer", "data_designee"):
        browser = browser_of(ours.users[role])
        assert browser.get(named.path).status_code == 404
        assert browser.post(named.path, {"do": "show"}).status_code == 404
        assert browser.post(named.path, {"to": "accepted"}).status_code == 404
    assert named.status == "requested"


def test_whoever_is_signed_in_elsewhere_sees_no_more_and_no_less(cast, named):
    browser = browser_of(cast.other.users["partner"])
    assert canaries_in(browser.get(named.path).content) == set()
    assert canaries_in(browser.post(named.path, {"do": "show"}).content) == {
        "identity.Contact.ask_for", "referrals.Need.words",
    }  # fmt: skip
    assert browser.get("/referrals/").status_code == 200


# --- how often --------------------------------------------------------------------------------------------------------


def test_looking_for_links_ends_after_a_while_and_real_ones_go_on(named, phone):
    amount = int(LIMITS["no_link"].split("/")[0])
    answers = [phone.get(f"/a/{number:064}/").status_code for number in range(amount + 1)]
    assert answers == [404] * amount + [429]
    assert phone.get(named.path).status_code == 200


def test_one_link_takes_forty_taps_in_a_minute(named, phone):
    amount = int(LIMITS["link"].split("/")[0])
    answers = [phone.post(named.path, {"to": "x"}).status_code for _ in range(amount + 1)]
    assert answers == [200] * amount + [429]
    assert phone.post(asked_again(named), {"to": "x"}).status_code == 200


def asked_again(named):
    """Another link, of the same desk."""
    return path_of(make_link(named.link.agency, by=Actor.system(named.link.program_id)))


# --- what it leaves behind --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/a/x/", "/answer/", "named"])
def test_nothing_of_the_page_stays_or_is_told(named, phone, path):
    for answer in (phone.get(named.path if path == "named" else path), phone.post(named.path, {"do": "show"})):
        assert answer["Cache-Control"] == "no-store"
        assert answer["Referrer-Policy"] == "strict-origin"
        assert "noindex" in answer["X-Robots-Tag"]
        assert answer["Content-Security-Policy"].startswith("default-src 'self'")
        text = answer.content.decode()
        assert '<meta name="referrer" content="strict-origin">' in text
        assert "http" not in text.replace('xmlns="http', "")
    assert set(phone.cookies) <= {"csrftoken"}


@pytest.mark.parametrize("data", [{"do": "show"}, {"to": "accepted"}])
def test_a_post_that_does_not_come_from_the_page_is_refused(named, data):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(named.path, data).status_code == 403
    strict.get(named.path)
    assert strict.post(named.path, data, headers={"origin": "https://evil.example"}).status_code == 403
    assert strict.post(named.path, data, headers={"origin": "null"}).status_code == 403
    assert named.status == "requested"
    token = strict.cookies["csrftoken"].value
    good = data | {"csrfmiddlewaretoken": token}
    assert strict.post(named.path, good, headers={"origin": "http://testserver"}).status_code in {200, 302}


def test_what_somebody_said_is_words_and_nothing_else(ours, phone):
    """Neither what the person said nor what a visitor posts becomes part of the page."""
    attack = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    made = asked(ours)
    need = Need.objects.get(id=made.referral.need_id)
    seal(need, ours.program.id, words=attack)
    need.save()
    page = phone.post(made.path, {"do": "show"}).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    page += phone.post(made.path, {"to": attack, "barrier": attack}).content.decode()
    page += phone.post("/answer/", {"code": attack}).content.decode()
    page += phone.get(f"/a/{attack.replace('/', '')}/").content.decode()
    assert "<script>alert" not in page
    assert "<img" not in page


def secrets_of(asked_for):
    """All that must not stand anywhere: the address, its signature in the usual disguises, the code."""
    token = asked_for.path.split("/")[2]
    signature = b64(token)[32:]
    code = links.spoken_code("answer", asked_for.link.id)
    return [token, token[-21:], signature.hex(), base64.b64encode(signature).decode(), code, code.replace("-", "")]


def test_neither_the_database_nor_a_dump_holds_a_key_to_a_link(named, phone):
    phone.post(named.path, {"do": "show"})
    phone.post("/answer/", {"code": links.spoken_code("answer", named.link.id)})
    phone.post(named.path, {"to": "accepted"})
    kept = io.StringIO()
    call_command("dumpdata", "--all", stdout=kept)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  # a table of our own
            for row in cursor.fetchall():
                kept.write("|".join(
                    bytes(v).decode("latin-1") + bytes(v).hex() if isinstance(v, bytes | memoryview) else str(v) for v in row
                ) + "\n")  # fmt: skip
    text = kept.getvalue()
    assert str(named.link.id) in text or named.link.id.hex in text, "the row itself is there"
    assert [secret for secret in secrets_of(named) if secret in text] == []


def test_no_log_line_holds_an_address_that_is_a_key(named, monkeypatch):
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(FramesOnly())
    roots = [logging.getLogger(), logging.getLogger("django.request"), logging.getLogger("django.security.csrf")]
    for root in roots:
        root.addHandler(handler)
    try:
        named.link.expires_at = now() - timedelta(minutes=1)
        named.link.save()
        Client().get(named.path)
        Client(enforce_csrf_checks=True).post(named.path, {"to": "accepted"})

        def broken(*_about):
            raise RuntimeError(f"broken on purpose at {named.path}")

        monkeypatch.setattr("alongside.partners.views.link_of", broken)
        assert Client(raise_request_exception=False).get(named.path).status_code == 500
    finally:
        for root in roots:
            root.removeHandler(handler)
    lines = said.getvalue()
    assert "Not Found: /a/…" in lines
    assert "/a/…" in lines.split("Forbidden")[1]
    assert "Internal Server Error: /a/…" in lines
    assert [secret for secret in secrets_of(named) if secret in lines] == []


def test_the_blot_leaves_every_other_line_as_it_is():
    plain = "GET /a/b/ and /answer/ and /alongside/ and /static/css/a/tokens.css 200"
    assert links.blotted(plain) == plain


# --- the second wall --------------------------------------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.covers("R21")
def test_behind_the_wall_a_link_reaches_its_own_program_and_no_other(laid, cast, phone):
    mine, theirs = asked(cast.ours), asked(cast.other)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('alongside.program', '', true)")
    with acting_as(walls.APP), transaction.atomic():
        assert Referral.objects.count() == 0, "nobody acts for a program yet"
        assert phone.get(mine.path).status_code == 200
        assert canaries_in(phone.post(mine.path, {"do": "show"}).content)
        assert phone.post(mine.path, {"to": "accepted"}).status_code == 302
        assert phone.get(links.address("answer", cast.ours.program.id, theirs.link.id)).status_code == 404
        assert phone.post("/answer/", {"code": links.spoken_code("answer", theirs.link.id)}).status_code == 302
        assert Referral.objects.count() == 0, "and nobody does afterwards"
    assert (mine.status, theirs.status) == ("accepted", "requested")
