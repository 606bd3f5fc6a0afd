"""The list of needs: eight buttons for today, and behind them everything else somebody may ask for, in plain words.

Categories are those of HL7 SDOH Clinical Care (Gravity); the harm-reduction rows follow what HHS lists for syringe
services. The guide's category about time in custody is left out on purpose: no such fact is kept here.
"""

from __future__ import annotations

from dataclasses import dataclass


def _(words: str) -> str:
    """Mark a label for the translators; the screen looks the translation up."""
    return words


UNSPECIFIED = "sdoh-category-unspecified"
GROUPS = {
    "today": _("Today"),
    "safer": _("Safer use"),
    "care": _("Treatment and health"),
    "home": _("A place to live"),
    "everyday": _("Everyday things"),
    "money": _("Money, work and papers"),
    "people": _("People"),
    "other": _("Something else"),
}


@dataclass(frozen=True, slots=True)
class NeedKind:
    """One thing somebody may want: its words, the group it stands in, and its SDOHCC category."""

    label: str
    group: str
    category: str = UNSPECIFIED


NEED_KINDS: dict[str, NeedKind] = {
    "shelter_tonight": NeedKind(_("A safe place to sleep tonight"), "today", "homelessness"),
    "ride": NeedKind(_("A ride"), "today", "transportation-insecurity"),
    "naloxone": NeedKind(_("Naloxone"), "safer"),
    "syringe_services": NeedKind(_("Syringe services"), "safer"),
    "drug_checking": NeedKind(_("Test strips and drug checking"), "safer"),
    "overdose_plan": NeedKind(_("A plan for an overdose"), "safer"),
    "wound_care": NeedKind(_("Wound care"), "safer"),
    "hiv_hepatitis": NeedKind(_("HIV and hepatitis tests, vaccines"), "safer"),
    "detox": NeedKind(_("Detox"), "care"),
    "medication": NeedKind(_("Medication for opioid use"), "care"),
    "residential": NeedKind(_("Residential treatment"), "care"),
    "outpatient": NeedKind(_("Outpatient treatment"), "care"),
    "recovery_support": NeedKind(_("Recovery support and peers"), "care", "social-connection"),
    "mental_health": NeedKind(_("Mental health care"), "care", "stress"),
    "primary_care": NeedKind(_("A doctor or a clinic"), "care"),
    "medication_pickup": NeedKind(_("Picking up medication"), "care", "transportation-insecurity"),
    "housing": NeedKind(_("A place to live"), "home", "housing-instability"),
    "home_repair": NeedKind(_("A home that is safe to live in"), "home", "inadequate-housing"),
    "utilities": NeedKind(_("Heat, light, water"), "home", "utility-insecurity"),
    "storage": NeedKind(_("A place to keep things"), "home", "material-hardship"),
    "food": NeedKind(_("Food"), "everyday", "food-insecurity"),
    "clothes_hygiene": NeedKind(_("Clothes, shower, laundry"), "everyday", "material-hardship"),
    "phone": NeedKind(_("A phone"), "everyday", "digital-access"),
    "digital_help": NeedKind(_("Help with phones and forms on screens"), "everyday", "digital-literacy"),
    "transport": NeedKind(_("Getting around, bus passes"), "everyday", "transportation-insecurity"),
    "pet_care": NeedKind(_("Care for a pet"), "everyday"),
    "id_papers": NeedKind(_("ID and papers"), "money"),
    "benefits": NeedKind(_("Benefits and insurance"), "money", "health-insurance-coverage-status"),
    "medical_costs": NeedKind(_("Medical bills"), "money", "medical-cost-burden"),
    "money": NeedKind(_("Money to get by"), "money", "financial-insecurity"),
    "employment": NeedKind(_("Work and training"), "money", "employment-status"),
    "education": NeedKind(_("School and courses"), "money", "educational-attainment"),
    "legal_help": NeedKind(_("Legal help"), "money"),
    "veteran": NeedKind(_("Help for veterans"), "money", "veteran-status"),
    "child_care": NeedKind(_("Care for children"), "people"),
    "family_support": NeedKind(_("Support for family and friends"), "people", "social-connection"),
    "grief_support": NeedKind(_("Grief support"), "people", "stress"),
    "company": NeedKind(_("Somebody to talk to, company"), "people", "social-connection"),
    "safe_from_partner": NeedKind(_("Safety from a partner"), "people", "intimate-partner-violence"),
    "elder_safety": NeedKind(_("Safety in old age"), "people", "elder-abuse"),
    "interpreter": NeedKind(_("Somebody who speaks my language"), "people", "language-access"),
    "explain_health": NeedKind(_("Somebody to explain the medical words"), "people", "health-literacy"),
    "other": NeedKind(_("Something else"), "other"),
}


@dataclass(frozen=True, slots=True)
class Button:
    """One of the eight big buttons; the first of its needs is what one tap notes."""

    code: str
    label: str
    needs: tuple[str, ...]


BUTTONS = (
    Button("shelter_tonight", _("Safe place tonight"), ("shelter_tonight",)),
    Button("ride", _("A ride"), ("ride",)),
    Button("naloxone", _("Naloxone"), ("naloxone",)),
    Button("syringe_services", _("Syringe services"), ("syringe_services",)),
    Button("detox", _("Detox or medication"), ("detox", "medication")),
    Button("food", _("Food, clothes, phone"), ("food", "clothes_hygiene", "phone")),
    Button("id_papers", _("ID papers"), ("id_papers",)),
    Button("nothing", _("Nothing today"), ()),
)
# Needs that are about tonight: an answer after hours is no answer.
TONIGHT = frozenset({"shelter_tonight", "ride", "detox"})
# Needs that take a place in a house: these have a bed board.
BED_KINDS = ("shelter_tonight", "detox", "residential")

# What a service may offer or ask for; a list that says nothing about one leaves it out, which is not a no.
FEATURES = {
    "walk_in": _("walk in"),
    "same_day": _("starts the same day"),
    "low_barrier": _("low barrier"),
    "pets": _("pets welcome"),
    "couples": _("couples together"),
    "families": _("families with children"),
    "women_only": _("women only"),
    "men_only": _("men only"),
    "young_people": _("young people"),
    "buprenorphine": _("buprenorphine"),
    "methadone": _("methadone"),
    "naltrexone": _("naltrexone"),
    "step_free": _("step-free"),
    "interpreter": _("interpreters"),
    "no_insurance": _("without insurance"),
    "mobile": _("comes to you"),
}
