"""Who works in the demonstration: made-up agencies and one login for each role, with some colleagues."""

from __future__ import annotations

from dataclasses import dataclass

PROGRAM = "Two Rivers Outreach (demonstration)"
ZONE = "America/New_York"

HEALTH, RECOVERY = "Two Rivers Health Department", "Lantern Recovery Center"
POLICE, OTHER_POLICE = "Mill Creek Police Department", "North Valley Police Department"
SHELTER, TREATMENT = "Harbor Night Shelter", "Stillwater Detox and Treatment"
SYRINGE, EMS = "Safe Point Syringe Services", "Valley Ambulance"
CEDAR, HOUSE, RIDES = "Cedar Street Family Shelter", "Orchard Recovery House", "Two Rivers Volunteer Drivers"
AGENCIES = {
    HEALTH: "health", RECOVERY: "recovery", POLICE: "police", OTHER_POLICE: "police", SHELTER: "shelter",
    TREATMENT: "treatment", SYRINGE: "syringe_services", EMS: "ems", CEDAR: "shelter", HOUSE: "treatment", RIDES: "ride",
}  # fmt: skip
# The desk that answers: e-mail, telephone, and whether that takes text messages. Nobody is at any of them.
DESKS = {
    HEALTH: ("", "610-555-0120", False), RECOVERY: ("", "610-555-0121", False),
    SHELTER: ("shelter@example.org", "610-555-0140", True), CEDAR: ("cedar@example.org", "610-555-0141", False),
    TREATMENT: ("intake@example.org", "610-555-0142", False), HOUSE: ("orchard@example.org", "610-555-0143", False),
    SYRINGE: ("safepoint@example.org", "610-555-0144", True), RIDES: ("drivers@example.org", "610-555-0145", True),
}  # fmt: skip
PARTNERS = {
    "shelter_tonight": SHELTER, "detox": TREATMENT, "medication": TREATMENT, "residential": TREATMENT,
    "syringe_services": SYRINGE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Login:
    """One member of staff; `sees` is for the table at the end of `alongside demo`, empty for a colleague."""

    username: str
    name: str
    role: str
    agency: str
    sees: str = ""


STAFF = (
    Login("coordinator", "Imani Okafor", "coordinator", HEALTH, "the due list of everybody, the matches, the month"),
    Login("coach", "Teresa Lindgren", "recovery_coach", RECOVERY, "the own caseload in full"),
    Login("officer", "Sgt. Marcus Bell", "outreach_officer", POLICE, "today's visits: whom to ask for, and where"),
    Login("patrol", "Ofc. Dana Whitfield", "patrol_officer", POLICE, "a form to send a contact in, and nothing back"),
    Login(
        "data", "Ruth Castellano", "data_designee", OTHER_POLICE, "the last three days' calls that wait for a person"
    ),
    Login("clinician", "Samuel Achebe, RN", "clinician", HEALTH, "the own caseload with its health side"),
    Login("shelter", "Joelle Baptist", "partner", SHELTER, "the referrals sent to the shelter, as agreed"),
    Login("epidemiologist", "Dr. Henrik Solberg", "epidemiologist", HEALTH, "counts, never a person"),
    Login("privacy", "Naomi Feldstein", "privacy_reviewer", HEALTH, "who looked at what, under codes"),
    Login("counsel", "Riva Stone", "counsel", HEALTH, "courts and lawyers, through the ledger"),
    Login("administrator", "Pat Moreau", "administrator", HEALTH, "the machine, and ciphertext only"),
    Login("officer2", "Ofc. Alicia Romero", "outreach_officer", OTHER_POLICE),
    Login("coach2", "Desmond Pryor", "recovery_coach", RECOVERY),
    Login("coach3", "Marie-Ange Toussaint", "recovery_coach", RECOVERY),
    Login("detox", "Kenji Watanabe", "partner", TREATMENT),
    Login("syringe", "Lou Ferraro", "partner", SYRINGE),
)
# Who goes out together: (first, second), always from two employers. The last pair goes without police.
TEAMS = (("officer", "coach"), ("officer2", "coach2"), ("clinician", "coach3"))
WITHOUT_POLICE = len(TEAMS) - 1
PARTNER_LOGINS = {SHELTER: "shelter", TREATMENT: "detox", SYRINGE: "syringe"}
# agency, product, number, days until it expires, kits
LOTS = (
    (RECOVERY, "nasal_4mg", "RV-2291", 45, 60),
    (RECOVERY, "nasal_4mg", "RV-2417", 400, 240),
    (HEALTH, "nasal_4mg", "HD-0108", 330, 120),
    (POLICE, "nasal_4mg", "MC-0031", 210, 40),
    (OTHER_POLICE, "nasal_3mg", "NV-0007", 280, 24),
)
LOT_HOLDERS = {RECOVERY: "coach", HEALTH: "coordinator", POLICE: "officer", OTHER_POLICE: "officer2"}
