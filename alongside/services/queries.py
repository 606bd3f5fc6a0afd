"""Reads the directory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from math import cos, radians
from typing import Any, Literal, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import (
    Avg,
    Case,
    CharField,
    F,
    FloatField,
    IntegerField,
    OrderBy,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _

from alongside.accounts.models import Program
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.services import reasons
from alongside.services.duplicates import shown_as
from alongside.services.hours import is_open, opens_tonight
from alongside.services.models import Organization, Schedule, Service
from alongside.services.ranking import RIDE_KM, Standing, kilometers, order

Open = Literal["now", "tonight", "closed", "unknown"]
WORDS_MOST = 8
# More than fit on any page are ranked, and never so many that the page waits for them.
RANKED_MOST = 1000
KM_IN_A_DEGREE = 111.2
_RULE = (
    "freq", "interval", "byday", "bymonthday", "dtstart", "until", "valid_from", "valid_to", "opens_at", "closes_at",
)  # fmt: skip
# Read as text: thousands of rows hold a few dozen different rules, and only those are turned into dates and times.
_AS_TEXT = {f"{name}_text": Cast(name, CharField()) for name in _RULE[4:]}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody is looking for; empty means that it does not matter."""

    need: str = ""
    words: str = ""
    features: tuple[str, ...] = ()
    language: str = ""
    near: tuple[float, float] | None = None
    town: str = ""
    at: datetime | None = None
    open_only: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """One service, whether it is open, how far it is, and why it stands where it stands, in words."""

    service: Service
    open: Open
    km: float | None
    reasons: tuple[str, ...]
    # The one name of organizations that somebody decided are one.
    organization: str = ""


class _Row(NamedTuple):
    """What is read of every candidate: no more than the order needs."""

    id: UUID
    name: str
    town: str
    latitude: float | None
    longitude: float | None
    features: str
    languages: str
    agency_id: UUID | None
    agency__program_id: UUID | None
    confirmed_at: datetime | None


class _Rule(NamedTuple):
    """Opening hours as `hours` asks for them."""

    freq: str
    interval: int
    byday: str
    bymonthday: str
    dtstart: date | None
    until: date | None
    valid_from: date | None
    valid_to: date | None
    opens_at: time | None
    closes_at: time | None


@dataclass(frozen=True, slots=True)
class _Moment:
    """The search with everything filled in: the local hour, the place, and whose bed board has room."""

    wanted: Wanted
    at: datetime
    here: tuple[float, float] | None
    room: Mapping[UUID, str]
    program_id: UUID


def find_services(
    viewer: Actor, wanted: Wanted, limit: int = 50, *, room: Mapping[UUID, str] | None = None
) -> list[Found]:
    """What is offered now and fits, the most fitting first with the reasons; nothing for whoever only goes along.

    A need and words must fit. Features and a language only move a service up, because a list that is silent says no “no”;
    so does the place. `room` is the bed board's word on an agency (“2 beds left, said 40 minutes ago”).
    """
    if viewer.goes_along:
        return []
    zone = Program.objects.values_list("zone", flat=True).get(pk=viewer.program_id)
    at = (wanted.at or now()).astimezone(ZoneInfo(zone))
    moment = _Moment(wanted, at, _here(wanted), room or {}, viewer.program_id)
    rows = _candidates(wanted, moment.here)
    states = _states([row.id for row in rows], moment.at)
    lines = []
    for row in rows:
        state = states.get(row.id, "unknown")
        if not wanted.open_only or state in ("now", "tonight"):
            lines.append((row.id, _standing(row, state, moment)))
    asked = bool(moment.here or wanted.town)
    lines.sort(key=lambda line: (*order(line[1], wanted.need, place_asked=asked), line[0]))
    return _with_words(viewer, lines[:limit], moment)


def services_for(viewer: Actor, need: str, words: str = "", limit: int = 50) -> list[Service]:
    """The services that answer a need (any, when empty) and hold every word, by name; all viewers see them alike."""
    found = Service.objects.select_related("organization").prefetch_related("needs")
    if need:
        found = found.filter(needs__need=need)
    return list(_holding(found, words).order_by("name", "id")[:limit])


def service_for(viewer: Actor, service_id: str) -> Service | None:
    """The service with this id, as a form wrote it; None for whoever only goes along, and for what is no id of one."""
    try:
        key = UUID(service_id)
    except ValueError:
        return None
    return None if viewer.goes_along else Service.objects.filter(pk=key).first()


def _holding(services: QuerySet[Service], words: str) -> QuerySet[Service]:
    for word in words.split()[:WORDS_MOST]:
        services = services.filter(
            Q(name__icontains=word)
            | Q(description__icontains=word)
            | Q(town__icontains=word)
            | Q(address__icontains=word)
            | Q(languages__icontains=word)
            | Q(organization__name__icontains=word)
            | Q(source_organization__icontains=word)
        )
    return services


def _candidates(wanted: Wanted, here: tuple[float, float] | None) -> list[_Row]:
    """What is offered now and fits; of very many, those that say what was asked for, are near, answer here or were confirmed."""
    found = Service.objects.filter(status="active")
    if wanted.need:
        found = found.filter(needs__need=wanted.need)
    first: list[OrderBy] = []
    if wanted.features or wanted.language:
        said = [Q(features__contains=f" {code} ") for code in wanted.features]
        said += [Q(languages__icontains=wanted.language)] if wanted.language else []
        first.append(sum((_one_if(each) for each in said), Value(0)).desc())
    if wanted.town:
        first.append(_one_if(Q(town__iexact=wanted.town)).desc())
    if here:
        first.append(_squared_degrees(here).asc())
    latest = (F("agency").asc(nulls_last=True), F("confirmed_at").desc(nulls_last=True), F("name").asc(), F("id").asc())
    ordered = _holding(found, wanted.words).order_by(*first, *latest)[:RANKED_MOST]
    return [_Row._make(row) for row in ordered.values_list(*_Row._fields)]


def _one_if(condition: Q) -> Case:
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())


def _squared_degrees(here: tuple[float, float]) -> Coalesce:
    """Enough to choose the nearest thousand by; where nothing is known it is a phone line, as far as a ride."""
    north = F("latitude") - Value(here[0], output_field=FloatField())
    east = (F("longitude") - Value(here[1], output_field=FloatField())) * Value(
        cos(radians(here[0])), output_field=FloatField()
    )
    return Coalesce(north * north + east * east, Value((RIDE_KM / KM_IN_A_DEGREE) ** 2), output_field=FloatField())


def _here(wanted: Wanted) -> tuple[float, float] | None:
    """The point to measure from: the one given, or the middle of what is listed in the town."""
    if wanted.near or not wanted.town:
        return wanted.near
    middle = Service.objects.filter(town__iexact=wanted.town, latitude__isnull=False).aggregate(
        latitude=Avg("latitude"), longitude=Avg("longitude")
    )
    return None if middle["latitude"] is None else (middle["latitude"], middle["longitude"])


def _states(services: Sequence[UUID], at: datetime) -> dict[UUID, Open]:
    """Open now, tonight, closed or unknown, for each service that has any rule of hours; each different rule is asked once."""
    rows = (
        Schedule.objects.filter(service__in=services)
        .annotate(**_AS_TEXT)
        .values_list("service_id", *_RULE[:4], *_AS_TEXT)
        .order_by()
    )
    known: dict[tuple[Any, ...], Open] = {}
    states: dict[UUID, Open] = {}
    for service_id, *rule in rows:
        key = tuple(rule)
        state = known.get(key)
        if state is None:
            state = known[key] = _state((_rule(key),), at)
        held = states.get(service_id)
        if held is None or _SURER.index(state) < _SURER.index(held):
            states[service_id] = state
    return states


# Of several rules the surest counts: one that says open, then one that may, then those that say closed.
_SURER: tuple[Open, ...] = ("now", "tonight", "unknown", "closed")


def _state(rules: tuple[_Rule, ...], at: datetime) -> Open:
    state = is_open(rules, at)
    if state == "open":
        return "now"
    return "tonight" if opens_tonight(rules, at) else state


def _rule(written: tuple[Any, ...]) -> _Rule:
    freq, interval, byday, bymonthday, *texts = written
    start, until, first, last = (date.fromisoformat(text) if text else None for text in texts[:4])
    opens, closes = (time.fromisoformat(text) if text else None for text in texts[4:])
    return _Rule(freq, interval, byday, bymonthday, start, until, first, last, opens, closes)


def _standing(row: _Row, state: Open, moment: _Moment) -> Standing:
    wanted = moment.wanted
    held = row.features.split()
    silent = sum(code not in held for code in wanted.features)
    silent += bool(wanted.language) and wanted.language.lower() not in row.languages.lower()
    km = None
    if moment.here and row.latitude is not None and row.longitude is not None:
        km = kilometers(moment.here, (row.latitude, row.longitude))
    return Standing(
        name=row.name,
        not_said=silent,
        in_town=bool(wanted.town) and row.town.casefold() == wanted.town.casefold(),
        km=km,
        open=state,
        has_room=row.agency_id in moment.room,
        # The directory is shared by all programs of an installation; partners are not.
        answers_here=row.agency__program_id == moment.program_id,
        easy_to_start=("walk_in" in held) + ("same_day" in held),
        confirmed_ago=moment.at - row.confirmed_at if row.confirmed_at else None,
    )


def _with_words(viewer: Actor, lines: list[tuple[UUID, Standing]], moment: _Moment) -> list[Found]:
    services = (
        Service.objects.filter(pk__in=[key for key, _line in lines])
        .select_related("organization", "agency", "confirmed_by")
        .prefetch_related("needs", "schedules")
        .in_bulk()
    )
    heads = shown_as(viewer)
    names = dict(Organization.objects.filter(pk__in=set(heads.values())).values_list("id", "name")) if heads else {}
    found = []
    for key, line in lines:
        service = services.get(key)
        if service is None:  # taken out of the directory between two reads
            continue
        own = service.organization
        found.append(
            Found(
                service=service,
                open=line.open,  # type: ignore[arg-type]  # one of `Open`, kept as text in the pure part
                km=line.km,
                reasons=tuple(_reasons(service, line, moment)),
                organization=names.get(heads.get(own.id, own.id), own.name) if own else "",
            )
        )
    return found


def _reasons(service: Service, line: Standing, moment: _Moment) -> Iterable[str]:
    wanted = moment.wanted
    said = (
        moment.room.get(service.agency_id, "") if service.agency_id else "",
        reasons.opening(service, line.open, moment.at),
        reasons.place(line, wanted.town),
        *reasons.offers(service, wanted.features, wanted.language),
        _("a partner that answers here") if line.answers_here else "",
        reasons.confirmed(line.confirmed_ago),
    )
    return (words for words in said if words)
