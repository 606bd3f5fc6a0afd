"""One referral as FHIR R4 in the shape of HL7 SDOH Clinical Care (Gravity, STU 2), and back: plain values on both sides.

Our ten statuses are those of the guide's Task. What the guide has no code for goes as text, with a code of our own beside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from alongside.common.decision import Refused
from alongside.referrals.rules import BARRIERS, HELPED, STATUSES
from alongside.services.needs import NEED_KINDS, UNSPECIFIED

Resource = dict[str, Any]

GUIDE = "http://hl7.org/fhir/us/sdoh-clinicalcare"
CATEGORIES = f"{GUIDE}/CodeSystem/SDOHCC-CodeSystemTemporaryCodes"
TERMS = "http://terminology.hl7.org/CodeSystem"
IDS = "urn:ietf:rfc:3986"
# Codes and identifiers of our own.
NEED, BARRIER, HELP, SPOKEN, AGREED = (
    f"urn:x-alongside:{name}" for name in ("need", "barrier", "helped", "code", "agreement")
)  # fmt: skip

# What the order says while the task goes its way: it stands until it was fulfilled, or will not be.
ORDER_STATUS = {
    "draft": "draft", "requested": "active", "accepted": "active", "in-progress": "active", "on-hold": "active",
    "completed": "completed", "rejected": "revoked", "failed": "revoked", "cancelled": "revoked",
    "entered-in-error": "entered-in-error",
}  # fmt: skip
# The required bindings of FHIR R4 that fhir.resources does not look at.
INTENTS = frozenset(
    ["proposal", "plan", "order", "original-order", "reflex-order", "filler-order", "instance-order", "option"]
)
BINDINGS: dict[tuple[str, str], frozenset[str]] = {
    ("Task", "status"): frozenset(STATUSES) | {"received", "ready"},
    ("Task", "intent"): INTENTS | {"unknown"},
    ("Task", "priority"): frozenset({"routine", "urgent", "asap", "stat"}),
    ("ServiceRequest", "status"): frozenset(
        ["draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"]
    ),
    ("ServiceRequest", "intent"): INTENTS | {"directive"},
    ("Procedure", "status"): frozenset(
        ["preparation", "in-progress", "not-done", "on-hold", "stopped", "completed", "entered-in-error", "unknown"]
    ),
    ("Consent", "status"): frozenset(["draft", "proposed", "active", "rejected", "inactive", "entered-in-error"]),
    ("Bundle", "type"): frozenset({
        "document", "message", "transaction", "transaction-response", "batch", "batch-response", "history", "searchset",
        "collection",
    }),
    ("Patient", "gender"): frozenset({"male", "female", "other", "unknown"}),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A team or a partner, by its id here and its name on the door."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """The agreement under which a name leaves: its days and its copy in words."""

    id: UUID
    given_at: datetime
    until: datetime
    copy: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """One referral as it leaves. Of the person: a code; more only together with `agreed` and `notice`."""

    id: UUID
    status: str
    need: str
    made_at: datetime
    changed_at: datetime
    team: Place
    code: str
    partner: Place | None = None
    barrier: str = ""
    helped: str = ""
    name: str = ""
    phone: str = ""
    words: str = ""
    notice: tuple[str, ...] = ()
    agreed: Agreed | None = None


# --- out -------------------------------------------------------------------------------------------------------------


def bundle_of(sent: Sent) -> Resource:
    """The referral as a Bundle that refers only to itself. A name without notice and agreement is an error, never sent."""
    if (sent.name or sent.phone or sent.words) and not (sent.agreed and sent.notice):
        raise Refused("Nothing with a name leaves without the agreement and the notice.")
    parts = [_task(sent), _order(sent), _patient(sent), _organization(sent.team)]
    if sent.partner is not None:
        parts.append(_organization(sent.partner))
    if sent.agreed is not None:
        parts.append(_consent(sent, sent.agreed))
    if sent.status == "completed":
        parts.append(_procedure(sent))
    return {
        "resourceType": "Bundle", "id": str(_id(sent, "Bundle")), "type": "collection", "timestamp": _instant(sent.changed_at),
        "entry": [{"fullUrl": f"urn:uuid:{part['id']}", "resource": part} for part in parts],
    }  # fmt: skip


def _id(sent: Sent, kind: str) -> UUID:
    """An id of this referral's own: two partners cannot tell from it that they help the same person."""
    return sent.id if kind == "Task" else uuid5(sent.id, kind)


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _to(identifier: UUID) -> Resource:
    return {"reference": f"urn:uuid:{identifier}"}


def _concept(system: str, code: str, words: str = "") -> Resource:
    return {"coding": [{"system": system, "code": code}]} | ({"text": words} if words else {})


def _profile(name: str) -> Resource:
    return {"profile": [f"{GUIDE}/StructureDefinition/{name}"]}


def _category(need: str) -> list[Resource]:
    kind = NEED_KINDS.get(need)
    return [_concept(CATEGORIES, kind.category if kind else UNSPECIFIED)]


def _need(need: str) -> Resource:
    return _concept(NEED, need, NEED_KINDS[need].label)


def _task(sent: Sent) -> Resource:
    task: Resource = {
        "resourceType": "Task", "id": str(sent.id), "meta": _profile("SDOHCC-TaskForReferralManagement"),
        "identifier": [{"system": IDS, "value": f"urn:uuid:{sent.id}"}], "status": sent.status,
    }  # fmt: skip
    if sent.barrier:
        task["statusReason"] = _concept(BARRIER, sent.barrier, BARRIERS[sent.barrier])
    task |= {
        "intent": "order", "code": _concept("http://hl7.org/fhir/CodeSystem/task-code", "fulfill"),
        "focus": _to(_id(sent, "ServiceRequest")), "for": _to(_id(sent, "Patient")),
        "authoredOn": _instant(sent.made_at), "lastModified": _instant(sent.changed_at), "requester": _to(sent.team.id),
    }  # fmt: skip
    if sent.partner is not None:
        task["owner"] = _to(sent.partner.id)
    if sent.notice:
        task["note"] = [{"text": line} for line in sent.notice]
    output = [_output("resulting-activity", CATEGORIES, {"valueReference": _to(_id(sent, "Procedure"))})]
    if sent.status != "completed":
        output = []
    if sent.helped:
        output.append(
            _output("helped", HELP, {"valueCodeableConcept": _concept(HELP, sent.helped, HELPED[sent.helped])})
        )
    return task | ({"output": output} if output else {})


def _output(code: str, system: str, value: Resource) -> Resource:
    return {"type": _concept(system, code)} | value


def _order(sent: Sent) -> Resource:
    order: Resource = {
        "resourceType": "ServiceRequest", "id": str(_id(sent, "ServiceRequest")), "meta": _profile("SDOHCC-ServiceRequest"),
        "status": ORDER_STATUS[sent.status], "intent": "order", "category": _category(sent.need), "code": _need(sent.need),
        "subject": _to(_id(sent, "Patient")), "authoredOn": _instant(sent.made_at), "requester": _to(sent.team.id),
    }  # fmt: skip
    if sent.agreed is not None:
        order["supportingInfo"] = [_to(_id(sent, "Consent"))]
    return order | ({"note": [{"text": sent.words}]} if sent.words else {})


def _patient(sent: Sent) -> Resource:
    patient: Resource = {
        "resourceType": "Patient", "id": str(_id(sent, "Patient")), "identifier": [{"system": SPOKEN, "value": sent.code}],
    }  # fmt: skip
    if sent.name:
        patient["name"] = [{"use": "usual", "text": sent.name}]
    if sent.phone:
        patient["telecom"] = [{"system": "phone", "value": sent.phone}]
    return patient


def _organization(place: Place) -> Resource:
    return {"resourceType": "Organization", "id": str(place.id), "active": True, "name": place.name}


def _consent(sent: Sent, agreed: Agreed) -> Resource:
    provision: Resource = {"type": "permit", "period": {"end": _instant(agreed.until)}}
    if sent.partner is not None:
        role = _concept(f"{TERMS}/v3-ParticipationType", "IRCP")
        provision["actor"] = [{"role": role, "reference": _to(sent.partner.id)}]
    if agreed.copy:  # FHIR knows no empty list
        provision["code"] = [_concept(AGREED, element, words) for element, words in agreed.copy]
    return {
        "resourceType": "Consent", "id": str(_id(sent, "Consent")),
        "meta": _profile("SDOHCC-Consent") | {"security": [{"system": f"{TERMS}/v3-Confidentiality", "code": "R"}]},
        "identifier": [{"system": IDS, "value": f"urn:uuid:{agreed.id}"}],
        "status": "active", "scope": _concept(f"{TERMS}/consentscope", "patient-privacy"),
        "category": [_concept(f"{TERMS}/v3-ActCode", "IDSCL")], "patient": _to(_id(sent, "Patient")),
        "dateTime": _instant(agreed.given_at), "organization": [_to(sent.team.id)],
        "policyRule": {"text": "42 CFR 2.31; notice of 42 CFR 2.32 in Task.note"}, "provision": provision,
    }  # fmt: skip


def _procedure(sent: Sent) -> Resource:
    procedure: Resource = {
        "resourceType": "Procedure", "id": str(_id(sent, "Procedure")), "meta": _profile("SDOHCC-Procedure"),
        "basedOn": [_to(_id(sent, "ServiceRequest"))], "status": "completed", "category": _category(sent.need)[0],
        "code": _need(sent.need), "subject": _to(_id(sent, "Patient")), "performedDateTime": _instant(sent.changed_at),
    }  # fmt: skip
    return procedure | ({"outcome": _concept(HELP, sent.helped, HELPED[sent.helped])} if sent.helped else {})


# --- back ------------------------------------------------------------------------------------------------------------


def sent_of(bundle: Resource) -> Sent:
    """The plain values of a Bundle that `bundle_of` made; `bundle_of(sent_of(it))` is the same Bundle."""
    parts = {part["resource"]["id"]: part["resource"] for part in bundle["entry"]}
    kinds = {part["resourceType"]: part for part in parts.values()}
    task, order, patient = kinds["Task"], kinds["ServiceRequest"], kinds["Patient"]
    consent = kinds.get("Consent")
    helped = [out for out in task.get("output", []) if code_in(out["type"], HELP)]
    return Sent(
        id=UUID(task["id"]), status=task["status"], need=code_in(order["code"], NEED),
        made_at=_moment(task["authoredOn"]), changed_at=_moment(task["lastModified"]),
        team=_place(parts, task["requester"]), partner=_place(parts, task["owner"]) if "owner" in task else None,
        code=patient["identifier"][0]["value"], barrier=code_in(task.get("statusReason", {}), BARRIER),
        helped=code_in(helped[0]["valueCodeableConcept"], HELP) if helped else "",
        name=_first(patient.get("name", []), "text"), phone=_first(patient.get("telecom", []), "value"),
        words=_first(order.get("note", []), "text"), notice=tuple(line["text"] for line in task.get("note", [])),
        agreed=_agreed(consent) if consent else None,
    )  # fmt: skip


def code_in(concept: Mapping[str, Any], system: str) -> str:
    """The code of a system in a CodeableConcept, or an empty string."""
    codings = concept.get("coding") or []
    return next((str(coding.get("code", "")) for coding in codings if coding.get("system") == system), "")


def _first(rows: Iterable[Mapping[str, Any]], name: str) -> str:
    return next((str(row[name]) for row in rows), "")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _place(parts: Mapping[str, Resource], reference: Mapping[str, str]) -> Place:
    found = parts[reference["reference"].removeprefix("urn:uuid:")]
    return Place(UUID(found["id"]), found["name"])


def _agreed(consent: Resource) -> Agreed:
    provision = consent["provision"]
    return Agreed(
        UUID(consent["identifier"][0]["value"].removeprefix("urn:uuid:")), _moment(consent["dateTime"]),
        _moment(provision["period"]["end"]),
        tuple((code_in(line, AGREED), line["text"]) for line in provision.get("code", [])),
    )  # fmt: skip
