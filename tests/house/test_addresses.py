"""Every address for every role: what answers, what does not exist, and what a page never shows.

The expected answers stand in `url_table.csv`, one line for each address. An address that is not listed fails. After a
new screen: ALONGSIDE_WRITE_URL_TABLE=1 python -m pytest tests/house/test_addresses.py, then read the lines it wrote.
"""

import copy
import csv
import os
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from alongside.accounts.roles import ROLES, may
from alongside.cases.actions import plan_follow_up
from alongside.common.clock import now
from alongside.common.ids import new_id
from alongside.consent.models import Consent
from alongside.elsewhere.actions import Terms, propose_pact
from alongside.elsewhere.models import Pact, Question
from alongside.families.actions import NewLovedOne, add_loved_one
from alongside.field.models import Clash, Parked, Phone
from alongside.identity.models import Match
from alongside.legal.actions import Arrival, receive_request
from alongside.naloxone.actions import hand_out, make_codes, receive_kits
from alongside.people.actions import place_hold
from alongside.referrals.actions import Plan, note_need, refer
from alongside.referrals.beds import hold_bed, say_free
from alongside.referrals.links import link_for, path_of
from alongside.referrals.models import Ride
from alongside.review.actions import Scope, declare_breach
from alongside.rights.actions import Ask, take_request
from alongside.visits.outings import begin_outing
from tests.cast import (
    CANARIES,
    CLASS_OF,
    Cast,
    canaries_in,
    case_with_everything,
    incident_for,
    joined,
    person_of,
    person_who_consented,
    whole_cast,
)

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).parent / "url_table.csv"
VIEWERS = ["anonymous", *ROLES]
# The steps of signing in, before anybody is known; and the door of those who have no account.
OPEN_DOORS = {
    "login", "account_login", "mfa_authenticate", "mfa_login_webauthn", "first_time", "openid_connect_login",
    "openid_connect_callback", "partners:link", "partners:code",
}  # fmt: skip
# Which sealed classes may stand on a page of a role, in a world where the officer and the coach are assigned and the
# person agreed that the shelter is told. Everybody else: none at all.
MAY_SHOW = {
    "outreach_officer": {"contact"},
    "data_designee": {"origin"},
    "recovery_coach": {"identity", "contact", "health"},
    "coordinator": {"identity", "contact", "health", "origin"},
    "partner": {"contact", "health"},
}


def addresses(patterns=None, prefix=""):
    """(name, view, names of its parts) of every address of the program."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            assert pattern.name, f"an address without a name: {pattern}"
            yield f"{prefix}{pattern.name}", pattern.callback, sorted(pattern.pattern.converters)
        else:
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from addresses(pattern.url_patterns, inner)


ADDRESSES = list(addresses())


@dataclass
class World:
    """Our program with one row of everything, and somebody signed in for each role of both programs."""

    cast: Cast
    rows: dict
    ours: dict
    theirs: dict
    kept: dict = field(default_factory=dict)

    def path(self, name, parts):
        unknown = set(parts) - set(self.rows)
        assert not unknown, f"{name} takes {unknown}: give the world of test_addresses.py a row for it"
        return reverse(name, kwargs={part: self.rows[part] for part in parts})

    def ask(self, client, method, path):
        """One request whose writes are undone, in the database and in the browser."""
        cookies = copy.deepcopy(client.cookies)
        with transaction.atomic():
            answer = client.get(path) if method == "GET" else client.post(path, {})
            transaction.set_rollback(True)
        client.cookies = cookies
        return answer

    def answers(self, name, view, parts):
        """(method, answers to our viewers, answers to the other program's), each asked once and kept."""
        if name not in self.kept:
            path = self.path(name, parts)
            allowed = next(
                (role for role in ROLES if any(may(role, known) for known in view.permissions)), "coordinator"
            )
            method = "POST" if self.ask(self.ours[allowed], "GET", path).status_code == 405 else "GET"
            self.kept[name] = (
                method,
                *(
                    {viewer: self.ask(client, method, path) for viewer, client in clients.items()}
                    for clients in (self.ours, self.theirs)
                ),
            )
        return self.kept[name]

    def line(self, name, view, parts):
        method, ours, _ = self.answers(name, view, parts)
        return {"address": name, "method": method} | {viewer: str(ours[viewer].status_code) for viewer in VIEWERS}


def sign_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        cast = whole_cast()
        ours = cast.ours
        case = case_with_everything(ours, person_who_consented(ours))
        coach = ours.actor("recovery_coach")
        need = case.needs.get()
        referral = refer(need, Plan(agency=ours.agencies["shelter"], named=True), by=coach)
        say_free(ours.agencies["shelter"], "shelter_tonight", 2, by=coach, how="phone")
        note_need(case, "food", by=coach)
        follow_up = plan_follow_up(case, now().date(), "asked_back", by=coach)
        match = Match.objects.create(
            program=ours.program, newer=person_of(ours, canaries=True), older=case.person, reasons=["sound_date"],
            made_at=now(),
        )  # fmt: skip
        at = now() - timedelta(hours=2)
        earlier = incident_for(ours, None, occurred_at=at)
        incident = incident_for(ours, None, occurred_at=at + timedelta(minutes=3))
        receive_kits(ours.agencies["recovery"], "nasal_4mg", "A1", now().date() + timedelta(days=300), 5, by=coach)
        (kit,) = hand_out(1, "person", by=coach, person_id=case.person_id)
        factor, _ = [
            Authenticator.objects.create(user=side.users["coordinator"], type="totp", data={"secret": encrypt("A" * 32)})
            for side in (ours, cast.other)
        ]
        rows = {
            "case_id": case.id, "need_id": need.id, "referral_id": referral.id, "follow_up_id": follow_up.id,
            "user_id": ours.users["partner"].id, "provider_id": "agency", "pk": factor.pk,
            "consent_id": Consent.objects.filter(person=case.person).get().id,
            "breach_id": declare_breach(
                Scope(agency=ours.agencies["police"]), now() - timedelta(days=1), now(), 30,
                by=ours.actor("privacy_reviewer"),
            ).id,
            "request_id": take_request(case.person, Ask("copy", "known"), by=coach).id,
            "legal_request_id": receive_request(
                Arrival(draft=new_id(), received_on=now().date(), asker="prosecution"), by=ours.actor("counsel")
            ).id,
            "hold_id": place_hold(case.person, by=ours.actor("counsel")).id,
            "place_id": kit.place_id, "move_id": kit.id, "kit_code_id": make_codes(kit.lot, new_id(), by=coach).id,
            "loved_one_id": add_loved_one(
                NewLovedOne(new_id(), "parent", CANARIES["identity.Contact.ask_for"], of=case.person), by=coach
            ).id,
            "token": path_of(link_for(referral)).split("/")[2], "agency_id": ours.agencies["shelter"].id,
            "ride_id": Ride.objects.get().id, "bed_hold_id": hold_bed(referral, by=coach).id,
            "parked_id": Parked.objects.exclude(person=None).get().id, "clash_id": Clash.objects.get().id,
            "phone_id": Phone.objects.get().id, "outing_id": begin_outing(case, new_id(), by=coach).id,
            "pact_id": propose_pact(
                cast.other.program.id, Terms(ours.agencies["health"]), by=ours.actor("privacy_reviewer")
            ).id,
            "question_id": Question.objects.create(
                pact=Pact.objects.get(program=ours.program), person=case.person, asked_on=now().date()
            ).id,
            "merge_id": joined(ours).id,
            "event_id": case.incidents.get().id,
            "match_id": match.id, "person_id": case.person_id, "incident_id": incident.id, "earlier_id": earlier.id,
        }  # fmt: skip
        signed_in = {role: sign_in(user) for role, user in ours.users.items()} | {"anonymous": Client()}
        yield World(cast, rows, signed_in, {role: sign_in(user) for role, user in cast.other.users.items()})
        transaction.set_rollback(True)


def written():
    if not TABLE.exists():
        return {}
    with TABLE.open() as file:
        return {row["address"]: row for row in csv.DictReader(file)}


def test_every_address_names_its_permission():
    """Prevents a page that anybody may open because nobody thought of it."""
    without = [name for name, view, _ in ADDRESSES if not hasattr(view, "permissions")]
    assert not without, f"no @role_required and no @public: {without}"


def test_what_is_open_to_everybody_is_a_short_list():
    """Prevents a page that slips out of sign-in."""
    public = {name for name, view, _ in ADDRESSES if view.permissions == ("public",)}
    pages = {"logout", "trust", "rules", "kept", "privacy", "complain", "naloxone_steps", "kit", "legal:card"}
    # The app itself holds nobody; whoever sends is known by the phone's key.
    app = {f"field:{name}" for name in ("shell", "worker", "manifest", "who", "sync", "check", "leave", "hand_over")}
    assert public <= OPEN_DOORS | pages | app


@pytest.mark.skipif(not os.environ.get("ALONGSIDE_WRITE_URL_TABLE"), reason="writes the table when asked to")
def test_write_the_table(world):
    rows = [world.line(*address) for address in ADDRESSES]
    with TABLE.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["address", "method", *VIEWERS], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def test_the_table_lists_the_addresses_there_are():
    """Prevents a screen that no reviewer has seen."""
    assert sorted(written()) == sorted(name for name, _, _ in ADDRESSES)


@pytest.mark.parametrize(("name", "view", "parts"), ADDRESSES, ids=[name for name, _, _ in ADDRESSES])
def test_each_role_gets_the_answer_of_the_table(world, name, view, parts):
    assert world.line(name, view, parts) == written().get(name)


@pytest.mark.parametrize(("name", "view", "parts"), ADDRESSES, ids=[name for name, _, _ in ADDRESSES])
def test_the_answer_follows_from_the_permission(world, name, view, parts):
    """Whatever the table says: without the permission there is nothing there, and without a user there is the door."""
    if view.permissions == ("public",):
        return
    _, answers, _ = world.answers(name, view, parts)
    assert answers["anonymous"].status_code == 302
    assert answers["anonymous"]["Location"].startswith(reverse(settings.LOGIN_URL))
    for role in ROLES:
        answer = answers[role]
        if view.permissions and not any(may(role, permission) for permission in view.permissions):
            assert answer.status_code == 404, role
        assert answer.status_code in {200, 302, 400, 404, 422}, role  # 400: no JSON, where an app speaks
        assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("name", "view", "parts"), [row for row in ADDRESSES if row[2]], ids=[row[0] for row in ADDRESSES if row[2]]
)
def test_another_programs_rows_do_not_exist(world, name, view, parts):
    if view.permissions == ("public",):
        return  # whoever holds the link is who it is for, wherever else they work
    _, _, answers = world.answers(name, view, parts)
    assert {role: answer.status_code for role, answer in answers.items()} == dict.fromkeys(ROLES, 404)


@pytest.mark.parametrize(("name", "view", "parts"), ADDRESSES, ids=[name for name, _, _ in ADDRESSES])
def test_no_page_shows_a_role_what_is_sealed_from_it(world, name, view, parts):
    """Prevents the leak that matters most: a word about a person on the screen of somebody not entitled to it."""
    _, ours, theirs = world.answers(name, view, parts)
    for answers, may_show in ((ours, MAY_SHOW), (theirs, {})):
        for role, answer in answers.items():
            seen = {CLASS_OF[found] for found in canaries_in(answer.content) | canaries_in(answer.headers)}
            assert seen <= may_show.get(role, set()), role


def test_the_crawl_would_notice(world):
    """Whoever is entitled does see the words: the canaries are really on these pages."""
    pages = {name: (name, view, parts) for name, view, parts in ADDRESSES}
    _, ours, _ = world.answers(*pages["desk:case"])
    assert "identity.Contact.ask_for" in canaries_in(ours["recovery_coach"].content)
    assert "visits.Attempt.note" in canaries_in(ours["recovery_coach"].content)
    _, ours, _ = world.answers(*pages["intake:morning"])
    assert "incidents.Incident.place" in canaries_in(ours["data_designee"].content)
