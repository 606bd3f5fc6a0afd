"""On PostgreSQL a phone is served with the rights of the app role: its key names the program, and nothing else is reached."""

import pytest
from django.db import connection

from alongside.common import walls
from alongside.field.models import Parked, Phone
from alongside.field.phones import revoke
from alongside.visits.models import Attempt
from tests import cast as casting
from tests.cast import case_with_team
from tests.field.sending import Device
from tests.field.test_hand_over import bring, envelope
from tests.walls.conftest import acting_as, roles

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
__all__ = ["roles"]


@pytest.fixture
def world(roles, db):
    """Two programs behind the wall, a visit in each, and the phone of our coach."""
    walls.lay_walls()
    cast = casting.whole_cast()
    mine, theirs = case_with_team(cast.ours), case_with_team(cast.other)
    device = Device(cast.ours.users["recovery_coach"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('alongside.program', '', true)")
    return cast, mine, theirs, device


def test_a_phone_is_served_and_other_programs_stay_out_of_reach(world):
    _cast, mine, theirs, device = world
    device.add("attempt", mine, channel="phone", result="no_answer")
    other = device.add("attempt", theirs, channel="phone", result="no_answer")
    device.add("contact", kind="at_risk", given_name="Robin")
    with acting_as(walls.APP):
        said = device.sync()
        assert device.post("/field/check/", {"case": str(mine.id)}).json()["ok"] is True
        assert device.post("/field/check/", {"case": str(theirs.id)}).json()["ok"] is False
    assert [one["state"] for one in said["answers"]] == ["kept", "parked", "kept"]
    assert [one["case"] for one in device.pack["visits"]][:1] == [str(mine.id)]
    assert Attempt.objects.get().case_id == mine.id
    assert Parked.objects.get(change_id=other["id"]).person_id is None


def test_a_key_of_one_program_opens_no_phone_of_another(world):
    cast, _mine, _theirs, device = world
    theirs = Device(cast.other.users["recovery_coach"])
    device.id = theirs.id
    with acting_as(walls.APP):
        assert device.send().json()["gone"] == "unknown"
        device.token = "A" * 64
        assert device.send().json()["gone"] == "unknown"


def test_a_hand_over_and_the_end_of_a_phone_work_behind_the_wall(world):
    cast, mine, _theirs, device = world
    letter = envelope(device, device.add("attempt", mine, channel="phone", result="no_answer"))
    revoke(Phone.objects.get(id=device.id), "lost", by=cast.ours.actor("administrator"))
    with acting_as(walls.APP):
        assert bring(letter).json()["answers"][0]["state"] == "parked"
        assert device.send().json()["gone"] == "revoked"
