"""A contact comes in: kept once, its person recognized, their case opened or joined."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction

from alongside.accounts.models import Town
from alongside.cases.actions import open_case
from alongside.common.actor import Actor
from alongside.common.decision import Refused
from alongside.common.free_text import why_not_kept
from alongside.identity.actions import keep_contact, recognize_person
from alongside.identity.description import Description
from alongside.incidents.actions import record_incident, settle_incident
from alongside.incidents.models import Incident
from alongside.incidents.rules import Report
from alongside.people.models import Person


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who the contact was about, as far as anybody knows, and how to reach them."""

    description: Description = field(default_factory=Description)
    ask_for: str = ""
    phone: str = ""
    meeting_place: str = ""
    home_town: Town | None = None


@transaction.atomic
def receive_report(report: Report, who: Newcomer, *, by: Actor, town: Town | None = None) -> Incident:
    """Keep a report once; with a person known, recognize them and open or join their case; else it waits for one."""
    incident, is_new = record_incident(report, by=by, town=town)
    if is_new and incident.state == "waiting" and not who.description.is_empty:
        add_person_to(incident, who, by=by)
    return incident


@transaction.atomic
def add_person_to(incident: Incident, who: Newcomer, *, by: Actor) -> None:
    """Add the person a call was about and open their case; the clock runs from the event, not from now."""
    if who.description.is_empty:
        raise Refused("Give at least a first name or a phone number, or mark that there is nobody to find.")
    incident.refresh_from_db(from_queryset=Incident.objects.select_for_update())
    if incident.state != "waiting":
        raise Refused("Somebody settled this call already.")
    plain = {"ask_for": who.ask_for, "phone": who.phone, "meeting_place": who.meeting_place}
    # Before anybody is recognized: were only a new person's words looked at, a refusal would tell that they are unknown.
    reason = next((reason for text in plain.values() if (reason := why_not_kept(text))), "")
    if reason:
        raise Refused(reason)
    # Where it happened is a guess at where somebody lives: the case goes by it, and recognition does not.
    found = recognize_person(who.description, by=by, home_town=who.home_town)
    person = found.person
    if person is None:  # promised never to be contacted, and forgotten: the call counts, and nobody is told
        settle_incident(incident, by=by, person=None, keep_place=False)
        return
    # Recognition can be wrong: it adds to what is known of somebody and overwrites nothing. What differs, people correct.
    keep_contact(person, by=by, only_missing=found.answer == "same", **{name: text for name, text in plain.items() if text})
    # Of several records that were joined, the one it came for: should they be taken apart, the call goes with it.
    settle_incident(incident, by=by, person=Person.objects.get(id=found.record) if found.record else person)
    open_case(incident, by=by)
