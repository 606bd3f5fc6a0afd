"""Every address, walked by every role over people with a canary in each sealed field: who finds what, and nothing else.

The table `MAY_FIND` is the expectation, written by hand: it does not ask the rules that the program asks.
"""

from __future__ import annotations

import hashlib
import html
import itertools
import re
import uuid
from collections import Counter, defaultdict
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from alongside.accounts.models import Agency, Program, User
from alongside.accounts.roles import ROLES, may
from alongside.cases.actions import close_case
from alongside.cases.models import Case
from alongside.consent.actions import Told, disclose_in_emergency, record_consent, revoke_consent
from alongside.consent.models import Consent
from alongside.desk import queries as desk_queries
from alongside.elsewhere.actions import Terms, allow_pact, propose_pact
from alongside.elsewhere.models import Pact, Question
from alongside.identity.actions import keep_contact, recognize_person
from alongside.identity.description import Description
from alongside.identity.fields import SealedField
from alongside.identity.models import Match
from alongside.incidents.models import Incident
from alongside.people.models import Person
from alongside.referrals.actions import Plan, note_need, refer
from alongside.referrals.links import path_of
from alongside.referrals.models import AnswerLink, Need, Referral
from alongside.referrals.rides import RidePlan, ask_ride
from alongside.review.actions import Danger, Scope, break_glass, declare_breach
from alongside.visits.actions import record_attempt
from tests import cast as casting
from tests.house.fields import compare, fields_by_page

# A name says whose it is and which field: “Zyxownfamily” is the family name of the person called “own”.
FIELDS = (
    "given", "family", "born", "askfor", "meeting", "phone", "words", "note", "place", "hush", "asked", "statement",
    "danger", "told", "pickup", "parked", "call", "said", "stood", "before", "former",
    "middle", "suffix", "alias", "about",
)  # fmt: skip
BIRTH_DATES = {
    name: date(1901 + number, 11, 1 + number)
    for number, name in enumerate(("own", "second", "past", "revoked", "clinic", "twin", "stranger"))
}
SEALED = {
    "identity.Identity.given_name": "given", "identity.Identity.family_name": "family",
    "identity.Identity.birth_date": "born", "identity.Contact.ask_for": "askfor",
    "identity.Identity.middle_name": "middle", "identity.Identity.suffix": "suffix",
    "identity.Identity.aliases": "alias", "identity.Identity.born": "about",
    "identity.Contact.meeting_place": "meeting", "identity.Contact.phone": "phone", "incidents.Incident.place": "place",
    "referrals.Need.words": "words", "visits.Attempt.note": "note", "identity.Contact.never_mention": "hush",
    "referrals.Ride.pick_up": "pickup", "identity.Merge.contact_before": "before", "identity.Merge.identity_before": "former",
    "rights.Request.asked": "asked", "rights.Request.statement": "statement",
    "review.BreakGlass.reason": "danger", "consent.Emergency.told": "told",
    "field.Parked.words": "parked", "field.Parked.call": "call", "field.Clash.said": "said", "field.Clash.stood": "stood",
}  # fmt: skip
TO_VISIT = {"askfor", "meeting", "hush"}
COMPARED = ("given", "family", "born", "middle", "suffix", "alias")  # side by side in match review
CARE = TO_VISIT | {"phone", "words", "note", "statement", "told", "pickup", "said"}


def found(person, fields):
    return {(person, field) for field in fields}


OURS = ("own", "second", "past", "revoked", "clinic", "twin")
# Exactly what each role comes to see of all that is sealed. For the coordinator, whose view is the program, at most that.
MAY_FIND = {
    "patrol_officer": set(),
    "data_designee": found("waiting", ["place"]),
    "outreach_officer": found("own", TO_VISIT),
    "recovery_coach": found("own", CARE) | found("revoked", CARE),
    "clinician": found("clinic", CARE),
    "partner": found("own", ["askfor", "phone", "words"]),
    "epidemiologist": set(),
    "privacy_reviewer": set(),
    "counsel": set(),
    "administrator": set(),
    "coordinator": {pair for person in OURS for pair in found(person, CARE | {"parked", "call"})}
    | found("waiting", ["place"]) | found("own", COMPARED) | found("twin", COMPARED),
}  # fmt: skip
HEALTH_WORDS = ("detox", "shelter_tonight", "wants help", "residential", "treatment", "in hospital")
UNCHANGING = re.compile(r"(?!journal_entry$|django_session$|sign_in_limits$|suppression_release$)")
# Which model's ids belong into which argument of an address.
MODEL_OF: dict[str, Any] = {
    "case_id": Case, "incident_id": Incident, "earlier_id": Incident, "match_id": Match, "need_id": Need,
    "person_id": Person, "referral_id": Referral, "follow_up_id": apps.get_model("cases", "FollowUp"),
    "consent_id": apps.get_model("consent", "Consent"),
    "legal_request_id": apps.get_model("legal", "LegalRequest"), "hold_id": apps.get_model("people", "Hold"),
    "request_id": apps.get_model("rights", "Request"),
    "user_id": apps.get_model("accounts", "User"), "pk": apps.get_model("mfa", "Authenticator"),
    "breach_id": apps.get_model("review", "Breach"), "loved_one_id": apps.get_model("families", "LovedOne"),
    "place_id": apps.get_model("naloxone", "StockPlace"), "move_id": apps.get_model("naloxone", "Move"),
    "kit_code_id": apps.get_model("naloxone", "KitCode"), "agency_id": Agency,
    "ride_id": apps.get_model("referrals", "Ride"), "bed_hold_id": apps.get_model("referrals", "BedHold"),
    "parked_id": apps.get_model("field", "Parked"), "clash_id": apps.get_model("field", "Clash"),
    "phone_id": apps.get_model("field", "Phone"), "outing_id": apps.get_model("visits", "Outing"),
    "event_id": apps.get_model("cases", "CaseIncident"),
    "pact_id": Pact, "question_id": Question, "merge_id": apps.get_model("identity", "Merge"),
}  # fmt: skip


def canary(person, field):
    if field == "born":
        return BIRTH_DATES[person].isoformat()
    if field == "phone":
        return f"555-01{sorted([*BIRTH_DATES, 'waiting']).index(person):02}-7{sum(map(ord, person)) % 900 + 100}"
    return f"Zyx{person}{field}"


CANARIES = {
    canary(person, field): (person, field)
    for person in (*BIRTH_DATES, "waiting")
    for field in FIELDS
    if person != "waiting" or field == "place"
}


def canaries_in(text):
    """The (person, field) pairs whose canary stands in a text, whatever the letters' case."""
    plain = html.unescape(text).lower()
    return {pair for plant, pair in CANARIES.items() if plant.lower() in plain}


# --- the people -----------------------------------------------------------------------------------------------------


def somebody(who, name, team=()):
    """A person with a canary in every sealed field and an open case of the given team."""
    by = who.actor("coordinator")
    names = Description(
        canary(name, "given"), canary(name, "family"), BIRTH_DATES[name], canary(name, "phone"),
        canary(name, "middle"), canary(name, "suffix"), (canary(name, "alias"),), canary(name, "about"),
    )  # fmt: skip
    person = recognize_person(names, by=by, home_town=who.towns[0]).person
    keep_contact(person, by=by, ask_for=canary(name, "askfor"), meeting_place=canary(name, "meeting"),
                 phone=canary(name, "phone"), never_mention=canary(name, "hush"))  # fmt: skip
    case = casting.case_for_person(who, person, place=canary(name, "place"))
    if team:
        casting.assign_team(case, *team, by=by)
        case.refresh_from_db()
        coach = team[1].actor()
        record_attempt(case, casting.reached(note=canary(name, "note")), by=coach)
        need = note_need(case, "detox", by=coach, words=canary(name, "words"))
        ask_ride(need, RidePlan("team_car", pick_up=canary(name, "pickup")), by=coach)
        disclose_in_emergency(
            case.person, Told(uuid.uuid4(), canary(name, "told"), "Eastpoint Hospital", "overdose"), by=coach
        )
        break_glass(
            person, Danger("violence", f"{canary(name, 'danger')} is in danger"), by=who.user("clinician").actor()
        )
        casting.correction_not_accepted(case.person, canary(name, "asked"), canary(name, "statement"), coach)
        casting.sent_from_phone(who, case, {label: canary(name, field) for label, field in SEALED.items()})
    return case


def refer_to_shelter(who, case, coach, named):
    shelter = who.agencies["shelter"]
    if named:
        record_consent(case.person, shelter, ["contact", "health"], by=coach)
    refer(case.needs.get(), Plan(agency=shelter, handoff="number", named=named), by=coach)


def know_each_other(ours, other, own, stranger):
    """A pact of the two programs, and on each side's list somebody whom the other asked about."""
    by, terms = ours.actor("privacy_reviewer"), Terms(ours.agencies["health"], "no")
    propose_pact(other.program.id, terms, by=by)
    theirs = Pact.objects.get(program=other.program)
    allow_pact(theirs, Terms(other.agencies["health"], "no"), by=other.actor("privacy_reviewer"))
    for side, case in ((ours, own), (other, stranger)):
        Question.objects.create(
            pact=Pact.objects.get(program=side.program), person=case.person, asked_on=casting.now().date()
        )


@pytest.fixture
def walked(cast):
    """Our program and another, with own, other, past, agreed, taken-back and waiting; gives our side."""
    ours, other = cast.ours, cast.other
    officer, coach = ours.users["outreach_officer"], ours.users["recovery_coach"]
    second = (ours.user("outreach_officer"), ours.user("recovery_coach"))
    own = somebody(ours, "own", (officer, coach))
    refer_to_shelter(ours, own, coach.actor(), named=True)
    refer_to_shelter(ours, somebody(ours, "second", second), second[1].actor(), named=False)
    past = somebody(ours, "past", (officer, coach))
    refer_to_shelter(ours, past, coach.actor(), named=False)
    close_case(past, "moved", by=ours.actor("coordinator"))
    revoked = somebody(ours, "revoked", (second[0], coach))
    refer_to_shelter(ours, revoked, coach.actor(), named=True)
    revoke_consent(Consent.objects.get(person=revoked.person), by=coach.actor())
    somebody(ours, "clinic", (second[0], ours.users["clinician"]))
    twin = somebody(ours, "twin")
    Match.objects.create(program=ours.program, newer=twin.person, older=own.person, reasons=["phone"],
                         made_at=casting.now())  # fmt: skip
    casting.incident_for(ours, None, place=canary("waiting", "place"))
    theirs = (other.users["outreach_officer"], other.users["recovery_coach"])
    stranger = somebody(other, "stranger", theirs)
    refer_to_shelter(other, stranger, theirs[1].actor(), named=True)
    casting.incident_for(other, None, place=canary("stranger", "place"))
    know_each_other(ours, other, own, stranger)
    for side, name in ((ours, "own"), (other, "stranger")):
        casting.joined(side, canary(name, "before"), canary(name, "former"))
    for side in (ours, other):
        declare_breach(Scope(agency=side.agencies["police"]), casting.NOON, casting.now(), 30,
                       by=side.actor("privacy_reviewer"))  # fmt: skip
    return ours


# --- the addresses --------------------------------------------------------------------------------------------------


def patterns(resolver=None, before=""):
    for entry in (resolver or get_resolver()).url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route)
        elif isinstance(entry, URLPattern):
            yield route, list(entry.pattern.converters), getattr(entry.callback, "permissions", ())


def ids_for(argument, program=None):
    """The ids that fit an argument, of one program; or all of them, with one of another kind and one of nobody."""
    if argument == "provider_id":  # the one house that may be configured; it is off
        return [] if program is not None else ["agency"]
    if argument == "token":  # whoever holds it may look, so it belongs to no program
        return [] if program is not None else [path_of(link).split("/")[2] for link in AnswerLink.objects.all()]
    rows = MODEL_OF[argument].objects.all()
    if program is not None:
        path = {
            "CaseIncident": "case__program",
            "Need": "case__program", "Referral": "need__case__program", "FollowUp": "case__program",
            "Consent": "person__program", "Request": "person__program", "Hold": "person__program",
            "User": "agency__program", "StockPlace": "agency__program", "Authenticator": "user__agency__program",
            "Ride": "need__case__program", "BedHold": "beds__agency__program", "Phone": "user__agency__program",
            "Outing": "user__agency__program", "Question": "pact__program",
        }  # fmt: skip
        return list(rows.filter(**{path.get(rows.model.__name__, "program"): program}).values_list("pk", flat=True))
    if rows.model is User:  # eleven roles of two programs, whose pages are the same: four of each program are enough
        rows = rows.filter(pk__in=[pk for side in Program.objects.all() for pk in ids_for(argument, side)[:4]])
    wrong = (Case if argument == "person_id" else Person).objects.values_list("pk", flat=True)[:1]
    return [*rows.values_list("pk", flat=True), *wrong, uuid.uuid4()]


def addresses(program=None, role=""):
    """Every address with every id; with a program, those that hold an id and only ids of that program.

    Of what a role has no permission for, one id is asked: whomever it belongs to, there is nothing there (test_addresses.py).
    """
    for route, arguments, permissions in patterns():
        if program is not None and not arguments:
            continue
        shut = role and permissions and permissions != ("public",) and not any(may(role, one) for one in permissions)
        # An address with two ids is one that only takes posts: a few of the second are enough.
        ids = [
            ids_for(argument, program)[: 1 if shut else None if first else 3]
            for first, argument in zip((True, False), arguments, strict=False)
        ]
        for values in itertools.product(*ids):
            path = "/" + route
            for argument, value in zip(arguments, values, strict=True):
                path = re.sub(rf"<\w+:{argument}>", str(value), path)
            yield path


def whole(response):
    """All that leaves the server: body, headers, cookies."""
    return response.content.decode("utf-8", "replace") + str(response.headers) + str(response.cookies)


MOST_PAGES = 24  # of one address: a month is like the month before it


def walk(client, start):
    """GET every address, and whatever the pages link to; gives path → response."""
    seen, waiting, pages = {}, list(dict.fromkeys(start)), defaultdict(set)
    while waiting:
        path = waiting.pop()
        if path in seen or path.startswith("/sign-out"):
            continue
        seen[path] = response = client.get(path)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            links = re.findall(r'href="(/[^"#]*|\?[^"#]*)', response.content.decode())
            found = {html.unescape(link if link[0] == "/" else path.split("?")[0] + link)
                     for link in links if not link.startswith("/static/")}  # fmt: skip
            for link in sorted(found - seen.keys()):
                pages[link.split("?")[0]].add(link)
                if len(pages[link.split("?")[0]]) <= MOST_PAGES:
                    waiting.append(link)
    return seen


def database():
    """Rows and a hash of each table, but of those that a reading may write: journal, sessions, limits, what was printed."""
    state = {}
    with connection.cursor() as cursor:
        for table in filter(UNCHANGING.match, connection.introspection.table_names(cursor)):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  # a table of our own
            rows = sorted(
                repr([bytes(v) if isinstance(v, memoryview) else v for v in row]) for row in cursor.fetchall()
            )
            state[table] = (len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())
    return state


def signed_in(side, role):
    client = Client(raise_request_exception=False)
    client.force_login(side.users[role])
    return client


# --- what must hold -------------------------------------------------------------------------------------------------


def test_every_sealed_field_has_a_canary():
    fields = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, SealedField)
    }
    assert fields == set(SEALED)
    assert set(SEALED.values()) == set(FIELDS)
    assert set(MAY_FIND) == set(ROLES)
    assert len(CANARIES) == len(BIRTH_DATES) * len(FIELDS) + 1


@pytest.mark.slow  # on PostgreSQL each address is asked behind the wall, as the role that serves pages (tests/walls)
@pytest.mark.covers("R22", "R26")
def test_each_role_finds_what_it_may_and_nothing_else(walked, caplog):
    clients = {role: signed_in(walked, role) for role in ROLES}
    before = database()
    assert not any("<" in path for path in addresses())
    valley = Program.objects.get(name__startswith="Valley")
    strangers = {str(pk) for argument in MODEL_OF for pk in ids_for(argument, valley)}
    caplog.set_level("DEBUG")
    table = set()
    for role, client in clients.items():
        answers = walk(client, addresses(role=role))
        seen = {path: pairs for path, answer in answers.items() if (pairs := canaries_in(whole(answer)))}
        table |= fields_by_page(role, seen)
        everything = set().union(*seen.values())
        assert {path: pairs - MAY_FIND[role] for path, pairs in seen.items() if pairs - MAY_FIND[role]} == {}, role
        if role != "coordinator":
            assert everything == MAY_FIND[role], (role, MAY_FIND[role] - everything)
        codes = Counter(answer.status_code for answer in answers.values())
        assert set(codes) <= {200, 302, 404, 405}, (role, codes)
        assert {path for path, answer in answers.items() if answer.status_code == 405 and answer.content} == set()
        assert {
            path: answer.status_code
            for path, answer in answers.items()
            if answer.status_code not in (404, 405) and any(pk in path for pk in strangers)
        } == {}, role
    assert database() == before
    assert canaries_in(caplog.text) == set()
    assert compare(table) == [], "read the difference, then ALONGSIDE_WRITE_FIELD_TABLE=1"


@pytest.mark.covers("R26")
def test_police_pages_hold_no_health_fact(walked):
    own = Case.objects.get(needs=Need.objects.earliest("noted_at"))
    coach = walked.actor("recovery_coach")
    record_attempt(own, casting.draft(result="in_treatment"), by=coach)
    record_attempt(own, casting.draft(result="in_hospital"), by=coach)
    client = signed_in(walked, "outreach_officer")
    for path in ("/today/", f"/cases/{own.id}/"):
        answer = client.get(path)
        assert answer.status_code == 200
        main = answer.content.decode().split("<main")[1].split("</main>")[0].lower()
        assert [word for word in HEALTH_WORDS if word in main] == [], path
    assert client.get(f"/people/{own.person_id}/").status_code == 404


@pytest.mark.covers("R24")
def test_nobody_can_send_anything_to_another_program(walked):
    theirs = Program.objects.get(name__startswith="Valley")
    clients = {role: signed_in(walked, role) for role in ROLES}
    before = database()
    for role, client in clients.items():
        paths = list(addresses(theirs, role))
        assert len(paths) > 10
        assert {path: got for path in paths if (got := client.post(path).status_code) != 404} == {}, role
    assert database() == before


def test_who_lacks_the_permission_sends_into_nothing(walked):
    powerless = ("patrol_officer", "epidemiologist", "privacy_reviewer", "administrator")
    theirs = {
        "privacy_reviewer": ("/review/", "/legal/", "/elsewhere/"),
        "administrator": ("/users/", "/add-user/", "/field/phones/"),
    }
    clients = {role: signed_in(walked, role) for role in powerless}
    before = database()
    for role, client in clients.items():
        foreign = [path for path in addresses(walked.program, role) if not path.startswith(theirs.get(role, ()))]
        assert len(foreign) > 10
        assert {path: got for path in foreign if (got := client.post(path).status_code) != 404} == {}, role
    assert database() == before


def test_a_visitor_is_shown_the_sign_in_page_for_everything(walked):
    answers = walk(Client(), addresses())
    assert set().union(*(canaries_in(whole(answer)) for answer in answers.values())) == set()
    shown = {path for path, answer in answers.items() if answer.status_code == 200}
    links = {path for path in shown if path.startswith("/a/")}
    assert len(links) == AnswerLink.objects.count() > 1
    assert {path.split("?")[0] for path in shown - links} == {
        "/sign-in/", "/sign-in/first/", "/trust/", "/trust/rules/", "/trust/kept/", "/privacy/", "/complain/", "/legal/card/",
        "/answer/", "/naloxone/", "/kit/", "/field/", "/field/sw.js", "/field/manifest.webmanifest", "/field/who/",
    }  # fmt: skip


def test_a_page_that_breaks_tells_nothing(walked, monkeypatch, caplog):
    caplog.set_level("DEBUG")
    real = desk_queries.case_page

    def broken(viewer, case, moment):
        page = real(viewer, case, moment)
        assert canaries_in(str(page["contact"]))
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(desk_queries, "case_page", broken)
    own = Need.objects.earliest("noted_at").case_id
    answer = signed_in(walked, "recovery_coach").get(f"/cases/{own}/")
    assert answer.status_code == 500
    assert "broken on purpose" in caplog.text
    assert canaries_in(whole(answer) + caplog.text) == set()


@pytest.mark.covers("R26", "R52", "R69c")
def test_what_is_stored_in_clear_holds_no_canary(walked):
    clients = [signed_in(walked, role) for role in ("recovery_coach", "partner")]
    for client in clients:
        walk(client, ["/"])
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  # a table of our own
            text = "\n".join(
                str([bytes(v).decode("latin-1") if isinstance(v, bytes | memoryview) else v for v in row])
                for row in cursor.fetchall()
            )
            assert canaries_in(text) == set(), table
