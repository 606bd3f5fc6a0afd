"""A partner answers on any telephone: what the page shows, and what a tap does."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.text import capfirst

from alongside.common.clock import now
from alongside.consent.models import Consent
from alongside.consent.wording import NOTICE
from alongside.journal.models import Entry
from alongside.partners.rules import NO_REASONS
from alongside.referrals.links import link_for, path_of
from alongside.referrals.models import BedHold, Referral
from alongside.referrals.rules import BARRIERS
from alongside.referrals.sharing import take_back
from tests.cast import browser_of, canaries_in
from tests.partners.conftest import NAME, WORDS, another_agency, asked


def words_of(answer):
    return answer.content.decode().split("<main")[1].split("</main>")[0]


def test_looking_shows_what_it_is_about_and_nobody(named, phone):
    page = phone.get(named.path)
    assert page.status_code == 200
    assert "A safe place to sleep tonight" in words_of(page)
    assert named.referral.person.code in words_of(page)
    assert canaries_in(page.content) == set()


def test_looking_changes_nothing_whoever_looks(named, phone, journal):
    before = Referral.objects.values().get(id=named.referral.id)
    for client in (phone, phone, type(phone)()):
        assert client.get(named.path).status_code == 200
        assert client.head(named.path).status_code == 200
        assert client.options(named.path).status_code == 200
    assert Referral.objects.values().get(id=named.referral.id) == before
    named.link.refresh_from_db()
    assert named.link.used_at is None
    assert journal() == []


def test_one_tap_shows_who_it_is_with_the_notice_and_the_agreement(named, phone, journal):
    page = phone.post(named.path, {"do": "show"})
    assert NAME in words_of(page)
    assert WORDS in words_of(page)
    assert NOTICE[:40] in words_of(page)
    assert "What the person agreed to" in words_of(page)
    assert journal() == ["link_opened", "opened"]
    line = Entry.objects.get(verb="link_opened")
    assert (line.target, line.detail["agency"]) == (str(named.link.id), str(named.link.agency_id))
    assert named.status == "requested"


def test_the_link_shows_what_the_signed_in_inbox_shows(ours, named, phone):
    inbox = browser_of(ours.users["partner"]).get("/referrals/")
    assert canaries_in(phone.post(named.path, {"do": "show"}).content) == canaries_in(inbox.content)


def test_without_a_name_there_is_nothing_to_show(unnamed, phone):
    assert "Show who it is" not in words_of(phone.get(unnamed.path))
    page = phone.post(unnamed.path, {"do": "show"})
    assert canaries_in(page.content) == set()
    assert unnamed.status == "requested"


def test_a_yes_keeps_a_bed_until_the_chosen_time(named, phone):
    answer = phone.post(named.path, {"to": "accepted", "hours": "8"}, follow=True)
    assert named.status == "accepted"
    assert named.referral.answered_how == "link"
    hold = BedHold.objects.get(referral=named.referral)
    assert abs(hold.expires_at - now() - timedelta(hours=8)) < timedelta(minutes=1)
    assert "Thank you. That is answered." in words_of(answer)
    assert "You keep a bed until" in words_of(answer)
    named.link.refresh_from_db()
    assert named.link.used_at is not None


def test_a_double_tap_a_reload_and_the_back_button_are_one_answer(named, phone, journal):
    for _ in range(2):
        assert phone.post(named.path, {"to": "accepted", "hours": "4"}).status_code == 302
    first = journal()
    for _ in range(3):
        phone.post(named.path, {"to": "accepted", "hours": "4"})
        phone.get(named.path)
    assert journal() == first
    assert BedHold.objects.filter(referral=named.referral).count() == 1


@pytest.mark.parametrize("reason", NO_REASONS)
def test_a_no_carries_its_reason(unnamed, phone, reason):
    assert capfirst(BARRIERS[reason]) in words_of(phone.get(unnamed.path))
    answer = phone.post(unnamed.path, {"to": "rejected", "barrier": reason}, follow=True)
    assert unnamed.status == "rejected"
    assert unnamed.referral.barrier == reason
    assert "Knowing it quickly helps" in words_of(answer)


def test_the_later_steps_come_one_by_one_and_then_only_thanks(named, phone):
    phone.post(named.path, {"to": "accepted"})
    assert "They are here" in words_of(phone.get(named.path))
    phone.post(named.path, {"to": "in-progress"})
    assert BedHold.objects.get(referral=named.referral).status == "arrived"
    phone.post(named.path, {"to": "completed"})
    page = phone.get(named.path)
    assert named.status == "completed"
    assert "Thank you. That is answered." in words_of(page)
    assert named.referral.person.code not in words_of(page)
    assert "<form" not in words_of(page)
    assert canaries_in(phone.post(named.path, {"do": "show"}).content) == set()


def test_they_did_not_come(named, phone):
    phone.post(named.path, {"to": "accepted"})
    page = phone.post(named.path, {"to": "failed"}, follow=True)
    assert named.status == "failed"
    assert "The team looks after it" in words_of(page)


def test_a_waiting_list_keeps_no_bed(unnamed, phone):
    phone.post(unnamed.path, {"to": "on-hold"})
    assert unnamed.status == "on-hold"
    assert "Yes, we keep a bed until" in words_of(phone.get(unnamed.path))
    assert not BedHold.objects.exists()


def test_the_first_yes_wins_and_a_later_one_hears_it_kindly(ours, phone):
    first = asked(ours, named=False)
    second = asked(ours, another_agency(ours, "Harbor Inn"), named=False, of=first.referral.need)
    assert phone.post(first.path, {"to": "accepted"}).status_code == 302
    page = phone.post(second.path, {"to": "accepted"})
    assert page.status_code == 200
    assert "Another place said yes a moment before" in words_of(page)
    assert (first.status, second.status) == ("accepted", "cancelled")
    again = words_of(phone.get(second.path))
    assert "no longer needed" in again
    assert first.referral.person.code not in again


def test_after_a_day_the_kind_sentence_is_over_too(ours, phone, monkeypatch):
    first = asked(ours, named=False)
    second = asked(ours, another_agency(ours, "Harbor Inn"), named=False, of=first.referral.need)
    phone.post(first.path, {"to": "accepted"})
    second.link.refresh_from_db()
    ended = second.link.expires_at
    monkeypatch.setattr("alongside.partners.views.now", lambda: ended + timedelta(hours=23))
    assert phone.get(second.path).status_code == 200
    monkeypatch.setattr("alongside.partners.views.now", lambda: ended + timedelta(hours=25))
    assert phone.get(second.path).status_code == 404


def test_when_the_agreement_is_taken_back_nobody_is_shown(ours, named, phone):
    assert canaries_in(phone.post(named.path, {"do": "show"}).content)
    take_back(Consent.objects.get(person=named.referral.person), by=ours.actor("recovery_coach"))
    assert named.status == "cancelled"
    for page in (phone.get(named.path), phone.post(named.path, {"do": "show"})):
        assert canaries_in(page.content) == set()
        assert "no longer needed" in words_of(page)


def test_when_it_is_taken_back_after_a_yes_the_name_goes_and_the_bed_stays(ours, named, phone):
    phone.post(named.path, {"to": "accepted"})
    take_back(Consent.objects.get(person=named.referral.person), by=ours.actor("recovery_coach"))
    assert phone.get(named.path).status_code == 404, "the link that led to a name is dead"
    fresh = path_of(link_for(named.referral))
    assert canaries_in(phone.post(fresh, {"do": "show"}).content) == set()
    assert "You keep a bed until" in words_of(phone.get(fresh))
    assert "They are here" in words_of(phone.get(fresh))


@pytest.mark.parametrize("nonsense", [{}, {"to": "entered-in-error"}, {"to": "cancelled"}, {"to": "x" * 900},
                                      {"to": "rejected", "barrier": "charge"}, {"do": "Show"}])  # fmt: skip
def test_what_no_button_says_changes_nothing(named, phone, nonsense):
    page = phone.post(named.path, nonsense)
    assert page.status_code == 200
    assert 'role="alert"' in words_of(page)
    assert named.status == "requested"


def test_hours_that_are_not_on_the_list_are_the_usual_time(named, phone):
    phone.post(named.path, {"to": "accepted", "hours": "9000"})
    hold = BedHold.objects.get(referral=named.referral)
    assert abs(hold.expires_at - now() - timedelta(hours=2)) < timedelta(minutes=1)


def test_it_speaks_to_the_clock_of_the_program(ours, named, phone):
    ours.program.zone = "Pacific/Honolulu"
    ours.program.save()
    phone.post(named.path, {"to": "accepted", "hours": "2"})
    hold = BedHold.objects.get(referral=named.referral)
    assert f"{hold.expires_at.astimezone(ZoneInfo('Pacific/Honolulu')):%-I:%M %p}" in words_of(phone.get(named.path))
