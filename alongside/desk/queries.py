"""What one screen needs from several rooms, opened through the firewall where it is sealed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language_info, gettext

from alongside.cases.models import Case, FollowUp
from alongside.cases.queries import follow_ups_of, promises_for, sending_in_doubt
from alongside.common.actor import Actor
from alongside.consent import firewall
from alongside.consent.firewall import Opened
from alongside.consent.queries import active_consents_of, drafts_of
from alongside.desk.why_here import reasons_for, why_here
from alongside.identity.queries import contacts_of, identities_of
from alongside.identity.rules import PLACE_SAFETY
from alongside.incidents.queries import incidents_of
from alongside.people.models import Person
from alongside.people.queries import records_of
from alongside.referrals.queries import needs_of
from alongside.visits.queries import Out, attempts_of, outings_for


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the due list; `ask_for` and `place` only where the viewer goes there."""

    case: Case
    clock: str
    reasons: list[str]
    ask_for: Opened = ""
    place: Opened = ""
    promised: FollowUp | None = None
    why: str = ""


def rows_for(viewer: Actor, cases: Sequence[Case], now: datetime, policy: str = "") -> list[Row]:
    """The due list with its reasons in words; those who visit also get the name to ask for and the place."""
    opened: dict[UUID, tuple[Opened, Opened]] = {}
    if viewer.role != "coordinator" and cases:
        contacts = contacts_of(viewer, [case.person_id for case in cases])
        rows = list(contacts.values())
        plain = firewall.open(viewer, "outreach_visit", *(value for row in rows for value in _visit(row)), now=now)
        opened = {row.person_id: (plain[2 * i], plain[2 * i + 1]) for i, row in enumerate(rows)}
    promises = promises_for(viewer, cases)
    return [
        Row(case, case.clock(now), reasons_for(viewer, case), *opened.get(case.person_id, ("", "")), promises.get(case.id),
            "" if viewer.goes_along else why_here(case, policy, now))
        for case in cases
    ]


def out_now(viewer: Actor, now: datetime) -> list[Out]:
    """Who is out on a visit, as the due list shows it: everybody to a coordinator, themselves to whoever goes."""
    return outings_for(viewer, now)


def _visit(contact: Any) -> tuple[Any, Any]:
    return contact.ask_for, contact.meeting_place


def contact_card(viewer: Actor, person: Person, now: datetime) -> dict[str, Any]:
    """How to reach a person: each value plain, or a refusal with its reason."""
    contact = contacts_of(viewer, [person.id]).get(person.id)
    if contact is None:
        return {}
    plain = firewall.open(
        viewer, "outreach_visit", contact.ask_for, contact.meeting_place,
        None if viewer.goes_along else contact.phone, contact.never_mention, now=now,
    )  # fmt: skip
    return {
        "never_mention": plain[3], "language_code": contact.language,
        "ask_for": plain[0], "meeting_place": plain[1], "phone": plain[2], "language": _language_name(contact.language),
        "safety": contact.safety_words, "safety_codes": contact.safety_codes, "safety_days": contact.safety_days,
    }  # fmt: skip


def wishes_of(viewer: Actor, person: Person, now: datetime) -> dict[str, Any]:
    """What the person said about contact so far, as the form of wishes shows it."""
    card = contact_card(viewer, person, now)
    words = {name: card.get(name, "") for name in ("ask_for", "never_mention", "language_code")}
    words["language"] = words.pop("language_code") or "en"
    return {
        "stop": person.stop, "come_back": person.come_back_after_new_event, "no_police": person.no_police,
        "text_only": person.text_only, "not_at_home": person.not_at_home, "prefers": person.prefers,
    } | {name: text if isinstance(text, str) else "" for name, text in words.items()}  # fmt: skip


def _language_name(code: str) -> str:
    """The language in words; a code nobody knows stays as it is."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


@dataclass(frozen=True, slots=True)
class Line:
    """One moment of a case's story."""

    at: datetime
    what: str
    who: str = ""
    note: Opened = ""
    wanted: str = ""
    kits: int = 0


def case_page(viewer: Actor, case: Case, now: datetime) -> dict[str, Any]:
    """Everything the case page shows this viewer; sealed words are opened in one go."""
    attempts = attempts_of(viewer, case.id, now)
    if viewer.goes_along:  # what others found out ("in treatment") is not for police
        attempts = [row for row in attempts if row.by_user_id == viewer.user_id]
    needs, records = needs_of(viewer, case.id, now), records_of(case.person)
    sealed = [attempt.note for attempt in attempts] + [need.words for need in needs]
    plain: list[Opened] = [""] * len(sealed)
    if not viewer.goes_along:
        plain = firewall.open(viewer, "coach_followup", *sealed, now=now)
    notes, words = plain[: len(attempts)], plain[len(attempts) :]
    story = [
        Line(row.at, f"{row.get_channel_display()}: {row.get_result_display()}", str(row.by_user or ""), note,
             row.get_response_display(), row.kits)
        for row, note in zip(attempts, notes, strict=True)
    ]
    contact = contact_card(viewer, case.person, now)
    return {
        "places": [(code, gettext(word), code in contact.get("safety_codes", ())) for code, word in PLACE_SAFETY.items()],
        "outings": [out for out in out_now(viewer, now) if out.outing.user_id == viewer.user_id],
        "case": case, "clock": case.clock(now), "reasons": reasons_for(viewer, case), "story": story,
        "consents": active_consents_of(viewer, records, now), "drafts": drafts_of(viewer, records),
        "needs": list(zip(needs, words, strict=True)), "follow_ups": follow_ups_of(viewer, case, now),
        "doubt": sending_in_doubt(viewer, case)[1] if viewer.role == "coordinator" else None,
        "contact": contact, "team": next(iter(case.current_team), None),  # type: ignore[attr-defined]  # prefetched by case_for
    }  # fmt: skip


def side_by_side(viewer: Actor, people: Iterable[Person], now: datetime) -> dict[UUID, dict[str, Opened]]:
    """Names and birth dates of people a coordinator compares, opened for coordination."""
    rows = list(identities_of(viewer, [person.id for person in people]).values())
    sealed = [getattr(row, name) for row in rows for name in COMPARED]
    plain = firewall.open(viewer, "coordination", *sealed, now=now) if sealed else []
    opened = [dict(zip(COMPARED, plain[at:], strict=False)) for at in range(0, len(plain), len(COMPARED))]
    return {row.person_id: _described(values) for row, values in zip(rows, opened, strict=True)}


COMPARED = ("given_name", "family_name", "birth_date", "middle_name", "aliases", "suffix", "born")


def _described(values: dict[str, Opened]) -> dict[str, Opened]:
    """The parts in four lines; a refusal stays one."""
    family, suffix, others = (values[name] for name in ("family_name", "suffix", "aliases"))
    if isinstance(family, str) and isinstance(suffix, str):
        family = f"{family} {suffix}".strip()
    more = [values["middle_name"], *(others.splitlines() if isinstance(others, str) else ())]
    return {
        "given": values["given_name"], "family": family, "born": values["birth_date"] or values["born"],
        "middle": ", ".join(str(text) for text in more if text),
    }  # fmt: skip


def story_of(viewer: Actor, person: Person) -> list[Any]:
    """Every incident of a person, newest first, without its place."""
    return incidents_of(viewer, records_of(person))
