"""Agreements given and taken back, what is shared under them, and ties that begin and end."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.consent.actions import active_consent, close_ties, disclose, open_tie, record_consent, revoke_consent
from alongside.consent.models import Consent, Disclosure, Tie
from tests.cast import person_of, person_who_consented, person_who_withdrew


@pytest.fixture
def by(ours):
    return ours.actor("recovery_coach")


@pytest.fixture
def shelter(ours):
    return ours.agencies["shelter"]


def test_an_agreement_has_all_its_elements(ours, by, shelter, journal):
    consent = record_consent(person_of(ours), shelter, ["contact"], by=by, days=30)
    assert consent.expires_at - consent.given_at == timedelta(days=30)
    assert journal()[-1] == "consent_given"


@pytest.mark.parametrize(
    ("lacking", "named"),
    [({"categories": []}, "categories"), ({"days": 0}, "expires_at"), ({"days": -1}, "expires_at"),
     ({"purpose": ""}, "purpose"), ({"language": ""}, "language"), ({"how": ""}, "how")],
)  # fmt: skip
def test_an_agreement_that_lacks_something_is_refused_and_nothing_is_kept(ours, by, shelter, lacking, named):
    person = person_of(ours)
    with pytest.raises(Refused, match=named):
        record_consent(person, shelter, **{"categories": ["contact"], "by": by} | lacking)
    assert not Consent.objects.exists()


def test_nobody_can_agree_that_police_are_told(ours, by):
    """An agreement naming police, prosecution or the like is refused whatever it says."""
    with pytest.raises(Refused):
        record_consent(person_of(ours), ours.agencies["police"], ["contact", "health"], by=by)


def test_nobody_can_agree_for_another_purpose_than_the_known_ones(ours, by, shelter):
    """No agreement for legal proceedings can be slipped in."""
    with pytest.raises(Refused):
        record_consent(person_of(ours), shelter, ["contact"], by=by, purpose="legal_proceedings")


def test_a_partner_of_another_program_cannot_be_named(cast, by):
    with pytest.raises(Refused):
        record_consent(person_of(cast.ours), cast.other.agencies["shelter"], ["contact"], by=by)


def test_sharing_needs_an_agreement_that_names_it(ours, by, shelter):
    with pytest.raises(Refused, match="not agreed"):
        disclose(person_of(ours), shelter, ["contact"], by=by)
    with pytest.raises(Refused, match="not agreed"):
        disclose(person_who_consented(ours), shelter, ["contact", "part2"], by=by)
    assert not Disclosure.objects.exists()


def test_nothing_is_shared_with_the_police_even_under_an_agreement(ours, by):
    police, at = ours.agencies["police"], now()
    consent = Consent.objects.create(
        person=person_of(ours), recipient=police, categories=["contact"], purpose="referral_send", language="en",
        how="spoken", given_at=at, expires_at=at + timedelta(days=9),
    )  # fmt: skip
    with pytest.raises(Refused):
        disclose(consent.person, police, ["contact"], by=by)
    assert not Tie.objects.exists()


def test_sharing_is_accounted_for_and_opens_the_partners_tie(ours, by, shelter, journal):
    person = person_who_consented(ours)
    shared = disclose(person, shelter, ["contact"], by=by)
    consent = Consent.objects.get(person=person)
    assert (shared.consent, shared.categories) == (consent, ["contact"])
    tie = Tie.objects.get(person=person)
    assert (tie.agency, tie.user, tie.expires_at) == (shelter, None, consent.expires_at)
    assert journal()[-2:] == ["tie_opened", "disclosed"]


def test_after_taking_it_back_nothing_more_is_shared_and_what_was_stays_accounted_for(ours, by, shelter):
    person = person_who_consented(ours)
    disclose(person, shelter, ["contact"], by=by)
    revoke_consent(Consent.objects.get(person=person), by=by)
    with pytest.raises(Refused):
        disclose(person, shelter, ["contact"], by=by)
    assert Disclosure.objects.filter(person=person).count() == 1
    assert Tie.objects.filter(person=person, closed_at=None).count() == 0


def test_who_withdrew_has_no_active_agreement(ours, shelter):
    person = person_who_withdrew(ours)
    assert active_consent(person, shelter, now()) is None
    assert active_consent(person, shelter, now() - timedelta(days=1)) is None


def test_an_agreement_holds_from_its_beginning_to_its_end(ours, by, shelter):
    consent = record_consent(person_of(ours), shelter, ["contact"], by=by, days=10)
    assert active_consent(consent.person, shelter, consent.given_at) == consent
    assert active_consent(consent.person, shelter, consent.given_at - timedelta(seconds=1)) is None
    assert active_consent(consent.person, shelter, consent.expires_at) is None
    assert active_consent(consent.person, ours.agencies["recovery"], consent.given_at) is None


def test_closing_the_ties_of_some_leaves_the_others(ours, by):
    person, until = person_of(ours), now() + timedelta(days=1)
    coach, officer = ours.users["recovery_coach"], ours.users["outreach_officer"]
    for user in (coach, officer):
        open_tie(person, by=by, user=user, until=until)
    assert close_ties(person, by=by, users=[officer.id]) == 1
    assert list(Tie.objects.filter(person=person, closed_at=None).values_list("user", flat=True)) == [coach.id]
    assert close_ties(person, by=by, users=[user.id for user in ours.users.values()]) == 1


def test_a_tie_is_of_a_user_or_of_an_agency(ours, by, shelter):
    person, until = person_of(ours), now() + timedelta(days=1)
    for whom in ({}, {"user": ours.users["recovery_coach"], "agency": shelter}):
        with pytest.raises(IntegrityError), transaction.atomic():
            open_tie(person, by=by, until=until, **whom)


def test_rows_say_nothing_when_printed(ours, by, shelter):
    person = person_who_consented(ours)
    disclose(person, shelter, ["contact"], by=by)
    rows = [*Consent.objects.all(), *Disclosure.objects.all(), *Tie.objects.all()]
    assert {str(row) for row in rows} == {"consent", "disclosure", "tie"}
