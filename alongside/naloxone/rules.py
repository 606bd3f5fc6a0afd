"""Products, who receives kits, and what is left of each lot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

PRODUCTS = {
    "nasal_4mg": "Naloxone nasal 4 mg",
    "nasal_3mg": "Naloxone nasal 3 mg",
    "injection_04mg": "Naloxone injection 0.4 mg",
}
RECIPIENTS = {
    "person": "The person", "loved_one": "A loved one", "other": "Somebody else who uses drugs",
    "business": "A business", "agency": "An agency",
}  # fmt: skip
MOVES = {"received": "received", "given": "handed out", "expired": "expired", "returned": "returned"}


@dataclass(frozen=True, slots=True)
class LotState:
    """One lot: its id, the kits left and its expiry day."""

    lot: UUID
    left: int
    expires_on: date


def take_from(lots: Iterable[LotState], kits: int, today: date) -> list[tuple[UUID | None, int]]:
    """Spread kits over unexpired lots, soonest expiry first; what no lot covers is kept with lot None, never lost."""
    parts: list[tuple[UUID | None, int]] = []
    for state in sorted(lots, key=lambda lot: lot.expires_on):
        if kits and state.left > 0 and state.expires_on >= today:
            taken = min(kits, state.left)
            parts.append((state.lot, taken))
            kits -= taken
    return [*parts, (None, kits)] if kits else parts
