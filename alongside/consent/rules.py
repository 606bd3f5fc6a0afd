"""Who may open what: one pure function over six plain values. Whatever is not granted here is denied.

The reviewed answer for every combination stands in `tests/consent/golden.csv`; the lawyer's page is printed from here.
"""

from __future__ import annotations

from alongside.common.actor import POLICE_CLASSES
from alongside.common.decision import YES, Decision

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
        (role, "person_request", "opened"): frozenset({"identity", "contact", "health", "part2", "origin"})
        for role in ("coordinator", "recovery_coach", "clinician")
    },
    ("counsel", "legal_release", "opened"): frozenset({"identity", "contact", "health", "part2", "origin"}),
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


def missing_element(elements: dict[str, object]) -> str:
    """The first element of a written consent (42 CFR 2.31(a)) that is lacking, or an empty string."""
    needed = ("recipient", "categories", "purpose", "expires_at", "given_at", "how", "language")
    return next((name for name in needed if not elements.get(name)), "")
