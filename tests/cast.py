"""The cast of every test: two programs, one user for each role, and people with unlikely words in sealed fields.

A canary is a string that stands nowhere else. Wherever one turns up in plain, something leaked.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, UNUSABLE_PASSWORD_SUFFIX_LENGTH
from django.test import Client

from alongside.accounts.models import Agency, AgencyKind, Program, Town, User
from alongside.accounts.roles import ROLES
from alongside.cases.actions import assign_team, open_case
from alongside.cases.models import Case
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.ids import new_id
from alongside.consent.actions import Told, disclose_in_emergency, record_consent, revoke_consent
from alongside.field.models import Change, Clash, Parked, Phone
from alongside.identity.actions import correct_identity, keep_contact, keep_identity
from alongside.identity.description import Description
from alongside.identity.matching import decide_match, propose_match
from alongside.identity.models import Merge
from alongside.identity.vault import seal
from alongside.incidents.actions import record_incident, settle_incident
from alongside.incidents.models import Incident
from alongside.incidents.rules import Report
from alongside.people.actions import add_person, set_contact_wishes
from alongside.people.models import Person
from alongside.referrals.actions import note_need
from alongside.referrals.rides import RidePlan, ask_ride
from alongside.review.actions import Danger, break_glass
from alongside.rights.actions import Answer, Ask, answer_request, take_request
from alongside.rights.models import Request
from alongside.visits.actions import Draft, record_attempt

# For rules, which are given their `now`: a winter afternoon.
NOON = datetime(2026, 1, 15, 17, 0, tzinfo=UTC)

# What `set_unusable_password` writes, without throwing forty dice for each of two dozen users.
NO_PASSWORD = f"{UNUSABLE_PASSWORD_PREFIX}{'x' * UNUSABLE_PASSWORD_SUFFIX_LENGTH}"

# A date is its own canary: nobody is this old.
BIRTH_DATE = date(1911, 11, 1)
CANARIES = {
    "identity.Identity.given_name": "Zyxwhale",
    "identity.Identity.family_name": "Qvumblethorp",
    "identity.Identity.birth_date": BIRTH_DATE.isoformat(),
    "identity.Identity.middle_name": "Zyxmiddle",
    "identity.Identity.suffix": "Zyxsuffix",
    "identity.Identity.aliases": "Zyxalias Grumbeck",
    "identity.Identity.born": "~1911 Zyxborn",
    "identity.Contact.ask_for": "Zyxask-for-Quorple",
    "identity.Contact.meeting_place": "Zyxplace 4411 Vlimmergate",
    "identity.Contact.phone": "555-010-9917",
    "identity.Contact.never_mention": "Zyxhush the garden to the aunt",
    "identity.Merge.contact_before": "Zyxbefore the ferry left",
    "identity.Merge.identity_before": "Zyxformer",
    "incidents.Incident.place": "Zyxorigin 9902 Krabbelow Lane",
    "referrals.Need.words": "Zyxwords a bed that is not there",
    "referrals.Ride.pick_up": "Zyxpickup under the third plane tree",
    "visits.Attempt.note": "Zyxnote spoke of the lighthouse",
    "consent.Emergency.told": "Zyxtold Nurse Ombley, Vlimmer Hospital",
    "review.BreakGlass.reason": "Zyxreason nobody answered at the bridge",
    "rights.Request.asked": "Zyxasked Whalebone",
    "rights.Request.statement": "Zyxstatement it was never so",
    "field.Parked.words": "Zyxparked they slept by the weir",
    "field.Parked.call": "Zyxcall the one with the lantern",
    "field.Clash.said": "Zyxsaid behind the boathouse",
    "field.Clash.stood": "Zyxstood before the boathouse",
}
CLASS_OF = {
    "identity.Identity.given_name": "identity",
    "identity.Identity.family_name": "identity",
    "identity.Identity.birth_date": "identity",
    "identity.Identity.middle_name": "identity",
    "identity.Identity.suffix": "identity",
    "identity.Identity.aliases": "identity",
    "identity.Identity.born": "identity",
    "identity.Contact.ask_for": "contact",
    "identity.Contact.meeting_place": "contact",
    "identity.Contact.phone": "contact",
    "identity.Contact.never_mention": "contact",
    "identity.Merge.contact_before": "contact",
    "identity.Merge.identity_before": "identity",
    "incidents.Incident.place": "origin",
    "referrals.Need.words": "health",
    "referrals.Ride.pick_up": "contact",
    "visits.Attempt.note": "health",
    "consent.Emergency.told": "health",
    "review.BreakGlass.reason": "health",
    "rights.Request.asked": "identity",
    "rights.Request.statement": "health",
    "field.Parked.words": "health",
    "field.Parked.call": "origin",
    "field.Clash.said": "contact",
    "field.Clash.stood": "contact",
}

EMPLOYER = {
    "patrol_officer": "police",
    "data_designee": "police",
    "outreach_officer": "police",
    "recovery_coach": "recovery",
    "clinician": "health",
    "coordinator": "health",
    "counsel": "health",
    "partner": "shelter",
    "epidemiologist": "health",
    "privacy_reviewer": "health",
    "administrator": "health",
}


@dataclass
class Side:
    """One program with its towns, agencies and one user for each role."""

    program: Program
    towns: list[Town]
    agencies: dict[str, Agency]
    users: dict[str, User] = field(default_factory=dict)

    def actor(self, role: str) -> Actor:
        return self.users[role].actor()

    def user(self, role: str, employer: str = "", name: str = "") -> User:
        """One more user, for example a second coach or one who works for somebody else."""
        user = self.draft_user(role, employer or EMPLOYER[role], name or f"{role}-{new_id()}")
        user.save()
        user.towns.set(self.towns)
        return user

    def draft_user(self, role: str, employer: str, name: str) -> User:
        words = role.replace("_", " ").capitalize()
        return User(
            username=name, display_name=words, role=role, agency=self.agencies[employer], password=NO_PASSWORD
        )  # fmt: skip

    @property
    def system(self) -> Actor:
        return Actor.system(self.program.id)


@dataclass
class Cast:
    """Our program, and a second one that must never see anything of ours."""

    ours: Side
    other: Side

    def actor(self, role: str) -> Actor:
        return self.ours.actor(role)

    def __getattr__(self, name: str):
        """`cast.coordinator` is our coordinator acting."""
        if name in ROLES:
            return self.ours.actor(name)
        raise AttributeError(name)


def side(prefix: str, town_names: tuple[str, ...]) -> Side:
    made = draft_side(prefix, town_names)
    save_sides(made)
    return made


def draft_side(prefix: str, town_names: tuple[str, ...]) -> Side:
    program = Program(name=f"{prefix} Outreach")
    towns = [Town(program=program, name=name) for name in town_names]
    kinds = {
        "police": AgencyKind.POLICE, "health": AgencyKind.HEALTH, "recovery": AgencyKind.RECOVERY,
        "shelter": AgencyKind.SHELTER,
    }  # fmt: skip
    agencies = {
        key: Agency(program=program, name=f"{prefix} {key.title()}", kind=kind)
        for key, kind in kinds.items()
    }
    made = Side(program, towns, agencies)
    made.users = {
        role: made.draft_user(role, EMPLOYER[role], f"{prefix.lower()}-{role}") for role in EMPLOYER
    }  # fmt: skip
    return made


def save_sides(*sides: Side) -> None:
    """Thousands of tests begin with this, so each table is written to once."""
    membership = User.towns.through
    Program.objects.bulk_create(each.program for each in sides)
    Town.objects.bulk_create(town for each in sides for town in each.towns)
    Agency.objects.bulk_create(agency for each in sides for agency in each.agencies.values())
    User.objects.bulk_create(user for each in sides for user in each.users.values())
    membership.objects.bulk_create(
        membership(user_id=user.id, town_id=town.id)
        for each in sides for user in each.users.values() for town in each.towns
    )  # fmt: skip


def whole_cast() -> Cast:
    made = Cast(draft_side("Harbor", ("Eastpoint", "Westpoint")), draft_side("Valley", ("Midvale",)))
    save_sides(made.ours, made.other)
    return made


# --- people, calls and cases ----------------------------------------------------------------------------------------


def person_of(who: Side, canaries: bool = False) -> Person:
    """Somebody of a program; with canaries, somebody whose name, birth date and contact are sealed."""
    by = who.actor("coordinator")
    person = add_person(by=by, home_town=who.towns[0])
    if canaries:
        names = Description(
            given_name=CANARIES["identity.Identity.given_name"],
            family_name=CANARIES["identity.Identity.family_name"],
            birth_date=BIRTH_DATE,
            middle_name=CANARIES["identity.Identity.middle_name"],
            suffix=CANARIES["identity.Identity.suffix"],
            aliases=(CANARIES["identity.Identity.aliases"],),
            born=CANARIES["identity.Identity.born"],
        )
        keep_identity(person, names, by=by)
        keep_contact(
            person,
            by=by,
            ask_for=CANARIES["identity.Contact.ask_for"],
            meeting_place=CANARIES["identity.Contact.meeting_place"],
            phone=CANARIES["identity.Contact.phone"],
            never_mention=CANARIES["identity.Contact.never_mention"],
        )
    return person


def report(hours_ago: float = 5, **facts) -> Report:
    facts = {"source": "form", "key": str(new_id()), "kind": "overdose"} | facts
    return Report(occurred_at=facts.pop("occurred_at", now() - timedelta(hours=hours_ago)), **facts)


def incident_for(who: Side, person: Person | None, hours_ago: float = 5, **facts) -> Incident:
    """A call that was kept and, with a person, settled."""
    by = who.actor("coordinator")
    facts.setdefault("place", CANARIES["incidents.Incident.place"])
    incident, _ = record_incident(report(hours_ago, **facts), by=by, town=who.towns[0])
    if person is not None:
        settle_incident(incident, by=by, person=person)
    return incident


def case_for_person(who: Side, person: Person | None = None, hours_ago: float = 5, **facts) -> Case:
    """An open case that waits for a team."""
    incident = incident_for(who, person or person_of(who, canaries=True), hours_ago, **facts)
    return open_case(incident, by=who.actor("coordinator"))[0]


def case_with_team(who: Side, person: Person | None = None, hours_ago: float = 5, **facts) -> Case:
    """A case assigned to the officer and the coach of the program."""
    case = case_for_person(who, person, hours_ago, **facts)
    assign_team(case, who.users["outreach_officer"], who.users["recovery_coach"], by=who.actor("coordinator"))
    case.refresh_from_db()
    return case


def draft(channel: str = "phone", result: str = "no_answer", **more) -> Draft:
    return Draft(id=more.pop("id", None) or new_id(), channel=channel, result=result, **more)


reached = partial(draft, result="reached", response="services")


def case_with_everything(who: Side, person: Person | None = None) -> Case:
    """A case with a team, a need in the person's words, a ride and an attempt with a note: a canary in every sealed field."""
    case = case_with_team(who, person)
    coach = who.actor("recovery_coach")
    need = note_need(case, "shelter_tonight", by=coach, words=CANARIES["referrals.Need.words"])
    ask_ride(need, RidePlan("team_car", pick_up=CANARIES["referrals.Ride.pick_up"]), by=coach)
    record_attempt(case, reached(note=CANARIES["visits.Attempt.note"]), by=coach)
    correction_not_accepted(case.person, CANARIES["rights.Request.asked"], CANARIES["rights.Request.statement"], coach)
    sent_from_phone(who, case)
    case.refresh_from_db()
    return case


def joined(who: Side, before: str = CANARIES["identity.Merge.contact_before"],
           former: str = CANARIES["identity.Merge.identity_before"]) -> Merge:  # fmt: skip
    """Two people, joined; who the older one is and how to reach them was written anew since, and nothing else is known."""
    by = who.actor("coordinator")
    newer, older = person_of(who), person_of(who)
    keep_identity(older, Description(former), by=by)
    keep_contact(older, by=by, ask_for=before)
    match = propose_match(newer, older, [], by=by)
    assert match is not None
    merge = decide_match(match, "same", by=by)
    assert merge is not None
    keep_contact(older, by=by, ask_for="Wren")
    correct_identity(older, by=by, given_name="Wren")
    return merge


def phone_of(user: User, **more) -> Phone:
    """The app's store of a user on a phone, joined a day ago."""
    at = now() - timedelta(days=1)
    return Phone.objects.create(
        user=user,
        token_digest="0" * 64,
        stamp=user.session_stamp,
        **{"made_at": at, "signed_in_at": at, "seen_at": at} | more,
    )


def change_of(phone: Phone, kind: str, case: Case | None = None, **more) -> Change:
    """One change that a phone sent; by itself it only says that it came."""
    at = more.pop("at", now() - timedelta(hours=1))
    known = {"state": "parked", "sentence": "This case is closed; reopen it first."}
    return Change.objects.create(
        id=new_id(),
        phone=phone,
        case=case,
        seq=phone.changes.count() + 1,
        kind=kind,
        made_at=at,
        received_at=at,
        **known | more,
    )


def parked_of(who: Side, change: Change, **data) -> Parked:
    """A change that waits: about the person of its case, else a call about somebody not yet known."""
    person = change.case.person if change.case else None
    row = Parked(change=change, program=who.program, person=person, made_at=change.received_at)
    seal(row, who.program.id, **{"words" if person else "call": json.dumps(data)})
    row.save(force_insert=True)
    return row


def clash_of(who: Side, change: Change, field: str, said: str, stood: str = "") -> Clash:
    """A field with two answers."""
    row = Clash(change=change, program=who.program, person=change.case.person, field=field, made_at=change.received_at)
    seal(row, who.program.id, said=said, stood=stood)
    row.save(force_insert=True)
    return row


def sent_from_phone(who: Side, case: Case, words=CANARIES) -> None:
    """From the coach's phone: a note that could not be filed, a call that could not, a place with two answers."""
    phone = phone_of(who.users["recovery_coach"])
    parked_of(
        who, change_of(phone, "attempt", case), channel="home", result="reached", note=words["field.Parked.words"]
    )
    parked_of(who, change_of(phone, "contact"), kind="overdose", ask_for=words["field.Parked.call"])
    clash_of(who, change_of(phone, "contact_field", case, state="clash"), "meeting_place",
             words["field.Clash.said"], words["field.Clash.stood"])  # fmt: skip


def urgent(who: Side, case: Case) -> None:
    """A hospital was told in an emergency, and somebody opened the person because somebody was in danger."""
    coach = who.actor("recovery_coach")
    name, affiliation = CANARIES["consent.Emergency.told"].split(", ")
    disclose_in_emergency(case.person, Told(new_id(), name, affiliation, "overdose"), by=coach)
    break_glass(case.person, Danger("violence", CANARIES["review.BreakGlass.reason"]), by=who.actor("clinician"))


def correction_not_accepted(person: Person, asked: str, statement: str, by: Actor) -> Request:
    """The person said how their name is right, it was not accepted, and what they say about it stands."""
    made = take_request(person, Ask("correction", "known", "family_name", asked), by=by)
    return answer_request(made, Answer("not_accepted", statement=statement), by=by)


def person_who_consented(who: Side) -> Person:
    """Agreed that the shelter may know how to reach them and what they want."""
    person = person_of(who, canaries=True)
    record_consent(person, who.agencies["shelter"], ["contact", "health"], by=who.actor("recovery_coach"))
    return person


def person_who_withdrew(who: Side) -> Person:
    """Agreed, and took it back."""
    person = person_of(who, canaries=True)
    coach = who.actor("recovery_coach")
    revoke_consent(record_consent(person, who.agencies["shelter"], ["contact", "health"], by=coach), by=coach)
    return person


def person_who_asked_for_no_contact(who: Side) -> Person:
    person = person_of(who, canaries=True)
    return set_contact_wishes(person.id, "no_contact", no_police=True, by=who.actor("recovery_coach"))


def canaries_in(text: object) -> set[str]:
    """The sealed fields whose canary stands in a text."""
    found = text.decode("utf-8", "replace") if isinstance(text, bytes | memoryview) else str(text)
    return {name for name, canary in CANARIES.items() if canary in found}


# --- sessions -------------------------------------------------------------------------------------------------------

force_one_factor = Client.force_login


def force_two_factors(client, user, backend=None):
    """What `client.force_login` does in these tests: a session as after a password and a code a moment ago.

    The record of the factors is written into the session here, by hand; the program has no such way in. It is dated
    ahead, so that a long test does not lose its fresh factor. `force_one_factor` is Django's own, without a second factor.
    """
    force_one_factor(client, user, backend)
    session = client.session
    session.update(two_factor_records(user))
    session.save()


def two_factor_records(user):
    return {
        "account_authentication_methods_user": str(user.pk),
        "account_authentication_methods": [
            {"method": "password", "at": time.time()},
            {"method": "mfa", "type": "totp", "at": time.time() + 86_400},
        ],
    }


def browser_of(user: User, **options) -> Client:
    """A browser in which a user is signed in, with both factors a moment ago."""
    client = Client(**options)
    client.force_login(user)
    return client
