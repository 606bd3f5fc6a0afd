"""What is handed over and taken in at a door, kind by kind: kits, a training, a new contact, an agreement and its end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from alongside.accounts.queries import partner_agencies, towns_for
from alongside.accounts.roles import may
from alongside.cases.receiving import Newcomer, receive_report
from alongside.common.decision import Refused
from alongside.consent.actions import Draft, accept_draft, take_back_draft
from alongside.consent.queries import active_consents_of
from alongside.field.checks import KIT_TO, Done, Sent
from alongside.identity.description import Description
from alongside.incidents.actions import settle_incident
from alongside.incidents.rules import Report
from alongside.naloxone.actions import Hand, Lesson, hand_out, note_training
from alongside.people.queries import records_of
from alongside.referrals.sharing import take_back

SOURCE = "field"


def kits(sent: Sent) -> Done:
    """Kits handed out; with a person only by those who see one, at a visit they see."""
    to, person = KIT_TO[sent.data["to"]], None
    if sent.case is None or not may(sent.by.role, "record_attempt"):
        to = "other" if to == "person" else to
    elif to == "person":
        person = sent.case.person_id
    hand_out(sent.data["kits"], to, by=sent.by, person_id=person, hand=Hand(at=sent.at, id=sent.id))
    return Done()


def training(sent: Sent) -> Done:
    """Somebody was trained; who, only at a visit."""
    data = sent.data
    person = sent.case.person_id if sent.case is not None and data["taught"] == "person" else None
    lesson = Lesson(sent.id, data["taught"], data["steps"], data["people"], data["language"] or "en", person)
    note_training(lesson, by=sent.by)
    return Done()


def contact(sent: Sent) -> Done:
    """A new contact. Whoever said no to a check-in is counted, and nothing about who they are is kept."""
    data = sent.data
    report = Report(
        source=SOURCE, key=str(sent.id), kind=data["kind"], occurred_at=sent.at - timedelta(minutes=data["minutes_ago"]),
        outcome=data["outcome"], naloxone_doses=data["naloxone_doses"], naloxone_by=data["naloxone_by"],
        facts=data["facts"],
    )  # fmt: skip
    town = next((one for one in towns_for(sent.by) if one.id == data["town"]), None)
    said_no = data["check_in_ok"] == "no"
    incident = receive_report(report, Newcomer() if said_no else _newcomer(data), by=sent.by, town=town)
    if said_no and incident.state == "waiting":
        settle_incident(incident, by=sent.by, person=None, keep_place=False)
    return Done()


def _newcomer(data: Any) -> Newcomer:
    description = Description(data["given_name"] or data["ask_for"], "", None, data["phone"])
    return Newcomer(description, data["ask_for"] or data["given_name"], data["phone"], data["meeting_place"])


def agreement(sent: Sent) -> Done:
    """An agreement signed on the phone; from now on it holds, or it stays a draft and says why."""
    data = sent.data
    recipient = next((one for one in partner_agencies(sent.by) if one.id == data["agency"]), None)
    if data["agency"] is not None and recipient is None:
        raise Refused("An agreement names a partner of this program, and never the police.")
    draft = Draft(
        sent.id, data["categories"], recipient, data["designation"], language=data["language"], how="screen",
        signer=data["signer"], age=data["age"],
    )  # fmt: skip
    if accept_draft(sent.case.person, draft, by=sent.by) is None:
        return Done("Kept as a draft. It does not hold yet, and nothing is shared.")
    return Done()


def agreement_back(sent: Sent) -> Done:
    """The person took an agreement back, whether it has arrived yet or not; what was sent under it loses its name."""
    person, wanted = sent.case.person, sent.data["agreement"]
    holding = active_consents_of(sent.by, records_of(person), sent.at)
    found = next((row for row in holding if row.id == wanted), None)
    if found is not None:
        take_back(found, by=sent.by)
    else:
        take_back_draft(person, wanted, by=sent.by)
    return Done()
