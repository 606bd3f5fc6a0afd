"""From an entry of the plan to a person and a case, as the morning list and the contact form would do it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from alongside.accounts.models import Town, User
from alongside.cases.actions import open_case
from alongside.cases.models import Case
from alongside.common.actor import Actor
from alongside.demo import backdating
from alongside.demo.rules import Entry, MadeUp
from alongside.identity.actions import keep_contact, recognize_person
from alongside.identity.description import Description
from alongside.incidents.actions import record_incident, settle_incident
from alongside.incidents.models import Incident
from alongside.incidents.rules import Report
from alongside.people.actions import add_person, set_contact_wishes


@dataclass(slots=True)
class Crew:
    """The staff by sign-in name, with their actors, and the towns the program serves."""

    users: dict[str, User]
    towns: list[Town]
    actors: dict[str, Actor] = field(default_factory=dict)

    def actor(self, username: str) -> Actor:
        """The actor of a login, read once."""
        if username not in self.actors:
            self.actors[username] = self.users[username].actor()
        return self.actors[username]


def incident_of(entry: Entry, calls: list[Incident], place: int, crew: Crew) -> Incident:
    """The call the entry is about, or a report sent in with the form by patrol or the coordinator."""
    if entry.call >= 0:
        incident = calls[entry.call]
        if entry.facts:
            incident.facts = list(entry.facts)
            incident.save(update_fields=["facts"])
        return incident
    sender = "coordinator" if entry.kind in ("family_call", "walk_in", "other_agency") else "patrol"
    report = Report(source="form", key=f"demonstration-{place}", kind=entry.kind, occurred_at=entry.at,
                    outcome="unknown", facts=entry.facts)  # fmt: skip
    town = crew.towns[(place * 7) % len(crew.towns)] if crew.towns else None
    return record_incident(report, by=crew.actor(sender), town=town)[0]


def nobody_found(incident: Incident, crew: Crew) -> None:
    """Mark a call as one where nobody could be found."""
    settle_incident(incident, by=crew.actor("data"), person=None)


def arrive(entry: Entry, incident: Incident, opened_at: datetime, crew: Crew) -> tuple[Case, bool]:
    """Add the person of an entry to its incident and open or join the case; True when it was opened."""
    who, by = entry.who or MadeUp("", "", opened_at.date()), crew.actor("data")
    if entry.kind:
        by = crew.actor("coordinator")
    town = incident.town
    if entry.elsewhere and crew.towns:
        town = crew.towns[entry.elsewhere % len(crew.towns)]
    found = recognize_person(Description(who.given, who.family, who.born, who.phone), by=by, home_town=town)
    person = found.person or add_person(by=by, home_town=town)  # nobody of the demonstration is promised silence
    if found.answer != "same":
        keep_contact(person, by=by, language=who.language, place_safety=who.place_safety, ask_for=who.given,
                     phone=who.phone, meeting_place=who.meeting_place)  # fmt: skip
        backdating.place_described(person.id, opened_at)
    if found.answer != "same" and (who.no_police or who.no_visits):
        stop = "no_visits" if who.no_visits and who.phone else person.stop
        person = set_contact_wishes(person.id, stop, no_police=who.no_police, by=crew.actor("coordinator"))
    settle_incident(incident, by=by, person=person)
    if found.matches:
        backdating.match_made(person.id, opened_at)
    return open_case(incident, by=by, now=opened_at)
