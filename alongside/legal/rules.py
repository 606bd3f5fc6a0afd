"""Which way a legal request goes, and what has to be there before anything about a person leaves the house.

Sources: 42 CFR 2.13(c) (neither confirm nor deny), 2.61 (an order authorizes, a subpoena compels; both are needed), 2.64 and
2.65 (what an order has to find, and how far it may reach), 2.66 (notice). A paper alone leads to counsel and no further.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from alongside.common.decision import YES, Decision

KINDS = {
    "informal": "An informal request, by word, phone or mail",
    "subpoena": "A subpoena or summons",
    "warrant": "A warrant",
    "court_order": "A court order",
    "public_records": "A public-records request",
    "civil": "A civil demand or discovery motion",
    "immigration": "An immigration paper or request",
}
ASKERS = {
    "police": "Police", "prosecution": "Prosecution", "corrections": "Corrections", "court": "A court",
    "federal_enforcement": "Federal enforcement", "immigration": "Immigration authority",
    "child_welfare": "Child welfare", "lawyer": "A lawyer", "press_or_public": "Press or the public",
    "other": "Somebody else",
}  # fmt: skip
STATUSES = {
    "received": "entered in the ledger",
    "acknowledged": "answered that it came, and nothing else",
    "classified": "it is known what kind of paper it is",
    "with_counsel": "counsel has it",
    "declined": "declined, with the law cited",
    "motion_filed": "a motion was filed with the court",
    "narrowed": "asked to be narrowed",
    "order_verified": "an order with its findings and a mandate was verified",
    "approved": "two approved",
    "pack_built": "the pack was built and shown once",
    "noticed": "the person has notice, or the order forbids it",
    "released": "handed over",
    "closed": "closed",
}
STATUS_OWNERS = {
    "received": "counsel", "acknowledged": "counsel", "classified": "counsel", "with_counsel": "counsel",
    "declined": "counsel", "motion_filed": "counsel", "narrowed": "counsel", "order_verified": "approver",
    "approved": "counsel", "pack_built": "counsel", "noticed": "counsel", "released": "counsel", "closed": "nobody",
}  # fmt: skip
MOVES: dict[str, frozenset[str]] = {
    "received": frozenset({"acknowledged"}),
    "acknowledged": frozenset({"classified"}),
    "classified": frozenset({"with_counsel"}),
    "with_counsel": frozenset({"declined", "motion_filed", "narrowed", "order_verified"}),
    "declined": frozenset({"with_counsel", "closed"}),
    "motion_filed": frozenset({"declined", "narrowed", "order_verified", "closed"}),
    "narrowed": frozenset({"declined", "motion_filed", "order_verified", "closed"}),
    "order_verified": frozenset({"approved", "motion_filed", "declined"}),
    "approved": frozenset({"pack_built", "motion_filed", "declined"}),
    # Shown once: when it did not reach paper, the order is verified and approved anew.
    "pack_built": frozenset({"noticed", "order_verified"}),
    "noticed": frozenset({"released", "motion_filed"}),
    "released": frozenset({"closed"}),
    "closed": frozenset(),
}

NEITHER_CONFIRM = (
    "We have received your request. Federal law (42 CFR 2.13(c)) does not allow us to say whether anybody is or was known "
    "to this program. This is neither a yes nor a no. Your request goes to our counsel, who will answer you."
)
STATUTES = {
    "2.13": "42 CFR 2.13: nothing is said without the person's consent or an order of a court",
    "2.61": "42 CFR 2.61: a subpoena or warrant alone does not allow a disclosure",
    "2.64": "42 CFR 2.64: an order for noncriminal purposes lacks a finding",
    "2.65": "42 CFR 2.65: an order to investigate or prosecute lacks a finding",
    "290dd-2": "42 U.S.C. 290dd-2: the records may not be used against the person",
    "164.512": "45 CFR 164.512(e) and (f): the conditions for legal process are not met",
    "exempt": "The public-records law exempts it",
    "no_records": "This program keeps nothing of the kind that was asked for",
    "no_authority": "The paper does not come from a court that can order this",
}

# What an order has to find (2.64(d), 2.65(d)) and how it has to limit itself (2.64(e), 2.65(e)).
LIMITS = {
    "parts": "it names the parts of the record, and no more than is needed",
    "recipients": "it names who may have them, and no more than is needed",
    "protected": "it says how they are kept from others, such as under seal",
}
ORDERS = {
    "2.64": "for a noncriminal purpose (2.64)",
    "2.65": "to investigate or prosecute somebody (2.65)",
}
FINDINGS = {
    "other_ways": "no other way works or is open",
    "public_interest": "the public interest outweighs the harm to the person and to the program",
    "extremely_serious": "the crime is extremely serious",
    "substantial_value": "the record likely holds something of substantial value",
    "own_counsel": "the program had its own counsel and could be heard",
} | LIMITS
NEEDED = {
    "2.64": frozenset({"other_ways", "public_interest", *LIMITS}),
    "2.65": frozenset(FINDINGS),
}
MANDATES = {"subpoena": "a subpoena", "in_order": "the order itself compels", "summons": "another compulsory process"}
SETTLING_HOURS = 72
# Papers after which a judge's order may come to stand; an informal word or an immigration paper never becomes one (2.61).
MAY_BRING_AN_ORDER = frozenset({"subpoena", "warrant", "court_order", "civil"})
NOTICES = {
    "given": "given to the person",
    "to_lawyer": "given to the person's lawyer",
    "barred": "the order itself forbids it for now",
}

# What an order can name, and the sealed class each lies in; "" is not sealed.
FIELDS = {
    "full_name": ("Full name", "identity"), "birth_date": ("Date of birth", "identity"),
    "ask_for": ("The name they go by", "contact"), "meeting_place": ("Where to meet them", "contact"),
    "phone": ("Phone", "contact"), "needs": ("What they wanted, in their words", "health"),
    "notes": ("Notes of the outreach", "health"), "visit_days": ("Days of visits and calls", ""),
}  # fmt: skip
WAY_OUT = ("order_verified", "approved", "pack_built", "noticed", "released")
APPROVALS = 2
PACK_MINUTES = 5
LONGEST_DAYS = 3660


@dataclass(frozen=True, slots=True)
class Order:
    """What counsel read in the order: under which section, what it finds, what compels, and what it names."""

    basis: str = ""
    findings: frozenset[str] = frozenset()
    mandate: str = ""
    fields: frozenset[str] = frozenset()
    first_on: date | None = None
    last_on: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What is there by now for one request: a state is reached only when what it needs stands here."""

    kind: str = ""
    has_counsel: bool = False
    statute: str = ""
    order: Order = Order()
    has_person: bool = False
    approvals: int = 0
    pack_built: bool = False
    notice: str = ""
    bar_paragraph: int = 0


def verified(order: Order) -> Decision:
    """Whether the order and the mandate are such that 42 CFR 2.61 allows a disclosure at all."""
    if order.basis not in NEEDED:
        return Decision.no("Say under which section the court ordered it: 2.64 or 2.65. Without one, decline.")
    if NEEDED[order.basis] - order.findings:
        return Decision.no("The order lacks a finding or a limit that the section needs. Decline, or file a motion.")
    if order.mandate not in MANDATES:
        return Decision.no("An order allows, it does not compel: name the subpoena or the like that goes with it (2.61).")
    if not order.fields or not order.fields <= set(FIELDS):
        return Decision.no("Name the fields that the order names.")
    first, last = order.first_on, order.last_on
    if first is None or last is None or not 0 <= (last - first).days <= LONGEST_DAYS:
        return Decision.no("Name the period that the order names, from its first to its last day.")
    return YES


def noticed(notice: str, bar_paragraph: int) -> Decision:
    """Whether the person has notice, or the paragraph of the order that forbids it is cited (2.64(b), 2.66)."""
    if notice not in NOTICES:
        return Decision.no("Say how the person was told, or that the order forbids it.")
    if notice == "barred" and bar_paragraph < 1:
        return Decision.no("Cite the paragraph of the order that forbids telling the person.")
    return YES


def _order_stands(standing: Standing) -> Decision:
    if not standing.has_counsel:
        return Decision.no("Counsel comes first.")
    if standing.kind not in MAY_BRING_AN_ORDER:
        return Decision.no("This kind of paper brings no order with it. Enter the order when it comes, as a court order.")
    if not standing.has_person:
        return Decision.no("Name the one person the order is about, by code.")
    return verified(standing.order)


def may_move(status: str, to: str, standing: Standing) -> Decision:
    """Whether a request may go from a state to another with what is there by now."""
    if to not in MOVES.get(status, frozenset()):
        return Decision.no("The request cannot go there from where it is now.")
    if to == "classified" and not standing.kind:
        return Decision.no("Say what kind of paper it is.")
    if to == "with_counsel" and not standing.has_counsel:
        return Decision.no("Name the counsel who takes it.")
    if to == "declined" and standing.statute not in STATUTES:
        return Decision.no("Cite the law under which it is declined.")
    return _may_come_nearer(to, standing)


def _may_come_nearer(to: str, standing: Standing) -> Decision:
    """The states on the way out of the house; each asks for everything the ones before it asked for."""
    if to not in WAY_OUT:
        return YES
    needed = [_order_stands(standing)]
    if to != "order_verified":
        needed.append(_or_no(standing.approvals >= APPROVALS, "Two have to approve, not police and not who entered it."))
    if to in ("noticed", "released"):
        needed.append(_or_no(standing.pack_built, "The pack is built first."))
        needed.append(noticed(standing.notice, standing.bar_paragraph))
    return next((decision for decision in needed if not decision), YES)


def _or_no(holds: bool, reason: str) -> Decision:  # noqa: FBT001  # a small choice of this file
    return YES if holds else Decision.no(reason)


def settled_in(*, changed_lately: bool) -> Decision:
    """Whether an account may take part in a release: whoever runs the machine must not be able to make the people for one."""
    if changed_lately:
        return Decision.no(
            f"This account was added, changed or renewed in the last {SETTLING_HOURS} hours. Somebody else does it, or wait."
        )
    return YES


def may_approve(*, is_police: bool, entered_it: bool, is_its_counsel: bool, did_already: bool) -> Decision:
    """Whether somebody may be one of the two who approve."""
    if is_police:
        return Decision.no("Nobody who works for an enforcing agency approves a release.")
    if entered_it:
        return Decision.no("Who entered the request does not approve it.")
    if is_its_counsel:
        return Decision.no("Its counsel does not approve it, too.")
    if did_already:
        return Decision.no("You approved this already; the second has to be somebody else.")
    return YES


def fictitious_name(number: int) -> str:
    """The name a pack goes under (2.64(a)): never the person's own, and the same for the same request."""
    return f"Jordan Doe {number}"


def months_between(first_on: date, today: date) -> list[date]:
    """The first day of each month that is over, from the month of `first_on` on, newest first."""
    month, found = first_on.replace(day=1), list[date]()
    while month < today.replace(day=1):
        found.append(month)
        month = (month.replace(year=month.year + 1, month=1) if month.month == 12
                 else month.replace(month=month.month + 1))  # fmt: skip
    return found[::-1]


def may_sign(month: date, today: date, signers: Collection[object], signer: object, *, is_police: bool) -> Decision:
    """Whether somebody may sign the statement of a month: two different people, never police, when the month is over."""
    if is_police:
        return Decision.no("Nobody who works for an enforcing agency signs this.")
    if month.day != 1 or month >= today.replace(day=1):
        return Decision.no("A month is signed when it is over.")
    if signer in signers:
        return Decision.no("You signed this already; the second has to be somebody else.")
    return YES
