"""The directory as records, list by list, for writing it out."""

from __future__ import annotations

from dataclasses import fields

from alongside.common.actor import Actor
from alongside.services.models import Organization, Schedule, Service
from alongside.services.records import Directory, OrganizationRecord, ScheduleRecord, ServiceRecord

_FROM_ELSEWHERE = {"key", "organization_key", "needs", "schedules"}
_COLUMNS = tuple(field.name for field in fields(ServiceRecord) if field.name not in _FROM_ELSEWHERE)
_RULE = tuple(field.name for field in fields(ScheduleRecord))


def lists_for(viewer: Actor) -> list[str]:
    """The names of the lists in the directory, in order; all viewers see them alike."""
    return sorted({*_names(Service), *_names(Organization)})


def directory_for(viewer: Actor, source: str) -> Directory:
    """One list as it stands in the directory now, in the order of its keys, without problems."""
    owners = Organization.objects.filter(source=source).order_by("source_key")
    services = (
        Service.objects.filter(source=source)
        .select_related("organization")
        .prefetch_related("needs", "schedules")
        .order_by("source_key")
    )
    return Directory(
        tuple(OrganizationRecord(row.source_key, row.name, row.description, row.url) for row in owners),
        tuple(_record(row) for row in services),
        (),
    )


def _record(row: Service) -> ServiceRecord:
    return ServiceRecord(
        key=row.source_key,
        organization_key=row.organization.source_key if row.organization else "",
        needs=frozenset(need.need for need in row.needs.all()),
        schedules=tuple(_rule(rule) for rule in row.schedules.all()),
        **{name: getattr(row, name) for name in _COLUMNS},
    )


def _rule(row: Schedule) -> ScheduleRecord:
    return ScheduleRecord(**{name: getattr(row, name) for name in _RULE})


def _names(model: type[Service] | type[Organization]) -> set[str]:
    return set(model.objects.order_by("source").values_list("source", flat=True).distinct())
