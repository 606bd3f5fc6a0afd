"""Brings a published list of services into the directory, and takes one back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import PROTECT, ManyToOneRel

from alongside.common.actor import Actor
from alongside.common.decision import Decision, Refused
from alongside.common.ids import new_id
from alongside.journal.actions import record
from alongside.services.models import Organization, Schedule, Service, ServiceNeed
from alongside.services.records import Directory, OrganizationRecord, ScheduleRecord, ServiceRecord

BATCH = 500
_SOURCE = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_ORGANIZATION_FIELDS = ("name", "description", "url")
_SERVICE_FIELDS = tuple(
    field.name
    for field in fields(ServiceRecord)
    if field.name not in {"key", "organization_key", "needs", "schedules", "confirmed_at"}
)
_SCHEDULE_FIELDS = tuple(field.name for field in fields(ScheduleRecord))


@dataclass(frozen=True, slots=True)
class ServiceImport:
    """What one import did, or with a dry run would do; those `not_listed_now` stay in the directory, named by their keys."""

    source: str
    organizations: int
    services: int
    organizations_added: int
    organizations_changed: int
    added: int
    changed: int
    unchanged: int
    not_listed_now: int
    problems: int
    dry_run: bool
    not_listed_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportUndone:
    """What taking a list back did; a service that a referral points at stays and is no longer offered."""

    source: str
    removed: int
    set_inactive: int
    organizations_removed: int


def import_services(records: Directory, source: str, *, by: Actor, dry_run: bool = False) -> ServiceImport:
    """Add what is new and update what changed under this list's name, all or nothing; once more changes nothing."""
    if not _SOURCE.fullmatch(source):
        Decision.no("The name of a list is up to 64 small letters, digits, dots and hyphens.").require()
    if not records.services:
        raise Refused("The list holds no service; nothing was changed.")
    with transaction.atomic():
        owners, organizations_added, organizations_changed = _keep_organizations(
            records.organizations, source, dry_run=dry_run
        )
        keeper = _Keeper(source, owners)
        keeper.compare(records.services)
        if not dry_run:
            keeper.write()
        summary = ServiceImport(
            source=source,
            organizations=len(records.organizations),
            services=len(records.services),
            organizations_added=organizations_added,
            organizations_changed=organizations_changed,
            added=len(keeper.new),
            changed=len(keeper.changed),
            unchanged=len(records.services) - len(keeper.new) - len(keeper.changed),
            not_listed_now=len(keeper.known),
            problems=sum(problem.count for problem in records.problems),
            dry_run=dry_run,
            not_listed_keys=tuple(sorted(keeper.known)),
        )
        if not dry_run:
            _journal(summary, by=by)
    return summary


@transaction.atomic
def undo_services(source: str, *, by: Actor) -> ImportUndone:
    """Take a list back; what a referral points at stays and is set inactive. Once more changes nothing."""
    listed = Service.objects.select_for_update().filter(source=source)
    ids = set(listed.values_list("pk", flat=True))
    if not ids and not Organization.objects.filter(source=source).exists():
        raise Refused("There is no list of this name in the directory.")
    kept = _pointed_at(ids)
    set_inactive = listed.filter(pk__in=kept).exclude(status="inactive").update(status="inactive")
    Service.objects.filter(pk__in=ids - kept).delete()
    empty = Organization.objects.filter(source=source, services__isnull=True)
    organizations = empty.count()
    empty.delete()
    done = ImportUndone(source, len(ids - kept), set_inactive, organizations)
    if done.removed or set_inactive or organizations:
        record(
            "import_undone",
            kind="service_list",
            target=new_id(),
            by=by,
            list=source,
            removed=done.removed,
            set_inactive=set_inactive,
        )
    return done


def _pointed_at(ids: set[UUID]) -> set[UUID]:
    """Those that something outside the directory holds on to. Asked of the tables, for this room knows none above it."""
    held: set[UUID] = set()
    for relation in Service._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel) and relation.on_delete is PROTECT:
            name = relation.field.name
            table: Any = relation.related_model
            rows = table.objects.filter(**{f"{name}__in": ids})
            held |= set(rows.values_list(f"{name}_id", flat=True))
    return held


def _journal(summary: ServiceImport, *, by: Actor) -> None:
    record(
        "services_imported",
        kind="service_list",
        target=new_id(),
        by=by,
        list=summary.source,
        organizations=summary.organizations,
        added=summary.added,
        changed=summary.changed,
        unchanged=summary.unchanged,
        problems=summary.problems,
    )


def _keep_organizations(
    records: Iterable[OrganizationRecord], source: str, *, dry_run: bool
) -> tuple[dict[str, Organization], int, int]:
    known = {row.source_key: row for row in Organization.objects.filter(source=source)}
    new, changed = [], []
    for entry in records:
        row = known.get(entry.key)
        values = {name: getattr(entry, name) for name in _ORGANIZATION_FIELDS}
        if row is None:
            row = known[entry.key] = Organization(source=source, source_key=entry.key, **values)
            new.append(row)
        elif _update(row, values):
            changed.append(row)
    if not dry_run:
        Organization.objects.bulk_create(new, batch_size=BATCH)
        Organization.objects.bulk_update(changed, _ORGANIZATION_FIELDS, batch_size=BATCH)
    return known, len(new), len(changed)


def _update(row: Organization | Service, values: dict[str, Any]) -> bool:
    differs = False
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
            differs = True
    return differs


class _Keeper:
    """Compares a list with what the directory already holds of it; what is left in `known` is no longer on the list."""

    def __init__(self, source: str, owners: dict[str, Organization]) -> None:
        self.source = source
        self.owners = owners
        listed = Service.objects.select_for_update().filter(source=source)
        self.known = {row.source_key: row for row in listed}
        self.needs: dict[Any, set[str]] = {}
        for service_id, need in ServiceNeed.objects.filter(service__source=source).values_list("service_id", "need"):
            self.needs.setdefault(service_id, set()).add(need)
        self.schedules: dict[Any, list[tuple[Any, ...]]] = {}
        for service_id, *rule in (
            Schedule.objects.filter(service__source=source)
            .order_by("place")
            .values_list("service_id", *_SCHEDULE_FIELDS)
        ):
            self.schedules.setdefault(service_id, []).append(tuple(rule))
        self.new: list[Service] = []
        self.changed: list[Service] = []
        self.new_needs: list[ServiceNeed] = []
        self.gone_needs: list[tuple[Any, set[str]]] = []
        self.new_schedules: list[Schedule] = []
        self.gone_schedules: list[Any] = []

    def compare(self, records: Iterable[ServiceRecord]) -> None:
        """Sort each record into new, changed or unchanged."""
        for entry in records:
            owner = self.owners.get(entry.organization_key)
            values = {name: getattr(entry, name) for name in _SERVICE_FIELDS}
            values["organization_id"] = owner.pk if owner else None
            row = self.known.pop(entry.key, None)
            if row is None:
                # What somebody here said of a service is never overwritten by a list.
                row = Service(source=self.source, source_key=entry.key, confirmed_at=entry.confirmed_at, **values)
                self.new.append(row)
                self._compare_needs(row, entry.needs)
                self._compare_schedules(row, entry.schedules)
            elif (
                _update(row, values)
                | self._compare_needs(row, entry.needs)
                | self._compare_schedules(row, entry.schedules)
            ):
                self.changed.append(row)

    def write(self) -> None:
        """Store what `compare` found."""
        Service.objects.bulk_create(self.new, batch_size=BATCH)
        Service.objects.bulk_update(self.changed, (*_SERVICE_FIELDS, "organization"), batch_size=BATCH)
        for service_id, needs in self.gone_needs:
            ServiceNeed.objects.filter(service_id=service_id, need__in=needs).delete()
        ServiceNeed.objects.bulk_create(self.new_needs, batch_size=BATCH)
        for first in range(0, len(self.gone_schedules), BATCH):
            Schedule.objects.filter(service_id__in=self.gone_schedules[first : first + BATCH]).delete()
        Schedule.objects.bulk_create(self.new_schedules, batch_size=BATCH)

    def _compare_needs(self, row: Service, wanted: frozenset[str]) -> bool:
        held = self.needs.get(row.pk, set())
        self.new_needs += [ServiceNeed(service=row, need=need) for need in sorted(wanted - held)]
        if held - wanted:
            self.gone_needs.append((row.pk, held - wanted))
        return held != wanted

    def _compare_schedules(self, row: Service, wanted: tuple[ScheduleRecord, ...]) -> bool:
        rules = [tuple(getattr(rule, name) for name in _SCHEDULE_FIELDS) for rule in wanted]
        if rules == self.schedules.get(row.pk, []):
            return False
        self.gone_schedules.append(row.pk)
        self.new_schedules += [
            Schedule(service=row, place=place, **dict(zip(_SCHEDULE_FIELDS, rule, strict=True)))
            for place, rule in enumerate(rules)
        ]
        return True
