"""`decide` over every combination there is, against the table a partner's lawyer can read."""

import csv
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.accounts.models import AgencyKind
from alongside.accounts.roles import ROLES
from alongside.common.actor import POLICE_CLASSES, SYSTEM
from alongside.consent.rules import CLASSES, CONSENTS, GRANTS, PURPOSES, RELATIONS, decide, missing_element
from alongside.identity.fields import CLASSES as SEALED_CLASSES

UNKNOWN = "somebody_new"
ALL_ROLES = [*ROLES, SYSTEM, UNKNOWN, ""]
ALL_AGENCIES = [*AgencyKind.values, *sorted(POLICE_CLASSES - set(AgencyKind.values)), UNKNOWN, ""]
ALL_PURPOSES = [*PURPOSES, UNKNOWN, ""]
ALL_CLASSES = [*CLASSES, UNKNOWN, ""]
ALL_CONSENTS = [*CONSENTS, UNKNOWN, ""]
ALL_RELATIONS = [*RELATIONS, UNKNOWN, ""]
NEVER_POLICE = {"health", "part2", "identity"}


def golden():
    lines = (Path(__file__).parent / "golden.csv").read_text().splitlines()
    table = {}
    for row in csv.DictReader(line for line in lines if line and not line.startswith("#")):
        key = row["role"], row["purpose"], row["relation"]
        assert key not in table, f"{key} is listed twice"
        table[key] = {name: row[name] for name in CLASSES}
    return table


GOLDEN = golden()


def answer(role, agency, purpose, privacy_class, consent, relation):
    return decide(
        role=role, agency_class=agency, purpose=purpose, privacy_class=privacy_class, consent=consent, relation=relation
    )


def expected(role, agency, purpose, privacy_class, consent, relation):
    if agency in POLICE_CLASSES and privacy_class in NEVER_POLICE:
        return False
    if agency in POLICE_CLASSES and role not in {"outreach_officer", "data_designee"}:
        # The custody principle: police hold none of the other roles, and if they did they would see no more.
        return None
    if consent not in CONSENTS:
        return False
    cell = GOLDEN.get((role, purpose, relation), {}).get(privacy_class, "-")
    return cell == "yes" or (cell == "consent" and consent == "active")


@pytest.mark.covers("R20")
def test_every_combination_equals_the_golden_table():
    wrong, asked = [], 0
    for case in product(ALL_ROLES, ALL_AGENCIES, ALL_PURPOSES, ALL_CLASSES, ALL_CONSENTS, ALL_RELATIONS):
        asked += 1
        should = expected(*case)
        if should is not None and bool(answer(*case)) is not should:
            wrong.append(case)
    shown = sorted({f"{role} {purpose} {relation} {kind}" for role, _, purpose, kind, _, relation in wrong})
    assert asked > 100_000
    assert not wrong, f"{len(wrong)} of {asked} differ:\n" + "\n".join(shown)


def test_every_refusal_has_a_sentence():
    for case in product(ALL_ROLES, ("police", "health"), ALL_PURPOSES, ALL_CLASSES, ALL_CONSENTS, ALL_RELATIONS):
        decision = answer(*case)
        assert bool(decision) is not bool(decision.reason)
        assert decision or decision.reason.endswith(".")


def test_taking_an_agreement_back_never_opens_more():
    for role, agency, purpose, kind, relation in product(
        ALL_ROLES, ALL_AGENCIES, ALL_PURPOSES, ALL_CLASSES, ALL_RELATIONS
    ):
        if not answer(role, agency, purpose, kind, "active", relation):
            assert not answer(role, agency, purpose, kind, "ended", relation)
            assert not answer(role, agency, purpose, kind, "none", relation)
        assert bool(answer(role, agency, purpose, kind, "ended", relation)) is bool(
            answer(role, agency, purpose, kind, "none", relation)
        )


@pytest.mark.covers("R20", "R26")
def test_police_never_see_who_somebody_is_nor_anything_about_health():
    for role, agency, purpose, kind, consent, relation in product(
        ALL_ROLES, sorted(POLICE_CLASSES), ALL_PURPOSES, sorted(NEVER_POLICE), ALL_CONSENTS, ALL_RELATIONS
    ):
        assert not answer(role, agency, purpose, kind, consent, relation)


def test_a_police_employer_never_opens_more_than_another_would():
    for role, purpose, kind, consent, relation in product(
        ALL_ROLES, ALL_PURPOSES, ALL_CLASSES, ALL_CONSENTS, ALL_RELATIONS
    ):
        for agency in POLICE_CLASSES:
            if answer(role, agency, purpose, kind, consent, relation):
                assert answer(role, "health", purpose, kind, consent, relation)


WORD = st.text(max_size=12)


@given(role=WORD, agency=WORD, purpose=WORD, kind=WORD, consent=WORD, relation=WORD)
def test_whatever_is_unknown_is_a_no(role, agency, purpose, kind, consent, relation):
    if (role, purpose, relation) not in GRANTS:
        assert not answer(role, agency, purpose, kind, consent, relation)


@pytest.mark.parametrize("place", ["role", "purpose", "privacy_class", "consent", "relation"])
@pytest.mark.covers("R20")
def test_one_unknown_value_is_enough_for_a_no(place):
    known = {
        "role": "recovery_coach", "agency_class": "recovery", "purpose": "coach_followup", "privacy_class": "contact",
        "consent": "active", "relation": "own",
    }  # fmt: skip
    assert decide(**known)
    assert not decide(**known | {place: UNKNOWN})


def test_nobody_who_only_counts_runs_or_reviews_opens_anything():
    idle = {"patrol_officer", "epidemiologist", "privacy_reviewer", "administrator", SYSTEM}
    assert not {role for role, _, _ in GRANTS} & idle


def test_the_table_and_the_rules_speak_of_the_same_things():
    assert {role for role, _, _ in GRANTS} <= set(ROLES)
    assert {purpose for _, purpose, _ in GRANTS} <= set(PURPOSES)
    assert {relation for _, _, relation in GRANTS} <= set(RELATIONS)
    assert set(CLASSES) == set(SEALED_CLASSES)
    assert {cell for row in GOLDEN.values() for cell in row.values()} <= {"yes", "consent", "-"}


# 42 CFR 2.31(a): who, who tells, what, whom, why, how to take it back, until when, signed, by whom, on which day.
ELEMENTS = (
    "person", "discloser", "categories", "recipient", "purpose", "revocation", "expires_at", "how", "signature",
    "signer", "given_at", "language",
)  # fmt: skip


@pytest.mark.covers("R01")
@pytest.mark.parametrize("name", ELEMENTS)
def test_an_agreement_without_one_of_its_elements_names_it(name):
    whole = dict.fromkeys(ELEMENTS, "there")
    assert missing_element(whole) == ""
    assert missing_element({key: value for key, value in whole.items() if key != name}) == name
    assert missing_element(whole | {name: None}) == name
