"""What a neighbouring program is told: only what both agreed to, towns and no small count, and never the police."""

from datetime import timedelta

import pytest
from django.urls import reverse

from alongside.common.decision import Refused
from alongside.journal.models import Entry
from alongside.messaging.models import Message
from alongside.signals import views
from alongside.signals.actions import subscribe
from alongside.signals.models import Heard, Neighbour
from alongside.signals.neighbours import agree_to_hear, end_telling, offer_signals
from tests.signals.counted import a_quiet_year, at_once, watch
from tests.signals.towns import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(cast):
    """Ours offered, the other agreed."""
    offer_signals(cast.other.program.id, by=cast.ours.actor("coordinator"))
    agree_to_hear(theirs(cast).id, by=cast.other.actor("epidemiologist"))
    return cast


def theirs(cast):
    return Neighbour.objects.get(program=cast.other.program)


def raise_one(cast, monkeypatch, number=6):
    a_quiet_year(cast.ours)
    at_once(cast.ours, cast.ours.towns[1], number)
    assert len(watch(cast.ours, monkeypatch).new) == 1


def test_nothing_is_told_until_the_other_side_agrees_and_after_either_ends_it(cast, monkeypatch):
    subscribe(None, by=cast.other.actor("coordinator"))
    offer_signals(cast.other.program.id, by=cast.ours.actor("coordinator"))
    raise_one(cast, monkeypatch)
    assert (Heard.objects.count(), Message.objects.count()) == (0, 0)
    agree_to_hear(theirs(cast).id, by=cast.other.actor("coordinator"))
    end_telling(theirs(cast).id, by=cast.other.actor("coordinator"))
    assert Neighbour.objects.count() == 0
    at_once(cast.ours, cast.ours.towns[0], 14, hours_ago=5)
    assert watch(cast.ours, monkeypatch, NOW + timedelta(minutes=15)).new
    assert Heard.objects.count() == 0


def test_both_agreed_then_who_asked_for_anywhere_is_told_once(two, monkeypatch):
    asks = two.other.actor("coordinator")
    subscribe(None, by=asks)
    subscribe(two.other.towns[0], by=two.other.actor("epidemiologist"))
    raise_one(two, monkeypatch)
    watch(two.ours, monkeypatch, NOW + timedelta(minutes=15))
    (heard,) = Heard.objects.all()
    assert (heard.program, heard.towns, heard.at_least) == (two.other.program, "Westpoint", None)
    assert [row.user_id for row in Message.objects.filter(program=two.other.program)] == [asks.user_id]
    lines = {(row.program, row.verb) for row in Entry.objects.filter(verb__in=["neighbour_told", "signal_heard"])}
    assert lines == {(str(two.ours.program.id), "neighbour_told"), (str(two.other.program.id), "signal_heard")}


@pytest.mark.parametrize(("ours", "others", "told"), [(11, 11, 11), (11, 20, 20), (5, 11, 11), (30, 11, None)])
def test_a_count_is_told_in_wide_steps_above_both_smallest_cells(two, monkeypatch, ours, others, told):
    for side, smallest in ((two.ours, ours), (two.other, others)):
        side.program.min_cell = smallest
        side.program.save()
    raise_one(two, monkeypatch, 21 if others == 20 else 14)
    assert Heard.objects.get().at_least == told


def test_who_went_to_the_police_since_they_asked_is_not_told(two, monkeypatch):
    subscribe(None, by=two.other.actor("coordinator"))
    user = two.other.users["coordinator"]
    user.agency, user.role = two.other.agencies["police"], "patrol_officer"
    user.save()
    raise_one(two, monkeypatch)
    assert Heard.objects.count() == 1
    assert Message.objects.filter(program=two.other.program).count() == 0


def test_who_may_agree_and_that_the_same_again_changes_nothing(cast, journal):
    ours, other = cast.ours, cast.other
    for role in ("recovery_coach", "partner", "patrol_officer"):
        with pytest.raises(Refused):
            offer_signals(other.program.id, by=ours.actor(role))
    with pytest.raises(Refused):
        offer_signals(ours.program.id, by=ours.actor("coordinator"))
    one = offer_signals(other.program.id, by=ours.actor("coordinator"))
    assert offer_signals(other.program.id, by=ours.actor("coordinator")) == one
    with pytest.raises(Refused):
        agree_to_hear(one.id, by=ours.actor("coordinator"))  # whoever offers cannot agree for the other
    for _again in range(2):
        agree_to_hear(theirs(cast).id, by=other.actor("coordinator"))
    end_telling(one.id, by=ours.actor("coordinator"))
    end_telling(one.id, by=ours.actor("coordinator"))
    assert journal() == ["neighbour_offered"] * 2 + ["neighbour_agreed"] * 2 + ["neighbour_ended"] * 2


def test_from_the_pages(cast, client, monkeypatch):
    monkeypatch.setattr(views, "now", lambda: NOW)

    def act(side, word, program):
        client.force_login(side.users["coordinator"])
        return client.post(reverse(f"signals:{word}"), {"program": program}, follow=True).content.decode()

    assert "it waits for their word" in act(cast.ours, "offer", cast.other.program.id)
    client.force_login(cast.other.users["coordinator"])
    assert "offers to tell us" in client.get(reverse("signals:list")).content.decode()
    assert "tells us of what is raised there" in act(cast.other, "agree", theirs(cast).id)
    raise_one(cast, monkeypatch)
    client.force_login(cast.other.users["recovery_coach"])
    told = client.get(reverse("signals:list")).content.decode()
    assert "Raised next door" in told
    assert "Westpoint" in told
    assert "or more" not in told.split("Raised next door")[1].split("</section>")[0]
    assert "Neighbouring programs" not in told
    assert "There is no such program" in act(cast.ours, "offer", "nonsense")
