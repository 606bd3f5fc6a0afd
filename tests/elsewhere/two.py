"""Two programs, a pact between them, and somebody whom the other one knows."""

from __future__ import annotations

from datetime import date

from alongside.common.actor import Actor
from alongside.elsewhere.actions import Terms, allow_pact, propose_pact
from alongside.elsewhere.asking import known_elsewhere
from alongside.elsewhere.laying import lay_tokens
from alongside.elsewhere.models import Pact
from alongside.identity.actions import keep_contact, keep_identity
from alongside.identity.description import Description
from alongside.people.actions import add_person
from tests.cast import Cast, Side

ANNA = Description("Anna", "Vliet-Moreno", date(1984, 5, 17), "555-010-4444")
ANNA_BY_DATE = Description("anna", "Vliet Moreno", date(1984, 5, 17))
ANNA_BY_PHONE = Description("ANNA", "Vliet-Moreno", None, "(555) 010 4444")
DESK = "Valley Health"


def terms(who: Side, part2: str = "no", **more) -> Terms:
    return Terms(who.agencies["health"], part2, **more)


def proposed(cast: Cast, part2: str = "no", **more) -> Pact:
    """Our program proposed; gives our copy."""
    return propose_pact(
        cast.other.program.id, terms(cast.ours, part2, **more), by=cast.ours.actor("privacy_reviewer")
    )  # fmt: skip


def copy_of(who: Side) -> Pact:
    """The newest copy in one program's drawer."""
    return Pact.objects.filter(program=who.program).order_by("-proposed_at").first()


def agreed(cast: Cast, part2: str = "no", their_part2: str = "no", stands_for=None) -> Pact:
    """Both allow it; gives our copy."""
    proposed(cast, part2)
    allow_pact(
        copy_of(cast.other), terms(cast.other, their_part2, stands_for=stands_for), by=cast.other.actor("privacy_reviewer")
    )  # fmt: skip
    return copy_of(cast.ours)


def somebody(who: Side, description: Description = ANNA):
    """A person of a program, with identity and phone sealed."""
    by = who.actor("coordinator")
    person = add_person(by=by, home_town=who.towns[0])
    keep_identity(person, description, by=by)
    if description.phone:
        keep_contact(person, by=by, ask_for=description.given_name, phone=description.phone)
    return person


def lay(*sides: Side) -> None:
    """The worker came by."""
    for who in sides:
        while lay_tokens(by=Actor.system(who.program.id)):
            pass


def ask(who: Side, description: Description = ANNA_BY_DATE, role: str = "recovery_coach") -> list[str]:
    return known_elsewhere(description, "coach_followup", by=who.actor(role)).desks
