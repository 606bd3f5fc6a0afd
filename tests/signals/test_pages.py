"""Who sees the warnings, what a small count looks like there, and the picture with its table."""

from datetime import timedelta

import pytest
from django.urls import reverse

from alongside.accounts.roles import ROLES, may
from alongside.signals import views
from alongside.signals.models import AlarmBudget, Subscription
from alongside.signals.queries import readings_for, weeks_for
from tests.signals.counted import a_quiet_year, at_once, watch
from tests.signals.towns import NOW

pytestmark = pytest.mark.django_db
SEE = {"coordinator", "epidemiologist", "recovery_coach", "clinician", "partner"}


@pytest.fixture
def page(ours, client, monkeypatch):
    monkeypatch.setattr(views, "now", lambda: NOW)

    def read(role="epidemiologist", name="signals:list"):
        client.force_login(ours.users[role])
        return client.get(reverse(name)).content.decode()

    return read


@pytest.mark.parametrize("role", ROLES)
def test_who_sees_warnings(role, ours, client):
    assert may(role, "see_signals") == (role in SEE)
    client.force_login(ours.users[role])
    answers = {client.get(reverse(name)).status_code for name in ("signals:list", "signals:why")}
    assert answers == {200 if role in SEE else 404}


def test_the_page_says_where_how_sure_and_what_to_do_and_no_small_count(ours, page, monkeypatch):
    a_quiet_year(ours)
    at_once(ours, ours.towns[1], 6)
    watch(ours, monkeypatch)
    told = page()
    assert "Westpoint" in told
    assert "fewer than 11" in told
    assert "by chance alone once in" in told
    assert "Bring naloxone and test strips" in told


def test_a_large_count_is_told(ours, page, monkeypatch):
    a_quiet_year(ours)
    at_once(ours, ours.towns[0], 14)
    watch(ours, monkeypatch)
    told = page()
    assert "fewer than 11" not in told.split("There is no picture")[0]
    assert "instead of about" in told
    assert "or more" in told
    exact = page("coordinator").split("There is no picture")[0]
    assert "or more" not in exact


def test_nothing_raised_says_so_and_the_other_page_why(ours, page, monkeypatch):
    assert "Nothing is raised" in page()
    assert "Nothing was looked at yet" in page(name="signals:why")
    a_quiet_year(ours)
    watch(ours, monkeypatch)
    assert "Nothing is raised" in page()
    told = page("coordinator", "signals:why")
    assert "Eastpoint" in told
    assert "the last 24 hours" in told
    assert "under 11" in told
    assert "under 11" not in page(name="signals:why").split("<tbody>")[1].split("</tbody>")[0]


def test_a_small_town_cannot_be_worked_out_from_all_together(ours, monkeypatch):
    a_quiet_year(ours, a_day=(8, 0.05))
    watch(ours, monkeypatch)
    days = {one.town: one for one in readings_for(ours.actor("coordinator")) if one.look == "days"}
    assert days["Eastpoint"].count >= 11
    assert (days["Westpoint"].count, days["Westpoint"].small) == (None, True)
    assert days[""].count is None


def test_a_running_number_is_for_those_who_see_cases(ours, monkeypatch):
    a_quiet_year(ours, a_day=(8, 6))
    watch(ours, monkeypatch)
    for role in ("epidemiologist", "partner"):
        assert {one.count for one in readings_for(ours.actor(role))} == {None}
    assert any(one.count for one in readings_for(ours.actor("coordinator")))


def test_a_town_with_few_events_a_year_tells_nothing_of_itself(ours, page, monkeypatch):
    a_quiet_year(ours, a_day=(0.9, 0.015))
    watch(ours, monkeypatch)
    told = page("coordinator", "signals:why")
    assert "Westpoint" not in told.split("<tbody>")[1].split("</tbody>")[0]
    assert "too few events for a number: Westpoint." in told


def test_the_picture_is_there_when_no_week_is_small_and_has_its_table(ours, page):
    a_quiet_year(ours, a_day=(1.2, 0))
    assert weeks_for(ours.actor("epidemiologist"), NOW) == []
    assert "There is no picture" in page()
    a_quiet_year(ours, a_day=(4.5, 0))
    weeks = weeks_for(ours.actor("epidemiologist"), NOW)
    assert len(weeks) == 26
    assert all(week.count >= 11 for week in weeks)
    told = page()
    assert told.count("<rect") == 26
    assert told.count("polyline") >= 2
    assert f'<td class="number">{weeks[0].count}</td>' in told


def test_the_budget_and_who_is_told_from_the_page(ours, client, page):
    assert "How often may it be wrong?" in page("coordinator")
    assert "How often may it be wrong?" not in page("recovery_coach")
    client.force_login(ours.users["coordinator"])
    client.post(reverse("signals:budget"), {"budget": "half"})
    assert AlarmBudget.objects.get().budget == "half"
    client.post(reverse("signals:subscribe"), {"town": "", "desk": str(ours.agencies["shelter"].id)})
    client.post(reverse("signals:subscribe"), {"town": str(ours.towns[0].id), "desk": ""})
    client.post(reverse("signals:subscribe"), {"town": "no town", "desk": ""})
    assert Subscription.objects.count() == 2
    for row in Subscription.objects.all():
        client.post(reverse("signals:unsubscribe"), {"subscription": str(row.id)})
    client.post(reverse("signals:unsubscribe"), {"subscription": "nonsense"})
    assert Subscription.objects.count() == 0


def test_what_was_raised_before_is_kept_in_a_table(ours, page, monkeypatch):
    a_quiet_year(ours)
    at_once(ours, ours.towns[1], 6)
    watch(ours, monkeypatch)
    monkeypatch.setattr(views, "now", lambda: NOW + timedelta(days=30))
    told = page()
    assert "Raised in the year before" in told
    assert "Nothing is raised" in told
