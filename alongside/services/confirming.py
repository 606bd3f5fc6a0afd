"""What the people here say about a listed service: that it is still so, and which partner answers for it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from alongside.accounts.models import Agency
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.journal.actions import record
from alongside.services.models import Service
from alongside.services.rules import may_confirm, may_link

# The same agency saying it again within this time is one tap too many, and no second line in the journal.
AGAIN_AFTER = timedelta(hours=1)


@transaction.atomic
def confirm_service(service_id: UUID, *, by: Actor) -> Service:
    """Note that the service is as listed, now, by the viewer's agency; saying it again at once changes nothing."""
    service = _held(service_id)
    may_confirm(by.role, own=service.agency_id is not None and service.agency_id == by.agency_id).require()
    at = now()
    if service.confirmed_at and service.confirmed_by_id == by.agency_id and at - service.confirmed_at < AGAIN_AFTER:
        return service
    service.confirmed_at, service.confirmed_by_id = at, by.agency_id
    service.save(update_fields=["confirmed_at", "confirmed_by"])
    record("service_confirmed", kind="service", target=service.id, by=by)
    return service


@transaction.atomic
def link_service(service_id: UUID, agency: Agency | None, *, by: Actor) -> Service:
    """Note that a partner answers for the service, or that none does; a partner of another program cannot be set or replaced."""
    may_link(by.role).require()
    service = _held(service_id)
    if agency is not None and agency.program_id != by.program_id:
        raise Refused("This partner does not work with your program.")
    if service.agency_id and not Agency.objects.filter(pk=service.agency_id, program_id=by.program_id).exists():
        raise Refused("A partner of another program answers for this service.")
    if service.agency_id == (agency.id if agency else None):
        return service
    service.agency = agency
    service.save(update_fields=["agency"])
    record("service_linked", kind="service", target=service.id, by=by, agency=str(agency.id) if agency else "")
    return service


def _held(service_id: UUID) -> Service:
    """The row, locked: two people may press at once."""
    service = Service.objects.select_for_update().filter(pk=service_id).first()
    if service is None:
        raise Refused("This place is not in the directory any more.")
    return service
