"""Keeping incidents, once each, and settling the calls that wait on the morning list."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from alongside.accounts.models import Program, Town
from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.identity.forgetting import shred_rows
from alongside.identity.keyring import drop_keys, index_key
from alongside.identity.vault import seal_many
from alongside.incidents.models import Incident
from alongside.incidents.rules import Report, may_be_one_event, state_on_arrival
from alongside.journal.actions import record
from alongside.people.models import Person


def digests_of(keys: Sequence[str], source: str) -> list[str]:
    """Keyed digests of the calls' own identity: they find a call that comes again and cannot be looked up outside."""
    secret, prefix = index_key(), f"incident|{source}|"
    return [hmac.digest(secret, (prefix + key).encode(), hashlib.sha256).hex()[:40] for key in keys]


@transaction.atomic
def record_incident(report: Report, *, by: Actor, town: Town | None = None) -> tuple[Incident, bool]:
    """Keep one report; the same (source, key) again gives the incident that is there, and False."""
    digest = digests_of([report.key], report.source)[0]
    known = Incident.objects.filter(program_id=by.program_id, source=report.source, source_digest=digest).first()
    if known is not None:
        return known, False
    incident = _built(report, digest, town, by)
    program = Program.objects.get(id=by.program_id)
    incident.state = state_on_arrival(report, incident.entered_at, program.open_case_within_hours)
    seal_many([(incident, {"place": report.place if incident.state == "waiting" else ""})], by.program_id)
    incident.save(force_insert=True)
    record("incident_recorded", kind="incident", target=incident.id, by=by, source=report.source)
    return incident, True


def _built(report: Report, digest: str, town: Town | None, by: Actor) -> Incident:
    return Incident(
        program_id=by.program_id, source=report.source, source_digest=digest, kind=report.kind,
        occurred_at=report.occurred_at, time_known=report.time_known, entered_at=clock(), town=town,
        outcome=report.outcome, naloxone_doses=report.naloxone_doses, naloxone_by=list(report.naloxone_by),
        substances=list(report.substances), facts=list(report.facts),
    )  # fmt: skip


@transaction.atomic
def record_incidents(reports: Sequence[tuple[Report, Town | None]], source: str, batch: UUID, *, by: Actor,
                     ) -> list[Incident]:  # fmt: skip
    """Keep many reports of one source at once and give those that were new; old ones are counted, young ones wait."""
    digests = digests_of([report.key for report, _ in reports], source)
    known = known_digests(by, source)
    program, moment = Program.objects.get(id=by.program_id), clock()
    fresh: list[tuple[Model, dict[str, str | None]]] = []
    made: list[Incident] = []
    for (report, town), digest in zip(reports, digests, strict=True):
        if digest in known:
            continue
        known.add(digest)
        incident = _built(report, digest, town, by)
        incident.batch, incident.entered_at = batch, moment
        incident.state = state_on_arrival(report, moment, program.open_case_within_hours)
        made.append(incident)
        if report.place and incident.state == "waiting":
            fresh.append((incident, {"place": report.place}))
    seal_many(fresh, by.program_id)
    return Incident.objects.bulk_create(made, batch_size=1000)


def known_digests(viewer: Actor, source: str) -> set[str]:
    """The digests already kept from a source, for one pass over a file."""
    rows = Incident.objects.filter(program_id=viewer.program_id, source=source)
    return set(rows.values_list("source_digest", flat=True).iterator(chunk_size=5000))


@transaction.atomic
def settle_incident(incident: Incident, *, by: Actor, person: Person | None, keep_place: bool = True) -> None:
    """Take a waiting call off the morning list: with the person it was about, or as nobody to find.

    Without `keep_place` where it was is destroyed at once.
    """
    incident.refresh_from_db(from_queryset=Incident.objects.select_for_update())
    if incident.state not in ("waiting", "counted"):
        raise Refused("Somebody settled this call already.")
    incident.person, incident.state = person, "settled" if person else "nobody"
    incident.save(update_fields=["person", "state"])
    if not keep_place:
        shred_rows(Incident.objects.filter(id=incident.id), ["place"], by=by)
    record("incident_settled", kind="incident", target=incident.id, by=by, state=incident.state)


@transaction.atomic
def give_to(incident: Incident, person: Person, *, by: Actor) -> None:
    """Say that a call which has its person was about somebody else."""
    if incident.state != "settled":
        raise Refused("This call has no person yet; say on the morning list who it was.")
    incident.person = person
    incident.save(update_fields=["person"])
    record("incident_settled", kind="incident", target=incident.id, by=by, state=incident.state, anew=True)


@transaction.atomic
def set_town(incident: Incident, town: Town, *, by: Actor) -> None:
    """Correct the town of a call."""
    incident.town = town
    incident.save(update_fields=["town"])
    record("incident_settled", kind="incident", target=incident.id, by=by, town=str(town.id))


@transaction.atomic
def join_incidents(later: Incident, earlier: Incident, *, by: Actor) -> None:
    """Two calls about one event: the later one is kept, pointed at the earlier, and counts once."""
    facts = [(row.kind, row.town_id, row.occurred_at) for row in (later, earlier)]
    if later.id == earlier.id or earlier.state == "joined":
        raise Refused("Choose the call the other one is joined to.")
    if later.state != "waiting" or not may_be_one_event(facts[0], facts[1]):
        raise Refused("These two calls are not near enough to be one event.")
    later.joined_into, later.state = earlier, "joined"
    later.save(update_fields=["joined_into", "state"])
    record("incidents_joined", kind="incident", target=later.id, by=by, into=str(earlier.id))


@transaction.atomic
def take_back(batch: UUID, *, by: Actor) -> int:
    """Remove the incidents one import added, with their keys; refused once a person was added to any of them."""
    rows = Incident.objects.filter(program_id=by.program_id, batch=batch)
    if rows.filter(state="settled").exists():
        raise Refused("People were already added to calls of this import; it can no longer be taken back.")
    drop_keys(rows.values("id"))
    return rows.delete()[0]
