"""Brings a published list of services into the directory."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from django.db import transaction

from alongside.common.actor import Actor
from alongside.common.decision import Decision, Refused
from alongside.common.ids import new_id
from alongside.journal.actions import record
from alongside.services.models import Organization, Service, ServiceNeed
from alongside.services.records import Directory, OrganizationRecord, ServiceRecord

BATCH = 500
_SOURCE = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_ORGANIZATION_FIELDS = ("name", "description", "url")
_SERVICE_FIELDS = tuple(
    field.name for field in fields(ServiceRecord) if field.name not in {"key", "organization_key", "needs", "schedules"}
)


@dataclass(frozen=True, slots=True)
class ServiceImport:
    """What one import did, or with a dry run would do; `not_listed_now` stay in the directory."""

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
        )
        if not dry_run:
            _journal(summary, by=by)
    return summary


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
        self.known = {row.source_key: row for row in Service.objects.filter(source=source)}
        self.needs: dict[Any, set[str]] = {}
        for service_id, need in ServiceNeed.objects.filter(service__source=source).values_list("service_id", "need"):
            self.needs.setdefault(service_id, set()).add(need)
        self.new: list[Service] = []
        self.changed: list[Service] = []
        self.new_needs: list[ServiceNeed] = []
        self.gone_needs: list[tuple[Any, set[str]]] = []

    def compare(self, records: Iterable[ServiceRecord]) -> None:
        """Sort each record into new, changed or unchanged."""
        for entry in records:
            owner = self.owners.get(entry.organization_key)
            values = {name: getattr(entry, name) for name in _SERVICE_FIELDS}
            values["organization_id"] = owner.pk if owner else None
            row = self.known.pop(entry.key, None)
            if row is None:
                row = Service(source=self.source, source_key=entry.key, **values)
                self.new.append(row)
                self._compare_needs(row, entry.needs)
            elif _update(row, values) | self._compare_needs(row, entry.needs):
                self.changed.append(row)

    def write(self) -> None:
        """Store what `compare` found."""
        Service.objects.bulk_create(self.new, batch_size=BATCH)
        Service.objects.bulk_update(self.changed, (*_SERVICE_FIELDS, "organization"), batch_size=BATCH)
        for service_id, needs in self.gone_needs:
            ServiceNeed.objects.filter(service_id=service_id, need__in=needs).delete()
        ServiceNeed.objects.bulk_create(self.new_needs, batch_size=BATCH)

    def _compare_needs(self, row: Service, wanted: frozenset[str]) -> bool:
        held = self.needs.get(row.pk, set())
        self.new_needs += [ServiceNeed(service=row, need=need) for need in sorted(wanted - held)]
        if held - wanted:
            self.gone_needs.append((row.pk, held - wanted))
        return held != wanted
