"""Finds organizations that may be one, over all lists; a person decides, nothing is merged, and a decision can be undone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from uuid import UUID

from django.db import transaction

from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.common.ids import new_id
from alongside.journal.actions import record
from alongside.services.likeness import WORTH_A_LOOK, Face, host_of, likeness, tidy_name, tidy_phones, tidy_street
from alongside.services.models import Organization, OrganizationPair, Service

OPEN, SAME, DIFFERENT = "open", "same", "different"
# A word or a host that so many share ("health", a county's web site) brings nobody together.
COMMON = 40
BATCH = 500


@transaction.atomic
def propose(*, by: Actor) -> int:
    """Compare all organizations and keep those pairs that are worth a look; what was decided stays. Gives how many are new."""
    found = dict(_likely(_faces()))
    known = {(pair.first_id, pair.second_id): pair for pair in OrganizationPair.objects.select_for_update()}
    gone = [pair.pk for key, pair in known.items() if key not in found and pair.decision == OPEN]
    OrganizationPair.objects.filter(pk__in=gone).delete()
    changed = []
    for key, (score, reasons) in found.items():
        pair = known.get(key)
        if pair is not None and (pair.likeness, pair.reasons) != (score, list(reasons)):
            pair.likeness, pair.reasons = score, list(reasons)
            changed.append(pair)
    OrganizationPair.objects.bulk_update(changed, ["likeness", "reasons"], batch_size=BATCH)
    new = [
        OrganizationPair(first_id=key[0], second_id=key[1], likeness=score, reasons=list(reasons))
        for key, (score, reasons) in found.items()
        if key not in known
    ]
    OrganizationPair.objects.bulk_create(new, batch_size=BATCH)
    if new:
        record("organizations_compared", kind="organization_pair", target=new_id(), by=by, new=len(new))
    return len(new)


@transaction.atomic
def decide_pair(pair_id: UUID, decision: str, *, by: Actor) -> OrganizationPair:
    """Say that two are one, or two, or open again; only what pages show changes. The same decision twice is one."""
    if decision not in {OPEN, SAME, DIFFERENT}:
        raise Refused("Two organizations are one, or they are two, or it is open.")
    pair = OrganizationPair.objects.select_for_update().filter(pk=pair_id).first()
    if pair is None:
        raise Refused("These two are no longer compared.")
    if pair.decision != decision:
        pair.decision = decision
        pair.decided_at = None if decision == OPEN else now()
        pair.save(update_fields=["decision", "decided_at"])
        record("organization_pair_decided", kind="organization_pair", target=pair.pk, by=by, decision=decision)
    return pair


def pairs_for(viewer: Actor, limit: int = 50) -> tuple[list[OrganizationPair], list[OrganizationPair]]:
    """The pairs to decide, likest first, and the last decided; all viewers see them alike."""
    pairs = OrganizationPair.objects.select_related("first", "second")
    return (
        list(pairs.filter(decision=OPEN).order_by("-likeness", "id")[:limit]),
        list(pairs.exclude(decision=OPEN).order_by("-decided_at", "id")[:limit]),
    )


def shown_as(viewer: Actor) -> dict[UUID, UUID]:
    """Organization → the one under which pages show it, for those that somebody said are one; the rest stand for themselves."""
    head: dict[UUID, UUID] = {}
    for first, second in OrganizationPair.objects.filter(decision=SAME).values_list("first_id", "second_id"):
        low, high = sorted((_top(head, first), _top(head, second)))
        head[high] = low
    return {one: _top(head, one) for one in head}


def _top(head: dict[UUID, UUID], one: UUID) -> UUID:
    while one in head:
        one = head[one]
    return one


def _faces() -> dict[UUID, Face]:
    streets: dict[UUID | None, set[str]] = defaultdict(set)
    phones: dict[UUID | None, set[str]] = defaultdict(set)
    hosts: dict[UUID | None, set[str]] = defaultdict(set)
    rows = Service.objects.filter(organization__isnull=False)
    for owner, address, phone, url in rows.values_list("organization_id", "address", "phone", "url"):
        streets[owner].add(tidy_street(address))
        phones[owner] |= tidy_phones(phone)
        hosts[owner].add(host_of(url))
    return {
        key: Face(
            name,
            frozenset(streets[key] - {""}),
            frozenset(phones[key]),
            frozenset(hosts[key] | {host_of(url)}) - {""},
        )
        for key, name, url in Organization.objects.order_by("id").values_list("id", "name", "url")
    }


def _likely(faces: dict[UUID, Face]) -> Iterator[tuple[tuple[UUID, UUID], tuple[float, tuple[str, ...]]]]:
    seen: set[tuple[UUID, UUID]] = set()
    for together in _with_something_in_common(faces):
        for one, other in combinations(sorted(together), 2):
            if (one, other) not in seen:
                seen.add((one, other))
                score, reasons = likeness(faces[one], faces[other])
                if score >= WORTH_A_LOOK:
                    yield (one, other), (score, reasons)


def _with_something_in_common(faces: dict[UUID, Face]) -> Iterable[list[UUID]]:
    """Those that share a word of the name, a street, a phone or a host, so that not everybody is compared with everybody."""
    groups: dict[tuple[str, str], list[UUID]] = defaultdict(list)
    for key, face in faces.items():
        name = tidy_name(face.name)
        marks = {("word", word) for word in name.split()} | {("name", name)}
        marks |= {("street", street) for street in face.streets} | {("phone", phone) for phone in face.phones}
        marks |= {("host", host) for host in face.hosts}
        for mark in marks:
            groups[mark].append(key)
    return [keys for (kind, _), keys in groups.items() if len(keys) > 1 and (kind == "name" or len(keys) <= COMMON)]
