"""The day on a phone: the own visits with the least that each takes, opened through the firewall, and the lists to tap on.

An officer's holds the name to ask for, where to meet, the language and the safety words of the place, and nothing else; the
pack of whoever only drops something in holds nobody.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from alongside.accounts.roles import may
from alongside.cases.models import Case
from alongside.common.actor import Actor
from alongside.field import queries
from alongside.field.day import ms, open_contacts, stop_of, visits_of
from alongside.field.lists import general_for
from alongside.field.models import Clash, Phone
from alongside.field.rules import SESSION_HOURS, WISHES
from alongside.field.versions import versions_for
from alongside.field.waiting import both
from alongside.identity.models import Contact
from alongside.identity.queries import contacts_of
from alongside.planning.queries import route_for


@dataclass(frozen=True, slots=True)
class Given:
    """What a phone gets back: the pack, or none when it has this one already or somebody has to sign in first."""

    version: str
    pack: dict[str, Any] | None = None
    sign_in: bool = False
    # Where somebody has to sign in first: the visits that may stay on the phone meanwhile.
    stands: tuple[str, ...] | None = None
    stops: tuple[dict[str, Any], ...] = ()


def pack_for(viewer: Actor, phone: Phone, have: str, now: datetime) -> Given:
    """The pack of a phone's user, still without its route: see `add_route`."""
    cases = queries.visits_for(viewer, now) if may(viewer.role, "record_attempt") else []
    if now - phone.signed_in_at > timedelta(hours=SESSION_HOURS):
        return Given(have, sign_in=True, stands=tuple(str(case.id) for case in cases))
    contacts = contacts_of(viewer, [case.person_id for case in cases]) if cases else {}
    user, zone = phone.user, phone.user.agency.program.zone
    two = queries.two_answers_of(viewer, cases)
    pack = general_for(viewer, user.display_name, user.agency.name) | {"visits": visits_of(viewer, cases, contacts, zone, now)}
    # The order of the day is made anew with the hour: by evening another promise is the next one.
    hour = now.hour if cases else None
    version = _version(pack | {"clashes": [str(row.id) for row in two], "hour": hour}, contacts)
    if version == have:
        return Given(version)
    open_contacts(viewer, cases, contacts, pack["visits"], now)
    pack["clashes"] = _clashes(viewer, cases, two) if two else []
    pack |= {"version": version, "made": ms(now), "route": None, "map": None}
    stops = (stop_of(case, visit, zone, now) for case, visit in zip(cases, pack["visits"], strict=True))
    return Given(version, pack, stops=tuple(stop for stop in stops if stop))


def add_route(viewer: Actor, given: Given, now: datetime) -> None:
    """Put the order of the day in. It takes up to a second, so nothing is held meanwhile that others wait for."""
    if given.pack is not None and given.stops:
        given.pack.update(route_for(viewer, given.stops, now) or {})


def _version(pack: Mapping[str, Any], contacts: Mapping[UUID, Contact]) -> str:
    """What a pack would hold, without opening anything: sealed words count by their ciphertext."""
    sealed = [[str(person), *versions_for(row, row.person).values()] for person, row in sorted(contacts.items())]
    whole = json.dumps([pack, sealed], default=str, sort_keys=True)
    return sha256(whole.encode()).hexdigest()[:16]


def _clashes(viewer: Actor, cases: Sequence[Case], rows: Sequence[Clash]) -> list[dict[str, Any]]:
    """The fields of the own visits with two answers, both opened; a wish as the yes or no that it is."""
    case_of = {case.person_id: str(case.id) for case in cases}
    return [
        {"id": str(row.id), "case": case_of[row.person_id], "field": row.field, "said": _plain(row, said),
         "stands": _plain(row, stands)}
        for row, (said, stands) in zip(rows, both(viewer, rows), strict=True)
        if isinstance(said, str) and isinstance(stands, str)
    ]  # fmt: skip


def _plain(row: Clash, text: str) -> str | bool:
    return text == "True" if row.field in WISHES and row.field != "prefers" else text
