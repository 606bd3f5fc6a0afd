"""Two people never get the same bed, and one person never two places: many at one moment, on a database that commits."""

import json

from tests.consent.test_reading_while_it_is_taken_back import place, run

NONE_LEFT = "No bed is left by the last count."


def test_fifty_ask_for_one_bed_fifty_for_twenty_and_three_places_say_yes_twice(place):  # that fixture
    run(place, "-m", "alongside", "setup", "--program", "Apart", "--json")
    found = json.loads(run(place, "-m", "tests.referrals.at_once").splitlines()[-1])
    assert found["one"] == {"said": {"held": 1, NONE_LEFT: 49}, "held": 1, "left": 0}
    assert found["twenty"] == {"said": {"held": 20, NONE_LEFT: 30}, "held": 20, "left": 0}
    # Each of three asked twice over, six rounds: the one who has the person hears yes both times.
    assert found["yes"] == {"said": {"True": 12, "False": 24}, "accepted": [1] * 6, "beds": 6}


__all__ = ["place"]
