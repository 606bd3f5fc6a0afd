"""Two programs agree on telling each other, as the role that the program runs as: each by its own copy, never the other's."""

import pytest

from alongside.common import walls
from alongside.common.decision import Refused
from alongside.signals.models import Heard, Neighbour, Signal
from alongside.signals.neighbours import agree_to_hear, end_telling, offer_signals, tell_neighbours
from tests.signals.towns import NOW
from tests.walls.conftest import acting_as

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def test_offered_agreed_told_and_ended(laid, cast):
    ours, other = cast.ours, cast.other
    by, them = ours.actor("coordinator"), other.actor("coordinator")
    with acting_as(walls.APP):
        with walls.acting(ours.program.id):
            mine = offer_signals(other.program.id, by=by)
        with walls.acting(other.program.id):
            theirs = Neighbour.objects.get()  # ours is not there
            agree_to_hear(theirs.id, by=them)
        with walls.acting(ours.program.id):
            assert Neighbour.objects.get() == mine
            signal = Signal.objects.create(
                program=ours.program, look="days", starts_at=NOW, ends_at=NOW, count=14, usual=1, above=1, once_in_days=900,
                raised_at=NOW,
            )  # fmt: skip
            signal.towns.add(ours.towns[0])
            tell_neighbours(signal, by=by)
            assert not Heard.objects.exists()
        with walls.acting(other.program.id):
            assert list(Heard.objects.values_list("towns", "at_least")) == [(ours.towns[0].name, 11)]
            assert not Signal.objects.exists()
            end_telling(theirs.id, by=them)
            with pytest.raises(Refused):
                agree_to_hear(theirs.id, by=them)
        with walls.acting(ours.program.id):
            assert not Neighbour.objects.exists()
