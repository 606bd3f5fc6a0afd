"""Which needs a published service answers: a table of examples."""

import pytest

from alongside.services.rules import NEEDS, in_menu_order, needs_of, takes_walk_ins

EXAMPLES = [
    # name, taxonomy terms, description, needs
    ("EMERGENCY FOOD AND SHELTER", [], "", {"food", "shelter_tonight"}),
    ("THE LODGE", ["Homeless Shelter"], "", {"shelter_tonight"}),
    ("DAY CENTER", ["Homeless Shelter Residents"], "", {"other"}),
    ("HELPING PAWS", ["Animal Shelters"], "We run a shelter.", {"other"}),
    ("SHELTER VOLUNTEERS", ["Homeless Shelter Volunteer Opportunities"], "", {"other"}),
    ("STATEWIDE LINE", ["Emergency Shelter Clearinghouses"], "", {"other"}),
    ("COMMUNITY BABY SHOWERS", ["Baby Clothing"], "", {"other"}),
    ("PARATRANSIT SERVICES", [], "", {"ride"}),
    ("VAN", ["Medical Appointments Transportation"], "", {"ride"}),
    ("NALOXONE DISTRIBUTION", [], "", {"naloxone"}),
    ("EXCHANGE", ["Needle Exchange/Distribution Programs"], "", {"syringe_services"}),
    ("DETOX UNIT", ["Inpatient Drug Detoxification"], "", {"detox"}),
    ("STEP", [], "In building Suboxone program", {"medication"}),
    ("CLINIC A", ["Methadone Clinics"], "", {"medication"}),
    ("HOUSE B", ["Residential Drug Use Disorder Treatment Facilities"], "", {"residential"}),
    ("PROGRAM C", ["Comprehensive Outpatient Alcohol Use Disorder Treatment"], "", {"outpatient"}),
    ("NARCOTICS ANONYMOUS", [], "", {"recovery_support"}),
    ("JACKSON COMMUNITY MENTAL HEALTH CENTER", [], "", {"mental_health"}),
    ("DORIS COMMUNITY HEALTH CENTER", [], "", {"primary_care"}),
    ("WOUND CARE", [], "", {"primary_care", "wound_care"}),
    ("FENTANYL TEST STRIPS", [], "", {"drug_checking"}),
    ("OVERDOSE EDUCATION", [], "", {"overdose_plan"}),
    ("CLINIC D", ["Confidential HIV Testing", "Hepatitis Testing"], "", {"hiv_hepatitis"}),
    ("HIV TESTING", [], "", {"hiv_hepatitis"}),
    ("CORNER DRUGSTORE", [], "Free prescription delivery.", {"medication_pickup"}),
    ("SHARED HOUSING", ["Housing Search Assistance"], "", {"housing"}),
    ("RESIDENTS' COUNCIL", ["Transitional Housing/Shelter Residents"], "", {"other"}),
    ("HANDS", ["General Minor Home Repair Programs"], "", {"home_repair"}),
    ("LIHEAP", ["Utility Service Payment Assistance"], "", {"utilities"}),
    ("LOCKERS FOR ALL", [], "", {"storage"}),
    ("LIBRARY", ["Computer and Related Technology Classes"], "", {"digital_help"}),
    ("PASSES", ["Local Bus Fare"], "", {"transport"}),
    ("PAWS", ["Pet Food"], "", {"pet_care"}),
    ("RX", ["Prescription Drug Discount Cards"], "", {"medical_costs"}),
    ("TANF", [], "", {"money"}),
    ("EVENING SCHOOL", ["GED/High School Equivalency Test Instruction"], "", {"education"}),
    ("POST 12", ["Veteran Support Groups"], "", {"veteran"}),
    ("LITTLE STEPS", ["Child Care Centers"], "", {"child_care"}),
    ("NEIGHBORS", ["Companionship"], "", {"company"}),
    ("SAFE LINE", ["Domestic Violence Hotlines"], "", {"safe_from_partner"}),
    ("CHANGE COURSE", ["Domestic Violence Intervention Programs"], "", {"other"}),
    ("COUNTY DESK", ["Elder/Dependent Adult Abuse Reporting"], "", {"elder_safety"}),
    ("VOICES", ["Language Interpretation"], "", {"interpreter"}),
    ("PATIENT NAVIGATORS", [], "", {"explain_health"}),
    ("LUNCH", ["Congregate Meals/Nutrition Sites"], "", {"food"}),
    ("CLOSET", ["General Clothing Provision", "Bathing Facilities"], "", {"clothes_hygiene"}),
    ("GIVE YOUR COAT", ["General Clothing Donation Programs"], "", {"other"}),
    ("LINE", ["Discounted Telephone Service"], "", {"phone"}),
    ("VITAL STATISTICS", ["Birth Certificates"], "", {"id_papers"}),
    ("OFFICE", ["Food Stamps/SNAP Applications", "Medicaid Applications"], "", {"benefits"}),
    ("OFFICE", ["Medicaid Appeals/Complaints", "Medicaid Recipients"], "", {"other"}),
    ("CAREERSOURCE", ["Job Search/Placement"], "", {"employment"}),
    ("DADE LEGAL AID", [], "", {"legal_help"}),
    ("AL-ANON FAMILY GROUPS", [], "", {"family_support"}),
    ("GRIEF SUPPORT", ["General Bereavement Support Groups"], "", {"grief_support"}),
    ("SUMMER CAMP", ["Summer Camps"], "Campers visit a detox center.", {"other"}),
    ("", [], "", {"other"}),
]


@pytest.mark.parametrize(("name", "terms", "description", "needs"), EXAMPLES)
def test_a_service_answers_the_needs_its_words_declare(name, terms, description, needs):
    assert needs_of(name, terms, description) == needs


def test_every_need_of_the_menu_has_an_example():
    assert set().union(*(needs for *_, needs in EXAMPLES)) == set(NEEDS)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("Walk-in or call", True),
        ("Can call in first or walk in", True),
        ("Walk-ins welcome", True),
        ("No walk-ins", False),
        ("Call for an appointment", False),
        ("", False),
    ],
)
def test_walk_in_is_only_said_where_the_list_says_it(words, answer):
    assert takes_walk_ins(words) is answer


def test_needs_stand_in_the_order_of_the_menu():
    assert in_menu_order(["other", "food", "ride"]) == ("ride", "food", "other")
