"""Products, who receives what, the seven steps of training, and what may be undone.

Products after the labels on the market in 2024 (naloxone and nalmefene, FDA); doses per kit as the usual carton holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from alongside.common.decision import YES, Decision

NOT_SAID = "naloxone"
# Product, dose and form of everything that reverses an opioid overdose.
REVERSAL = {
    "nasal_4mg": "Naloxone nasal 4 mg",
    "nasal_3mg": "Naloxone nasal 3 mg (RiVive)",
    "nasal_8mg": "Naloxone nasal 8 mg (Kloxxado)",
    "rextovy_4mg": "Naloxone nasal 4 mg (Rextovy)",
    "nasal_10mg": "Naloxone nasal 10 mg (Rezenopy)",
    "injection_04mg": "Naloxone injection 0.4 mg",
    "injection_2mg": "Naloxone injection 2 mg, syringe",
    "injection_5mg": "Naloxone injection 5 mg (Zimhi)",
    "nalmefene_nasal": "Nalmefene nasal 2.7 mg (Opvee)",
    "nalmefene_auto": "Nalmefene auto-injector 1.5 mg (Zurnai)",
    NOT_SAID: "Naloxone, product not said",
}
STRIPS = {"fentanyl_strips": "Fentanyl test strips", "xylazine_strips": "Xylazine test strips"}
SYRINGES = "syringes"
SUPPLIES = STRIPS | {
    SYRINGES: "Syringes",
    "sharps_containers": "Sharps containers",
    "safer_use_kits": "Safer-use kits",
}
PRODUCTS = REVERSAL | SUPPLIES
DOSES_IN_A_KIT = 2
RECIPIENTS = {
    "person": "The person", "loved_one": "A loved one", "other": "Somebody else, no name",
    "business": "A business", "agency": "An agency",
}  # fmt: skip
MOVES = {
    "received": "received", "given": "handed out", "issued": "issued to a car", "moved": "moved", "expired": "expired",
    "lost": "lost", "counted": "counted", "returned": "returned", "collected": "used syringes taken back",
    "used": "used to reverse an overdose",
}  # fmt: skip
PLACES = {"office": "Office", "car": "Car"}
MOST_AT_ONCE = 500
MOST_RECEIVED = 100_000
MOST_SYRINGES = 5_000
UNDO_MINUTES = 10
SOON_DAYS = 60
REFILL_DAYS = 30

# When and how, in the order of doing it; each is learned when it was taught back.
STEPS = {
    "recognize": "Recognize: no answer, blue or gray lips, slow breath or none",
    "call": "Call 911 and say where you are",
    "give": "Give naloxone: one dose into one nostril",
    "breathe": "Breathe for them: one breath every five seconds",
    "again": "After two to three minutes without a change: a second dose",
    "recovery": "On their side when they breathe",
    "stay": "Stay: naloxone wears off after 30 to 90 minutes",
}
TAUGHT = {"person": "The person", "loved_one": "A loved one", "group": "A group"}
OUTCOMES = {"survived": "They lived", "died": "They died", "unknown": "I do not know"}
ANSWERS = {"yes": "Yes", "no": "No", "not_said": "I would rather not say"}


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


def most_of(product: str, kind: str) -> int:
    """How many may stand in one line; a number above it is a slip of the finger."""
    if kind in ("received", "counted"):
        return MOST_RECEIVED
    return MOST_SYRINGES if product in SUPPLIES else MOST_AT_ONCE


def may_undo(recorded_at: datetime, now: datetime, *, own: bool) -> Decision:
    """A slip is taken back within ten minutes by whoever made it; later the kits are counted."""
    if not own:
        return Decision.no("Only whoever handed it out can take that back. Take a count instead.")
    if now - recorded_at > timedelta(minutes=UNDO_MINUTES):
        return Decision.no("Ten minutes are over. If kits came back, take a count.")
    return YES


def may_keep(kind: str, product: str, amount: int, recipient: str) -> Decision:
    """Whether a line makes sense: a known kind and product, a number above nought, and for whom it was handed out."""
    if kind not in MOVES or product not in PRODUCTS:
        return Decision.no("Choose from the list what it is and what happened.")
    if amount < (0 if kind == "counted" else 1) or amount > most_of(product, kind):
        return Decision.no(f"Say how many, at most {most_of(product, kind)} at once.")
    if (kind == "given") != (recipient in RECIPIENTS) and (kind != "returned" or recipient not in ("", *RECIPIENTS)):
        return Decision.no("Say who it was for, in kind.")
    if kind == "collected" and product != SYRINGES:
        return Decision.no("Only syringes are taken back as used.")
    return YES


def may_report(outcome: str, called: str, police: str, kits: int) -> Decision:
    """A report of a reversal says how it ended, whether 911 was called and police came, and how many kits; no more."""
    if outcome in OUTCOMES and called in ANSWERS and police in ANSWERS and 1 <= kits <= 10:
        return YES
    return Decision.no("Choose one answer for each question.")


def may_note_training(taught: str, people: int, steps: Iterable[str]) -> Decision:
    """Somebody was taught, and at least one step was taught back."""
    done = list(steps)
    if taught not in TAUGHT or not 1 <= people <= MOST_AT_ONCE or (taught != "group" and people != 1):
        return Decision.no("Say who was trained, and for a group how many.")
    if not done or not set(done) <= set(STEPS):
        return Decision.no("Tick the steps they showed or told you in their own words.")
    return YES


def refill_reason(expires_on: date | None, *, used: bool, today: date) -> str:
    """Why somebody may want a new kit: "used", "expired", "expires" (within 30 days), or "" when there is no reason."""
    if used:
        return "used"
    if expires_on is None or expires_on > today + timedelta(days=REFILL_DAYS):
        return ""
    return "expired" if expires_on < today else "expires"
