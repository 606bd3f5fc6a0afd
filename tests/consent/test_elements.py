"""Every element of a written agreement, its versions, who may be named in one, and who may sign one."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from alongside.accounts.models import Agency, AgencyKind
from alongside.common.actor import POLICE_CLASSES, Actor
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.consent import firewall
from alongside.consent.actions import active_consent, disclose, open_tie, record_consent, revoke_consent
from alongside.consent.models import Consent, Disclosure
from alongside.consent.rules import (
    AGES,
    AGREED_FOR,
    DESIGNATIONS,
    HOWS,
    MINORS,
    PURPOSES,
    RECEIVING_KINDS,
    SHAREABLE,
    SIGNERS,
    designations_of,
    may_receive,
    may_sign,
    signature,
)
from alongside.consent.wording import FOLDER, LANGUAGES, texts
from alongside.identity.models import Contact
from alongside.journal.models import Entry
from tests.cast import CANARIES, person_of

# Whoever the rule keeps out of a general designation, under whatever name somebody may give it.
NEVER = (
    *sorted(POLICE_CLASSES), "immigration", "ice", "cbp", "child_welfare", "cps", "dcf", "employer", "landlord",
    "housing_authority", "probation", "parole", "other", "", "Health", "treatment ", "my_treating_providers",
)  # fmt: skip


@pytest.fixture
def by(ours):
    return ours.actor("recovery_coach")


@pytest.fixture
def shelter(ours):
    return ours.agencies["shelter"]


def agency_of_kind(ours, kind):
    """An agency whose kind is written past the list, as a wrong import could do."""
    return Agency.objects.create(program=ours.program, name=f"Agency {kind!r}", kind=kind[:20])


def counts():
    return Consent.objects.count(), Disclosure.objects.count(), Entry.objects.count()


# --- elements ------------------------------------------------------------------------------------------------------


@pytest.mark.covers("R01")
@pytest.mark.parametrize(
    ("lacking", "named"),
    [
        ({"categories": []}, "categories"),
        ({"purpose": ""}, "purpose"),
        ({"language": ""}, "language"),
        ({"language": "tlh"}, "language"),
        ({"how": ""}, "how"),
        ({"how": "overheard"}, "signature"),
        ({"categories": ["part2"], "how": "spoken"}, "signature"),
        ({"categories": ["contact", "part2"], "how": "spoken"}, "signature"),
        ({"signer": ""}, "signer"),
        ({"days": 0}, "expires_at"),
        ({"days": 10_000}, "expires_at"),
        ({"recipient": None}, "recipient"),
    ],
)
def test_what_lacks_an_element_is_refused_by_its_name_and_no_row_changes(ours, by, shelter, lacking, named):
    person, terms = person_of(ours), {"recipient": shelter, "categories": ["contact"], "by": by} | lacking
    before = counts()
    with pytest.raises(Refused, match=f"“{named}”"):
        record_consent(person, **terms)
    assert counts() == before


@pytest.mark.covers("R01")
def test_somebody_must_tell_it_and_not_the_program_itself(ours, shelter):
    with pytest.raises(Refused, match="“discloser”"):
        record_consent(person_of(ours), shelter, ["contact"], by=ours.system)


@pytest.mark.covers("R01")
def test_an_agreement_keeps_every_element(ours, by, shelter):
    consent = record_consent(person_of(ours), shelter, ["part2", "contact"], by=by, how="screen", language="ht", days=30)
    kept = Consent.objects.get(id=consent.id)
    assert (kept.discloser, kept.recipient, kept.categories) == (ours.agencies["recovery"], shelter, ["contact", "part2"])
    assert (kept.how, kept.signer, kept.language, kept.wording, kept.version) == ("screen", "self", "ht", 1, 1)
    assert kept.expires_at - kept.given_at == timedelta(days=30)


@pytest.mark.covers("R01")
def test_only_a_signature_shares_treatment_records():
    assert {how for how in HOWS if signature(how, ["part2"])} == {"screen", "paper"}
    assert {how for how in HOWS if signature(how, ["contact", "health"])} == set(HOWS)


@pytest.mark.covers("R01", "R26")
def test_nobody_of_the_police_takes_an_agreement(ours, shelter):
    with pytest.raises(Refused):
        record_consent(person_of(ours), shelter, ["contact"], by=ours.actor("outreach_officer"))


@pytest.mark.parametrize("category", ["identity", "origin", "everything"])
def test_what_is_not_on_the_list_cannot_be_shared(ours, by, shelter, category):
    with pytest.raises(Refused):
        record_consent(person_of(ours), shelter, ["contact", category], by=by, how="paper")


# --- versions ------------------------------------------------------------------------------------------------------


@pytest.mark.covers("R02")
def test_a_change_is_a_new_version_and_what_was_shared_points_at_the_one_it_used(ours, by, shelter):
    person = person_of(ours)
    first = record_consent(person, shelter, ["contact"], by=by)
    told = disclose(person, shelter, ["contact"], by=by)
    second = record_consent(person, shelter, ["contact", "health"], by=by, replaces=first)
    told_more = disclose(person, shelter, ["health"], by=by)
    first.refresh_from_db()
    told.refresh_from_db()
    assert (first.version, second.version, second.replaces_id) == (1, 2, first.id)
    assert (told.consent_id, told_more.consent_id) == (first.id, second.id)
    assert (first.categories, first.revoked_at) == (["contact"], second.given_at)
    assert active_consent(person, shelter, now()) == second


@pytest.mark.covers("R02")
@pytest.mark.parametrize(
    ("column", "value"),
    [("categories", ["contact", "health", "part2"]), ("purpose", "tpo"), ("how", "paper"), ("version", 7),
     ("designation", "treating_providers"), ("expires_at", now() + timedelta(days=999)), ("signer", "guardian"),
     ("language", "es"), ("wording", 9), ("given_at", now() - timedelta(days=9)), ("age", "child")],
)  # fmt: skip
def test_the_database_refuses_to_change_an_agreement(ours, by, shelter, column, value):
    consent = record_consent(person_of(ours), shelter, ["contact"], by=by)
    with pytest.raises(DatabaseError), transaction.atomic():
        Consent.objects.filter(id=consent.id).update(**{column: value})


@pytest.mark.covers("R02")
def test_what_has_ended_cannot_be_brought_back(ours, by, shelter):
    consent = record_consent(person_of(ours), shelter, ["contact"], by=by)
    revoke_consent(consent, by=by)
    for moment in (None, now() + timedelta(days=9)):
        with pytest.raises(DatabaseError), transaction.atomic():
            Consent.objects.filter(id=consent.id).update(revoked_at=moment)
    with pytest.raises(Refused, match="does not hold"):
        record_consent(consent.person, shelter, ["contact"], by=by, replaces=consent)


@pytest.mark.covers("R02")
def test_a_new_version_is_about_the_same_recipient(ours, by, shelter):
    consent = record_consent(person_of(ours), shelter, ["contact"], by=by)
    for person, recipient in ((consent.person, ours.agencies["recovery"]), (person_of(ours), shelter)):
        with pytest.raises(Refused, match="same person"):
            record_consent(person, recipient, ["contact"], by=by, replaces=consent)
    consent.refresh_from_db()
    assert consent.revoked_at is None


# --- who can be named ------------------------------------------------------------------------------------------------


@pytest.mark.covers("R03")
@pytest.mark.parametrize("kind", [*AgencyKind.values, *NEVER])
def test_only_those_who_help_may_receive(kind):
    helping = {"health", "recovery", "treatment", "shelter", "syringe_services", "ems", "ride"}
    assert may_receive(kind) is (kind in helping)
    assert bool(designations_of(kind)) is (kind in {"health", "treatment"})


@pytest.mark.covers("R03")
def test_no_list_of_kinds_knows_immigration_or_child_welfare():
    listed = " ".join([*AgencyKind.values, *RECEIVING_KINDS, *(kind for kinds in DESIGNATIONS.values() for kind in kinds)])
    assert not [word for word in ("immigra", "welfare", "employer", "landlord", "cust") if word in listed]


@pytest.mark.covers("R03")
@pytest.mark.parametrize("kind", NEVER)
def test_a_general_designation_never_reaches_whoever_does_not_treat(ours, by, kind):
    """Whatever the words on the paper were: the kind of the recipient decides."""
    person, agency = person_of(ours, canaries=True), agency_of_kind(ours, kind)
    record_consent(person, None, list(SHAREABLE), by=by, how="paper", purpose="tpo", designation="treating_providers")
    open_tie(person, by=by, agency=agency, until=now() + timedelta(days=9))
    assert active_consent(person, agency, now()) is None
    with pytest.raises(Refused):
        disclose(person, agency, ["contact"], by=by)
    viewer = Actor(None, "partner", ours.program.id, agency.id, agency.kind)
    (answer,) = firewall.open(viewer, "referral_receive", Contact.objects.get(person=person).ask_for)
    assert isinstance(answer, Refused)


@pytest.mark.covers("R03")
@pytest.mark.parametrize("kind", NEVER)
def test_even_a_named_agreement_opens_nothing_for_them(ours, by, kind):
    person, agency = person_of(ours, canaries=True), agency_of_kind(ours, kind)
    with pytest.raises(Refused):
        record_consent(person, agency, ["contact"], by=by)
    Consent.objects.create(
        person=person, discloser=ours.agencies["recovery"], recipient=agency, categories=["contact"],
        purpose="referral_send", language="en", wording=1, how="paper", given_at=now(),
        expires_at=now() + timedelta(days=9),
    )  # fmt: skip
    open_tie(person, by=by, agency=agency, until=now() + timedelta(days=9))
    viewer = Actor(None, "partner", ours.program.id, agency.id, agency.kind)
    (answer,) = firewall.open(viewer, "referral_receive", Contact.objects.get(person=person).ask_for)
    assert isinstance(answer, Refused)


@pytest.mark.covers("R03")
def test_a_general_designation_reaches_those_who_treat_and_no_other_partner(ours, by):
    person = person_of(ours, canaries=True)
    record_consent(person, None, ["contact"], by=by, how="paper", purpose="tpo", designation="treating_providers")
    clinic, answers = agency_of_kind(ours, "treatment"), {}
    for agency in (clinic, ours.agencies["health"], ours.agencies["shelter"]):
        open_tie(person, by=by, agency=agency, until=now() + timedelta(days=9))
        viewer = Actor(None, "partner", ours.program.id, agency.id, agency.kind)
        (answers[agency],) = firewall.open(viewer, "referral_receive", Contact.objects.get(person=person).ask_for)
    name = CANARIES["identity.Contact.ask_for"]
    assert answers[clinic] == answers[ours.agencies["health"]] == name
    assert isinstance(answers[ours.agencies["shelter"]], Refused)


@pytest.mark.covers("R03")
def test_a_class_of_another_program_is_not_meant(cast, by):
    person = person_of(cast.ours)
    record_consent(person, None, ["contact"], by=by, how="paper", purpose="tpo", designation="treating_providers")
    with pytest.raises(Refused):
        disclose(person, cast.other.agencies["health"], ["contact"], by=by)


@pytest.mark.parametrize("designation", ["everybody", "police", "my treating providers and the sheriff"])
def test_a_class_nobody_knows_is_refused(ours, by, designation):
    with pytest.raises(Refused):
        record_consent(person_of(ours), None, ["contact"], by=by, designation=designation)


def test_an_agreement_names_an_agency_or_a_class_and_not_both(ours, by, shelter):
    with pytest.raises(Refused):
        record_consent(person_of(ours), shelter, ["contact"], by=by, designation="treating_providers")


# --- what for --------------------------------------------------------------------------------------------------------


@pytest.mark.covers("R04")
@pytest.mark.parametrize(
    "purpose",
    ["legal_proceedings", "legal proceedings", "referral_send,legal_proceedings", "referral_send legal_release", "court",
     *sorted(set(PURPOSES) - set(AGREED_FOR))],
)  # fmt: skip
def test_an_agreement_is_never_for_legal_proceedings_alone_or_combined(ours, by, shelter, purpose):
    person = person_of(ours)
    before = counts()
    with pytest.raises(Refused):
        record_consent(person, shelter, ["contact"], by=by, how="paper", purpose=purpose)
    assert counts() == before


@pytest.mark.covers("R04")
def test_no_text_offers_legal_proceedings():
    assert set(AGREED_FOR) == {"referral_send", "tpo"}
    found = sorted(path.name for path in FOLDER.iterdir())
    assert found == sorted(f"1.{language}.toml" for language in LANGUAGES)
    for language in LANGUAGES:
        whys = {name: text for name, text in texts(language).items() if name.startswith("why")}
        assert set(whys) == {"why", "why_tpo"}
        for word in ("court", "legal", "proceeding", "judge", "corte", "juez", "proceso", "juiz", "tribinal", "jij"):
            assert not [text for text in whys.values() if word in text.lower()]


# --- who signs -------------------------------------------------------------------------------------------------------

# state, age, signer → holds. The states' rows are read here a second time, by hand.
SIGNING = [
    *[(state, "adult", "self", True) for state in ("", "MA", "PA", "XX")],
    ("MA", "teen", "self", True), ("CA", "teen", "self", True), ("WA", "teen", "self", True), ("PA", "child", "self", True),
    ("MA", "child", "self", False), ("MA", "unsure", "self", False), ("MA", "child", "both", True),
    ("MA", "unsure", "both", True), ("MA", "teen", "both", False), ("PA", "child", "both", False),
    ("PA", "unsure", "self", True), ("MA", "child", "guardian", False), ("MA", "adult", "guardian", True),
    ("MA", "adult", "both", False), ("", "adult", "guardian", False), ("XX", "teen", "self", False),
    ("", "child", "both", False), ("XX", "unsure", "self", False), ("ma", "teen", "self", False),
    ("MA", "older", "self", False), ("MA", "adult", "neighbour", False), ("MA", "", "self", False),
]  # fmt: skip


@pytest.mark.covers("R09")
@pytest.mark.parametrize(("state", "age", "signer", "holds"), SIGNING)
def test_the_states_rule_decides_who_signs(state, age, signer, holds):
    decision = may_sign(state, age, signer)
    assert bool(decision) is holds
    assert holds or decision.reason.endswith(".")


@pytest.mark.covers("R09")
def test_without_a_rule_only_an_adult_signs():
    holding = {(age, signer) for age in AGES for signer in SIGNERS if may_sign("", age, signer)}
    assert holding == {("adult", "self")}


@pytest.mark.covers("R09")
def test_every_row_names_its_source():
    assert all(len(state) == 2 and 0 <= age <= 18 and source for state, (age, source) in MINORS.items())


@pytest.mark.covers("R09")
@pytest.mark.parametrize(("state", "holds"), [("MA", True), ("", False)])
def test_a_minors_agreement_follows_the_state_of_the_program(ours, by, shelter, state, holds):
    ours.program.state = state
    ours.program.save()
    person = person_of(ours)
    if holds:
        assert record_consent(person, shelter, ["contact"], by=by, age="teen").age == "teen"
        return
    with pytest.raises(Refused, match="draft"):
        record_consent(person, shelter, ["contact"], by=by, age="teen")
    assert not Consent.objects.exists()
