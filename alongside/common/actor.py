"""Who looks (`viewer`) or acts (`by`): plain values, so a rule can be asked without a database."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

# Agencies that enforce: police and everybody police may be made to answer to.
POLICE_CLASSES = frozenset({"police", "prosecution", "corrections", "court", "federal_enforcement"})
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """One signed-in user, or the program itself (`role` "system") in an import or a timed job."""

    user_id: UUID | None
    role: str
    program_id: UUID
    agency_id: UUID | None = None
    agency_class: str = ""
    town_ids: frozenset[UUID] = frozenset()

    @property
    def is_police(self) -> bool:
        """Whether this actor works for an agency that enforces the law; such an actor never sees health facts."""
        return self.agency_class in POLICE_CLASSES

    @property
    def goes_along(self) -> bool:
        """Whether this actor only goes along on visits, and so sees no need, note, reason or referral, police or not."""
        return self.is_police or self.role == "outreach_officer"

    @staticmethod
    def system(program_id: UUID) -> Actor:
        """The program itself, for imports and timed jobs."""
        return Actor(user_id=None, role=SYSTEM, program_id=program_id)
