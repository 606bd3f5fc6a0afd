"""Who may open what: one pure function over six plain values. Whatever is not granted here is denied.

The reviewed answer for every combination stands in `tests/consent/golden.csv`; the lawyer's page is printed from here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from alongside.common.actor import POLICE_CLASSES
from alongside.common.decision import YES, Decision

LANGUAGES = ("en", "es", "pt-br", "ht")
"""In which an agreement is written, and somebody is trained."""

PURPOSES = {
    "outreach_visit": "a visit or call today",
    "coach_followup": "arranging and following up",
    "coordination": "assigning, and deciding whether two records are one person",
    "morning_list": "finding who a call was about",
    "referral_send": "sending a referral",
    "referral_receive": "answering a referral",
    "medical_emergency": "a medical emergency (42 CFR 2.51)",
    "person_request": "the person's own request to see what is kept",
    "quality_review": "a review of look-ups",
    "legal_release": "a release ordered by a court",
    "break_glass": "somebody in danger, and nobody of the team within reach",
    "aggregate": "counting",
}
CLASSES = {
    "identity": "full name and date of birth",
    "contact": "the name to ask for, where to meet, how to call",
    "health": "needs in the person's words, notes of the outreach",
    "part2": "substance use treatment records (42 CFR Part 2)",
    "origin": "where the call was, from the police or ambulance log",
}
CONSENTS = ("none", "active", "ended")
RELATIONS = {
    "own": "assigned to the viewer now",
    "past": "was assigned to the viewer",
    "program": "in the viewer's program",
    "referred": "referred to the viewer's agency",
    "opened": "opened for this purpose alone, for one person and for minutes",
    "restricted": "kept from the viewer, at the person's wish or for a conflict of interest",
    "none": "no tie",
}
# Purposes that no day's work opens: each needs a tie made for it alone, with its reason in the journal.
OPENED_APART = frozenset({"medical_emergency", "person_request", "legal_release", "break_glass"})

# role, purpose, relation → classes granted; a class with "*" is granted only with an active consent naming the agency.
GRANTS: dict[tuple[str, str, str], frozenset[str]] = {
    ("outreach_officer", "outreach_visit", "own"): frozenset({"contact"}),
    ("data_designee", "morning_list", "program"): frozenset({"origin"}),
    ("recovery_coach", "outreach_visit", "own"): frozenset({"contact", "health", "part2*"}),
    ("recovery_coach", "coach_followup", "own"): frozenset({"identity", "contact", "health", "part2*"}),
    ("recovery_coach", "referral_send", "own"): frozenset({"identity", "contact", "health", "part2*"}),
    ("clinician", "outreach_visit", "own"): frozenset({"contact", "health", "part2*"}),
    ("clinician", "coach_followup", "own"): frozenset({"identity", "contact", "health", "part2*"}),
    ("clinician", "referral_send", "own"): frozenset({"identity", "contact", "health", "part2*"}),
    ("partner", "referral_receive", "referred"): frozenset({"contact*", "health*", "part2*"}),
    **{
        (role, purpose, "opened"): frozenset({"identity", "contact", "health", "part2"})
        for role in ("recovery_coach", "clinician")
        for purpose in ("medical_emergency", "break_glass")
    },
    ("coordinator", "break_glass", "opened"): frozenset({"identity", "contact", "health"}),
    **{
        (role, "person_request", "opened"): frozenset({"identity", "contact", "health", "part2"})
        for role in ("coordinator", "recovery_coach", "clinician")
    },
    ("counsel", "legal_release", "opened"): frozenset({"identity", "contact", "health", "part2"}),
    **{
        ("coordinator", purpose, relation): classes
        for relation in ("own", "past", "program")
        for purpose, classes in {
            "coordination": frozenset({"identity", "contact", "health", "origin"}),
            "outreach_visit": frozenset({"contact", "health"}),
            "coach_followup": frozenset({"contact", "health"}),
            "morning_list": frozenset({"origin"}),
        }.items()
    },
}
POLICE_MAY_OPEN = frozenset({("contact", "outreach_visit"), ("origin", "morning_list")})


def decide(*, role: str, agency_class: str, purpose: str, privacy_class: str, consent: str, relation: str) -> Decision:
    """Whether this viewer may open this class for this purpose. Total: an unknown value of anything is a no."""
    if purpose not in PURPOSES or privacy_class not in CLASSES or relation not in RELATIONS or consent not in CONSENTS:
        return Decision.no("This was asked in a way the rules do not know.")
    if agency_class in POLICE_CLASSES and (privacy_class, purpose) not in POLICE_MAY_OPEN:
        return Decision.no("Police see the name to ask for and the place to meet of an own open visit, and nothing else.")
    if relation == "restricted":
        return Decision.no("This is kept from you, at the person's wish or because you know them.")
    granted = GRANTS.get((role, purpose, relation), frozenset())
    if privacy_class in granted:
        return YES
    if f"{privacy_class}*" not in granted:
        return Decision.no("This role may not see this here; only those who work with the person may.")
    if consent == "active":
        return YES
    ended = consent == "ended"
    return Decision.no(
        "The person's agreement to share this has ended." if ended else "The person has not agreed to share this."
    )


# --- agreements -----------------------------------------------------------------------------------------------------

# The kinds of agency that may be told anything about a person; every other kind, known or not, is outside. Police, courts,
# prosecution, immigration, child welfare, employers and landlords are not here, so no wording can let them in.
RECEIVING_KINDS = frozenset({"health", "recovery", "treatment", "shelter", "syringe_services", "ems", "ride"})
# General designations (42 CFR 2.31(a)(4)(ii)): the kinds of agency of the program that each one means.
DESIGNATIONS = {"treating_providers": frozenset({"health", "treatment"})}
# One agreement is for one of these. Legal proceedings are none of them and cannot be combined with one (42 CFR 2.31(d)).
AGREED_FOR = {
    "referral_send": "so that they can help with what the person asked for",
    "tpo": "treatment, payment and running the service (42 CFR 2.31(a)(5))",
}
SHAREABLE = ("contact", "health", "part2")
MOST_DAYS = 3 * 366
HOWS = {
    "screen": "the person agreed on this screen, in their own language",
    "paper": "the person signed on paper",
    "spoken": "the person said yes",
}
SIGNED = frozenset({"screen", "paper"})
SIGNERS = {
    "self": "the person",
    "both": "the person, and a parent or guardian",
    "guardian": "a guardian, for somebody who cannot decide",
}
AGES = {"adult": "18 or older", "teen": "14 to 17", "child": "under 14", "unsure": "not sure"}
_YOUNGEST = {"adult": 18, "teen": 14, "child": 0, "unsure": 0}
# From what age somebody alone may agree to treatment for drug or alcohol use, and therefore to sharing it (42 CFR 2.14).
# Read from the statutes named; a program's lawyer confirms its own row. A state that is not here has no rule.
MINORS: dict[str, tuple[int, str]] = {
    "CA": (12, "Cal. Fam. Code § 6929"),
    "FL": (0, "Fla. Stat. § 397.601(4)"),
    "IL": (12, "410 ILCS 210/4"),
    "MA": (12, "M.G.L. c. 112 § 12E"),
    "ME": (0, "22 M.R.S. § 1502"),
    "NH": (12, "N.H. RSA 318-B:12-a"),
    "PA": (0, "71 P.S. § 1690.112"),
    "VT": (12, "18 V.S.A. § 4226"),
    "WA": (13, "RCW 71.34.530"),
}


def may_receive(agency_kind: str) -> bool:
    """Whether this kind of agency may ever be told something about a person; an unknown kind may not."""
    return agency_kind in RECEIVING_KINDS


def designations_of(agency_kind: str) -> list[str]:
    """The general designations that mean this kind of agency; none for whoever does not treat anybody."""
    return sorted(name for name, kinds in DESIGNATIONS.items() if agency_kind in kinds)


def may_sign(state: str, age: str, signer: str) -> Decision:
    """Whether this signer makes the agreement hold (42 CFR 2.14, 2.15); without a rule of the state it stays a draft."""
    if age not in AGES or signer not in SIGNERS:
        return Decision.no("Say who signs and about how old the person is.")
    if age == "adult" and signer == "self":
        return YES
    if state not in MINORS:
        return Decision.no("The rule of this state for who signs is not set, so this stays a draft. Ask the coordinator.")
    if age == "adult":
        return YES if signer == "guardian" else Decision.no("Somebody of 18 or older signs alone.")
    if _YOUNGEST[age] >= MINORS[state][0]:
        return YES if signer == "self" else Decision.no("In this state the person signs alone.")
    return YES if signer == "both" else Decision.no("In this state the person signs together with a parent or guardian.")


def signature(how: str, categories: Collection[str]) -> str:
    """How it was signed, or an empty string when that does not do: a spoken yes never shares treatment records."""
    if how in SIGNED or (how == "spoken" and "part2" not in categories):
        return how
    return ""


def missing_element(elements: Mapping[str, object]) -> str:
    """The first element of a written consent (42 CFR 2.31(a)) that is lacking, or an empty string.

    `revocation` is the version of the text that says how to take it back; `given_at` is the date.
    """
    needed = (
        "person", "discloser", "categories", "recipient", "purpose", "revocation", "expires_at", "how", "signature",
        "signer", "given_at", "language",
    )  # fmt: skip
    return next((name for name in needed if not elements.get(name)), "")


def may_forward(*, named: bool, tpo: bool, sender_kind: str, to_kind: str) -> Decision:
    """Whether a partner may pass on what it was told (42 CFR 2.12(d), 2.33(b)).

    `named`: an agreement names the recipient, or its class, for all of it. `tpo`: an agreement for treatment, payment
    and operations covers all of it; it lets one treating provider tell another and nobody else.
    """
    if not may_receive(to_kind):
        return Decision.no("Nothing about a person goes there, whatever was agreed.")
    if named or (tpo and designations_of(sender_kind) and designations_of(to_kind)):
        return YES
    return Decision.no("The person has not agreed that they are told. Ask the team that sent it.")


# --- emergencies ----------------------------------------------------------------------------------------------------

EMERGENCIES = {
    "overdose": "an overdose",
    "not_awake": "cannot be woken",
    "breathing": "trouble breathing",
    "withdrawal": "severe withdrawal",
    "self_harm": "danger of ending their life",
    "other": "another medical emergency",
}
EMERGENCY_ROLES = frozenset({"recovery_coach", "clinician"})
EMERGENCY_MINUTES = 15

# How far back somebody may ask what was shared: 42 CFR 2.25 for an agreement, 45 CFR 164.528 for the rest.
YEARS_UNDER_CONSENT = 3
YEARS_OTHERWISE = 6
